package sandbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/takehome-dev/takehome/internal/sandbox/profile"
	"github.com/takehome-dev/takehome/internal/sandbox/symptom"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// restartGrace is what a program that still runs gets before it is started again.
const restartGrace = 3 * time.Second

// attempt is one try to start the program under one profile.
type attempt struct {
	run       *program
	writable  bool
	listening bool
	place     place
	elapsed   time.Duration // until it listened, or until we gave up
	exit      takehome.Exit
	refused   string // the engine's complaint about the image
	words     []byte
}

// Start creates and starts the program and waits until it listens, exits or the start
// deadline passes. Before the very first start the plan's migration runs, once.
//
// A program gets a read-only file system first. Where it seems to need another, it is
// started again with a writable one, at no cost to it, and so is every later start.
//
// A program that does not listen in time is ended, except after a start without its
// database: it runs on, and may listen once the database is there.
func (l *Lab) Start(ctx context.Context, options takehome.StartOptions) (takehome.Boot, error) {
	ctx, done, err := l.take(ctx)
	if err != nil {
		return takehome.Boot{}, fmt.Errorf("start the program: %w", err)
	}
	defer done()
	l.seats.Lock()
	ready, image, plan, settled := l.ready, l.image, l.plan, l.settled
	l.seats.Unlock()
	if !ready {
		return takehome.Boot{}, errors.New("start: the lab was not equipped with a program")
	}
	if err := l.clear(ctx); err != nil {
		return takehome.Boot{}, err
	}
	if breakdown, err := l.migrateOnce(ctx, plan); err != nil || breakdown != nil {
		return takehome.Boot{Breakdown: breakdown}, err
	}
	if err := l.setScene(ctx, options); err != nil {
		return takehome.Boot{}, err
	}

	var last attempt
	var tried []string
	for {
		writable := settled == profile.Writable || last.run != nil || last.refused != ""
		next, err := l.attempt(ctx, command(image, plan), writable, l.patience(options))
		if err != nil {
			return takehome.Boot{}, err
		}
		last = next
		tried = append(tried, describe(image, plan, writable))
		if !tryAgain(last, settled, options) {
			break
		}
		if err := last.discard(ctx); err != nil {
			return takehome.Boot{}, err
		}
	}
	return l.conclude(ctx, last, tried, plan, options)
}

func (l *Lab) patience(options takehome.StartOptions) time.Duration {
	if options.Patience > 0 {
		return options.Patience
	}
	return l.spec.StartPatience
}

// setScene brings the database proxy into the state that a start wants and counts anew.
func (l *Lab) setScene(ctx context.Context, options takehome.StartOptions) error {
	mode := takehome.ProxyMode{Kind: takehome.ProxyPass}
	if options.WithoutDatabase {
		mode.Kind = takehome.ProxyRefuse
	}
	if err := l.Proxy(ctx, mode); err != nil {
		return err
	}
	return l.recount(ctx)
}

// tryAgain tells whether a writable file system could make a difference.
func tryAgain(last attempt, settled string, options takehome.StartOptions) bool {
	switch {
	case last.writable, last.exit.OutOfMemory:
		return false
	case symptom.WantsToWrite(last.words):
		return true
	case last.listening, settled != "", options.WithoutDatabase:
		return false
	}
	return true
}

// attempt starts the program once and looks at how it goes. An error is never the program's.
func (l *Lab) attempt(ctx context.Context, command []string, writable bool, patience time.Duration) (attempt, error) {
	tried := attempt{writable: writable}
	if len(command) == 0 {
		tried.refused, tried.writable = "the image names no command to start", true
		return tried, nil
	}
	run, err := l.launch(ctx, roleProgram, command, writable, l.left())
	if refused, ok := errors.AsType[*refusedByEngine](err); ok {
		tried.refused = refused.why
		return tried, nil
	}
	if err != nil {
		return tried, err
	}
	tried.run = run
	l.seats.Lock()
	l.current = run
	l.seats.Unlock()
	tried.place, tried.listening, err = l.awaitListener(ctx, run, patience)
	tried.elapsed = time.Since(run.begun)
	if err == nil {
		tried.exit, err = run.state()
	}
	if err == nil {
		tried.words, err = run.words(ctx, keptLog)
	}
	if err == nil {
		err = l.intact(ctx)
	}
	if err != nil {
		return tried, errors.Join(err, run.discard(context.WithoutCancel(ctx)))
	}
	tried.listening = tried.listening && tried.exit.Running
	return tried, nil
}

// intact is an error where the pod is gone: then an exit says nothing about the program.
func (l *Lab) intact(ctx context.Context) error {
	select {
	case <-l.relay.Broken():
		return l.explain(ctx, "keep the pod", errBrokenRelay)
	default:
		return nil
	}
}

func (a attempt) discard(ctx context.Context) error {
	if a.run == nil {
		return nil
	}
	return a.run.discard(ctx)
}

func (a attempt) profile() string {
	if a.writable {
		return profile.Writable
	}
	return profile.ReadOnly
}

// conclude turns the last attempt into a Boot: it keeps a program that listens, and
// explains one that does not.
func (l *Lab) conclude(ctx context.Context, last attempt, tried []string, plan takehome.StartPlan, options takehome.StartOptions) (takehome.Boot, error) {
	boot := takehome.Boot{Profile: last.profile(), Exit: last.exit, Elapsed: last.elapsed}
	counts, err := l.Connections(ctx)
	if err != nil {
		return boot, err
	}
	boot.Database = counts
	if !last.listening {
		boot.Breakdown = l.breakdown(last, append(l.Notes(), tried...), counts)
		if options.WithoutDatabase && last.exit.Running {
			return boot, nil // it may be waiting for its database
		}
		return boot, last.discard(ctx)
	}
	boot.Listening = true
	boot.Address, boot.Port, boot.PortBy = last.place.address, last.place.port, last.place.by
	l.seats.Lock()
	l.settled = boot.Profile
	l.seats.Unlock()
	if plan.Ready != "" {
		err = l.awaitReady(ctx, last, plan.Ready)
	}
	if err == nil {
		boot.Exit, err = last.run.state()
	}
	return boot, err
}

// clear stops what runs and removes it.
func (l *Lab) clear(ctx context.Context) error {
	l.seats.Lock()
	run := l.current
	l.seats.Unlock()
	if run == nil {
		return nil
	}
	_, err := run.end(ctx, restartGrace)
	return err
}

// describe says in stable words what an attempt was.
func describe(image takehome.Image, plan takehome.StartPlan, writable bool) string {
	words := "`" + commandLine(command(image, plan)) + "`"
	if writable {
		return "started " + words + " with a writable file system, as the user of the image"
	}
	return "started " + words + " with a read-only file system, as a user without rights"
}
