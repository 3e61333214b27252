// Package verify tests a challenge as a program is tested: it grades a corpus of
// submissions whose worth is known and compares. The reference must have full marks,
// every correct alternative at least its floor, and every mutant must lose the checks
// it names and no others outside its stated radius. A check that no mutant fails is
// unproven.
//
// It stands beside the straight line: it walks it many times and judges the challenge.
package verify

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/takehome-dev/takehome/internal/authored"
	"github.com/takehome-dev/takehome/internal/corpus"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Grade grades the submission in a folder.
type Grade func(ctx context.Context, dir string) (takehome.Report, error)

// Options vary a verification.
type Options struct {
	Only  []string // names of variants; empty: all
	Every int      // only every so manyth mutant, always the same ones; 0 and 1 mean all
	Jobs  int      // gradings at a time; 0 means 1
	// TempDir is where the submissions are put together; empty means the system's folder for temporary files.
	TempDir string
	// Done is told about every variant as it is finished. It may be nil.
	Done func(Outcome)
}

// Outcome is one variant and how its grading compares with what is expected.
type Outcome struct {
	Variant  corpus.Variant
	Report   takehome.Report
	Problems []string // empty: as expected
	// Unsteady is what was not as expected at first, and was when it was graded again.
	Unsteady []string
	Lost     []string // checks without full credit, sorted
	Elapsed  time.Duration
}

// Verification is the whole comparison.
type Verification struct {
	Outcomes []Outcome
	Killed   map[string][]string // check to the mutants that fail it, as they name it
	Unproven []string            // checks of the challenge's own that no graded mutant fails
	Complete bool                // every variant of the corpus was graded
}

// Failed reports whether anything is not as expected.
func (v Verification) Failed() bool {
	return slices.ContainsFunc(v.Outcomes, func(o Outcome) bool { return len(o.Problems) > 0 })
}

