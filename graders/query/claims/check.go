package claims

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/graders/query/plan"
	"github.com/takehome-dev/takehome/internal/takehome"
)

const (
	// tolerance is how far a figure may be off: a candidate's own server has laid out its
	// tables a little differently. Vague figures may be off by more.
	tolerance = 0.10
	vagueness = 0.25
	// few is by how much any figure may be off.
	few = 3
)

// Check compares claims with what was measured. A claim is true if it fits any of the runs;
// a change or a factor must fit two runs of the same place.
func (m Measured) Check(claims []Claim) []Checked {
	checked := make([]Checked, 0, len(claims))
	for _, claim := range claims {
		verdict, figure := m.check(claim)
		checked = append(checked, Checked{Claim: claim, Verdict: verdict, Figure: figure})
	}
	return checked
}

func (m Measured) check(claim Claim) (Verdict, string) {
	switch {
	case claim.Measure == Time:
		return NotCheckable, "time is not what we judge by"
	case claim.Measure == Cost:
		return NotCheckable, "the planner's cost is an estimate, not work"
	case claim.Measure == Size:
		return NotCheckable, "not measured here"
	case len(m.Candidate) == 0 || len(m.Given) == 0:
		return NotCheckable, "there is no measurement of both queries"
	case claim.Node != "":
		return m.checkNode(claim)
	case claim.Form == Change:
		return m.checkChange(claim)
	case claim.Form == Factor:
		return m.checkFactor(claim)
	}
	return m.checkAmount(claim)
}

// pair is what was measured of both queries at one place.
type pair struct{ given, candidate Run }

func (m Measured) pairs() []pair {
	var pairs []pair
	for _, candidate := range m.Candidate {
		for _, given := range m.Given {
			if given.Where == candidate.Where {
				pairs = append(pairs, pair{given, candidate})
			}
		}
	}
	return pairs
}

// runs are those that a claim speaks of.
func (m Measured) runs(whose Whose) []Run {
	switch whose {
	case Given:
		return m.Given
	case Candidate:
		return m.Candidate
	case Either:
	}
	return slices.Concat(m.Candidate, m.Given)
}

func (m Measured) checkAmount(claim Claim) (Verdict, string) {
	table := m.table(claim.Near)
	for _, run := range m.runs(claim.Whose) {
		for _, figure := range figures(run.Reading, claim.Measure, table) {
			if claim.To.fits(figure) {
				return True, fmt.Sprintf("%s %s (%s)", grouped(figure), claim.Measure, run.Where)
			}
			if claim.Split && claim.To.Value <= float64(figure)*(1+tolerance) && figure == run.Reading.Counts.Buffers {
				return NotCheckable, fmt.Sprintf("%s found in memory and read together (%s); the split depends on the cache", grouped(figure), run.Where)
			}
		}
	}
	return False, m.totals(claim.Measure)
}

func (m Measured) checkChange(claim Claim) (Verdict, string) {
	for _, each := range m.pairs() {
		before, after := figures(each.given.Reading, claim.Measure, ""), figures(each.candidate.Reading, claim.Measure, "")
		from := slices.IndexFunc(before, claim.From.fits)
		to := slices.IndexFunc(after, claim.To.fits)
		if from >= 0 && to >= 0 {
			return True, fmt.Sprintf("from %s to %s %s (%s)", grouped(before[from]), grouped(after[to]), claim.Measure, each.given.Where)
		}
	}
	return False, m.totals(claim.Measure)
}

// checkFactor is generous in one direction: a factor between the least and the most that was
// measured at any place is true.
func (m Measured) checkFactor(claim Claim) (Verdict, string) {
	least, most := math.Inf(1), 0.0
	for _, each := range m.pairs() {
		before, after := total(each.given.Reading, claim.Measure), total(each.candidate.Reading, claim.Measure)
		if claim.More {
			before, after = after, before
		}
		times := float64(before) / math.Max(1, float64(after))
		least, most = math.Min(least, times), math.Max(most, times)
	}
	claimed := claim.To
	about := Figure{Value: claimed.Value, Step: claimed.Step, About: true}
	if claimed.Percent {
		// The share that is gone; one point more or less is a rounding.
		gone := func(times float64) float64 { return 100 * (1 - 1/math.Max(1, times)) }
		least, most = math.Floor(gone(least))-1, math.Ceil(gone(most))+1
		if claimed.AtLeast && claimed.Value <= most || claimed.Value >= least && claimed.Value <= most {
			return True, m.totals(claim.Measure)
		}
		return False, m.totals(claim.Measure)
	}
	if claimed.AtLeast && claimed.Value <= most || claimed.AtMost && claimed.Value >= least ||
		claimed.Value >= least && claimed.Value <= most || about.near(least) || about.near(most) {
		return True, m.totals(claim.Measure)
	}
	return False, m.totals(claim.Measure)
}

