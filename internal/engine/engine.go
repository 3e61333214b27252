// Package engine walks one submission along the straight line: intake, plan, build beside
// the opening of the lab, grading, score, report. It knows its stations by small
// interfaces only and always returns a report, also when the run was cut short.
package engine

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// Intake makes the clean copy of what was handed in. The caller closes it.
type Intake interface {
	Open(ctx context.Context, given string) (Copy, error)
}

// Copy is a clean copy on disk.
type Copy interface {
	Submission() takehome.Submission
	Close() error
}

// Planner reads a submission and says how to build and start it.
type Planner interface {
	Plan(ctx context.Context, submission takehome.Submission) (Proposal, error)
}

// Proposal is how to build and start a submission, or why it cannot be built.
type Proposal struct {
	Recipe    takehome.Recipe
	Start     takehome.StartPlan
	Breakdown *takehome.Breakdown
}

// Builder makes the image of a submission, and removes it after the run.
type Builder interface {
	Build(ctx context.Context, submission takehome.Submission, recipe takehome.Recipe, onLine func(string)) (Built, error)
	Remove(ctx context.Context, image takehome.Image) error
}

// Built is an image, or why there is none.
type Built struct {
	Image     takehome.Image
	Breakdown *takehome.Breakdown
	Log       takehome.Text
}

// Labs opens pods: for a program with its start plan, or for a database alone.
type Labs interface {
	Open(ctx context.Context, plan takehome.StartPlan, dataset *takehome.Dataset) (Lab, error)
}

// Lab is a pod that can be given a program and must be closed.
type Lab interface {
	takehome.Lab
	Equip(image takehome.Image, plan takehome.StartPlan)
	Notes() []string
	// Phases says how long the parts of its opening took.
	Phases() []takehome.Phase
	Close(ctx context.Context) error
}

// Engine grades submissions. It is safe for concurrent use if its stations are.
type Engine struct {
	Intake  Intake
	Planner Planner
	Builder Builder
	Labs    Labs
	// Environment says what the run was made with: versions, digests.
	Environment func() []takehome.Setting
	// RunTimeout bounds one run, teardown apart; 0 means no bound.
	RunTimeout time.Duration
}

// Request is one submission to grade.
type Request struct {
	Given     string // path or address of the submission
	Challenge takehome.Challenge
	Grader    takehome.Grader
	// Seed makes the run's random values; "" derives it from the submission and the
	// challenge, so that the same bytes are always graded alike and changed bytes never are.
	Seed    string
	Observe takehome.Observer // may be nil
}

// teardownPatience bounds the clean-up after a run, whatever ended it.
const teardownPatience = 60 * time.Second

// Grade runs one submission. The report is complete whatever happens; the error is the
// fault or refusal that the report shows as well.
func (e *Engine) Grade(ctx context.Context, request Request) (takehome.Report, error) {
	run := &run{Engine: e, request: request, started: time.Now()}
	limited := ctx
	if e.RunTimeout > 0 {
		var cancel context.CancelFunc
		limited, cancel = context.WithTimeout(ctx, e.RunTimeout)
		defer cancel()
	}
	err := guarded("the run", func() error { return run.walk(limited) })
	run.close(context.WithoutCancel(ctx))
	return run.report(ctx, err), err
}

// run is the state of one Grade.
type run struct {
	*Engine
	request   Request
	started   time.Time
	copy      Copy
	sub       takehome.Submission
	seed      string
	needs     takehome.Equipment
	proposal  Proposal
	planned   bool
	built     Built
	lab       Lab
	judgement takehome.Judgement
	phases    []takehome.Phase
	notes     []string
}

func (r *run) watch(event takehome.Event) error {
	if r.request.Observe == nil {
		return nil
	}
	return guarded("the display of progress", func() error {
		r.request.Observe(event)
		return nil
	})
}

// phase measures and announces one station.
func (r *run) phase(name string, do func() error) (takehome.Phase, error) {
	unannounced := r.watch(takehome.Event{Kind: takehome.PhaseStarted, Phase: name})
	started := time.Now()
	err := guarded(name, do)
	phase := takehome.Phase{Name: name, Micros: time.Since(started).Microseconds()}
	return phase, cmp.Or(err, unannounced, r.watch(takehome.Event{Kind: takehome.PhaseDone, Phase: name}))
}

// walk takes the submission from station to station.
func (r *run) walk(ctx context.Context) error {
	phase, err := r.phase("intake", func() (err error) {
		r.copy, err = r.Intake.Open(ctx, r.request.Given)
		return err
	})
	r.phases = append(r.phases, phase)
	if err != nil {
		return err
	}
	r.sub = r.copy.Submission()
	r.seed = seedOf(r.request, r.sub)
	r.needs = r.request.Grader.Equipment()
	if r.needs.Program {
		err = r.plan(ctx)
	} else {
		err = r.open(ctx)
	}
	if err != nil {
		return err
	}
	return r.grade(ctx)
}

