package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// The exit codes. They are documented in "takehome help exit-codes" and never change meaning.
const (
	exitGraded       = 0   // graded, whatever the score
	exitUnder        = 1   // graded, under --fail-under; or a challenge that does not verify
	exitUsage        = 2   // usage, settings, a faulty challenge, or no engine
	exitInconclusive = 3   // a fault that is not the candidate's cut the run short: there is no score
	exitRefused      = 4   // policy does not let the submission in
	exitInterrupted  = 130 // ^C
)

// usageError is a wrong call of a command.
type usageError struct {
	err  error
	hint string // "" for the general one
}

func (e usageError) Error() string { return e.err.Error() }
func (e usageError) Unwrap() error { return e.err }

func (e usageError) fault() error {
	hint := e.hint
	if hint == "" {
		hint = "takehome help shows the commands"
	}
	return &takehome.Fault{Owner: takehome.Operator, Summary: takehome.Line(e.err.Error()), Hint: hint}
}

// runError is the fault of a run that has a report: the report decides the code.
type runError struct {
	err    error
	report takehome.Report
}

func (e runError) Error() string { return e.err.Error() }
func (e runError) Unwrap() error { return e.err }

// exitCode tells the user what went wrong and turns it into a code.
func (a *app) exitCode(err error) int {
	if failure := a.out.fault(); failure != nil && takehome.OwnerOf(err) == takehome.Takehome {
		err = failure // nobody's but the disk's, whoever stumbled over it
	}
	if err == nil {
		return a.code
	}
	if usage, ok := errors.AsType[usageError](err); ok {
		a.tell(usage.fault())
		return exitUsage
	}
	a.tell(err)
	if run, ok := errors.AsType[runError](err); ok {
		return codeOf(run.report)
	}
	switch {
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case isRefusal(err):
		return exitRefused
	case takehome.OwnerOf(err) == takehome.Takehome:
		return exitInconclusive
	default:
		return exitUsage
	}
}

func isRefusal(err error) bool {
	_, ok := errors.AsType[*takehome.Refusal](err)
	return ok
}

// codeOf is the code of a run by its report.
func codeOf(report takehome.Report) int {
	switch report.Canonical.Status {
	case takehome.Graded:
		return exitGraded
	case takehome.Refused:
		return exitRefused
	case takehome.Interrupted:
		return exitInterrupted
	case takehome.Inconclusive:
		// Nothing was taken in: the call was wrong, not the run.
		if fault := report.Run.Fault; fault != nil && report.Canonical.Submission.Digest == "" && fault.Owner != takehome.Takehome {
			return exitUsage
		}
	}
	return exitInconclusive
}

// tell writes a fault for a person, or as JSON where JSON was asked for.
func (a *app) tell(err error) {
	fault := takehome.AsFault(err)
	summary := takehome.Clean(fault.Summary)
	if errors.Is(err, context.Canceled) {
		summary, fault = "interrupted", &takehome.Fault{Owner: takehome.Operator, Hint: "call it again to have all of it"}
	}
	if _, hasReport := errors.AsType[runError](err); a.asJSON && !hasReport {
		reported := takehome.ReportedFault{Owner: fault.Owner, Summary: summary, Hint: fault.Hint}
		if text, err := json.MarshalIndent(map[string]any{"fault": reported}, "", "  "); err == nil {
			_, _ = fmt.Fprintf(a.streams.Out, "%s\n", text)
		}
	}
	_, _ = fmt.Fprintf(a.streams.Err, "takehome: %s\n", summary)
	if fault.Err != nil {
		cause := takehome.Quote([]byte(strings.TrimSpace(fault.Err.Error())), takehome.QuoteBody).Shown
		_, _ = fmt.Fprintf(a.streams.Err, "  cause: %s\n", strings.ReplaceAll(cause, "\n", "\n         "))
	}
	_, _ = fmt.Fprintf(a.streams.Err, "  owner: %s\n", fault.Owner)
	if fault.Hint != "" {
		_, _ = fmt.Fprintf(a.streams.Err, "  next:  %s\n", fault.Hint)
	}
}
