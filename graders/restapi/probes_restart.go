package restapi

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Patience of the restarts.
const (
	shutdownGrace    = 3 * time.Second
	refusedPatience  = 20 * time.Second
	recoveryPatience = 15 * time.Second
)

// patience is how long to wait for what takes a program so long on an idle machine: more
// where its first start has shown that this machine is slow. The same program must not
// fail because others are graded beside it.
func (r *grading) patience(idle time.Duration) time.Duration {
	return idle + min(5*r.boot.Elapsed, 4*idle)
}

// restartFacts are what one restart showed; several checks read them.
type restartFacts struct {
	starts     bool
	rowsBefore int64
	rowsAfter  int64
	rowsKnown  bool
	served     bool // the item is served after the restart
	exchanges  string
	stop       stopFacts // how the program took the request to end
}

// restart ends the program, starts it again on the same database and looks at an item
// that was made before.
func (r *grading) restart(ctx context.Context, at *script.Probing) (*restartFacts, error) {
	if r.restarted != nil {
		return r.restarted, nil
	}
	facts := &restartFacts{}
	text := at.Canary("canary")
	made, ok, err := at.Send(ctx, script.Intent{Op: script.Create, Set: map[string]any{r.resource.main().Meaning: text}})
	if err != nil {
		return nil, err
	}
	var item script.Item
	if ok {
		item, _ = r.binding.Item(made)
	}
	if facts.rowsBefore, facts.rowsKnown, err = at.Store.Count(ctx); err != nil {
		return nil, err
	}
	if facts.stop, err = r.stopIdle(ctx, at); err != nil {
		return nil, err
	}
	if _, err := at.Lab.Stop(ctx, shutdownGrace); err != nil {
		return nil, fmt.Errorf("stop the program: %w", err)
	}
	boot, err := at.Lab.Start(ctx, takehome.StartOptions{})
	if err != nil {
		return nil, fmt.Errorf("start the program again: %w", err)
	}
	r.restarted = facts
	if facts.starts = boot.Listening; !boot.Listening {
		return facts, nil
	}
	at.Client.Move(boot.Address)
	if err := r.answering(ctx); err != nil {
		return nil, err
	}
	if facts.rowsKnown {
		if facts.rowsAfter, _, err = at.Store.Count(ctx); err != nil {
			return nil, err
		}
	}
	reply, ok, err := at.Send(ctx, script.Intent{Op: script.Fetch, ID: item.ID})
	if err != nil {
		return nil, err
	}
	if ok {
		got, found := r.binding.Item(reply)
		facts.served = reply.Success() && found && got.Fields[r.resource.main().Meaning] == text
		facts.exchanges = reply.Describe()
	}
	return facts, nil
}

// again starts the program anew, so that what a check did to it is charged once.
func (r *grading) again(ctx context.Context, at *script.Probing) error {
	if _, err := at.Lab.Stop(ctx, shutdownGrace); err != nil {
		return fmt.Errorf("stop the program: %w", err)
	}
	boot, err := at.Lab.Start(ctx, takehome.StartOptions{})
	if err != nil {
		return fmt.Errorf("start the program again: %w", err)
	}
	if !boot.Listening {
		return nil // the checks that follow see it
	}
	at.Client.Move(boot.Address)
	return r.answering(ctx)
}

func (r *grading) probeRestartRows(ctx context.Context, at *script.Probing) (script.Observation, error) {
	facts, err := r.restart(ctx, at)
	switch {
	case err != nil:
		return script.Observation{}, err
	case !facts.starts:
		return seen("does_not_start", "the program does not start a second time on the same database"), nil
	case facts.rowsKnown && facts.rowsAfter != facts.rowsBefore:
		return seen("changed", "the second start changed the rows that were there"), nil
	default:
		return seen("untouched", "the second start left the rows alone"), nil
	}
}

func (r *grading) probeRestartItems(ctx context.Context, at *script.Probing) (script.Observation, error) {
	facts, err := r.restart(ctx, at)
	switch {
	case err != nil:
		return script.Observation{}, err
	case !facts.starts:
		return seen("does_not_start", "the program does not start a second time"), nil
	case !facts.served:
		return seen("lost", "after a restart, "+facts.exchanges), nil
	default:
		return seen("served", "the item is served after a restart"), nil
	}
}