// plan finds out how to build and start the program, and makes everything ready for it.
func (r *run) plan(ctx context.Context) error {
	phase, err := r.phase("plan", func() (err error) {
		r.proposal, err = r.Planner.Plan(ctx, r.sub)
		return err
	})
	r.phases = append(r.phases, phase)
	if err != nil {
		return fmt.Errorf("plan how to build and start the submission: %w", err)
	}
	r.planned = true
	return r.prepare(ctx)
}

// open opens a lab that holds nothing but a database.
func (r *run) open(ctx context.Context) error {
	phase, err := r.phase("pod", func() (err error) {
		r.lab, err = r.Labs.Open(ctx, takehome.StartPlan{}, r.needs.Dataset)
		return err
	})
	if err != nil {
		r.phases = append(r.phases, phase)
		return err
	}
	r.phases = append(r.phases, r.lab.Phases()...)
	return nil
}

// prepare builds the image while the pod opens. A build that fails needs no pod.
func (r *run) prepare(ctx context.Context) error {
	r.built.Breakdown = r.proposal.Breakdown
	if r.built.Breakdown != nil {
		return nil
	}
	var building, opening takehome.Phase
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		building, err = r.phase("build", func() (err error) {
			r.built, err = r.Builder.Build(groupCtx, r.sub, r.proposal.Recipe, func(line string) {
				// A line that cannot be shown is no reason to end a build.
				_ = r.watch(takehome.Event{Kind: takehome.Progress, Phase: "build", Line: line})
			})
			return err
		})
		return err
	})
	group.Go(func() (err error) {
		opening, err = r.phase("pod", func() (err error) {
			r.lab, err = r.Labs.Open(groupCtx, r.proposal.Start, r.needs.Dataset)
			return err
		})
		return err
	})
	err := group.Wait()
	r.phases = append(r.phases, building)
	if err != nil {
		r.phases = append(r.phases, opening)
		return err
	}
	r.phases = append(r.phases, r.lab.Phases()...)
	return nil
}

// grade hands the submission to its grader. The judgement is kept also with an error.
func (r *run) grade(ctx context.Context) error {
	session := takehome.Session{
		Submission: r.sub, Plan: r.proposal.Start, Breakdown: r.built.Breakdown, Seed: r.seed, Observe: r.request.Observe,
	}
	if r.built.Breakdown == nil {
		session.Lab = r.lab
	}
	if session.Lab != nil && r.needs.Program {
		r.lab.Equip(r.built.Image, r.proposal.Start)
		session.Image = r.built.Image
	}
	err := guarded("grading", func() (err error) {
		r.judgement, err = r.request.Grader.Grade(ctx, session)
		return err
	})
	r.phases = append(r.phases, r.judgement.Phases...)
	if r.lab != nil && r.built.Breakdown == nil {
		r.notes = append(r.notes, r.lab.Notes()...)
		if r.needs.Program {
			r.readLog(ctx)
		}
	}
	if err != nil {
		return fmt.Errorf("grade: %w", err)
	}
	return nil
}

// readLog keeps the end of what the program printed, if it can still be had.
func (r *run) readLog(ctx context.Context) {
	if r.judgement.Log.Bytes > 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if log, err := r.lab.Logs(ctx, takehome.QuoteBody); err == nil {
		r.judgement.Log = log
	}
}

// close removes pod, image and clean copy. Each has a clock of its own: a pod that will
// not go takes no time from the image. What was seen was seen: whatever stays behind is
// told, and costs nothing.
func (r *run) close(ctx context.Context) {
	remove := func(what string, do func(ctx context.Context) error) {
		bounded, cancel := context.WithTimeout(ctx, teardownPatience)
		defer cancel()
		if err := guarded("cleaning up", func() error { return do(bounded) }); err != nil {
			r.notes = append(r.notes, "cleaning up "+what+": "+takehome.Line(err.Error()))
		}
	}
	phase, _ := r.phase("teardown", func() error {
		if r.lab != nil {
			remove("the pod", r.lab.Close)
		}
		if r.built.Image.ID != "" {
			remove("the image", func(ctx context.Context) error { return r.Builder.Remove(ctx, r.built.Image) })
		}
		if r.copy != nil {
			remove("the clean copy", func(context.Context) error { return r.copy.Close() })
		}
		return nil
	})
	r.phases = append(r.phases, phase)
}
