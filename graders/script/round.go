package script

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/takehome-dev/takehome/internal/authored"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// kindFolder is where a package finds the files that come with its kind.
const kindFolder = "kind/"

// LoadAll reads the files of checks of a package, in order: as the grader runs them, and as
// the rubric knows them.
func LoadAll(files fs.FS, names []string, probes map[string]Probe) ([]Check, []takehome.Check, error) {
	var checks []Check
	var words []takehome.Check
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, nil, authored.Fault(name, 0, err.Error())
		}
		file, err := Load(name, data, probes)
		if err != nil {
			return nil, nil, err
		}
		for _, check := range file.Checks {
			word, err := check.Word()
			if err != nil {
				return nil, nil, err
			}
			word.Shared = strings.HasPrefix(name, kindFolder)
			checks, words = append(checks, check), append(words, word)
		}
	}
	return checks, words, nil
}

// Only is the checks that are kept, in the same order.
func Only(checks []Check, keep func(takehome.Check) bool) []Check {
	return slices.DeleteFunc(slices.Clone(checks), func(check Check) bool {
		word, err := check.Word()
		return err == nil && !keep(word) // proved when it was loaded
	})
}

// Round runs checks one after the other and collects what they find.
type Round struct {
	Runner *Runner
	Checks []Check
	Watch  func(takehome.Event)
	// Prevented tells which check stands for what keeps this one from being observed at
	// all, or "". It may be nil.
	Prevented func(takehome.Check) string
	// After is called when a check is done, with the number of exchanges before it. It may be nil.
	After func(ctx context.Context, exchangesBefore int) error
	// Problems are our own faults; a check that met one was not assessed.
	Problems []error
}

// Phase measures and announces one part of a run.
func Phase(session takehome.Session, out *takehome.Judgement, name string, do func() error) error {
	session.Watch(takehome.Event{Kind: takehome.PhaseStarted, Phase: name})
	started := time.Now()
	err := do()
	out.Phases = append(out.Phases, takehome.Phase{Name: name, Micros: time.Since(started).Microseconds()})
	session.Watch(takehome.Event{Kind: takehome.PhaseDone, Phase: name})
	return err
}

// maxProblems is after how many faults of ours a run is not worth finishing.
const maxProblems = 5

// Run observes every check. A panic in one is our fault and leaves the others alone.
func (r *Round) Run(ctx context.Context, out *takehome.Judgement) error {
	for _, check := range r.Checks {
		if err := ctx.Err(); err != nil {
			return err
		}
		word, err := check.Word()
		if err != nil {
			return err
		}
		r.Watch(takehome.Event{Kind: takehome.CheckStarted, Check: word})
		finding, evidence, err := r.one(ctx, check, word)
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			r.Problems = append(r.Problems, err)
			finding = takehome.Finding{Verdict: takehome.NotAssessed, Summary: "takehome could not observe this", Wanted: check.Title}
		}
		r.Runner.Results[check.ID] = finding
		if len(evidence) > 0 {
			out.Evidence[check.ID] = evidence
		}
		r.Watch(takehome.Event{Kind: takehome.CheckDone, Check: word, Finding: finding})
		if len(r.Problems) > maxProblems {
			return nil
		}
	}
	return nil
}

func (r *Round) one(ctx context.Context, check Check, word takehome.Check) (finding takehome.Finding, evidence []takehome.Evidence, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic in check %s: %v\n%s", check.ID, cause, debug.Stack())
		}
	}()
	if check.Review {
		return takehome.Finding{Verdict: takehome.NeedsReview, Summary: "for a human reviewer", Wanted: check.Title}, nil, nil
	}
	if r.Prevented != nil {
		if cause := r.Prevented(word); cause != "" {
			return blocked(check, cause), nil, nil
		}
	}
	before := r.Runner.Ledger.Len()
	finding, evidence, err = r.Runner.Run(ctx, check)
	if r.After != nil {
		err = errors.Join(err, r.After(ctx, before))
	}
	return finding, evidence, err
}

// Complete adds the results, and what a run that ended early did not reach.
func (r *Round) Complete(out *takehome.Judgement) {
	for _, check := range r.Checks {
		finding, known := r.Runner.Results[check.ID]
		if !known {
			finding = takehome.Finding{Verdict: takehome.NotAssessed, Summary: "the run ended before this check", Wanted: check.Title}
		}
		out.Results = append(out.Results, takehome.Result{Check: check.ID, Finding: finding})
	}
}
