package wire_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/yamux"
	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/sandbox/wire"
)

// pair returns two ends of a connection carried over a real yamux session, and a
// function that breaks the session.
func pair(t *testing.T, stuck func()) (runner, pod *wire.Conn, breakRelay func()) {
	t.Helper()
	left, right := net.Pipe()
	client, err := yamux.Client(left, wire.Session())
	require.NoError(t, err)
	server, err := yamux.Server(right, wire.Session())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, errors.Join(client.Close(), server.Close())) })
	here, err := client.OpenStream()
	require.NoError(t, err)
	there, err := server.AcceptStream()
	require.NoError(t, err)
	name := wire.Address{Net: "tcp", Name: "127.0.0.1:80"}
	return wire.NewConn(here, name, name, stuck), wire.NewConn(there, name, name, nil), func() { _ = left.Close() }
}

func TestConnCarriesMoreThanOneFrame(t *testing.T) {
	t.Parallel()
	runner, pod, _ := pair(t, nil)
	sent := bytes.Repeat([]byte("0123456789abcdef"), 50_000)
	go func() {
		_, _ = runner.Write(sent)
		_ = runner.CloseWrite()
	}()
	got, err := io.ReadAll(pod)
	require.NoError(t, err)
	require.True(t, bytes.Equal(sent, got))

	_, err = pod.Write([]byte("the other direction goes on"))
	require.NoError(t, err)
	buffer := make([]byte, 100)
	n, err := runner.Read(buffer)
	require.NoError(t, err)
	require.Equal(t, "the other direction goes on", string(buffer[:n]))
}

func TestConnTellsEndingsApart(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		end  func(runner *wire.Conn, breakRelay func())
		want error
	}{
		{"end of one direction", func(c *wire.Conn, _ func()) { _ = c.CloseWrite() }, io.EOF},
		{"close", func(c *wire.Conn, _ func()) { _ = c.Close() }, wire.ErrHungUp},
		{"reset", func(c *wire.Conn, _ func()) { _ = c.Reset() }, syscall.ECONNRESET},
		{"abandoned", func(c *wire.Conn, _ func()) { _ = c.Abandon() }, wire.ErrBroken},
		{"broken relay", func(_ *wire.Conn, breakRelay func()) { breakRelay() }, wire.ErrBroken},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			runner, pod, breakRelay := pair(t, nil)
			if test.name != "broken relay" {
				_, err := runner.Write([]byte("last words"))
				require.NoError(t, err)
				buffer := make([]byte, 100)
				n, err := pod.Read(buffer)
				require.NoError(t, err)
				require.Equal(t, "last words", string(buffer[:n]))
			}
			test.end(runner, breakRelay)
			for range 2 {
				_, err := pod.Read(make([]byte, 1))
				require.ErrorIs(t, err, test.want)
			}
		})
	}
}

func TestConnObeysDeadlines(t *testing.T) {
	t.Parallel()
	runner, pod, _ := pair(t, nil)
	require.NoError(t, runner.SetReadDeadline(time.Now().Add(10*time.Millisecond)))
	_, err := runner.Read(make([]byte, 1))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	var timeout net.Error
	require.ErrorAs(t, err, &timeout)
	require.True(t, timeout.Timeout())

	require.NoError(t, runner.SetReadDeadline(time.Time{}))
	_, err = pod.Write([]byte("x"))
	require.NoError(t, err)
	n, err := runner.Read(make([]byte, 1))
	require.NoError(t, err, "a passed deadline does not spoil the connection")
	require.Equal(t, 1, n)
}

func TestCloseFreesAReaderAndAStuckWriter(t *testing.T) {
	t.Parallel()
	hungUp := make(chan struct{})
	runner, _, _ := pair(t, func() { close(hungUp) })
	results := make(chan error, 2)
	go func() {
		_, err := runner.Read(make([]byte, 1))
		results <- err
	}()
	// Nobody reads at the other end. The window is full to the byte, so that whatever is
	// written from here on is stuck, on the slowest machine too.
	window := int(wire.Session().MaxStreamWindowSize)
	_, err := runner.Write(make([]byte, window/(wire.ChunkLength+4)*wire.ChunkLength))
	require.NoError(t, err)
	go func() {
		_, err := runner.Write(make([]byte, 1))
		results <- err
	}()
	require.Never(t, func() bool { return len(results) > 0 }, 50*time.Millisecond, 5*time.Millisecond)
	_ = runner.Close()
	for range 2 {
		require.ErrorIs(t, <-results, net.ErrClosed)
	}
	<-hungUp
	require.ErrorIs(t, runner.Close(), net.ErrClosed)
	_, err = runner.Write([]byte("x"))
	require.ErrorIs(t, err, net.ErrClosed)
}

func TestMessagesAreBounded(t *testing.T) {
	t.Parallel()
	var buffer bytes.Buffer
	require.NoError(t, wire.Send(&buffer, wire.Request{Op: wire.OpDial, Address: "127.0.0.1:1", Timeout: time.Second}))
	var got wire.Request
	require.NoError(t, wire.Receive(&buffer, &got))
	require.Equal(t, wire.Request{Op: wire.OpDial, Address: "127.0.0.1:1", Timeout: time.Second}, got)

	require.Error(t, wire.Receive(bytes.NewReader([]byte{0xFF, 0xFF, 0xFF, 0xFF}), &got))
	require.ErrorIs(t, wire.Receive(bytes.NewReader(nil), &got), io.EOF)
	require.Error(t, wire.Receive(bytes.NewReader([]byte{0, 0, 0, 1, '{'}), &got))
	require.Error(t, wire.Send(io.Discard, wire.Request{Address: string(make([]byte, 2<<20))}))
}
