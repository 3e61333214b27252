package score_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/score"
	"github.com/takehome-dev/takehome/internal/takehome"
)

func asking(when takehome.Occasion) []takehome.Question {
	return []takehome.Question{{Ask: string(when) + "?", ListenFor: "reasons", When: when}}
}

func TestQuestionsAreAskedWhenAFindingMakesThemWorthIt(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		verdict takehome.Verdict
		asked   []takehome.Occasion
	}{
		{takehome.Pass, []takehome.Occasion{takehome.OnPass, takehome.Always}},
		{takehome.Partial, []takehome.Occasion{takehome.OnLoss, takehome.Always}},
		{takehome.Fail, []takehome.Occasion{takehome.OnLoss, takehome.Always}},
		{takehome.Duplicate, []takehome.Occasion{takehome.OnLoss, takehome.Always}},
		{takehome.NeedsReview, []takehome.Occasion{takehome.Always}},
		{takehome.Blocked, nil},
		{takehome.NotApplicable, nil},
		{takehome.NotAssessed, nil},
	} {
		var asked []takehome.Occasion
		for _, when := range takehome.Occasions() {
			rubric := takehome.Rubric{Checks: []takehome.Check{{ID: "A01", Questions: asking(when)}}}
			worth := score.WorthAsking(rubric, []takehome.Result{{Check: "A01", Finding: takehome.Finding{Verdict: test.verdict}}})
			if len(worth) > 0 {
				asked = append(asked, when)
				require.Equal(t, takehome.WorthAsking{Ask: string(when) + "?", ListenFor: "reasons", About: "A01", Checks: []string{"A01"}}, worth[0])
			}
		}
		require.ElementsMatch(t, test.asked, asked, test.verdict)
	}
	rubric := takehome.Rubric{Checks: []takehome.Check{{ID: "A01", Questions: asking(takehome.Always)}}}
	require.Empty(t, score.WorthAsking(rubric, nil), "without a result there is nothing to point at")
}

func TestAQuestionOfACriterionPointsAtItsHeaviestChecks(t *testing.T) {
	t.Parallel()
	rubric := takehome.Rubric{Criteria: []takehome.Criterion{{ID: "rest", Questions: asking(takehome.OnLoss)}, {ID: "other", Questions: asking(takehome.OnLoss)}}}
	var results []takehome.Result
	for i, id := range []string{"C01", "C02", "C03", "C04", "C05", "C06", "C07", "C08"} {
		rubric.Checks = append(rubric.Checks, takehome.Check{ID: id, Criterion: "rest", Weight: takehome.Points(100 * (i % 3))})
		results = append(results, takehome.Result{Check: id, Finding: takehome.Finding{Verdict: takehome.Fail}})
	}
	results[2].Verdict = takehome.Pass
	worth := score.WorthAsking(rubric, results)
	require.Len(t, worth, 1)
	require.Equal(t, "rest", worth[0].About)
	require.Equal(t, []string{"C06", "C02", "C05", "C08", "C01", "C04"}, worth[0].Checks)
}

func TestSkillsSumWhatCounts(t *testing.T) {
	t.Parallel()
	rubric := takehome.Rubric{
		Criteria: []takehome.Criterion{{ID: "works", Title: "Works", Share: 100, Skill: "backend development"}, {ID: "clear", Skill: "writing"}},
		Checks: []takehome.Check{
			{ID: "A01", Criterion: "works", Weight: 300, Skill: "backend development"},
			{ID: "A02", Criterion: "works", Weight: 100, Skill: "operations"},
			{ID: "A03", Criterion: "works", Weight: 100, Skill: "backend development"},
			{ID: "A04", Criterion: "works", Weight: 200, Skill: "operations"},
			{ID: "A05", Criterion: "works", Weight: 100, Skill: "operations", Bonus: true},
			{ID: "A06", Criterion: "works", Weight: 100},
		},
	}
	result := func(id string, verdict takehome.Verdict, credit takehome.Fraction) takehome.Result {
		return takehome.Result{Check: id, Finding: takehome.Finding{Verdict: verdict, Credit: credit}}
	}
	card := score.Tally(rubric, []takehome.Result{
		result("A01", takehome.Partial, takehome.Frac(1, 2)), result("A02", takehome.Blocked, takehome.None()),
		result("A03", takehome.NotApplicable, takehome.None()), result("A04", takehome.Pass, takehome.Full()),
		result("A05", takehome.Pass, takehome.Full()), result("A06", takehome.Pass, takehome.Full()),
	})
	require.Equal(t, []takehome.SkillScore{
		{Skill: "backend development", Assessed: true, Earned: takehome.Frac(3, 2), Possible: takehome.Frac(3, 1), Percent: "50.0"},
		{Skill: "writing", Percent: "0.0"},
		{Skill: "operations", Assessed: true, Earned: takehome.Frac(2, 1), Possible: takehome.Frac(3, 1), Percent: "66.7"},
	}, card.Skills)
}
