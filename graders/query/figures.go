package query

import (
	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/plan"
	"github.com/takehome-dev/takehome/graders/query/work"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// figures are the measurements of one query: by scale, then in the order of the parameter
// sets, literal before generic.
type figures map[string][]work.Measurement

// at finds one measurement.
func (f figures) at(scale, set string, mode work.Mode) (work.Measurement, bool) {
	for _, each := range f[scale] {
		if each.Set == set && each.Mode == mode {
			return each, true
		}
	}
	return work.Measurement{}, false
}

// refusal is the first execution that came to nothing, in the order of the scales.
func (f figures) refusal(scales []string) *work.Measurement {
	for _, scale := range scales {
		for i := range f[scale] {
			if f[scale][i].Refusal != nil {
				return &f[scale][i]
			}
		}
	}
	return nil
}

// sets are the values with which the queries are run. A query without parameters has one
// empty set.
func (t Task) sets() []work.Set {
	if len(t.Parameters.Sets) == 0 {
		return []work.Set{{Name: "no parameters"}}
	}
	var made []work.Set
	for _, set := range t.Parameters.Sets {
		one := work.Set{Name: set.Name}
		for _, value := range set.Values {
			one.Values = append(one.Values, database.Value{Text: value.Value, Null: value.Null})
		}
		made = append(made, one)
	}
	return made
}

// values are those of the sets, in their order.
func (t Task) values() [][]database.Value {
	var made [][]database.Value
	for _, set := range t.sets() {
		made = append(made, set.Values)
	}
	return made
}

// modes are how a query is run at the largest scale.
func (t Task) modes() []work.Mode {
	if len(t.Parameters.Types) == 0 {
		return []work.Mode{work.Literal}
	}
	return []work.Mode{work.Literal, work.Generic}
}

// scored is a share and where it was found.
type scored struct {
	share takehome.Fraction
	set   string
	mode  work.Mode
	// work, reference and given are the figures behind it; slowest is the most that the given
	// query needs with any set.
	work, reference, given, slowest int64
}

// workShare is the worst share of work over all parameter sets and modes at the largest scale.
// How slow is slow is the same for every set: where the given query has little to do, as with
// a value that is absent, a constant that nobody notices beside its worst would cost as much.
func (t Task) workShare(got figures, base baseline) scored {
	worst := scored{share: takehome.Full()}
	largest := t.Largest()
	var slowest int64
	for _, each := range base.given[largest] {
		slowest = max(slowest, each.Work())
	}
	first := true
	for _, set := range t.sets() {
		slow, _ := base.given.at(largest, set.Name, work.Literal)
		for _, mode := range t.modes() {
			measured, ok := got.at(largest, set.Name, mode)
			if !ok {
				continue
			}
			reference, _ := base.reference.at(largest, set.Name, mode)
			found := scored{
				share: work.Share(measured.Work(), t.Budget.goal(reference.Work()), slowest), set: set.Name, mode: mode,
				work: measured.Work(), reference: reference.Work(), given: slow.Work(), slowest: slowest,
			}
			if measured.Refusal != nil {
				found.share = takehome.None()
			}
			if first || found.share.Cmp(worst.share) < 0 || found.share.Cmp(worst.share) == 0 && found.work > worst.work {
				worst, first = found, false
			}
		}
	}
	return worst
}

// figure is one of the figures whose growth is looked at.
type figure struct {
	name  string
	of    func(plan.Counts) int64
	floor int64
}

func growing() []figure {
	const blocks = 100
	return []figure{
		{"blocks", func(c plan.Counts) int64 { return c.Buffers }, blocks},
		{"rows", func(c plan.Counts) int64 { return c.Rows }, work.Floor},
		{"temporary blocks", func(c plan.Counts) int64 { return c.Temp }, blocks},
	}
}

// exponent is the steepest growth of a query over the scales: of any figure, for any set.
func (t Task) exponent(of figures) (steepest int64, name string, set string) {
	for _, each := range t.sets() {
		for _, figure := range growing() {
			var values []int64
			for _, scale := range t.Scales {
				if measured, ok := of.at(scale, each.Name, work.Literal); ok && measured.Refusal == nil {
					values = append(values, figure.of(measured.Reading.Counts))
				}
			}
			if len(values) < len(t.Scales) {
				continue
			}
			if slope := work.Exponent(values, figure.floor); slope > steepest || name == "" {
				steepest, name, set = slope, figure.name, each.Name
			}
		}
	}
	return steepest, name, set
}
