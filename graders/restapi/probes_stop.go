package restapi

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// stopPatience is what docker stop grants between SIGTERM and SIGKILL.
const stopPatience = 10 * time.Second

// notHandedOn is what the first process of the container prints when the command died of
// a signal that it should have handed on; it is written by takehome-pod.
const notHandedOn = "as process 1 it would have ignored the signal"

// stopFacts are how the program took SIGTERM while it had nothing to do.
type stopFacts struct {
	exit  takehome.Exit
	shell bool // a shell died of it and left the program behind
}

// stopIdle ends the program as an orchestrator would.
func (r *grading) stopIdle(ctx context.Context, at *script.Probing) (stopFacts, error) {
	var facts stopFacts
	if _, err := r.log(ctx, at); err != nil {
		return facts, err
	}
	if err := r.leaveAlone(ctx, at); err != nil {
		return facts, err
	}
	if err := at.Lab.Signal(ctx, "TERM"); err != nil {
		return facts, fmt.Errorf("ask the program to end: %w", err)
	}
	var err error
	if facts.exit, err = r.awaitEnd(ctx, at.Lab, stopPatience); err != nil {
		return facts, err
	}
	log, err := r.log(ctx, at)
	facts.shell = r.startsShell() && strings.Contains(log.Shown, notHandedOn)
	return facts, err
}

// leaveAlone closes the connections that we keep to the program: one that waits for its
// clients to leave is right to do so. The request after that makes sure that it has seen it.
func (r *grading) leaveAlone(ctx context.Context, at *script.Probing) error {
	at.Client.Refresh()
	request, ok := r.binding.Request(script.Intent{Op: script.List})
	if !ok {
		return nil
	}
	for range 2 {
		request.Fresh = true
		if _, err := at.Client.Do(ctx, request); err != nil {
			return err
		}
	}
	return nil
}

// probeStopIdle says how the stop of the one restart went.
func (r *grading) probeStopIdle(ctx context.Context, at *script.Probing) (script.Observation, error) {
	facts, err := r.restart(ctx, at)
	if err != nil {
		return script.Observation{}, err
	}
	const handled, signalled = 0, 128 + 15
	switch stop := facts.stop; {
	case stop.exit.Running:
		return seen("killed", "does not end after SIGTERM and has to be killed"), nil
	case stop.shell:
		return seen("shell", "PID 1 is a shell, which hands SIGTERM on to nobody: docker stop would have to kill the program"), nil
	case stop.exit.Code != handled && stop.exit.Code != signalled:
		return seen("odd_code", "ends after SIGTERM with an error"), nil
	default:
		return seen("ends", "ends after SIGTERM"), nil
	}
}

// Patience of the stop while a request is being served.
const (
	lockSeen  = 5 * time.Second // until the request waits for our lock
	lockKept  = time.Second     // after SIGTERM
	lastReply = 12 * time.Second
)

// waitingForLock counts connections of the program that wait for a lock.
const waitingForLock = openConnections + ` and wait_event_type = 'Lock'`

// probeStopBusy holds the row of an item, sends a request that has to wait for it, asks
// the program to end, and lets the row go.
func (r *grading) probeStopBusy(ctx context.Context, at *script.Probing) (script.Observation, error) {
	item, main := at.Given("item"), r.resource.main().Meaning
	intent := script.Intent{Op: script.Patch, ID: item.ID, Item: item, Set: map[string]any{main: at.Canary("canary2")}}
	if !r.binding.Bound("patch_fields") {
		intent.Op = script.Replace
	}
	request, ok := r.binding.Request(intent)
	text, _ := item.Fields[main].(string)
	if text == "" {
		text = at.Canary("canary")
	}
	place, err := r.exactPlace(ctx, at, text)
	if err != nil {
		return script.Observation{}, err
	}
	if !ok || place.Column == "" {
		return seen("unclear", "no request could be made to wait"), nil
	}
	request.Fresh, request.Patience = true, lastReply
	observation := seen("unclear", "no request could be made to wait")
	err = as(ctx, at.Lab, takehome.RoleOwner, "", func(ctx context.Context, connection *pgx.Conn) error {
		for _, statement := range []string{"begin", fmt.Sprintf("select from %s where %s::text = $1 for update",
			pgx.Identifier{place.Schema, place.Table}.Sanitize(), pgx.Identifier{place.Column}.Sanitize())} {
			arguments := []any{text}
			if !strings.Contains(statement, "$1") {
				arguments = nil
			}
			if _, err := connection.Exec(ctx, statement, arguments...); err != nil {
				return err
			}
		}
		observation, err = r.stopWhileWaiting(ctx, at, request, func() error {
			_, err := connection.Exec(ctx, "rollback")
			return err
		})
		return err
	})
	if refusedBySQL(err) {
		return seen("unclear", "no request could be made to wait"), nil
	}
	return observation, err
}

// stopWhileWaiting sends the request; release lets it go on.
func (r *grading) stopWhileWaiting(ctx context.Context, at *script.Probing, request script.Request, release func() error) (script.Observation, error) {
	type answer struct {
		reply *script.Exchange
		err   error
	}
	answered := make(chan answer, 1)
	go func() {
		reply, err := at.Client.Do(ctx, request)
		answered <- answer{reply, err}
	}()
	var got *answer
	receive := func(within time.Duration) error {
		if got != nil {
			return nil
		}
		timer := time.NewTimer(within)
		defer timer.Stop()
		select {
		case one := <-answered:
			got = &one
			return one.err
		case <-timer.C:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	owner := at.Lab.Access(takehome.RoleOwner).User
	for begun := time.Now(); got == nil && time.Since(begun) < lockSeen; {
		waiting, err := count(ctx, at.Lab, "", waitingForLock, owner)
		if err != nil {
			return script.Observation{}, err
		}
		if waiting > 0 {
			break
		}
		if err := receive(20 * time.Millisecond); err != nil {
			return script.Observation{}, err
		}
	}
	if got != nil {
		return seen("unclear", "no request could be made to wait"), release()
	}
	if err := at.Lab.Signal(ctx, "TERM"); err != nil {
		return script.Observation{}, fmt.Errorf("ask the program to end: %w", err)
	}
	if err := receive(lockKept); err != nil {
		return script.Observation{}, err
	}
	if err := release(); err != nil {
		return script.Observation{}, err
	}
	if err := receive(lastReply + time.Second); err != nil {
		return script.Observation{}, err
	}
	return lastAnswer(got.reply), nil
}

// lastAnswer judges what came of the request that was being served.
func lastAnswer(reply *script.Exchange) script.Observation {
	switch {
	case reply.Success():
		return seen("finishes", "the request is finished before the program ends")
	case reply.Status == http.StatusServiceUnavailable && reply.Answered():
		return seen("refuses", "the request is answered with 503")
	case reply.Answered() && !slices.Contains([]int{http.StatusConflict, http.StatusGatewayTimeout}, reply.Status):
		return seen("fails", reply.Describe())
	case reply.Answered():
		return seen("refuses", "the request is refused in good order")
	default:
		return seen("cut", "the request is cut off")
	}
}
