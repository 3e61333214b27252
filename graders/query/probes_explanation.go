package query

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/query/claims"
	"github.com/takehome-dev/takehome/graders/query/work"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// fullText is how many letters an explanation has that is more than a note: three sentences.
const fullText = 300

// slip is how many claims have to be there before one that is false is forgiven: we may have
// misread one of many.
const slip = 4

// explanationProbes observe the written part.
func (r *grading) explanationProbes() map[string]script.Probe {
	return map[string]script.Probe{
		// How much there is of it.
		"explanation": {Once: true, Labels: []string{"full", "short", "absent"}, Observe: func(context.Context, *script.Probing) (script.Observation, error) {
			return r.explanation()
		}},
		// Whether its figures are right: the share of the claims that are true among those
		// that can be checked.
		"claims": {Once: true, Shares: true, Labels: []string{"measured", "none", "absent"}, Observe: func(context.Context, *script.Probing) (script.Observation, error) {
			return r.claims()
		}},
		// Whether it holds figures of before and after, and speaks of the plan.
		"comparison": {Once: true, Labels: []string{"both", "figures", "plan", "neither", "absent"}, Observe: func(context.Context, *script.Probing) (script.Observation, error) {
			return r.comparison()
		}},
	}
}

// survey looks at the explanation, less the template that was handed out.
func (r *grading) survey() (claims.Survey, error) {
	template, err := embedded.ReadFile("kind/EXPLANATION.md")
	if err != nil {
		return claims.Survey{}, fmt.Errorf("read the template of the explanation: %w", err)
	}
	return claims.Look(r.delivered.Explanation.Text, string(template)), nil
}

// unexplained tells that there is nothing to look at.
func (r *grading) unexplained(survey claims.Survey) bool {
	return !r.delivered.Explanation.Found() || survey.Letters == 0 && len(survey.Claims) == 0 && !survey.Analysis
}

func (r *grading) explanation() (script.Observation, error) {
	survey, err := r.survey()
	switch {
	case err != nil:
		return script.Observation{}, err
	case r.delivered.Explanation.Problem != "":
		return seen("absent", r.delivered.Explanation.Problem), nil
	case !r.delivered.Explanation.Found():
		return seen("absent", "there is no EXPLANATION.md"), nil
	case r.unexplained(survey):
		return seen("absent", "the template was left empty"), nil
	case survey.Letters < fullText:
		return seen("short", fmt.Sprintf("%d letters", survey.Letters)), nil
	}
	return seen("full", ""), nil
}

// checkedClaims are the claims with our figures beside them.
func (r *grading) checkedClaims() ([]claims.Checked, claims.Survey, error) {
	survey, err := r.survey()
	if err != nil {
		return nil, survey, err
	}
	return r.claimed().Check(survey.Claims), survey, nil
}

// claimed are the measurements that a candidate can have seen: at any size, with any values.
func (r *grading) claimed() claims.Measured {
	return claims.Measured{Given: r.claimedOf(r.base.given), Candidate: r.claimedOf(r.got)}
}

func (r *grading) claimedOf(of figures) []claims.Run {
	var runs []claims.Run
	for _, scale := range slices.Backward(r.task.Scales) { // of several that fit, the largest is shown
		for _, measured := range of[scale] {
			if measured.Refusal != nil {
				continue
			}
			where := scale + ", " + takehome.Line(measured.Set)
			if measured.Mode == work.Generic {
				where += ", plan for any value"
			}
			runs = append(runs, claims.Run{Where: where, Reading: measured.Reading})
		}
	}
	return runs
}

func (r *grading) claims() (script.Observation, error) {
	checked, survey, err := r.checkedClaims()
	if err != nil || r.unexplained(survey) {
		return seen("absent", "there is no EXPLANATION.md"), err
	}
	right, wrong := 0, 0
	firstWrong := ""
	for _, each := range checked {
		switch each.Verdict {
		case claims.True:
			right++
		case claims.False:
			if wrong++; firstWrong == "" {
				firstWrong = each.Quote
			}
		case claims.NotCheckable:
		}
	}
	if right+wrong == 0 {
		return seen("none", "it names no figure and no part of a plan that can be checked"), nil
	}
	detail := fmt.Sprintf("%d of %d claims are true", right, right+wrong)
	if wrong > 0 {
		detail += "; not so: " + firstWrong
	}
	counted := right
	if wrong > 0 && right+wrong >= slip {
		counted++
	}
	observation := seen("measured", detail)
	observation.Share = takehome.Frac(int64(counted), int64(right+wrong))
	observation.Evidence = []takehome.Evidence{claimsNote(checked)}
	return observation, nil
}

// claimsNote lists claims, verdicts and our figures.
func claimsNote(checked []claims.Checked) takehome.Evidence {
	var lines []string
	for _, each := range checked {
		lines = append(lines, fmt.Sprintf("%-13s  %s\n               we measured: %s", each.Verdict, each.Quote, each.Figure))
	}
	return note("what it says, and what we measured", strings.Join(lines, "\n"))
}

func (r *grading) comparison() (script.Observation, error) {
	survey, err := r.survey()
	switch {
	case err != nil || r.unexplained(survey):
		return seen("absent", "there is no EXPLANATION.md"), err
	case survey.Comparison && survey.Analysis:
		return seen("both", ""), nil
	case survey.Comparison:
		return seen("figures", "figures before and after, but nothing of the plan"), nil
	case survey.Analysis:
		return seen("plan", "it speaks of the plan, but compares no figures"), nil
	}
	return seen("neither", "no figures before and after, and nothing of the plan"), nil
}

// claimsExhibit shows every claim with its verdict and our figure.
func (r *grading) claimsExhibit() (takehome.Exhibit, bool) {
	checked, _, err := r.checkedClaims()
	if err != nil || len(checked) == 0 {
		return takehome.Exhibit{}, false
	}
	return takehome.Exhibit{
		ID: "claims", Title: "What the explanation says, checked",
		Note:   "A claim is true if it fits any size and any values that we measured; time is never compared.",
		Tables: []takehome.Table{claims.Table(checked)},
	}, true
}