// probeWithoutDatabase starts the program while its database refuses connections, and
// heals the database afterwards.
func (r *grading) probeWithoutDatabase(ctx context.Context, at *script.Probing) (script.Observation, error) {
	if _, err := at.Lab.Stop(ctx, shutdownGrace); err != nil {
		return script.Observation{}, fmt.Errorf("stop the program: %w", err)
	}
	boot, err := at.Lab.Start(ctx, takehome.StartOptions{WithoutDatabase: true, Patience: r.patience(refusedPatience)})
	if err != nil {
		return script.Observation{}, fmt.Errorf("start the program without its database: %w", err)
	}
	log, err := at.Lab.Logs(ctx, takehome.QuoteBody)
	if err != nil {
		return script.Observation{}, err
	}
	speaks := strings.TrimSpace(log.Shown) != ""
	evidence := []takehome.Evidence{{Note: &takehome.Note{Title: "what it printed while its database refused connections", Text: log}}}
	observation, err := r.observeOutage(ctx, at, boot, speaks)
	observation.Evidence = evidence
	return observation, err
}

func (r *grading) observeOutage(ctx context.Context, at *script.Probing, boot takehome.Boot, speaks bool) (script.Observation, error) {
	switch {
	case boot.Listening:
		at.Client.Move(boot.Address)
		return r.servesOutage(ctx, at)
	case boot.Exit.Running:
		return r.waitsOutage(ctx, at, speaks)
	case boot.Exit.Code == 0:
		return seen("exits_as_if_well", "exits with status 0, as if all were well"), nil
	case speaks:
		return seen("exits_saying_why", "exits with an error and says why"), nil
	default:
		return seen("exits_silently", "exits with an error and prints nothing"), nil
	}
}

// servesOutage looks at a program that listens although its database refuses.
func (r *grading) servesOutage(ctx context.Context, at *script.Probing) (script.Observation, error) {
	list, _, err := at.Send(ctx, script.Intent{Op: script.List})
	if err != nil {
		return script.Observation{}, err
	}
	created, ok, err := at.Send(ctx, script.Intent{Op: script.Create, Set: map[string]any{r.resource.main().Meaning: at.Canary("canary")}})
	if err != nil {
		return script.Observation{}, err
	}
	switch {
	case ok && created.Success():
		return seen("works_without", "works without its database: what it stores is somewhere else"), nil
	case !list.Answered():
		return seen("hangs", "listens without its database, and "+list.Describe()), nil
	}
	if err := at.Lab.Proxy(ctx, takehome.ProxyMode{Kind: takehome.ProxyPass}); err != nil {
		return script.Observation{}, err
	}
	recovered, err := r.works(ctx, at, r.patience(recoveryPatience))
	switch {
	case err != nil:
		return script.Observation{}, err
	case !recovered:
		return seen("never_recovers", "goes on failing after its database is back"), nil
	case list.Status == http.StatusServiceUnavailable:
		return seen("unavailable_then_recovers", "answers 503 without its database and recovers"), nil
	default:
		return seen("errors_then_recovers", list.Describe()+" without its database, and recovers"), nil
	}
}

// waitsOutage looks at a program that neither listens nor ends: does it come up once
// its database is there, and did it say what it waits for?
func (r *grading) waitsOutage(ctx context.Context, at *script.Probing, speaks bool) (script.Observation, error) {
	if err := at.Lab.Proxy(ctx, takehome.ProxyMode{Kind: takehome.ProxyPass}); err != nil {
		return script.Observation{}, err
	}
	deadline := time.Now().Add(r.patience(recoveryPatience))
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for time.Now().Before(deadline) {
		ports, err := at.Lab.Listening(ctx)
		if err != nil {
			return script.Observation{}, err
		}
		if len(ports) > 0 {
			if speaks {
				return seen("waits_saying_so", "waits for its database, says so, and comes up when it is there"), nil
			}
			return seen("waits_silently", "waits for its database without a word"), nil
		}
		select {
		case <-ctx.Done():
			return script.Observation{}, ctx.Err()
		case <-tick.C:
		}
	}
	return seen("never_recovers", "does not come up after its database is back"), nil
}
