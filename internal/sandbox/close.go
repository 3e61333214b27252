package sandbox

import (
	"context"
	"errors"
	"sync"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
)

// closePatience bounds the removal of a lab, which goes on when the run was cancelled.
const closePatience = 90 * time.Second

// Close removes everything of the lab, in parallel. It works also when ctx is over, and
// may be called more than once.
func (l *Lab) Close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closePatience)
	defer cancel()
	l.seats.Lock()
	l.closed = true
	if l.interrupt != nil {
		l.interrupt()
	}
	l.seats.Unlock()
	l.stopping()
	if l.relay != nil {
		_ = l.relay.Close()
	}
	l.turn.Lock() // a start that was interrupted is over
	defer l.turn.Unlock()
	run := l.current
	if run != nil {
		run.stop()
	}
	containers := append([]string{l.containerName(roleDatabase), l.containerName(rolePod)}, l.containers...)
	failures := inParallel(containers, func(name string) error { return l.engine.remove(ctx, name) })
	failures = append(failures, inParallel(l.volumeNames(), func(name string) error { return l.engine.removeVolume(ctx, name) })...)
	if run != nil {
		run.watching.Wait()
	}
	<-l.memory.done
	return errors.Join(failures...)
}

// inParallel does the same with each name and returns what went wrong.
func inParallel(names []string, do func(name string) error) []error {
	failures := make([]error, len(names))
	var wait sync.WaitGroup
	for i, name := range names {
		wait.Go(func() { failures[i] = do(name) })
	}
	wait.Wait()
	return failures
}

// remove ends and removes a container with its anonymous volumes. One that is not there,
// or is being removed by somebody else, is fine.
func (e *Engine) remove(ctx context.Context, name string) error {
	ctx = context.WithoutCancel(ctx)
	return e.call(ctx, "remove a container", slow, func(ctx context.Context) error {
		err := e.cli.ContainerRemove(ctx, name, container.RemoveOptions{Force: true, RemoveVolumes: true})
		if cerrdefs.IsNotFound(err) || cerrdefs.IsConflict(err) {
			return nil
		}
		return err
	})
}

// removeVolume removes a volume. One that a container still holds for a moment is tried again.
func (e *Engine) removeVolume(ctx context.Context, name string) error {
	const pause = 50 * time.Millisecond
	return e.call(ctx, "remove a volume", slow, func(ctx context.Context) error {
		for {
			err := e.cli.VolumeRemove(ctx, name, false)
			if err == nil || cerrdefs.IsNotFound(err) {
				return nil
			}
			if !cerrdefs.IsConflict(err) {
				return err
			}
			select {
			case <-ctx.Done():
				return err
			case <-time.After(pause):
			}
		}
	})
}
