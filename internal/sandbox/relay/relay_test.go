package relay_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"

	"github.com/hashicorp/yamux"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/takehome-dev/takehome/internal/sandbox/relay"
	"github.com/takehome-dev/takehome/internal/sandbox/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// helper answers every stream of a session with answer.
func helper(t *testing.T, answer func(request wire.Request, stream net.Conn)) (io.ReadWriteCloser, func()) {
	t.Helper()
	near, far := net.Pipe()
	session, err := yamux.Server(far, wire.Session())
	require.NoError(t, err)
	t.Cleanup(func() { _ = session.Close() })
	go func() {
		for {
			stream, err := session.Accept()
			if err != nil {
				return
			}
			go func() {
				var request wire.Request
				if wire.Receive(stream, &request) == nil {
					answer(request, stream)
				}
			}()
		}
	}()
	return near, func() { _ = session.Close() }
}

func polite(request wire.Request, stream net.Conn) {
	switch {
	case request.Op == wire.OpHello:
		_ = wire.Send(stream, wire.Reply{Version: wire.Version})
	case request.Address == "refused:1":
		_ = wire.Send(stream, wire.Reply{Refusal: wire.Refused})
	case request.Address == "silent:1":
		return // never answers
	case request.Op == wire.OpDial:
		_ = wire.Send(stream, wire.Reply{})
		conn := wire.NewConn(stream, wire.Address{}, wire.Address{}, nil)
		_, _ = io.Copy(conn, conn)
		_ = conn.Close()
		return
	default:
		_ = wire.Send(stream, wire.Reply{Failure: "no"})
	}
	_ = stream.Close()
}

func open(t *testing.T) (*relay.Relay, func()) {
	t.Helper()
	stream, breakIt := helper(t, polite)
	opened, err := relay.Open(t.Context(), stream)
	require.NoError(t, err)
	t.Cleanup(func() { _ = opened.Close() })
	return opened, breakIt
}

func TestRelayCarriesConnections(t *testing.T) {
	t.Parallel()
	r, _ := open(t)
	conn, err := r.Dial(t.Context(), "tcp", "echo:1")
	require.NoError(t, err)
	_, err = conn.Write([]byte("hello"))
	require.NoError(t, err)
	got := make([]byte, 5)
	_, err = io.ReadFull(conn, got)
	require.NoError(t, err)
	require.Equal(t, "hello", string(got))
	require.Equal(t, "echo:1", conn.RemoteAddr().String())
	require.NoError(t, conn.Close())
}

func TestRelayTellsFindingsFromFaults(t *testing.T) {
	t.Parallel()
	r, breakIt := open(t)
	_, err := r.Dial(t.Context(), "tcp", "refused:1")
	var refused *relay.Refused
	require.ErrorAs(t, err, &refused)
	require.Equal(t, wire.Refused, refused.Reason)

	_, err = r.Ask(t.Context(), wire.Request{Op: wire.OpCounts})
	require.ErrorContains(t, err, "the helper in the pod: no")
	require.NotErrorIs(t, err, wire.ErrBroken)

	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err = r.Dial(ctx, "tcp", "silent:1")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	_, err = r.Dial(ctx, "tcp", "echo:1")
	require.ErrorIs(t, err, context.DeadlineExceeded)

	conn, err := r.Dial(t.Context(), "tcp", "echo:1")
	require.NoError(t, err)
	breakIt()
	<-r.Broken()
	_, err = conn.Read(make([]byte, 1))
	require.ErrorIs(t, err, wire.ErrBroken)
	_, err = r.Dial(t.Context(), "tcp", "echo:1")
	require.ErrorIs(t, err, wire.ErrBroken)
	_, err = r.Ask(t.Context(), wire.Request{Op: wire.OpCounts})
	require.ErrorIs(t, err, wire.ErrBroken)
}

func TestRelayRefusesAnotherVersion(t *testing.T) {
	t.Parallel()
	stream, _ := helper(t, func(_ wire.Request, stream net.Conn) {
		_ = wire.Send(stream, wire.Reply{Version: wire.Version + 1})
		_ = stream.Close()
	})
	_, err := relay.Open(t.Context(), stream)
	require.ErrorContains(t, err, "version")
}

type nobody struct{ io.Reader }

func (nobody) Write(p []byte) (int, error) { return len(p), nil }
func (nobody) Close() error                { return nil }

func TestRelayFailsWhereNobodyAnswers(t *testing.T) {
	t.Parallel()
	_, err := relay.Open(t.Context(), nobody{bytes.NewReader(nil)})
	require.ErrorIs(t, err, wire.ErrBroken)
}

func piece(stream byte, content string) []byte {
	head := []byte{stream, 0, 0, 0}
	head = binary.BigEndian.AppendUint32(head, uint32(len(content)))
	return append(head, content...)
}

func TestStdioTakesTheStreamsApart(t *testing.T) {
	t.Parallel()
	var sent []byte
	sent = append(sent, piece(1, "one ")...)
	sent = append(sent, piece(2, "oops")...)
	sent = append(sent, piece(1, "")...)
	sent = append(sent, piece(2, string(make([]byte, 5000)))...)
	sent = append(sent, piece(1, "two")...)
	stdio := relay.NewStdio(bytes.NewReader(sent), nobody{})
	got, err := io.ReadAll(stdio)
	require.NoError(t, err)
	require.Equal(t, "one two", string(got))
	require.Equal(t, "oops", stdio.Stderr()[:4])
	require.Len(t, stdio.Stderr(), 2<<10)

	_, err = io.ReadAll(relay.NewStdio(bytes.NewReader([]byte("HTTP/1.1 500 Internal")), nobody{}))
	require.Error(t, err)
}
