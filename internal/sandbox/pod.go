package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types"
	"github.com/docker/docker/api/types/container"

	"github.com/takehome-dev/takehome/internal/sandbox/profile"
	"github.com/takehome-dev/takehome/internal/sandbox/relay"
	"github.com/takehome-dev/takehome/internal/sandbox/wire"
	"github.com/takehome-dev/takehome/internal/takehome"
)

func (l *Lab) createPod(ctx context.Context, image string) error {
	config, host := profile.Pod{
		Image: image, Tools: l.toolVolume(), Sockets: l.socketVolume(), Hosts: l.hosts(),
		Deadline: l.podLeft(), Labels: l.labels(rolePod),
	}.Config()
	return l.engine.insist(ctx, "create the pod", slow, func(ctx context.Context) error {
		created, err := l.engine.cli.ContainerCreate(ctx, config, host, nil, nil, l.containerName(rolePod))
		l.podID = created.ID
		return err
	})
}

func (l *Lab) startPod(ctx context.Context) error {
	return l.engine.call(ctx, "start the pod", slow, func(ctx context.Context) error {
		return l.engine.cli.ContainerStart(ctx, l.podID, container.StartOptions{})
	})
}

// openRelay starts the helper's second process in the pod and speaks to it over its stdio.
func (l *Lab) openRelay(ctx context.Context) error {
	return l.engine.call(ctx, "open the relay into the pod", slow, func(ctx context.Context) error {
		process, err := l.engine.cli.ContainerExecCreate(ctx, l.podID, container.ExecOptions{
			AttachStdin: true, AttachStdout: true, AttachStderr: true,
			Cmd: []string{profile.Tool, "serve"}, User: profile.PodUser,
		})
		if err != nil {
			return err
		}
		attached, err := l.engine.cli.ContainerExecAttach(ctx, process.ID, container.ExecAttachOptions{})
		if err != nil {
			return err
		}
		stdio := relay.NewStdio(attached.Reader, hijacked{attached})
		l.relay, err = relay.Open(ctx, stdio)
		if err != nil && stdio.Stderr() != "" {
			err = fmt.Errorf("%w: %s", err, takehome.Line(stdio.Stderr()))
		}
		return err
	})
}

// exitDeadline is the exit code of the helper, and of what it started, at the deadline.
const exitDeadline = 124

// hijacked writes to and closes the connection that the engine gave away.
type hijacked struct{ types.HijackedResponse }

func (h hijacked) Write(p []byte) (int, error) { return h.Conn.Write(p) }

func (h hijacked) Close() error { return h.Conn.Close() }

// ask puts a question to the helper. A relay that broke is explained.
func (l *Lab) ask(ctx context.Context, request wire.Request) (wire.Reply, error) {
	if l.relay == nil {
		return wire.Reply{}, errors.New("the lab is not open")
	}
	reply, err := l.relay.Ask(ctx, request)
	if err != nil {
		return reply, l.explain(ctx, "ask the pod", err)
	}
	return reply, nil
}

// Dial connects to an address inside the pod. Reads and writes of the connection that fail
// because the pod cannot be reached any more return a *takehome.Fault; a reset by the
// program is syscall.ECONNRESET. The connection has the methods CloseWrite and Reset
// beyond those of net.Conn.
func (l *Lab) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if l.relay == nil {
		return nil, errors.New("the lab is not open")
	}
	conn, err := l.relay.Dial(ctx, network, address)
	if refused, ok := errors.AsType[*relay.Refused](err); ok {
		return nil, &takehome.DialError{Address: address, Reason: string(refused.Reason)}
	}
	if err != nil {
		return nil, l.explain(ctx, "dial in the pod", err)
	}
	return &podConn{Conn: conn, lab: l}, nil
}

// podConn explains why the pod cannot be reached.
type podConn struct {
	*wire.Conn
	lab *Lab
}

func (c *podConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	return n, c.sorted(err)
}

func (c *podConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	return n, c.sorted(err)
}

func (c *podConn) sorted(err error) error {
	if !errors.Is(err, wire.ErrBroken) {
		return err
	}
	return c.lab.explain(context.Background(), "reach the program", err)
}

// Listening lists the TCP ports on which the submission listens, sorted.
func (l *Lab) Listening(ctx context.Context) ([]int, error) {
	reply, err := l.ask(ctx, wire.Request{Op: wire.OpListening})
	if err != nil {
		return nil, err
	}
	return portsOf(reply.Listeners), nil
}

// explain tells why the pod cannot be reached: an engine that is gone, a pod whose time is
// over, or a relay that broke by itself. None of it is the program's doing.
func (l *Lab) explain(ctx context.Context, doing string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", doing, ctx.Err())
	}
	if !errors.Is(err, wire.ErrBroken) {
		return &takehome.Fault{Owner: takehome.Takehome, Summary: "could not " + doing, Err: err, Hint: "grade it again"}
	}
	l.broken.Do(func() { l.why = l.diagnose(ctx, err) })
	return l.why
}

func (l *Lab) diagnose(ctx context.Context, cause error) error {
	l.seats.Lock()
	closed := l.closed
	l.seats.Unlock()
	if closed {
		return fmt.Errorf("the lab is closed: %w", cause)
	}
	state, err := l.podState(context.WithoutCancel(ctx))
	switch {
	case cerrdefs.IsNotFound(err):
		return &takehome.Fault{
			Owner: takehome.Operator, Summary: "the pod was removed while it was in use", Err: cause,
			Hint: "find out who removes containers on this machine, then grade again",
		}
	case err != nil:
		return err
	case !state.Running && state.ExitCode == exitDeadline:
		return &takehome.Fault{
			Owner: takehome.Takehome, Summary: "the pod ended because its time was over", Err: cause,
			Hint: "raise the deadline of the run, then grade again",
		}
	case !state.Running:
		return &takehome.Fault{
			Owner: takehome.Operator, Summary: "the pod was ended while it was in use", Err: cause,
			Hint: "the engine was restarted or somebody stopped it; grade again",
		}
	}
	return &takehome.Fault{
		Owner: takehome.Takehome, Summary: "the relay into the pod broke", Err: cause,
		Hint: "grade it again; if it happens again, please report it",
	}
}

// podState looks at the pod until it is seen to have ended, or a moment is over: its
// processes are gone a little before the engine says so.
func (l *Lab) podState(ctx context.Context) (*container.State, error) {
	const moment, pause = 2 * time.Second, 50 * time.Millisecond
	state := &container.State{}
	for begun := time.Now(); ; {
		err := l.engine.call(ctx, "look at the pod", pingPatience, func(ctx context.Context) error {
			inspected, err := l.engine.cli.ContainerInspect(ctx, l.podID)
			if err == nil && inspected.ContainerJSONBase != nil && inspected.State != nil {
				state = inspected.State
			}
			return err
		})
		if err != nil || !state.Running || time.Since(begun) > moment {
			return state, err
		}
		select {
		case <-ctx.Done():
			return state, ctx.Err()
		case <-time.After(pause):
		}
	}
}
