package report

import (
	"slices"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// ledger is a report's rubric and results brought together: what every check cost,
// and under which cause it is told.
type ledger struct {
	entries []*entry // in the order of the rubric
	byID    map[string]*entry
}

// entry is one check with its result.
type entry struct {
	takehome.ReportedCheck
	result takehome.Result // its Verdict is notRun where the run did not come to it
	order  int
	lost   takehome.Fraction // points of its weight that it did not earn
	weighs takehome.Fraction // the same as a part of the total, 0 where there is no score
}

// loss is a check that lost points, with all that could not be observed because of it.
type loss struct {
	*entry
	blocked []*entry
	lost    takehome.Fraction // of all of them
	weighs  takehome.Fraction
}

func newLedger(r takehome.Report) ledger {
	books := ledger{byID: map[string]*entry{}}
	for _, check := range r.Canonical.Rubric {
		books.add(check)
	}
	for _, result := range r.Canonical.Results {
		if books.byID[result.Check] == nil {
			books.add(takehome.ReportedCheck{
				ID: result.Check, Group: "?", GroupTitle: "Not in the rubric", Title: "A check that the rubric of this report does not list",
			})
		}
		books.byID[result.Check].result = result
	}
	stakes := stakesOf(r.Canonical.Scorecard)
	for _, each := range books.entries {
		each.charge(stakes[each.Criterion])
	}
	return books
}

func (l *ledger) add(check takehome.ReportedCheck) {
	if l.byID[check.ID] != nil {
		return
	}
	added := &entry{ReportedCheck: check, order: len(l.entries)}
	l.entries = append(l.entries, added)
	l.byID[check.ID] = added
}

// stakesOf tells for each criterion how much of the total one point of it is, before
// any cap. It only orders and explains losses; the score itself is the scorecard's.
func stakesOf(card *takehome.Scorecard) map[string]takehome.Fraction {
	stakes := map[string]takehome.Fraction{}
	if card == nil {
		return stakes
	}
	for i, part := range card.Parts() {
		if criterion := card.Criteria[i]; criterion.Assessed {
			stakes[criterion.ID] = part.Div(criterion.Possible)
		}
	}
	return stakes
}

func (e *entry) charge(stake takehome.Fraction) {
	if !e.result.Verdict.Counts() || e.Bonus {
		return
	}
	unearned := takehome.Full().Add(e.result.Credit.Mul(takehome.Frac(-1, 1)))
	e.lost = e.Weight.Fraction().Mul(unearned)
	e.weighs = e.lost.Mul(stake)
}

// earned is the points of the check's weight that count for it.
func (e *entry) earned() takehome.Fraction { return e.Weight.Fraction().Mul(e.result.Credit) }

// forgone tells whether the check is a bonus that was not earned, which is no failure.
func (e *entry) forgone() bool {
	return e.Bonus && (e.result.Verdict == takehome.Fail || e.result.Verdict == takehome.Blocked)
}

func (e *entry) wording() wording {
	if e.forgone() {
		return wording{"–", "-", "not earned", "A bonus on top of the total; nothing is lost without it."}
	}
	return wordingOf(e.result.Verdict)
}

// losses are the failed and the blocked checks folded under their causes, the biggest loss first.
func (l ledger) losses() []loss {
	var folded []*loss
	at := map[string]*loss{}
	for _, each := range l.entries {
		if verdict := each.result.Verdict; each.Bonus || verdict != takehome.Fail && verdict != takehome.Blocked {
			continue
		}
		root := l.root(each)
		under := at[root.ID]
		if under == nil {
			under = &loss{entry: root}
			at[root.ID], folded = under, append(folded, under)
		}
		if each != root {
			under.blocked = append(under.blocked, each)
		}
		under.lost, under.weighs = under.lost.Add(each.lost), under.weighs.Add(each.weighs)
	}
	slices.SortStableFunc(folded, func(a, b *loss) int {
		if byTotal := b.weighs.Cmp(a.weighs); byTotal != 0 {
			return byTotal
		}
		if byPoints := b.lost.Cmp(a.lost); byPoints != 0 {
			return byPoints
		}
		return a.order - b.order
	})
	sorted := make([]loss, len(folded))
	for i, each := range folded {
		sorted[i] = *each
	}
	return sorted
}

// root follows the causes of a blocked check to the check that was observed. Causes
// that lead nowhere or round in a circle end where they are.
func (l ledger) root(from *entry) *entry {
	seen := map[*entry]bool{}
	for from.result.Verdict == takehome.Blocked && !seen[from] {
		seen[from] = true
		cause := l.byID[from.result.Cause]
		if cause == nil {
			return from
		}
		from = cause
	}
	return from
}

// with lists the checks that have a verdict, in the order of the rubric.
func (l ledger) with(verdict takehome.Verdict) []*entry {
	var found []*entry
	for _, each := range l.entries {
		if each.result.Verdict == verdict {
			found = append(found, each)
		}
	}
	return found
}

// group is a titled set of checks.
type group struct {
	id, title string
	entries   []*entry
}

// groups are in the order in which the rubric first names them.
func (l ledger) groups() []group {
	var found []group
	at := map[string]int{}
	for _, each := range l.entries {
		i, ok := at[each.Group]
		if !ok {
			i = len(found)
			at[each.Group] = i
			found = append(found, group{id: each.Group, title: each.GroupTitle})
		}
		found[i].entries = append(found[i].entries, each)
	}
	return found
}

// tally counts verdicts in the order in which reports show them.
type tally struct {
	Verdict takehome.Verdict
	Count   int
}

func tallied(counts map[takehome.Verdict]int) []tally {
	var found []tally
	for _, verdict := range takehome.Verdicts() {
		if counts[verdict] > 0 {
			found = append(found, tally{verdict, counts[verdict]})
		}
	}
	return found
}

// countsOf counts verdicts. A bonus that was not earned is nothing that a reader should count against anybody.
func countsOf(entries []*entry) map[takehome.Verdict]int {
	counts := map[takehome.Verdict]int{}
	for _, each := range entries {
		if !each.Bonus {
			counts[each.result.Verdict]++
		}
	}
	return counts
}

// counted is how many checks are part of the denominator.
func counted(counts map[takehome.Verdict]int) int {
	total := 0
	for verdict, n := range counts {
		if verdict.Counts() {
			total += n
		}
	}
	return total
}

// byLoss sorts checks so that the biggest loss comes first.
func byLoss(entries []*entry) []*entry {
	slices.SortStableFunc(entries, func(a, b *entry) int {
		if byTotal := b.weighs.Cmp(a.weighs); byTotal != 0 {
			return byTotal
		}
		return b.lost.Cmp(a.lost)
	})
	return entries
}
