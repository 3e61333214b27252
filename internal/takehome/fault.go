package takehome

import (
	"context"
	"errors"
	"fmt"
)

// Owner says whose fault something is.
type Owner string

// The four owners. Only the candidate's own findings change a score; a run with
// a fault of anybody else is inconclusive.
const (
	Candidate Owner = "candidate" // the submission
	Author    Owner = "author"    // the challenge
	Operator  Owner = "operator"  // Docker, disk, settings, the way the tool was called
	Takehome  Owner = "takehome"  // the program itself
)

// Fault is an error with an owner and a next step. It is what a user sees.
type Fault struct {
	Owner   Owner
	Summary string // what went wrong and where, one sentence without a full stop
	Hint    string // what to do next, one sentence; may be empty
	Err     error  // the cause, for the log; may be nil
}

// Error returns the summary, followed by the cause if there is one.
func (f *Fault) Error() string {
	if f.Err == nil {
		return f.Summary
	}
	return fmt.Sprintf("%s: %v", f.Summary, f.Err)
}

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Err }

// Refusal is a submission that policy does not let in: a path that leaves its
// root, an archive bomb, a Dockerfile that asks for the host's network. It is the
// candidate's, it is never scored, and the program exits with 4.
type Refusal struct {
	Rule  string // short name of the rule: "path", "size", "dockerfile:add-url"
	Entry string // the file, archive entry or instruction, already quoted
	Why   string // what the rule forbids, one sentence without a full stop
	Hint  string // what to change
}

// Error names entry, rule and reason.
func (r *Refusal) Error() string {
	if r.Entry == "" {
		return fmt.Sprintf("refused (%s): %s", r.Rule, r.Why)
	}
	return fmt.Sprintf("refused (%s): %s: %s", r.Rule, r.Entry, r.Why)
}

// OwnerOf tells who owns an error. An error that nobody classified is ours, so
// that it can never cost a candidate a point.
func OwnerOf(err error) Owner {
	if fault := AsFault(err); fault != nil {
		return fault.Owner
	}
	return Takehome
}

// AsFault turns any error into a Fault that can be shown. A refusal comes first, as it does
// in the status of a run: it stands whatever else went wrong beside it. An error without an
// owner becomes ours, with the advice to report it.
func AsFault(err error) *Fault {
	if err == nil {
		return nil
	}
	if refusal, ok := errors.AsType[*Refusal](err); ok {
		return &Fault{Owner: Candidate, Summary: refusal.Error(), Hint: refusal.Hint}
	}
	if fault, ok := errors.AsType[*Fault](err); ok {
		return fault
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return &Fault{
			Owner: Takehome, Summary: "the run took longer than its deadline", Err: err,
			Hint: "grade it again; if it happens again, raise --run-timeout and report it",
		}
	case errors.Is(err, context.Canceled):
		return &Fault{
			Owner: Operator, Summary: "the run was interrupted", Err: err,
			Hint: "grade it again for a score",
		}
	}
	return &Fault{
		Owner: Takehome, Summary: "takehome met an error it did not expect", Err: err,
		Hint: "grade it again; if it happens again, please report it with this message",
	}
}
