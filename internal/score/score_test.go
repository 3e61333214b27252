package score_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/takehome-dev/takehome/internal/score"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// rubric has two criteria of 60 and 40 per cent and one that only a person judges.
func rubric() takehome.Rubric {
	check := func(id, criterion, operation string, weight takehome.Points) takehome.Check {
		return takehome.Check{ID: id, Group: id[:1], Criterion: criterion, Operation: operation, Weight: weight}
	}
	bonus := check("B09", "works", "list", 100)
	bonus.Bonus = true
	return takehome.Rubric{
		Criteria: []takehome.Criterion{
			{ID: "works", Title: "Works", Share: 60}, {ID: "holds", Title: "Holds", Share: 40}, {ID: "reads", Title: "Reads"},
		},
		Groups: []takehome.Group{{ID: "A"}, {ID: "B"}},
		Gates: []takehome.Gate{
			{ID: "dead", Reason: "it does not start", AllZero: []string{"A01"}, Cap: 10},
			{ID: "core", Reason: "no core", AllZero: []string{"B01", "B02"}, Criterion: "works", Cap: 50},
		},
		Checks: []takehome.Check{
			check("A01", "works", "start", 200), check("B01", "works", "create", 300), check("B02", "works", "create", 100),
			check("B03", "holds", "create", 150), check("B04", "holds", "list", 50), bonus,
		},
	}
}

func passed(id string) takehome.Result { return result(id, takehome.Pass, takehome.Full(), "") }

func result(id string, verdict takehome.Verdict, credit takehome.Fraction, fault string) takehome.Result {
	return takehome.Result{Check: id, Finding: takehome.Finding{Verdict: verdict, Credit: credit, Fault: fault}}
}

func TestTally(t *testing.T) {
	t.Parallel()
	all := func(changed ...takehome.Result) []takehome.Result {
		results := []takehome.Result{passed("A01"), passed("B01"), passed("B02"), passed("B03"), passed("B04")}
		for _, change := range changed {
			for i := range results {
				if results[i].Check == change.Check {
					results[i] = change
				}
			}
			if change.Check == "B09" {
				results = append(results, change)
			}
		}
		return results
	}
	fail := func(id string) takehome.Result { return result(id, takehome.Fail, takehome.None(), "") }
	for name, test := range map[string]struct {
		results []takehome.Result
		percent string
		caps    int
	}{
		"everything right":                       {all(), "100.0", 0},
		"a gate caps the total":                  {all(fail("A01")), "10.0", 1},
		"half of a criterion":                    {all(fail("B01")), "70.0", 0},
		"partial credit":                         {all(result("B03", takehome.Partial, takehome.Frac(3, 5), "")), "88.0", 0},
		"blocked earns nothing":                  {all(result("B03", takehome.Blocked, takehome.Full(), "")), "70.0", 0},
		"not applicable leaves the denominator":  {all(result("B03", takehome.NotApplicable, takehome.None(), ""), fail("B04")), "60.0", 0},
		"a criterion without checks is left out": {all(result("B03", takehome.NotAssessed, takehome.None(), ""), result("B04", takehome.NeedsReview, takehome.None(), "")), "100.0", 0},
		"a tiny loss stays visible":              {all(result("B04", takehome.Partial, takehome.Frac(9999, 10000), "")), "99.9", 0},
		"a bonus is never more than five":        {all(fail("B04"), passed("B09")), "95.0", 0},
		"a bonus does not lift above full":       {all(passed("B09")), "100.0", 0},
		"a lost bonus costs nothing":             {all(fail("B09")), "100.0", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			card := score.Tally(rubric(), test.results)
			require.Equal(t, test.percent, card.Percent)
			require.Len(t, card.Caps, test.caps)
		})
	}
}

func TestGatesAreCapsWithReasons(t *testing.T) {
	t.Parallel()
	results := []takehome.Result{
		passed("A01"), result("B01", takehome.Fail, takehome.None(), ""),
		result("B02", takehome.Blocked, takehome.None(), ""), passed("B03"), passed("B04"),
	}
	card := score.Tally(rubric(), results)
	require.Equal(t, []takehome.AppliedCap{{Gate: "core", Reason: "no core", Cap: 50}}, card.Criteria[0].Caps)
	require.Equal(t, "33.3", card.Criteria[0].Percent, "the cap is above what was earned")
	require.Equal(t, "1/3", card.Criteria[0].Score.String())
	require.Equal(t, 1, card.Counts[takehome.Blocked])
}

func TestAGateOfBlockedChecksStaysOpen(t *testing.T) {
	t.Parallel()
	results := []takehome.Result{
		passed("A01"), result("B01", takehome.Blocked, takehome.None(), ""), result("B02", takehome.Blocked, takehome.None(), ""),
	}
	require.Empty(t, score.Tally(rubric(), results).Criteria[0].Caps)
}