// Run grades the corpus.
func Run(ctx context.Context, files fs.FS, rubric takehome.Rubric, grade Grade, options Options) (Verification, error) {
	variants, err := corpus.Load(files)
	if err != nil {
		return Verification{}, err
	}
	if err := known(variants, rubric); err != nil {
		return Verification{}, err
	}
	chosen := options.choose(variants)
	if len(chosen) == 0 {
		return Verification{}, &takehome.Fault{Owner: takehome.Operator, Summary: "no submission of the corpus has that name", Hint: "leave --only out to grade all of them"}
	}
	outcomes := make([]Outcome, len(chosen))
	var telling sync.Mutex
	group, groupCtx := errgroup.WithContext(ctx)
	group.SetLimit(max(options.Jobs, 1))
	for i, variant := range chosen {
		group.Go(func() error {
			outcome, err := one(groupCtx, files, rubric, variant, grade, options.TempDir)
			if err != nil {
				return fmt.Errorf("verify %s: %w", variant.Name, err)
			}
			outcomes[i] = outcome
			telling.Lock()
			defer telling.Unlock()
			if options.Done != nil {
				options.Done(outcome)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return Verification{}, err
	}
	verification := Verification{Outcomes: outcomes, Complete: len(chosen) == len(variants)}
	verification.Killed, verification.Unproven = kills(rubric, outcomes)
	return verification, nil
}

// choose applies Only and Every. References and alternatives are always graded.
func (o Options) choose(variants []corpus.Variant) []corpus.Variant {
	mutants := 0
	return slices.DeleteFunc(slices.Clone(variants), func(v corpus.Variant) bool {
		if len(o.Only) > 0 {
			return !slices.Contains(o.Only, v.Name)
		}
		if o.Every <= 1 || v.Role != corpus.RoleMutant {
			return false
		}
		mutants++
		return mutants%o.Every != 1
	})
}

// one makes the tree of a variant, grades it and compares. An error is one of ours:
// a grading that a fault of ours cut short is no verdict about the challenge.
func one(ctx context.Context, files fs.FS, rubric takehome.Rubric, variant corpus.Variant, grade Grade, tempDir string) (outcome Outcome, err error) {
	dir, err := os.MkdirTemp(tempDir, "takehome-verify-")
	if err != nil {
		return Outcome{}, fmt.Errorf("make a folder for the submission: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := variant.Materialise(files, dir); err != nil {
		return Outcome{}, err
	}
	first, err := graded(ctx, rubric, variant, grade, dir)
	if err == nil && len(first.Problems) == 0 || ctx.Err() != nil {
		return first, err
	}
	// Many programs at once can make a machine so slow that one of them is seen to hang. What
	// is wrong is wrong twice; what is not is told as unsteady.
	again, failed := graded(ctx, rubric, variant, grade, dir)
	if failed != nil {
		return Outcome{}, errors.Join(err, failed)
	}
	if len(again.Problems) == 0 {
		again.Unsteady = first.Problems
		if err != nil {
			again.Unsteady = []string{takehome.AsFault(err).Summary}
		}
	}
	return again, nil
}

// graded grades and compares once.
func graded(ctx context.Context, rubric takehome.Rubric, variant corpus.Variant, grade Grade, dir string) (Outcome, error) {
	started := time.Now()
	report, err := grade(ctx, dir)
	if _, refused := errors.AsType[*takehome.Refusal](err); err != nil && !refused {
		return Outcome{}, err
	}
	outcome := Outcome{Variant: variant, Report: report, Elapsed: time.Since(started), Lost: lost(variant, rubric, report)}
	outcome.Problems = compare(variant, report, outcome.Lost)
	return outcome, nil
}

// lost lists the checks of the program that did not earn full credit. What does not
// apply is no loss; what could not be assessed is one, since the reference is assessed. A
// bonus is lost only where the variant says so: nobody has to earn it.
func lost(variant corpus.Variant, rubric takehome.Rubric, report takehome.Report) []string {
	var ids []string
	for _, result := range report.Canonical.Results {
		check, _ := rubric.Check(result.Check)
		switch result.Verdict {
		case takehome.Pass, takehome.NotApplicable, takehome.NeedsReview:
		case takehome.Fail, takehome.Partial, takehome.Blocked, takehome.Duplicate, takehome.NotAssessed:
			if !check.Bonus || slices.Contains(variant.Fails, result.Check) {
				ids = append(ids, result.Check)
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// compare lists what is not as the variant says.
func compare(variant corpus.Variant, report takehome.Report, lost []string) []string {
	var problems []string
	if status := report.Canonical.Status; status != variant.Wanted() {
		problem := fmt.Sprintf("the run is %s, expected %s", status, variant.Wanted())
		if fault := report.Run.Fault; fault != nil {
			problem += ": " + fault.Summary
		}
		return []string{problem}
	}
	if report.Canonical.Scorecard == nil {
		return nil
	}
	total := report.Canonical.Scorecard.Total
	if floor := variant.Score.Min; floor != nil && total.Cmp(takehome.Frac(int64(*floor), 100)) < 0 {
		problems = append(problems, fmt.Sprintf("scores %s, expected at least %d", report.Canonical.Scorecard.Percent, *floor))
	}
	if ceiling := variant.Score.Max; ceiling != nil && total.Cmp(takehome.Frac(int64(*ceiling), 100)) > 0 {
		problems = append(problems, fmt.Sprintf("scores %s, expected at most %d", report.Canonical.Scorecard.Percent, *ceiling))
	}
	for _, id := range variant.Fails {
		if !slices.Contains(lost, id) {
			problems = append(problems, id+" has full credit, and should not")
		}
	}
	if variant.Role == corpus.RoleReference || variant.Role == corpus.RoleMutant {
		for _, id := range lost {
			if !slices.Contains(variant.Fails, id) && !slices.Contains(variant.Radius, id) && !slices.Contains(variant.Radius, corpus.EveryCheck) {
				problems = append(problems, id+" lost credit, and should not: "+seen(report, id))
			}
		}
	}
	return append(problems, compareCaps(variant, report)...)
}

func compareCaps(variant corpus.Variant, report takehome.Report) []string {
	var closed, problems []string
	for _, applied := range report.Canonical.Scorecard.Caps {
		closed = append(closed, applied.Gate)
	}
	for _, criterion := range report.Canonical.Scorecard.Criteria {
		for _, applied := range criterion.Caps {
			closed = append(closed, applied.Gate)
		}
	}
	for _, gate := range variant.Caps {
		if !slices.Contains(closed, gate) {
			problems = append(problems, "gate "+gate+" stayed open")
		}
	}
	for _, gate := range closed {
		if !slices.Contains(variant.Caps, gate) {
			problems = append(problems, "gate "+gate+" closed, and should not")
		}
	}
	return problems
}

func seen(report takehome.Report, id string) string {
	for _, result := range report.Canonical.Results {
		if result.Check == id {
			return fmt.Sprintf("%s %s, %s", result.Verdict, result.Credit, result.Summary)
		}
	}
	return "no result"
}

// kills lists, for every check, the mutants that name it and make it lose.
func kills(rubric takehome.Rubric, outcomes []Outcome) (killed map[string][]string, unproven []string) {
	killed = map[string][]string{}
	for _, outcome := range outcomes {
		if outcome.Variant.Role != corpus.RoleMutant {
			continue
		}
		for _, id := range outcome.Variant.Fails {
			if slices.Contains(outcome.Lost, id) {
				killed[id] = append(killed[id], outcome.Variant.Name)
			}
		}
	}
	for _, check := range rubric.Checks {
		if !check.Review && !check.Shared && len(killed[check.ID]) == 0 {
			unproven = append(unproven, check.ID)
		}
	}
	return killed, unproven
}

// known proves that every check and gate that variants name exists.
func known(variants []corpus.Variant, rubric takehome.Rubric) error {
	for _, variant := range variants {
		for _, id := range slices.Concat(variant.Fails, variant.Radius) {
			if id == corpus.EveryCheck {
				continue
			}
			if _, exists := rubric.Check(id); !exists {
				return authored.Fault(path.Join(variant.Name, corpus.ExpectFile), 0, "there is no check "+id)
			}
		}
		for _, id := range variant.Caps {
			if !slices.ContainsFunc(rubric.Gates, func(g takehome.Gate) bool { return g.ID == id }) {
				return authored.Fault(path.Join(variant.Name, corpus.ExpectFile), 0, "there is no gate "+id)
			}
		}
	}
	return nil
}