// totals are our figures at the place where the given query has most to do.
func (m Measured) totals(measure Measure) string {
	var most *pair
	for _, each := range m.pairs() {
		if most == nil || total(each.given.Reading, measure) > total(most.given.Reading, measure) {
			most = &each
		}
	}
	if most == nil {
		return ""
	}
	before, after := total(most.given.Reading, measure), total(most.candidate.Reading, measure)
	return fmt.Sprintf("%s for the given and %s for the candidate's query (%s)", grouped(before), grouped(after), most.given.Where)
}

// total is the figure of a whole plan; of loops, that of the node with most of them.
func total(reading plan.Reading, measure Measure) int64 {
	switch measure {
	case Buffers:
		return reading.Counts.Buffers
	case Temp:
		return reading.Counts.Temp
	case Rows:
		return reading.Counts.Rows
	case Loops:
		most := int64(0)
		for _, each := range reading.Operations {
			most = max(most, each.Loops)
		}
		return most
	case Time, Cost, Size:
	}
	return 0
}

// figures are all that a person may read off a plan: the whole, and each node alone and with
// what ran below it. With a table, only the nodes that read it.
func figures(reading plan.Reading, measure Measure, table string) []int64 {
	var list []int64
	if table == "" || measure == Buffers || measure == Temp {
		list = append(list, total(reading, measure))
	}
	for _, each := range reading.Operations {
		if table != "" && each.Relation != table || each.Loops == 0 {
			continue
		}
		switch measure {
		case Buffers:
			list = append(list, each.Own.Buffers, each.Whole.Buffers)
		case Temp:
			list = append(list, each.Own.Temp, each.Whole.Temp)
		case Rows:
			list = append(list, each.Own.Rows, each.Returned, each.Own.Rows-each.Returned, each.Returned/each.Loops)
		case Loops:
			list = append(list, each.Loops)
		case Time, Cost, Size:
		}
	}
	return list
}

// table is the first word that is the name of a table of any plan; "" for none.
func (m Measured) table(words []string) string {
	for _, word := range words {
		for _, run := range slices.Concat(m.Given, m.Candidate) {
			for _, each := range run.Reading.Operations {
				if each.Relation != "" && (strings.EqualFold(each.Relation, word) || strings.EqualFold(each.Index, word)) {
					return each.Relation
				}
			}
		}
	}
	return ""
}

// fits compares with what was measured.
func (f Figure) fits(measured int64) bool {
	switch {
	case f.AtLeast:
		return float64(measured) >= f.Value*(1-tolerance)
	case f.AtMost:
		return float64(measured) <= f.Value*(1+tolerance)
	}
	return f.near(float64(measured))
}

func (f Figure) near(measured float64) bool {
	allowed := tolerance
	if f.About {
		allowed = vagueness
	}
	return math.Abs(measured-f.Value) <= math.Max(f.Step/2, math.Max(measured*allowed, few*boolean(measured >= few)))
}

// boolean is 1 or 0: a figure of none is exact.
func boolean(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// grouped writes a count with commas.
func grouped(count int64) string {
	digits := strconv.FormatInt(count, 10)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// Table shows claims side by side with their verdicts and our figures.
func Table(checked []Checked) takehome.Table {
	table := takehome.Table{Title: "Claims", Columns: []string{"The explanation says", "Verdict", "We measured"}}
	for i, each := range checked {
		quote := each.Quote
		if i > 0 && quote == checked[i-1].Quote {
			quote = ditto
		}
		table.Rows = append(table.Rows, []string{quote, string(each.Verdict), each.Figure})
	}
	return table
}

// ditto stands for the sentence above it, where that makes more than one claim.
const ditto = "″"
