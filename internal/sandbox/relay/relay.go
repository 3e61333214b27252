// Package relay is the runner's end of the stream into a pod: it opens connections inside
// the pod and asks the helper there for what only it can see. It knows nothing of Docker;
// the stream is handed to it.
package relay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/hashicorp/yamux"

	"github.com/takehome-dev/takehome/internal/sandbox/wire"
)

const (
	// patience is how long the helper may take for anything but a dial.
	patience = 15 * time.Second
	// dialPatience bounds a dial inside the pod where the context does not; on a loopback
	// only a full backlog takes any time at all.
	dialPatience = 5 * time.Second
)

// Refused is a connection that the pod did not make: a finding about what is inside.
type Refused struct {
	Address string
	Reason  wire.Refusal
}

// Error says what was tried.
func (r *Refused) Error() string { return fmt.Sprintf("dial %s in the pod: %s", r.Address, r.Reason) }

// Relay is one stream into one pod.
type Relay struct {
	session *yamux.Session
	ids     atomic.Uint64
}

// Open speaks to the helper at the other end of the stream. It fails if nobody answers
// or if the helper is of another version. It owns the stream from then on.
func Open(ctx context.Context, stream io.ReadWriteCloser) (*Relay, error) {
	session, err := yamux.Client(wire.Joined(stream), wire.Session())
	if err != nil {
		_ = stream.Close()
		return nil, fmt.Errorf("open the relay: %w", err)
	}
	relay := &Relay{session: session}
	reply, err := relay.Ask(ctx, wire.Request{Op: wire.OpHello})
	if err == nil && reply.Version != wire.Version {
		err = fmt.Errorf("the helper speaks version %d, this program version %d", reply.Version, wire.Version)
	}
	if err != nil {
		_ = relay.Close()
		return nil, fmt.Errorf("open the relay: %w", err)
	}
	return relay, nil
}

// Ask sends a request and returns its reply. Errors that are wire.ErrBroken mean that the
// stream is gone; others come from the helper or from ctx.
func (r *Relay) Ask(ctx context.Context, request wire.Request) (wire.Reply, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	stream, reply, err := r.exchange(ctx, request)
	if stream != nil {
		_ = stream.Close()
	}
	if err == nil && reply.Failure != "" {
		err = fmt.Errorf("the helper in the pod: %s", reply.Failure)
	}
	return reply, err
}

// Dial connects to an address inside the pod. A refusal is a *Refused.
func (r *Relay) Dial(ctx context.Context, network, address string) (*wire.Conn, error) {
	request := wire.Request{Op: wire.OpDial, ID: r.ids.Add(1), Network: network, Address: address, Timeout: dialPatience}
	if deadline, ok := ctx.Deadline(); ok {
		request.Timeout = min(request.Timeout, time.Until(deadline))
	}
	if request.Timeout <= 0 {
		return nil, context.DeadlineExceeded
	}
	ctx, cancel := context.WithTimeout(ctx, request.Timeout+patience)
	defer cancel()
	stream, reply, err := r.exchange(ctx, request)
	switch {
	case err == nil && reply.Refusal != "":
		err = &Refused{Address: address, Reason: reply.Refusal}
	case err == nil && reply.Failure != "":
		err = fmt.Errorf("the helper in the pod: %s", reply.Failure)
	}
	if err != nil {
		if stream != nil {
			_ = stream.Close()
		}
		return nil, err
	}
	name := wire.Address{Net: network, Name: address}
	after := context.WithoutCancel(ctx)
	return wire.NewConn(stream, wire.Address{Net: network, Name: "takehome"}, name, func() { r.hangUp(after, request.ID) }), nil
}

// hangUp ends a connection whose stream takes no more data.
func (r *Relay) hangUp(ctx context.Context, id uint64) {
	_, _ = r.Ask(ctx, wire.Request{Op: wire.OpHangUp, ID: id})
}

// exchange opens a stream, sends the request and waits for the reply. The stream is
// returned with no deadline set.
func (r *Relay) exchange(ctx context.Context, request wire.Request) (net.Conn, wire.Reply, error) {
	var reply wire.Reply
	stream, err := r.session.Open()
	if err != nil {
		return nil, reply, fmt.Errorf("%w: %w", wire.ErrBroken, err)
	}
	stop := context.AfterFunc(ctx, func() { _ = stream.SetDeadline(time.Unix(1, 0)) })
	err = wire.Send(stream, request)
	if err == nil {
		err = wire.Receive(stream, &reply)
	}
	switch {
	case !stop() && ctx.Err() != nil: // the deadline of the stream has been spoilt
		err = ctx.Err()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, yamux.ErrSessionShutdown),
		errors.Is(err, yamux.ErrConnectionReset), errors.Is(err, yamux.ErrStreamClosed):
		err = fmt.Errorf("%w: %w", wire.ErrBroken, err)
	}
	return stream, reply, err
}

// Broken is closed once the stream is gone, whoever ended it.
func (r *Relay) Broken() <-chan struct{} { return r.session.CloseChan() }

// Close ends the stream and every connection over it.
func (r *Relay) Close() error { return r.session.Close() }
