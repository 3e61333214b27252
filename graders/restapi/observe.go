package restapi

import (
	"context"
	"slices"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

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
func (r *grading) notRunning(check takehome.Check) (cause string) {
	switch {
	case slices.Contains(withoutProgram, check.Operation):
		return ""
	case !r.boot.Listening:
		return r.bootCheck()
	case r.mute && check.ID != r.readinessCheck():
		return r.readinessCheck()
	}
	return ""
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

// readinessCheck is the check that looks whether the program answers at all.
func (r *grading) readinessCheck() string {
	for _, check := range r.checks {
		if slices.ContainsFunc(check.Steps, func(step script.Step) bool { return step.Probe == readinessProbe }) {
			return check.ID
		}
	}
	return r.bootCheck()
}
