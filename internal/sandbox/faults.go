package sandbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/docker/docker/client"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// How long the engine may take for one call. A slow engine is the operator's fault and
// must never look like a slow program.
const (
	pingPatience = 5 * time.Second
	quick        = 30 * time.Second // to look something up
	slow         = 90 * time.Second // to create, start or remove something
	making       = 10 * time.Minute // to build an image of ours
)

// insist is call for what must not be given up half-way: a container whose creation was
// cancelled here may come into being there a moment later, and nobody would remove it.
func (e *Engine) insist(ctx context.Context, doing string, patience time.Duration, do func(ctx context.Context) error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", doing, ctx.Err())
	}
	return e.call(context.WithoutCancel(ctx), doing, patience, do)
}

// call runs one call to the engine with a deadline of its own, and turns its error into
// a fault with an owner. doing completes "the Docker engine could not …".
func (e *Engine) call(ctx context.Context, doing string, patience time.Duration, do func(ctx context.Context) error) error {
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	err := do(bounded)
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", doing, ctx.Err())
	}
	if _, classified := errors.AsType[*takehome.Fault](err); classified {
		return err
	}
	fault := &takehome.Fault{Owner: takehome.Operator, Summary: "the Docker engine could not " + doing, Err: err}
	switch {
	case bounded.Err() != nil:
		fault.Summary = fmt.Sprintf("the Docker engine took longer than %s to %s", patience, doing)
		fault.Hint = "the machine is overloaded or the engine hangs: run takehome doctor, then grade again"
	case client.IsErrConnectionFailed(err):
		fault.Summary = "the Docker engine stopped answering"
		fault.Hint = "start it again, then grade again"
	case isDiskFull(err):
		fault.Summary = "the disk of the Docker engine is full"
		fault.Hint = "free space (takehome clean, docker system df), then grade again"
	default:
		fault.Hint = "run takehome doctor, then grade again"
	}
	return fault
}

func isDiskFull(err error) bool {
	return strings.Contains(err.Error(), "no space left on device")
}

// unreachable says why no engine answered.
func unreachable(ctx context.Context, host string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("connect to Docker: %w", ctx.Err())
	}
	fault := &takehome.Fault{Owner: takehome.Operator, Summary: "no Docker engine answers at " + host, Err: err}
	switch {
	case strings.Contains(err.Error(), "permission denied"):
		fault.Summary = "this user may not use the Docker engine at " + host
		fault.Hint = "add the user to the group docker, or run as root"
	case errors.Is(err, context.DeadlineExceeded):
		fault.Summary = "the Docker engine at " + host + " does not answer"
		fault.Hint = "restart it"
	default:
		fault.Hint = "start Docker (make docker does it on Debian), or set --docker-host"
	}
	return fault
}
