package query

import (
	"context"
	"errors"
	"time"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// grading is one run of a Grader.
type grading struct {
	*Grader
	session takehome.Session
	runner  *script.Runner
	round   *script.Round
	out     takehome.Judgement

	delivered Delivery
}

// Grade reads what was handed in, measures it, and observes every check.
func (g *Grader) Grade(ctx context.Context, session takehome.Session) (takehome.Judgement, error) {
	run := &grading{Grader: g, session: session, out: takehome.Judgement{Evidence: map[string][]takehome.Evidence{}}}
	run.runner = &script.Runner{
		Lab: session.Lab, Ledger: &script.Ledger{}, Seed: session.Seed, Results: map[string]takehome.Finding{},
	}
	run.runner.Probes = probes(run)
	run.round = &script.Round{Runner: run.runner, Checks: g.checks, Watch: session.Watch}
	err := run.phase("read", func() error { return run.read() })
	if err == nil {
		err = run.phase("checks", func() error { return run.round.Run(ctx, &run.out) })
	}
	run.round.Complete(&run.out)
	return run.out, errors.Join(append(run.round.Problems, err)...)
}

// phase measures and announces one part of the run.
func (r *grading) phase(name string, do func() error) error {
	r.session.Watch(takehome.Event{Kind: takehome.PhaseStarted, Phase: name})
	started := time.Now()
	err := do()
	r.out.Phases = append(r.out.Phases, takehome.Phase{Name: name, Micros: time.Since(started).Microseconds()})
	r.session.Watch(takehome.Event{Kind: takehome.PhaseDone, Phase: name})
	return err
}

// read takes the files of the submission.
func (r *grading) read() (err error) {
	r.delivered, err = readDelivery(r.session.Submission.Dir)
	return err
}
