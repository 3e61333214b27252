package script

import (
	"context"
	"fmt"
	"slices"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// worthConfirming reports whether a finding that costs credit has to be seen twice. What
// cannot be done twice is declared by the check or its probe.
func (r *Runner) worthConfirming(check Check, first attempt) bool {
	switch {
	case first.finding.Verdict != takehome.Fail && first.finding.Verdict != takehome.Partial:
		return false
	case !first.alive, first.hung && r.Client.KnownToHang():
		return false
	}
	return !check.Once && !slices.ContainsFunc(check.Steps, r.onlyOnce)
}

// onlyOnce reports a step that changes what the next check finds: it ends the program,
// takes its database away, or asks a probe that says so of itself.
func (r *Runner) onlyOnce(step Step) bool {
	switch {
	case step.App != "", step.DB != nil:
		return true
	case step.Poll != nil:
		return r.onlyOnce(step.Poll.Step)
	}
	return step.Probe != "" && r.Probes[step.Probe].Once
}

// confirm runs a check that lost credit once more, with data of its own on a connection of
// its own. The same outcome twice is the finding. Two outcomes are flaky: the better one
// counts, since a loss that nobody can show again is none, unless the author says that the
// fault is of the kind that comes and goes.
func (r *Runner) confirm(ctx context.Context, check Check, first attempt) (takehome.Finding, []takehome.Evidence, error) {
	r.Client.Refresh()
	second, err := r.attempt(ctx, check, 2)
	if err != nil {
		return takehome.Finding{}, nil, err
	}
	if !second.finding.Verdict.Counts() || second.finding.Verdict == takehome.Blocked ||
		second.finding.Credit.Cmp(first.finding.Credit) == 0 {
		return first.finding, first.evidence, nil
	}
	scored := second.finding
	if worse := first.finding.Credit.Cmp(second.finding.Credit) < 0; worse == (check.Flaky == flakyWorse) {
		scored = first.finding
	}
	scored.Flaky = true
	scored.Summary = fmt.Sprintf("not the same twice: at first %s; then %s; the %s counts",
		told(first.finding), told(second.finding), check.Flaky)
	const half = maxEvidence / 2
	return scored, slices.Concat(clip(first.evidence, half), clip(second.evidence, half)), nil
}

// told is what a try saw, for a summary.
func told(finding takehome.Finding) string {
	if finding.Summary == "" {
		return string(finding.Verdict)
	}
	return finding.Summary
}
