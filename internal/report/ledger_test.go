package report

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// told writes a ledger's losses as "B01(B03 B04)=5", so that a table can show them.
func told(books ledger) string {
	var all []string
	for _, each := range books.losses() {
		text := each.ID
		if len(each.blocked) > 0 {
			var ids []string
			for _, blocked := range each.blocked {
				ids = append(ids, blocked.ID)
			}
			text += "(" + strings.Join(ids, " ") + ")"
		}
		all = append(all, text+"="+points(each.lost))
	}
	return strings.Join(all, " ")
}

func TestLossesAreFoldedUnderTheirCause(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ results, want string }{
		"nothing failed":            {"A pass, B pass, C pass, D pass", ""},
		"biggest first":             {"A fail, B pass, C fail, D pass", "C=3 A=1"},
		"same loss, rubric's order": {"A fail, B pass, C pass, D fail", "A=1 D=1"},
		"one level":                 {"A fail, B blocked A, C pass, D pass", "A(B)=3"},
		"chain":                     {"A fail, B blocked A, C blocked B, D blocked C", "A(B C D)=7"},
		"cause comes later":         {"A blocked D, B pass, C pass, D fail", "D(A)=2"},
		"cause is no failure":       {"A pass, B blocked A, C pass, D pass", "A(B)=2"},
		"cause is unknown":          {"A pass, B blocked Z, C pass, D pass", "B=2"},
		"circle":                    {"A blocked B, B blocked A, C pass, D pass", "B=2 A=1"},
		"blocks itself":             {"A blocked A, B pass, C pass, D pass", "A=1"},
		"others cost nothing":       {"A duplicate B, B not_applicable, C not_assessed, D needs_review", ""},
		"a bonus is not lost":       {"A pass, B pass, C pass, D pass, E fail", ""},
		"cut short":                 {"A fail", "A=1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, told(newLedger(smallReport(test.results))))
		})
	}
}

// smallReport has the checks A to D of 1, 2, 3 and 1 points, and E as a bonus.
func smallReport(results string) takehome.Report {
	var r takehome.Report
	for i, id := range []string{"A", "B", "C", "D", "E"} {
		r.Canonical.Rubric = append(r.Canonical.Rubric, takehome.ReportedCheck{
			ID: id, Weight: []takehome.Points{100, 200, 300, 100, 500}[i], Bonus: id == "E",
		})
	}
	for each := range strings.SplitSeq(results, ", ") {
		words := append(strings.Fields(each), "")
		finding := takehome.Finding{Verdict: takehome.Verdict(words[1]), Cause: words[2]}
		if finding.Verdict == takehome.Pass {
			finding.Credit = takehome.Full()
		}
		r.Canonical.Results = append(r.Canonical.Results, takehome.Result{Check: words[0], Finding: finding})
	}
	return r
}

// What the page says was lost, criterion by criterion, is what the scorecard says was not earned.
func TestLossesAddUpToTheScorecard(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"strong", "weak", "dead"} {
		r := samples(t)[name]
		books := newLedger(r)
		lost := map[string]takehome.Fraction{}
		weighs := takehome.None()
		for _, each := range books.entries {
			lost[each.Criterion] = lost[each.Criterion].Add(each.lost)
			weighs = weighs.Add(each.weighs)
		}
		for _, criterion := range r.Canonical.Scorecard.Criteria {
			require.Equal(t, criterion.Possible.String(), criterion.Earned.Add(lost[criterion.ID]).String(), "%s %s", name, criterion.ID)
		}
		require.True(t, r.Canonical.Scorecard.Uncapped.Add(weighs).IsFull(), "%s: what was lost and what was earned are the whole", name)
	}
}

func TestResultOutsideTheRubricIsShown(t *testing.T) {
	t.Parallel()
	r := refusedReport()
	r.Canonical.Results = []takehome.Result{{Check: "Z9", Finding: takehome.Finding{Verdict: takehome.Fail, Summary: "something"}}}
	require.Contains(t, rendered(t, "html", r), "Not in the rubric")
	require.Contains(t, rendered(t, "text", r), "Z9")
}
