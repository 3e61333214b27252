// Package score is pure arithmetic: it turns findings into points, exactly. It stands
// between the graders and the report, and knows nothing of how a finding was made.
package score

import (
	"slices"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// bonusCap is the most that bonus checks can add to a total, in per cent.
const bonusCap = 5

// Charge settles which findings take points: for the same fault of the same operation
// at most takehome.ChargesPerFault checks do, in the order of the rubric; the others
// become duplicates of the first. It returns the results in the order of the rubric.
func Charge(rubric takehome.Rubric, results []takehome.Result) []takehome.Result {
	type defect struct{ operation, fault string }
	charged := map[defect][]string{}
	settled := ordered(rubric, results)
	for i, result := range settled {
		check, known := rubric.Check(result.Check)
		if !known || check.Bonus || result.Fault == "" || result.Verdict != takehome.Fail && result.Verdict != takehome.Partial {
			continue
		}
		key := defect{check.Operation, result.Fault}
		if len(charged[key]) < takehome.ChargesPerFault {
			charged[key] = append(charged[key], check.ID)
			continue
		}
		settled[i].Verdict, settled[i].Cause = takehome.Duplicate, charged[key][0]
	}
	return settled
}

// ordered puts results in the order of the rubric's groups, then of their ids.
func ordered(rubric takehome.Rubric, results []takehome.Result) []takehome.Result {
	rank := map[string]int{}
	for i, group := range rubric.Groups {
		rank[group.ID] = i
	}
	group := func(r takehome.Result) int {
		check, _ := rubric.Check(r.Check)
		return rank[check.Group]
	}
	settled := slices.Clone(results)
	slices.SortStableFunc(settled, func(a, b takehome.Result) int {
		if x, y := group(a), group(b); x != y {
			return x - y
		}
		if a.Check < b.Check {
			return -1
		}
		return 1
	})
	return settled
}

// Tally adds up results that Charge has settled.
func Tally(rubric takehome.Rubric, results []takehome.Result) takehome.Scorecard {
	card := takehome.Scorecard{Counts: map[takehome.Verdict]int{}}
	byCheck := map[string]takehome.Result{}
	for _, result := range results {
		byCheck[result.Check] = result
		if check, _ := rubric.Check(result.Check); shown(check, result) {
			card.Counts[result.Verdict]++
		}
	}
	for _, criterion := range rubric.Criteria {
		card.Criteria = append(card.Criteria, tallyCriterion(rubric, criterion, byCheck))
	}
	for i, part := range card.Parts() {
		card.Uncapped = card.Uncapped.Add(part.Mul(card.Criteria[i].Score))
	}
	card.Bonus = bonus(rubric, byCheck)
	card.Uncapped = card.Uncapped.Add(card.Bonus).Min(takehome.Full())
	card.Total = card.Uncapped
	for _, gate := range rubric.Gates {
		if gate.Criterion == "" && closed(gate, byCheck) {
			card.Caps = append(card.Caps, takehome.AppliedCap{Gate: gate.ID, Reason: gate.Reason, Cap: gate.Cap})
			card.Total = card.Total.Min(takehome.Frac(int64(gate.Cap), 100))
		}
	}
	card.Percent = card.Total.Percent()
	card.Skills = tallySkills(rubric, byCheck)
	return card
}

func tallyCriterion(rubric takehome.Rubric, criterion takehome.Criterion, results map[string]takehome.Result) takehome.CriterionScore {
	scored := takehome.CriterionScore{
		ID: criterion.ID, Title: criterion.Title, Share: criterion.Share, Optional: criterion.Optional, Counts: map[takehome.Verdict]int{},
	}
	for _, check := range rubric.Checks {
		result, known := results[check.ID]
		if !known || check.Criterion != criterion.ID {
			continue
		}
		if shown(check, result) {
			scored.Counts[result.Verdict]++
		}
		if result.Verdict.Counts() && !check.Bonus {
			scored.Possible = scored.Possible.Add(check.Weight.Fraction())
			scored.Earned = scored.Earned.Add(check.Weight.Fraction().Mul(credit(result)))
		}
	}
	scored.Assessed = scored.Possible.Sign() > 0
	scored.Score = scored.Earned.Div(scored.Possible)
	for _, gate := range rubric.Gates {
		if gate.Criterion == criterion.ID && closed(gate, results) {
			scored.Caps = append(scored.Caps, takehome.AppliedCap{Gate: gate.ID, Reason: gate.Reason, Cap: gate.Cap})
			scored.Score = scored.Score.Min(takehome.Frac(int64(gate.Cap), 100))
		}
	}
	scored.Percent = scored.Score.Percent()
	return scored
}

// shown reports whether a result is counted beside the points. A bonus that was not earned
// is no failure.
func shown(check takehome.Check, result takehome.Result) bool {
	return !check.Bonus || credit(result).Sign() > 0
}

// credit is what a counted result earns. A blocked check earns nothing, whatever it holds.
func credit(result takehome.Result) takehome.Fraction {
	if result.Verdict == takehome.Pass || result.Verdict == takehome.Partial {
		return result.Credit
	}
	return takehome.None()
}

// bonus is what bonus checks add to the total, at most bonusCap per cent. Their weight
// is measured against the weight of everything that counts.
func bonus(rubric takehome.Rubric, results map[string]takehome.Result) takehome.Fraction {
	weight, earned := takehome.None(), takehome.None()
	for _, check := range rubric.Checks {
		result, known := results[check.ID]
		switch {
		case !known || !result.Verdict.Counts():
		case check.Bonus:
			earned = earned.Add(check.Weight.Fraction().Mul(credit(result)))
		default:
			weight = weight.Add(check.Weight.Fraction())
		}
	}
	return earned.Div(weight).Min(takehome.Frac(bonusCap, 100))
}

// closed reports whether every check of a gate earned nothing and at least one of them
// was seen to fail: what is only blocked is shown under its cause. A gate of faults is
// closed by one check that saw one of them, also where it takes no points a third time.
func closed(gate takehome.Gate, results map[string]takehome.Result) bool {
	if len(gate.AnyFault) > 0 {
		for _, result := range results {
			if result.Verdict != takehome.NotAssessed && slices.Contains(gate.AnyFault, result.Fault) {
				return true
			}
		}
		return false
	}
	failed := false
	for _, id := range gate.AllZero {
		result, known := results[id]
		if !known || !result.Verdict.Counts() || credit(result).Sign() > 0 {
			return false
		}
		failed = failed || result.Verdict == takehome.Fail
	}
	return failed
}
