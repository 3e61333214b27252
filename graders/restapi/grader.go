package restapi

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/authored"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Kind loads the rest-api part of a challenge package: api.yaml and the files of checks.
type Kind struct{}

// Name is what challenge.yaml calls it.
func (Kind) Name() string { return "rest-api" }

// Load reads a package's checks, in the order of the files, and makes their grader.
func (Kind) Load(files fs.FS, checkFiles []string) ([]takehome.Check, takehome.Grader, error) {
	const resourceFile = "api.yaml"
	data, err := fs.ReadFile(files, resourceFile)
	if err != nil {
		return nil, nil, authored.Fault(resourceFile, 0, "a rest-api challenge needs this file: "+err.Error())
	}
	grader := &Grader{}
	if grader.resource, err = LoadResource(resourceFile, data); err != nil {
		return nil, nil, err
	}
	var words []takehome.Check
	grader.checks, words, err = script.LoadAll(files, checkFiles, probes(nil))
	return words, grader, err
}

// Grader judges submissions to one challenge.
type Grader struct {
	resource Resource
	checks   []script.Check // in the order in which they run
}

// Only is the grader of the checks that are kept, in the same order.
func (g *Grader) Only(keep func(takehome.Check) bool) takehome.Grader {
	kept := *g
	kept.checks = script.Only(g.checks, keep)
	return &kept
}

// Equipment says that a rest-api challenge runs a program.
func (g *Grader) Equipment() takehome.Equipment { return takehome.Equipment{Program: true} }

// grading is one run of a Grader.
type grading struct {
	*Grader
	session takehome.Session
	boot    takehome.Boot
	mute    bool // it listens, and answered nothing for as long as it may take to get ready
	binding *Binding
	runner  *script.Runner
	round   *script.Round
	out     takehome.Judgement
	// restarted is what the one restart of the run showed.
	restarted *restartFacts
	// others is the second user, itemPlaces the columns in which texts of items are kept.
	others     *people
	itemPlaces []script.Place
	crowd      *crowd
	outage     outageFacts
	hostility  hostility
}

// Grade starts the program, binds its API and observes every check.
func (g *Grader) Grade(ctx context.Context, session takehome.Session) (takehome.Judgement, error) {
	run := &grading{Grader: g, session: session, out: takehome.Judgement{Evidence: map[string][]takehome.Evidence{}}}
	run.runner = &script.Runner{
		Lab: session.Lab, Ledger: &script.Ledger{}, Seed: session.Seed,
		Owners: g.resource.Operations, Results: map[string]takehome.Finding{},
	}
	run.runner.Probes = probes(run)
	run.round = &script.Round{
		Runner: run.runner, Checks: g.checks, Watch: session.Watch, Prevented: run.notRunning, After: run.discardLong,
	}
	err := run.start(ctx)
	if err == nil && run.boot.Listening {
		err = script.Phase(run.session, &run.out, "binding", func() error { return run.bind(ctx) })
	}
	if err == nil {
		err = script.Phase(run.session, &run.out, "checks", func() error { return run.round.Run(ctx, &run.out) })
	}
	if run.runner.Client != nil {
		run.tellWaits()
		run.runner.Client.Close()
	}
	if run.runner.Store != nil {
		cleanup, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = run.runner.Store.Close(cleanup) // the database goes with the lab
	}
	run.out.Boot = &run.boot
	run.round.Complete(&run.out)
	return run.out, errors.Join(append(run.round.Problems, err)...)
}

// start brings the program up. One that cannot be built or does not listen is a
// finding: the boot says why, and the checks that need it are blocked.
func (r *grading) start(ctx context.Context) error {
	if r.session.Breakdown != nil {
		r.boot.Breakdown = r.session.Breakdown
		return nil
	}
	return script.Phase(r.session, &r.out, "boot", func() (err error) {
		r.boot, err = r.session.Lab.Start(ctx, takehome.StartOptions{})
		if err != nil {
			return fmt.Errorf("start the program: %w", err)
		}
		return nil
	})
}

// bind finds out and freezes the shape of the API.
func (r *grading) bind(ctx context.Context) error {
	r.runner.Client = script.NewClient(r.session.Lab, r.boot.Address, r.runner.Ledger)
	r.runner.Store = script.NewStore(r.session.Lab)
	if err := r.answering(ctx); err != nil {
		return err
	}
	if r.mute = !slices.ContainsFunc(r.runner.Ledger.All(), spoke); r.mute {
		return nil // there is nothing to learn from it, and all that needs an answer is blocked
	}
	binding, notes, err := bind(ctx, r.runner.Client, r.resource, r.session.Submission.Dir, r.session.Seed)
	r.out.Notes = append(r.out.Notes, notes...)
	if err != nil {
		return err
	}
	r.binding, r.runner.Shape, r.out.Binding = binding, binding, binding.entries
	return r.locate(ctx)
}

// spoke reports anything but silence: an answer, or an end of the connection.
func spoke(exchange *script.Exchange) bool { return exchange.Fault != script.Hang }

// readiness is how long a program that listens may take until it answers.
const readiness = 30 * time.Second

// answering waits until the program gives any answer but a server error.
func (r *grading) answering(ctx context.Context) error {
	deadline := time.Now().Add(readiness)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	at := r.resource.Contract.Collection
	if r.session.Plan.Ready != "" {
		at = r.session.Plan.Ready
	}
	for {
		reply, err := r.runner.Client.Do(ctx, script.Request{Method: "GET", Path: at, NoBody: true, Fresh: true, Name: "readiness"})
		if err != nil {
			return fmt.Errorf("wait for the first answer: %w", err)
		}
		// A list that is longer than we read is an answer.
		if (reply.Answered() || reply.Fault == script.BodyTooLarge) && reply.Status < 500 || time.Now().After(deadline) {
			return nil
		}
		if reply.Answered() && time.Since(deadline.Add(-readiness)) > 5*time.Second {
			return nil // it answers, and goes on failing
		}
		if ended, err := r.ended(ctx, reply); err != nil || ended {
			return err // nobody is there who could answer later
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// ended reports whether a request is unanswered because the program is gone.
func (r *grading) ended(ctx context.Context, reply *script.Exchange) (bool, error) {
	if reply.Fault != script.Refused && reply.Fault != script.Reset {
		return false, nil
	}
	state, err := r.session.Lab.State(ctx)
	if err != nil {
		return false, fmt.Errorf("look whether the program still runs: %w", err)
	}
	return !state.Running, nil
}

// locate finds the table in which items live, so that rows can be counted.
func (r *grading) locate(ctx context.Context) error {
	for _, text := range r.binding.texts {
		places, _, err := r.runner.Store.Find(ctx, text)
		if err != nil {
			return fmt.Errorf("look for the items in the database: %w", err)
		}
		if len(places) == 0 {
			continue
		}
		r.runner.Store.Keep(places)
		r.itemPlaces = places
		r.out.Binding = append(r.out.Binding, takehome.BindingEntry{
			Name: "table", Value: places[0].String(), Source: "holds a text that was created", Confidence: 99,
		})
		return nil
	}
	return nil
}
