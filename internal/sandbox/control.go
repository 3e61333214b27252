package sandbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/docker/docker/api/types/container"

	"github.com/takehome-dev/takehome/internal/sandbox/profile"
	"github.com/takehome-dev/takehome/internal/sandbox/symptom"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// running returns the program of the last start.
func (l *Lab) running() (*program, error) {
	l.seats.Lock()
	defer l.seats.Unlock()
	if l.current == nil {
		return nil, errors.New("the program was never started")
	}
	return l.current, nil
}

// Stop asks the program to end (SIGTERM), kills it after grace, and removes its container.
// Stopping one that has ended tells how it did.
func (l *Lab) Stop(ctx context.Context, grace time.Duration) (takehome.Exit, error) {
	ctx, done, err := l.take(ctx)
	if err != nil {
		return takehome.Exit{}, fmt.Errorf("stop the program: %w", err)
	}
	defer done()
	run, err := l.running()
	if err != nil {
		return takehome.Exit{}, err
	}
	exit, err := run.end(ctx, grace)
	return exit, errors.Join(err, l.intact(ctx))
}

// end stops one program. Exit.Elapsed runs from the request to the end.
func (p *program) end(ctx context.Context, grace time.Duration) (takehome.Exit, error) {
	begun := time.Now()
	exit, err := p.state()
	if err == nil && exit.Running {
		if err := p.signal(ctx, "SIGTERM"); err != nil {
			return exit, errors.Join(err, p.discard(ctx))
		}
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-p.over:
		case <-timer.C:
		case <-ctx.Done():
			return exit, errors.Join(ctx.Err(), p.discard(context.WithoutCancel(ctx)))
		}
	}
	if err := p.discard(ctx); err != nil {
		return exit, err
	}
	exit, err = p.state()
	exit.Elapsed = time.Since(begun)
	return exit, err
}

// Signal sends a signal by name, without its prefix SIG. It goes to the command itself, as
// docker kill would send it to PID 1.
func (l *Lab) Signal(ctx context.Context, name string) error {
	known := []string{"TERM", "KILL", "INT", "HUP", "QUIT", "USR1", "USR2"}
	if !slices.Contains(known, name) {
		return &takehome.Fault{
			Owner: takehome.Author, Summary: fmt.Sprintf("there is no signal %q to send", name),
			Hint: "use TERM, KILL, INT, HUP, QUIT, USR1 or USR2",
		}
	}
	run, err := l.running()
	if err != nil {
		return err
	}
	if name == "KILL" {
		run.expectKill()
	}
	return run.signal(ctx, "SIG"+name)
}

// State tells whether the program runs, and how it ended if not.
func (l *Lab) State(ctx context.Context) (takehome.Exit, error) {
	run, err := l.running()
	if err != nil {
		return takehome.Exit{}, err
	}
	exit, err := run.state()
	if err == nil && !exit.Running {
		err = l.intact(ctx)
	}
	return exit, err
}

// Logs returns the end of what the program printed since it was last started. After Stop
// these are its last words.
func (l *Lab) Logs(ctx context.Context, limit int) (takehome.Text, error) {
	run, err := l.running()
	if err != nil {
		return takehome.Text{}, err
	}
	words, err := run.words(ctx, max(limit, keptLog))
	if err != nil {
		return takehome.Text{}, err
	}
	return takehome.QuoteTail(words, limit), nil
}

// Cramped reports whether the program, since it was last started with a read-only file
// system, complained that it may not write. The next start gives it a writable one; whoever
// finds it so before the checks begin should start it again, for the need was not seen
// when it started.
func (l *Lab) Cramped(ctx context.Context) (bool, error) {
	run, err := l.running()
	if err != nil || run.writable {
		return false, err
	}
	words, err := run.words(ctx, keptLog)
	if err != nil || !symptom.WantsToWrite(words) {
		return false, err
	}
	l.widen()
	return true, nil
}

// widen makes every later start a writable one.
func (l *Lab) widen() {
	l.seats.Lock()
	defer l.seats.Unlock()
	if l.settled == profile.ReadOnly {
		l.settled = profile.Writable
	}
}

// Stats reads the program's resource use. A program that has ended uses nothing.
func (l *Lab) Stats(ctx context.Context) (takehome.Stats, error) {
	run, err := l.running()
	if err != nil {
		return takehome.Stats{}, err
	}
	exit, err := run.state()
	if err != nil || !exit.Running {
		return takehome.Stats{MemoryLimit: run.limits.MemoryBytes}, err
	}
	var read container.StatsResponse
	err = l.engine.call(ctx, "read the program's resource use", quick, func(ctx context.Context) error {
		answer, err := l.engine.cli.ContainerStatsOneShot(ctx, run.id)
		if err != nil {
			return err
		}
		return errors.Join(json.NewDecoder(answer.Body).Decode(&read), answer.Body.Close())
	})
	if err != nil {
		return takehome.Stats{}, err
	}
	return statsOf(read, run.limits), nil
}

// statsOf leaves the page cache out, as docker stats does; the name of the figure to
// subtract differs between the versions of the kernel's control groups.
func statsOf(read container.StatsResponse, limits Limits) takehome.Stats {
	memory := read.MemoryStats
	used := memory.Usage
	for _, name := range []string{"total_inactive_file", "inactive_file"} {
		if cache, ok := memory.Stats[name]; ok {
			if cache < used {
				used -= cache
			}
			break
		}
	}
	return takehome.Stats{
		MemoryBytes: clamp(used), MemoryPeakBytes: clamp(max(memory.MaxUsage, used)),
		MemoryLimit: limits.MemoryBytes, Processes: clamp(read.PidsStats.Current),
	}
}

// clamp is for figures of a foreign kernel.
func clamp(figure uint64) int64 {
	const most = 1<<63 - 1
	return int64(min(figure, most))
}
