package score

import (
	"slices"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// maxPointedAt is how many checks one question points at.
const maxPointedAt = 6

// WorthAsking lists the questions of a rubric that the settled results make worth asking:
// those of checks in the order of the rubric, then those of criteria. A question of a
// criterion is about every check of it; the heaviest that make it worth asking are named.
func WorthAsking(rubric takehome.Rubric, results []takehome.Result) []takehome.WorthAsking {
	byCheck := map[string]takehome.Result{}
	for _, result := range results {
		byCheck[result.Check] = result
	}
	var worth []takehome.WorthAsking
	add := func(about string, questions []takehome.Question, among []takehome.Check) {
		for _, question := range questions {
			if at := occasions(question.When, among, byCheck); len(at) > 0 {
				worth = append(worth, takehome.WorthAsking{Ask: question.Ask, ListenFor: question.ListenFor, About: about, Checks: at})
			}
		}
	}
	for _, check := range rubric.Checks {
		add(check.ID, check.Questions, []takehome.Check{check})
	}
	for _, criterion := range rubric.Criteria {
		among := slices.DeleteFunc(slices.Clone(rubric.Checks), func(c takehome.Check) bool { return c.Criterion != criterion.ID })
		slices.SortStableFunc(among, func(a, b takehome.Check) int { return int(b.Weight) - int(a.Weight) })
		add(criterion.ID, criterion.Questions, among)
	}
	return worth
}

// occasions are the checks whose findings make a question worth asking.
func occasions(when takehome.Occasion, among []takehome.Check, results map[string]takehome.Result) []string {
	var at []string
	for _, check := range among {
		passed, lost := false, false
		switch results[check.ID].Verdict {
		case takehome.Pass:
			passed = true
		case takehome.Partial, takehome.Fail, takehome.Duplicate:
			lost = true
		case takehome.NeedsReview:
			passed, lost = when == takehome.Always, false
		case takehome.Blocked, takehome.NotApplicable, takehome.NotAssessed:
		}
		if lost && when != takehome.OnPass || passed && when != takehome.OnLoss {
			at = append(at, check.ID)
		}
	}
	return at[:min(len(at), maxPointedAt)]
}

// tallySkills sums the checks by the skill that they show, in the order in which criteria
// and checks first name them. Only what counts is summed.
func tallySkills(rubric takehome.Rubric, results map[string]takehome.Result) []takehome.SkillScore {
	var skills []takehome.SkillScore
	of := func(name string) *takehome.SkillScore {
		at := slices.IndexFunc(skills, func(s takehome.SkillScore) bool { return s.Skill == name })
		if at < 0 {
			at, skills = len(skills), append(skills, takehome.SkillScore{Skill: name})
		}
		return &skills[at]
	}
	for _, criterion := range rubric.Criteria {
		if criterion.Skill != "" {
			of(criterion.Skill)
		}
	}
	for _, check := range rubric.Checks {
		result, known := results[check.ID]
		if !known || check.Skill == "" {
			continue
		}
		skill := of(check.Skill)
		if result.Verdict.Counts() && !check.Bonus {
			skill.Possible = skill.Possible.Add(check.Weight.Fraction())
			skill.Earned = skill.Earned.Add(check.Weight.Fraction().Mul(credit(result)))
		}
	}
	for i := range skills {
		skills[i].Assessed = skills[i].Possible.Sign() > 0
		skills[i].Percent = skills[i].Earned.Div(skills[i].Possible).Percent()
	}
	return skills
}
