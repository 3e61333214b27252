package restapi

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// observe runs every check. A panic in one is our fault and leaves the others alone.
func (r *grading) observe(ctx context.Context) error {
	for _, check := range r.checks {
		if err := ctx.Err(); err != nil {
			return err
		}
		word, err := check.Word()
		if err != nil {
			return err
		}
		r.session.Watch(takehome.Event{Kind: takehome.CheckStarted, Check: word})
		finding, evidence, err := r.one(ctx, check, word)
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			r.problems = append(r.problems, err)
			finding = takehome.Finding{Verdict: takehome.NotAssessed, Summary: "takehome could not observe this", Wanted: check.Title}
		}
		r.runner.Results[check.ID] = finding
		if len(evidence) > 0 {
			r.out.Evidence[check.ID] = evidence
		}
		r.session.Watch(takehome.Event{Kind: takehome.CheckDone, Check: word, Finding: finding})
		if len(r.problems) > maxProblems {
			return nil
		}
	}
	return nil
}

// maxProblems is after how many faults of ours a run is not worth finishing.
const maxProblems = 5

func (r *grading) one(ctx context.Context, check script.Check, word takehome.Check) (finding takehome.Finding, evidence []takehome.Evidence, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic in check %s: %v\n%s", check.ID, cause, debug.Stack())
		}
	}()
	if check.Review {
		return takehome.Finding{Verdict: takehome.NeedsReview, Summary: "for a human reviewer", Wanted: check.Title}, nil, nil
	}
	if cause, blocks := r.notRunning(word); blocks {
		return takehome.Finding{
			Verdict: takehome.Blocked, Summary: "could not be observed because " + cause + " failed",
			Wanted: check.Title, Cause: cause,
		}, nil, nil
	}
	before := r.runner.Ledger.Len()
	finding, evidence, err = r.runner.Run(ctx, check)
	return finding, evidence, errors.Join(err, r.discardLong(ctx, before))
}

// spoiling is the length from which a text that was stored would spoil every later list.
const spoiling = 64 << 10

// discardLong removes what a check stored that is longer than any todo: a program whose
// DELETE does not work must not lose again, wherever its list is read.
func (r *grading) discardLong(ctx context.Context, before int) error {
	if r.runner.Store == nil || r.runner.Client == nil {
		return nil
	}
	for _, exchange := range r.runner.Ledger.All()[before:] {
		if len(exchange.Request.Body) > spoiling {
			return r.runner.Store.Discard(ctx, r.session.Lab, spoiling)
		}
	}
	return nil
}

// notRunning blocks everything that needs a program when there is none. What only
// looks at the boot or at the files of the submission is observed all the same.
func (r *grading) notRunning(check takehome.Check) (cause string, blocks bool) {
	if r.boot.Listening || slices.Contains(withoutProgram, check.Operation) {
		return "", false
	}
	return r.bootCheck(), true
}

// Operations of checks that can be observed without a running program.
var withoutProgram = []string{operationStart, operationFiles}

const (
	operationStart = "start"
	operationFiles = "files"
)

// bootCheck is the first check about starting: everything else is blocked by it.
func (r *grading) bootCheck() string {
	for _, check := range r.checks {
		if check.Operation == operationStart {
			return check.ID
		}
	}
	return ""
}

// complete adds what a run that ended early did not reach.
func (r *grading) complete() {
	for _, check := range r.checks {
		finding, known := r.runner.Results[check.ID]
		if !known {
			finding = takehome.Finding{Verdict: takehome.NotAssessed, Summary: "the run ended before this check", Wanted: check.Title}
		}
		r.out.Results = append(r.out.Results, takehome.Result{Check: check.ID, Finding: finding})
	}
}
