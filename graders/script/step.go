package script

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// stopGrace is how long a program may take to end when a step stops it.
const stopGrace = 3 * time.Second

// perform does one step. A variable without a value and an operation that the API
// lacks end the steps; the ladder decides what that means.
func (r *run) perform(ctx context.Context, step Step) error {
	err := r.dispatch(ctx, step)
	if name, ok := isMissing(err); ok {
		r.missing, r.last = name, nil
		return nil
	}
	if errors.Is(err, errUnbound) {
		return nil
	}
	if err != nil {
		return err
	}
	if step.As != "" {
		r.named[step.As] = r.last
	}
	return r.save(step.Save)
}

func (r *run) dispatch(ctx context.Context, step Step) error {
	switch {
	case step.HTTP != nil:
		return r.http(ctx, step.As, *step.HTTP)
	case step.Raw != nil:
		return r.raw(ctx, *step.Raw)
	case step.SQL != nil:
		return r.sql(ctx, *step.SQL)
	case step.Canary != "":
		return r.findCanary(ctx, step.Canary)
	case step.App != "":
		return r.app(ctx, step.App)
	case step.DB != nil:
		return r.Lab.Proxy(ctx, takehome.ProxyMode{
			Kind: step.DB.Mode, Delay: time.Duration(step.DB.Millis) * time.Millisecond, Limit: step.DB.Limit,
		})
	case step.Poll != nil:
		return r.poll(ctx, *step.Poll)
	case step.Parallel != nil:
		return r.parallel(ctx, *step.Parallel)
	case step.Probe != "":
		return r.probe(ctx, step)
	default:
		for _, name := range sortedKeys(step.Set) {
			value, err := r.expand(step.Set[name])
			if err != nil {
				return err
			}
			r.variables[name] = value
		}
		return nil
	}
}

// http sends a request as often as the step says.
func (r *run) http(ctx context.Context, name string, step HTTPStep) error {
	var exchanges []*Exchange
	for n := range max(step.Times, 1) {
		r.variables["n"] = n + 1
		request, err := r.request(step)
		if err != nil {
			return err
		}
		exchange, err := r.Client.Do(ctx, request)
		if err != nil {
			return err
		}
		exchange.Step = name
		exchanges = append(exchanges, exchange)
		if exchange.Fault == Hang {
			break
		}
	}
	r.last = exchanges
	if step.Op == List && len(step.Query) == 0 {
		return r.walk(ctx, name)
	}
	return nil
}

// maxPages bounds the walk through a list.
const maxPages = 20

// walk fetches what the first page of a list left out.
func (r *run) walk(ctx context.Context, name string) error {
	for len(r.last) < maxPages {
		next, more := r.Shape.NextPage(r.last[len(r.last)-1])
		if !more {
			return nil
		}
		exchange, err := r.Client.Do(ctx, next)
		if err != nil {
			return err
		}
		exchange.Step = name
		if !exchange.Success() {
			return nil
		}
		r.last = append(r.last, exchange)
	}
	return nil
}

// parallel sends one request many times at the same instant.
func (r *run) parallel(ctx context.Context, step ParallelStep) error {
	requests := make([]Request, step.Times)
	for n := range requests {
		r.variables["n"] = n + 1
		request, err := r.request(step.HTTP)
		if err != nil {
			return err
		}
		requests[n] = request
	}
	exchanges, err := r.Client.Together(ctx, requests)
	r.last = exchanges
	return err
}

// poll repeats a step until its condition holds; when the time is over the ladder sees the last try.
func (r *run) poll(ctx context.Context, poll PollStep) error {
	deadline := time.Now().Add(time.Duration(poll.Within))
	tick := time.NewTicker(max(time.Duration(poll.Every), 10*time.Millisecond))
	defer tick.Stop()
	for {
		if err := r.dispatch(ctx, poll.Step); err != nil {
			return err
		}
		if len(r.unmetAll(poll.Until)) == 0 || time.Now().After(deadline) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func (r *run) sql(ctx context.Context, step SQLStep) error {
	text, err := r.text(step.Query)
	if err != nil {
		return err
	}
	query, err := r.Store.Query(ctx, text)
	if err != nil {
		return err
	}
	r.last = []*Exchange{{Check: r.check.ID, query: &query}}
	r.queries = append(r.queries, takehome.Evidence{Query: &query})
	return nil
}

// Labels of the canary step.
const (
	canaryStored = "stored"
	canaryAbsent = "absent"
)

func (r *run) findCanary(ctx context.Context, text string) error {
	wanted, err := r.text(text)
	if err != nil {
		return err
	}
	places, query, err := r.Store.Find(ctx, wanted)
	if err != nil {
		return err
	}
	r.seen = &Observation{Label: canaryAbsent}
	if len(places) > 0 {
		r.seen = &Observation{Label: canaryStored, Detail: "found in " + places[0].String()}
	}
	r.queries = append(r.queries, takehome.Evidence{Query: &query})
	return nil
}

func (r *run) app(ctx context.Context, action string) error {
	switch action {
	case "stop":
		_, err := r.Lab.Stop(ctx, stopGrace)
		return err
	case "terminate":
		return r.Lab.Signal(ctx, "TERM")
	case "kill":
		return r.Lab.Signal(ctx, "KILL")
	case "restart":
		if _, err := r.Lab.Stop(ctx, stopGrace); err != nil {
			return err
		}
	}
	boot, err := r.Lab.Start(ctx, takehome.StartOptions{})
	if err != nil {
		return err
	}
	if boot.Listening {
		r.Client.Move(boot.Address)
	}
	return nil
}

func (r *run) probe(ctx context.Context, step Step) error {
	with, err := r.expand(step.With)
	if err != nil {
		return err
	}
	told, _ := with.(map[string]any)
	before := r.Ledger.Len()
	observation, err := r.Probes[step.Probe].Observe(ctx, &Probing{Runner: r.Runner, With: maps.Clone(told), run: r})
	if err != nil {
		return fmt.Errorf("probe %s: %w", step.Probe, err)
	}
	r.seen = &observation
	if observation.Missing != "" {
		r.blockedBy = observation.Missing
	}
	if made := r.Ledger.since(before); len(made) > 0 {
		r.last = made
	}
	r.queries = append(r.queries, observation.Evidence...)
	return nil
}

// save keeps parts of the last reply as variables; what is not there stays unset.
func (r *run) save(wanted map[string]string) error {
	if len(wanted) == 0 || len(r.last) == 0 {
		return nil
	}
	reply := r.last[len(r.last)-1]
	for _, name := range sortedKeys(wanted) {
		from := wanted[name]
		if header, ok := strings.CutPrefix(from, "header "); ok {
			if value := reply.Header.Get(header); value != "" {
				r.variables[name] = value
			}
			continue
		}
		if from == "item" {
			if item, ok := r.Shape.Item(reply); ok {
				r.keep(name, item)
			}
			continue
		}
		if value, err := reply.JSON(); err == nil {
			if inner, ok := At(value, from); ok {
				r.variables[name] = inner
			}
		}
	}
	return nil
}
