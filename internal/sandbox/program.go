package sandbox

import (
	"context"
	"errors"
	"sync"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"

	"github.com/takehome-dev/takehome/internal/sandbox/profile"
	"github.com/takehome-dev/takehome/internal/sandbox/symptom"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// program is one run of the candidate's code in a container: the service itself, or the
// migration before it.
type program struct {
	lab      *Lab
	id       string
	name     string
	writable bool
	limits   Limits
	begun    time.Time
	ends     time.Time     // when its init ends it
	over     chan struct{} // closed when it has ended, or the engine lost track of it
	watching sync.WaitGroup
	stop     context.CancelFunc

	mu       sync.Mutex
	exit     takehome.Exit // once it has ended
	lost     error         // why the engine could not tell how it ended
	forced   bool          // we ended it
	expected bool          // we sent SIGKILL, whatever for
	overDisk bool          // because it wrote too much
	removed  bool
	log      []byte // its last words, kept when the container is removed
}

// launch creates and starts a container of the candidate's image. A *refusedByEngine error
// is a finding.
func (l *Lab) launch(ctx context.Context, role string, command []string, writable bool, life time.Duration) (*program, error) {
	l.seats.Lock()
	image, plan := l.image, l.plan
	l.seats.Unlock()
	if err := l.furnish(ctx, image); err != nil {
		return nil, err
	}
	life = min(life, l.left())
	name, err := l.claim(role)
	if err != nil {
		return nil, err
	}
	config, host := profile.Program{
		Image: image, Command: l.filledIn(command, image), Env: l.environment(plan), Pod: l.podID, Tools: l.toolVolume(), Filled: l.filled,
		Deadline: life, Writable: writable, Limits: l.spec.Limits, Labels: l.labels(role),
	}.Config()
	run := &program{
		lab: l, name: name, writable: writable, limits: l.spec.Limits.WithDefaults(),
		begun: time.Now(), ends: time.Now().Add(life), over: make(chan struct{}),
	}
	err = l.engine.call(ctx, "create the container of the program", slow, func(ctx context.Context) error {
		created, err := l.engine.cli.ContainerCreate(ctx, config, host, nil, nil, run.name)
		run.id = created.ID
		return fromImage(err)
	})
	if err != nil {
		return nil, errors.Join(err, l.engine.remove(ctx, run.name))
	}
	run.watch(ctx)
	err = l.engine.call(ctx, "start the container of the program", slow, func(ctx context.Context) error {
		return fromImage(l.engine.cli.ContainerStart(ctx, run.id, container.StartOptions{}))
	})
	if err != nil {
		return nil, errors.Join(err, run.discard(ctx))
	}
	run.begun = time.Now()
	return run, nil
}

// watch follows the container to its end, beyond the context that started it.
func (p *program) watch(ctx context.Context) {
	ctx, p.stop = context.WithCancel(context.WithoutCancel(ctx))
	cli := p.lab.engine.cli
	ended, errs := cli.ContainerWait(ctx, p.id, container.WaitConditionNextExit)
	p.watching.Go(func() {
		defer close(p.over)
		for {
			select {
			case answer := <-ended:
				p.settle(ctx, int(answer.StatusCode))
				return
			case err := <-errs:
				if !p.runsOn(ctx, err) {
					return
				}
				ended, errs = cli.ContainerWait(ctx, p.id, container.WaitConditionNotRunning)
			}
		}
	})
	if p.writable {
		p.watching.Go(func() { p.watchDisk(ctx) })
	}
}

// settle writes down how the program ended.
func (p *program) settle(ctx context.Context, code int) {
	exit := takehome.Exit{Code: code}
	state, err := p.inspect(ctx)
	p.mu.Lock()
	forced, expected := p.forced, p.expected
	p.mu.Unlock()
	if err == nil && code == killed && !expected {
		p.lab.memory.waitFor(p.id, state)
	}
	exit.OutOfMemory = p.lab.memory.of(p.id, state)
	exit.Forced = forced || code == exitDeadline && time.Until(p.ends) < time.Second
	p.mu.Lock()
	defer p.mu.Unlock()
	p.exit = exit
}

// runsOn is asked when the stream to the engine ended, which says nothing about the program.
// If it does not run any more, nobody can tell whether it ended or was ended with the engine.
func (p *program) runsOn(ctx context.Context, cause error) bool {
	if ctx.Err() != nil {
		return false
	}
	state, err := p.inspect(ctx)
	if err == nil && state.Running {
		return true
	}
	if err == nil {
		err = &takehome.Fault{
			Owner: takehome.Operator, Summary: "the Docker engine was interrupted while the program ran", Err: cause,
			Hint: "grade it again",
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lost = err
	return false
}

// killed is 128 + SIGKILL, the code after an out-of-memory kill.
const killed = 137

func (p *program) inspect(ctx context.Context) (*container.State, error) {
	var state *container.State
	err := p.lab.engine.call(ctx, "look at the program", quick, func(ctx context.Context) error {
		inspected, err := p.lab.engine.cli.ContainerInspect(ctx, p.id)
		if err == nil && inspected.ContainerJSONBase != nil {
			state = inspected.State
		}
		if err == nil && state == nil {
			err = errors.New("the engine told no state")
		}
		return err
	})
	return state, err
}

// state tells whether it runs. Where the engine lost track of it while it ran, that is an error.
func (p *program) state() (takehome.Exit, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.over:
		return p.exit, p.lost
	default:
		return takehome.Exit{Running: true, OutOfMemory: p.lab.memory.of(p.id, nil)}, nil
	}
}

// kill ends it at once. A program that has ended already is fine.
func (p *program) kill(ctx context.Context) error {
	p.mu.Lock()
	p.forced, p.expected = true, true
	p.mu.Unlock()
	return p.signal(ctx, "SIGKILL")
}

// expectKill says that an end by SIGKILL will not be the kernel's doing.
func (p *program) expectKill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.expected = true
}

// signal sends a signal to its init, which hands it on. One that has ended gets none.
func (p *program) signal(ctx context.Context, name string) error {
	return p.lab.engine.call(ctx, "signal the program", slow, func(ctx context.Context) error {
		err := p.lab.engine.cli.ContainerKill(ctx, p.id, name)
		if cerrdefs.IsNotFound(err) || cerrdefs.IsConflict(err) {
			return nil
		}
		return err
	})
}

// words returns the end of what it printed.
func (p *program) words(ctx context.Context, limit int) ([]byte, error) {
	p.mu.Lock()
	removed, kept := p.removed, p.log
	p.mu.Unlock()
	if removed {
		return kept[max(0, len(kept)-limit):], nil
	}
	return p.lab.engine.tail(ctx, p.id, limit)
}

// discard kills it if it runs, keeps its last words, and removes the container.
func (p *program) discard(ctx context.Context) error {
	if exit, err := p.state(); err != nil || exit.Running {
		if err := p.kill(ctx); err != nil {
			p.stop()
			return errors.Join(err, p.lab.engine.remove(ctx, p.name))
		}
		timer := time.NewTimer(killPatience)
		defer timer.Stop()
		select {
		case <-p.over:
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	words, _ := p.lab.engine.tail(ctx, p.id, keptLog)
	if !p.writable && symptom.WantsToWrite(words) {
		p.lab.widen()
	}
	p.stop()
	p.watching.Wait()
	err := p.lab.engine.remove(ctx, p.name)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.removed, p.log = true, words
	return err
}

const (
	killPatience = 10 * time.Second
	keptLog      = 64 << 10
)
