package sandbox

import (
	"context"
	"sync"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/events"
	"github.com/docker/docker/api/types/filters"
)

// memoryWatch knows which containers of a lab met their memory limit. While a container
// runs only the engine's event tells: a child that is killed may leave its parent alive.
type memoryWatch struct {
	mu    sync.Mutex
	met   map[string]bool
	heard chan struct{} // closed and replaced at each event
	done  chan struct{}
}

// watchMemory listens until ctx ends.
func watchMemory(ctx context.Context, e *Engine, lab string) *memoryWatch {
	watch := &memoryWatch{met: map[string]bool{}, heard: make(chan struct{}), done: make(chan struct{})}
	messages, errs := e.cli.Events(ctx, events.ListOptions{Filters: filters.NewArgs(
		filters.Arg("type", string(events.ContainerEventType)),
		filters.Arg("event", string(events.ActionOOM)),
		filters.Arg("label", labelLab+"="+lab),
	)})
	go func() {
		defer close(watch.done)
		for {
			select {
			case message := <-messages:
				watch.mu.Lock()
				watch.met[message.Actor.ID] = true
				close(watch.heard)
				watch.heard = make(chan struct{})
				watch.mu.Unlock()
			case err := <-errs: // what is inspected after an exit must do from now on
				e.log.Debug().Err(err).Str("lab", lab).Msg("the stream of events ended")
				return
			}
		}
	}()
	return watch
}

// of reports whether a container met its limit, as far as is known.
func (w *memoryWatch) of(id string, state *container.State) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if state != nil && state.OOMKilled {
		w.met[id] = true
	}
	return w.met[id]
}

// next is closed at the next event.
func (w *memoryWatch) next() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.heard
}

// waitFor gives the event of a container that was killed, and not by us, time to arrive:
// on a busy machine it comes after the end.
func (w *memoryWatch) waitFor(id string, state *container.State) {
	const moment = 3 * time.Second
	timer := time.NewTimer(moment)
	defer timer.Stop()
	for !w.of(id, state) {
		select {
		case <-w.next():
		case <-timer.C:
			return
		}
	}
}
