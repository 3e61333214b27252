package engine

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/takehome-dev/takehome/internal/score"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// seedOf is the seed of a run: the given one, or a hash of what is graded by what.
func seedOf(request Request, submission takehome.Submission) string {
	if request.Seed != "" {
		return request.Seed
	}
	sum := sha256.Sum256([]byte(submission.Digest + "\x00" + request.Challenge.Digest))
	return hex.EncodeToString(sum[:8])
}

// report puts together what the run saw. Only a run without a fault has a score.
func (r *run) report(ctx context.Context, err error) takehome.Report {
	report := takehome.Report{
		Schema:   takehome.ReportSchema,
		Evidence: evidence(r.judgement),
		Exhibits: r.judgement.Exhibits,
		Canonical: takehome.Canonical{
			Status: status(ctx, err), Challenge: r.request.Challenge, Submission: r.sub, Seed: r.seed,
			Binding: r.judgement.Binding, Rubric: reportedChecks(r.request.Challenge.Rubric),
			Results: score.Charge(r.request.Challenge.Rubric, r.judgement.Results),
		},
		Run: takehome.Run{
			Started: r.started.UTC().Truncate(time.Second), Millis: time.Since(r.started).Milliseconds(),
			Name: r.sub.Name, Origin: r.sub.Origin, Phases: r.phases,
			BuildLog: r.built.Log, ProgramLog: r.judgement.Log, Boot: r.judgement.Boot,
			Notes: append(r.notes, r.judgement.Notes...),
		},
	}
	if r.Environment != nil {
		report.Run.Environment = r.Environment()
	}
	if r.planned {
		report.Canonical.Recipe, report.Canonical.Plan = &r.proposal.Recipe, &r.proposal.Start
	}
	if r.built.Image.ID != "" {
		report.Run.Image = &r.built.Image
	}
	if broken := r.breakdown(); broken != nil {
		report.Run.Breakdown = broken
		report.Canonical.Breakdown = &takehome.BreakdownKind{
			Phase: broken.Phase, Reason: broken.Reason, Where: broken.Where, Help: broken.Help,
		}
	}
	if err != nil {
		report.Run.Fault = reportedFault(err)
	}
	if report.Canonical.Status == takehome.Graded {
		card := score.Tally(r.request.Challenge.Rubric, report.Canonical.Results)
		report.Canonical.Scorecard = &card
		report.Canonical.Questions = score.WorthAsking(r.request.Challenge.Rubric, report.Canonical.Results)
	}
	return report
}

func (r *run) breakdown() *takehome.Breakdown {
	if r.judgement.Boot != nil && r.judgement.Boot.Breakdown != nil {
		return r.judgement.Boot.Breakdown
	}
	return r.built.Breakdown
}

// status classifies the end of a run. Without an error it was graded; a refusal is the
// candidate's; everything else is inconclusive and has no score.
func status(ctx context.Context, err error) takehome.Status {
	if err == nil {
		return takehome.Graded
	}
	if _, refused := errors.AsType[*takehome.Refusal](err); refused {
		return takehome.Refused
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		return takehome.Interrupted
	}
	return takehome.Inconclusive
}

func reportedFault(err error) *takehome.ReportedFault {
	fault := takehome.AsFault(err)
	reported := &takehome.ReportedFault{Owner: fault.Owner, Summary: takehome.Clean(fault.Summary), Hint: fault.Hint}
	if fault.Err != nil {
		reported.Cause = takehome.Quote([]byte(strings.TrimSpace(fault.Err.Error())), takehome.QuoteBody).Shown
	}
	return reported
}

func reportedChecks(rubric takehome.Rubric) []takehome.ReportedCheck {
	titles := map[string]string{}
	for _, group := range rubric.Groups {
		titles[group.ID] = group.Title
	}
	checks := make([]takehome.ReportedCheck, 0, len(rubric.Checks))
	for _, check := range rubric.Checks {
		checks = append(checks, takehome.ReportedCheck{
			ID: check.ID, Group: check.Group, GroupTitle: titles[check.Group], Title: check.Title, Criterion: check.Criterion,
			Weight: check.Weight, Bonus: check.Bonus, Basis: check.Basis, Source: check.Source, Hint: check.Hint, Guidance: check.Guidance,
			Skill: check.Skill, Visibility: cmp.Or(check.Visibility, takehome.Public),
		})
	}
	return checks
}

// evidence is never nil, so that a report always has the part.
func evidence(judgement takehome.Judgement) map[string][]takehome.Evidence {
	if judgement.Evidence == nil {
		return map[string][]takehome.Evidence{}
	}
	return judgement.Evidence
}