// TestAnOptionalCriterionTakesItsShareFromTheOthers: 15 per cent when it was assessed, nothing when not.
func TestAnOptionalCriterionTakesItsShareFromTheOthers(t *testing.T) {
	t.Parallel()
	extended := rubric()
	extended.Criteria = append(extended.Criteria, takehome.Criterion{ID: "locks", Title: "Locks", Share: 15, Optional: true})
	extended.Checks = append(extended.Checks, takehome.Check{ID: "J01", Group: "J", Criterion: "locks", Weight: 100})
	base := []takehome.Result{passed("A01"), passed("B01"), passed("B02"), passed("B03"), passed("B04")}
	none := result("J01", takehome.Fail, takehome.None(), "")
	for name, test := range map[string]struct {
		results []takehome.Result
		percent string
	}{
		"not there":            {append(base[:5:5], result("J01", takehome.NotApplicable, takehome.None(), "")), "100.0"},
		"there and right":      {append(base[:5:5], passed("J01")), "100.0"},
		"there and wrong":      {append(base[:5:5], none), "85.0"},
		"alone":                {[]takehome.Result{passed("J01")}, "100.0"},
		"beside an unassessed": {append(base[:3:3], none), "85.0"},
		"a loss elsewhere":     {append(base[:4:4], result("B04", takehome.Fail, takehome.None(), ""), passed("J01")), "91.5"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.percent, score.Tally(extended, test.results).Percent)
		})
	}
}

func TestChargeTakesPointsForOneFaultTwiceAtMost(t *testing.T) {
	t.Parallel()
	lost := func(id, fault string) takehome.Result { return result(id, takehome.Fail, takehome.None(), fault) }
	settled := score.Charge(rubric(), []takehome.Result{
		lost("B03", "100"), lost("B02", "100"), lost("A01", "100"), lost("B01", "100"), lost("B04", "100"),
	})
	verdicts := map[string]takehome.Verdict{}
	for _, r := range settled {
		verdicts[r.Check] = r.Verdict
	}
	require.Equal(t, map[string]takehome.Verdict{
		"A01": takehome.Fail, // another operation
		"B01": takehome.Fail, "B02": takehome.Fail, "B03": takehome.Duplicate,
		"B04": takehome.Fail, // another operation
	}, verdicts)
	require.Equal(t, "B01", settled[3].Cause)
	require.Equal(t, []string{"A01", "B01", "B02", "B03", "B04"}, []string{
		settled[0].Check, settled[1].Check, settled[2].Check, settled[3].Check, settled[4].Check,
	}, "results come back in the order of the rubric")
}

func TestChargeLeavesFaultsWithoutACodeAlone(t *testing.T) {
	t.Parallel()
	lost := func(id string) takehome.Result { return result(id, takehome.Fail, takehome.None(), "") }
	for _, r := range score.Charge(rubric(), []takehome.Result{lost("B01"), lost("B02"), lost("B03")}) {
		require.Equal(t, takehome.Fail, r.Verdict)
	}
}

func TestTallyIsBoundedAndFreeOfOrder(t *testing.T) {
	t.Parallel()
	verdicts := takehome.Verdicts()
	rapid.Check(t, func(t *rapid.T) {
		var results []takehome.Result
		for _, check := range rubric().Checks {
			credit := takehome.Frac(rapid.Int64Range(0, 7).Draw(t, "num"), 7)
			verdict := rapid.SampledFrom(verdicts).Draw(t, "verdict")
			results = append(results, result(check.ID, verdict, credit, rapid.SampledFrom([]string{"", "100", "hang"}).Draw(t, "fault")))
		}
		shuffled := rapid.Permutation(results).Draw(t, "order")
		one := score.Tally(rubric(), score.Charge(rubric(), results))
		other := score.Tally(rubric(), score.Charge(rubric(), shuffled))
		require.Equal(t, one.Total.String(), other.Total.String())
		require.GreaterOrEqual(t, one.Total.Sign(), 0)
		require.LessOrEqual(t, one.Total.Cmp(takehome.Full()), 0)
		require.LessOrEqual(t, one.Total.Cmp(one.Uncapped), 0)
	})
}

func TestABonusIsCountedWhenItIsEarned(t *testing.T) {
	t.Parallel()
	lost := score.Tally(rubric(), []takehome.Result{passed("A01"), result("B09", takehome.Fail, takehome.None(), "")})
	require.Equal(t, map[takehome.Verdict]int{takehome.Pass: 1}, lost.Counts)
	require.Equal(t, lost.Counts, lost.Criteria[0].Counts)
	earned := score.Tally(rubric(), []takehome.Result{passed("A01"), passed("B09")})
	require.Equal(t, map[takehome.Verdict]int{takehome.Pass: 2}, earned.Counts)
	require.Equal(t, earned.Counts, earned.Criteria[0].Counts)
}

func TestAGateOfFaultsClosesByOneCheck(t *testing.T) {
	t.Parallel()
	rubric := rubric()
	rubric.Gates = []takehome.Gate{{ID: "injection", Reason: "SQL is executed", AnyFault: []string{"sql_injection"}, Criterion: "works", Cap: 50}}
	results := func(last takehome.Result) []takehome.Result {
		return []takehome.Result{passed("A01"), passed("B01"), passed("B02"), passed("B03"), last}
	}
	for name, test := range map[string]struct {
		last takehome.Result
		caps int
	}{
		"another fault":                       {result("B04", takehome.Fail, takehome.None(), "100"), 0},
		"the fault":                           {result("B04", takehome.Fail, takehome.None(), "sql_injection"), 1},
		"the fault, partly":                   {result("B04", takehome.Partial, takehome.Frac(1, 2), "sql_injection"), 1},
		"the fault, charged twice":            {result("B04", takehome.Duplicate, takehome.None(), "sql_injection"), 1},
		"an observation that is ours to mend": {result("B04", takehome.NotAssessed, takehome.None(), "sql_injection"), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Len(t, score.Tally(rubric, results(test.last)).Criteria[0].Caps, test.caps)
		})
	}
}
