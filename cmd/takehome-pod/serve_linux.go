package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/yamux"

	"github.com/takehome-dev/takehome/internal/sandbox/wire"
)

// serve answers the runner over one pair of streams until it hangs up. The database
// proxy lives as long as serve does.
func serve(stdin io.ReadCloser, stdout io.WriteCloser) error {
	session, err := yamux.Server(wire.Joined(stdio{stdin, stdout}), wire.Session())
	if err != nil {
		return fmt.Errorf("open the session: %w", err)
	}
	defer func() { _ = session.Close() }()
	pod := &pod{dialled: map[uint64]*wire.Conn{}}
	defer pod.close()
	stream, err := session.AcceptStream()
	for err == nil {
		go pod.answer(stream)
		stream, err = session.AcceptStream()
	}
	return nil // the session is over, however the runner left
}

type stdio struct {
	io.ReadCloser
	out io.WriteCloser
}

func (s stdio) Write(p []byte) (int, error) { return s.out.Write(p) }

func (s stdio) Close() error { return errors.Join(s.out.Close(), s.ReadCloser.Close()) }

// pod is what one serve process holds.
type pod struct {
	mu      sync.Mutex
	dialled map[uint64]*wire.Conn
	proxy   *proxy
}

func (p *pod) answer(stream net.Conn) {
	var request wire.Request
	if err := wire.Receive(stream, &request); err != nil {
		_ = stream.Close()
		return
	}
	if request.Op == wire.OpDial {
		p.dial(stream, request)
		return
	}
	reply, err := p.do(request)
	if err != nil {
		reply.Failure = err.Error()
	}
	_ = wire.Send(stream, reply)
	_ = stream.Close()
}

func (p *pod) do(request wire.Request) (wire.Reply, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch request.Op {
	case wire.OpHello:
		return wire.Reply{Version: wire.Version}, nil
	case wire.OpHangUp:
		if conn := p.dialled[request.ID]; conn != nil {
			_ = conn.Abandon()
		}
		return wire.Reply{}, nil
	case wire.OpListening:
		listeners, err := strangers()
		return wire.Reply{Listeners: listeners}, err
	case wire.OpProxy:
		if p.proxy != nil || request.Proxy == nil {
			return wire.Reply{}, errors.New("the proxy is open already, or not described")
		}
		opened, err := openProxy(*request.Proxy)
		p.proxy = opened
		return wire.Reply{}, err
	case wire.OpMode, wire.OpCounts:
		if p.proxy == nil {
			return wire.Reply{}, errors.New("the proxy is not open")
		}
		if request.Mode != nil {
			if err := p.proxy.setMode(*request.Mode); err != nil {
				return wire.Reply{}, err
			}
		}
		return wire.Reply{Counts: p.proxy.counts(request.Reset)}, nil
	case wire.OpDial:
	}
	return wire.Reply{}, fmt.Errorf("unknown operation %q", request.Op)
}

func (p *pod) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.proxy != nil {
		p.proxy.close()
	}
}

// dial connects inside the pod and carries the connection over the stream.
func (p *pod) dial(stream net.Conn, request wire.Request) {
	ctx, cancel := context.WithTimeout(context.Background(), request.Timeout)
	defer cancel()
	var dialer net.Dialer
	inside, err := dialer.DialContext(ctx, request.Network, request.Address)
	if err != nil {
		refusal, known := refusalOf(err)
		reply := wire.Reply{Refusal: refusal}
		if !known {
			reply.Failure = err.Error()
		}
		_ = wire.Send(stream, reply)
		_ = stream.Close()
		return
	}
	defer func() { _ = inside.Close() }()
	conn := wire.NewConn(stream, inside.LocalAddr(), inside.RemoteAddr(), nil)
	p.remember(request.ID, conn)
	defer p.remember(request.ID, nil)
	if err := wire.Send(stream, wire.Reply{}); err != nil {
		_ = stream.Close()
		return
	}
	carry(inside, conn)
}

func (p *pod) remember(id uint64, conn *wire.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if conn == nil {
		delete(p.dialled, id)
		return
	}
	p.dialled[id] = conn
}

func refusalOf(err error) (wire.Refusal, bool) {
	var timeout net.Error
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ECONNRESET),
		errors.Is(err, syscall.EACCES): // a unix socket between its making and its chmod
		return wire.Refused, true
	case errors.Is(err, os.ErrNotExist):
		return wire.NoSuchSocket, true
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.EADDRNOTAVAIL):
		return wire.Unreachable, true
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, context.DeadlineExceeded), errors.Is(err, syscall.EAGAIN):
		return wire.TimedOut, true
	}
	return "", false
}

// halfCloser is what TCP and unix connections have in common beyond net.Conn.
type halfCloser interface{ CloseWrite() error }

// carry copies both ways until both directions ended, and says how each one did.
func carry(inside net.Conn, conn *wire.Conn) {
	var wait sync.WaitGroup
	wait.Go(func() { inward(inside, conn) })
	outward(inside, conn)
	wait.Wait()
	_ = conn.Close()
}

// outward sends what the program says to the runner.
func outward(inside net.Conn, conn *wire.Conn) {
	buffer := make([]byte, wire.ChunkLength)
	for {
		n, err := inside.Read(buffer)
		if n > 0 {
			if _, err := conn.Write(buffer[:n]); err != nil {
				return
			}
		}
		switch {
		case err == nil:
		case errors.Is(err, io.EOF):
			_ = conn.CloseWrite()
			return
		case errors.Is(err, net.ErrClosed):
			return
		default:
			_ = conn.Reset()
			return
		}
	}
}

// inward sends what the runner says to the program. After the program stopped
// listening the rest is read and dropped, so that the runner learns of it by reading.
func inward(inside net.Conn, conn *wire.Conn) {
	buffer := make([]byte, wire.ChunkLength)
	deaf := false
	for {
		n, err := conn.Read(buffer)
		if n > 0 && !deaf {
			_, writeErr := inside.Write(buffer[:n])
			deaf = writeErr != nil
		}
		switch {
		case err == nil:
		case errors.Is(err, io.EOF):
			if half, ok := inside.(halfCloser); ok {
				_ = half.CloseWrite()
			}
			return
		case errors.Is(err, wire.ErrHungUp):
			leave(inside, conn)
			return
		default: // reset, abandoned, or the relay is gone
			if linger, ok := inside.(interface{ SetLinger(int) error }); ok {
				_ = linger.SetLinger(0)
			}
			leave(inside, conn)
			return
		}
	}
}

// leave ends both directions; the past deadline frees a write that waits for the runner.
func leave(inside, conn net.Conn) {
	_ = inside.Close()
	_ = conn.SetWriteDeadline(time.Unix(1, 0))
}
