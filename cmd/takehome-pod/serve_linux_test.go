package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/hashicorp/yamux"
	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/sandbox/wire"
)

func itoa(n int) string { return strconv.Itoa(n) }

// runner is the other end of serve, in this process.
type runner struct {
	t       *testing.T
	session *yamux.Session
	ids     atomic.Uint64
}

func startServe(t *testing.T) *runner {
	t.Helper()
	stdinReader, stdinWriter := io.Pipe()
	stdoutReader, stdoutWriter := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- serve(stdinReader, stdoutWriter) }()
	session, err := yamux.Client(stdio{stdoutReader, stdinWriter}, wire.Session())
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, session.Close())
		require.NoError(t, <-done)
	})
	return &runner{t: t, session: session}
}

func (r *runner) call(request wire.Request) wire.Reply {
	r.t.Helper()
	stream, err := r.session.Open()
	require.NoError(r.t, err)
	defer func() { _ = stream.Close() }()
	require.NoError(r.t, wire.Send(stream, request))
	var reply wire.Reply
	require.NoError(r.t, wire.Receive(stream, &reply))
	return reply
}

func (r *runner) dial(network, address string) (*wire.Conn, wire.Reply) {
	r.t.Helper()
	stream, err := r.session.Open()
	require.NoError(r.t, err)
	id := r.ids.Add(1)
	require.NoError(r.t, wire.Send(stream, wire.Request{
		Op: wire.OpDial, ID: id, Network: network, Address: address, Timeout: 2 * time.Second,
	}))
	var reply wire.Reply
	require.NoError(r.t, wire.Receive(stream, &reply))
	if reply.Refusal != "" || reply.Failure != "" {
		return nil, reply
	}
	name := wire.Address{Net: network, Name: address}
	return wire.NewConn(stream, name, name, func() { r.call(wire.Request{Op: wire.OpHangUp, ID: id}) }), reply
}

// echo listens and hands each connection to serveOne.
func echo(t *testing.T, network, address string, serveOne func(net.Conn)) net.Listener {
	t.Helper()
	listener, err := net.Listen(network, address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				serveOne(conn)
			}()
		}
	}()
	return listener
}

func TestServeSaysHello(t *testing.T) {
	t.Parallel()
	r := startServe(t)
	require.Equal(t, wire.Version, r.call(wire.Request{Op: wire.OpHello}).Version)
	require.NotEmpty(t, r.call(wire.Request{Op: "nonsense"}).Failure)
	require.NotEmpty(t, r.call(wire.Request{Op: wire.OpCounts}).Failure)
}

func TestDialCarriesAConnection(t *testing.T) {
	t.Parallel()
	r := startServe(t)
	listener := echo(t, "tcp", "127.0.0.1:0", func(conn net.Conn) { _, _ = io.Copy(conn, conn) })
	conn, _ := r.dial("tcp", listener.Addr().String())
	sent := bytes.Repeat([]byte("take home "), 100_000)
	go func() {
		_, _ = conn.Write(sent)
		_ = conn.CloseWrite()
	}()
	got, err := io.ReadAll(conn)
	require.NoError(t, err)
	require.True(t, bytes.Equal(sent, got))
	require.NoError(t, conn.Close())
}

func TestDialFailuresAreTyped(t *testing.T) {
	t.Parallel()
	r := startServe(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := closed.Addr().String()
	require.NoError(t, closed.Close())

	_, reply := r.dial("tcp", address)
	require.Equal(t, wire.Refused, reply.Refusal)
	_, reply = r.dial("unix", filepath.Join(t.TempDir(), "none"))
	require.Equal(t, wire.NoSuchSocket, reply.Refusal)
	_, reply = r.dial("tcp", "nonsense")
	require.NotEmpty(t, reply.Failure)
}

func TestEveryRefusalHasAName(t *testing.T) {
	t.Parallel()
	for cause, want := range map[error]wire.Refusal{
		syscall.ECONNREFUSED: wire.Refused, syscall.ECONNRESET: wire.Refused, syscall.EACCES: wire.Refused,
		syscall.ENOENT: wire.NoSuchSocket, syscall.ENETUNREACH: wire.Unreachable, syscall.EHOSTUNREACH: wire.Unreachable,
		syscall.EADDRNOTAVAIL: wire.Unreachable, syscall.ETIMEDOUT: wire.TimedOut, context.DeadlineExceeded: wire.TimedOut, syscall.EAGAIN: wire.TimedOut,
	} {
		got, known := refusalOf(&net.OpError{Op: "dial", Err: os.NewSyscallError("connect", cause)})
		require.True(t, known, cause.Error())
		require.Equal(t, want, got, cause.Error())
	}
	_, known := refusalOf(syscall.EMFILE)
	require.False(t, known, "what is the helper's own trouble is no refusal")
}

func TestEndingsOfTheProgramReachTheRunner(t *testing.T) {
	t.Parallel()
	r := startServe(t)
	reset := echo(t, "tcp", "127.0.0.1:0", func(conn net.Conn) {
		_, _ = conn.Read(make([]byte, 1))
		_ = conn.(*net.TCPConn).SetLinger(0)
	})
	conn, _ := r.dial("tcp", reset.Addr().String())
	_, err := conn.Write([]byte("x"))
	require.NoError(t, err)
	_, err = conn.Read(make([]byte, 1))
	require.ErrorIs(t, err, syscall.ECONNRESET)
	require.NoError(t, conn.Close())

	end := echo(t, "tcp", "127.0.0.1:0", func(net.Conn) {})
	conn, _ = r.dial("tcp", end.Addr().String())
	_, err = conn.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
	require.NoError(t, conn.Close())
}

func TestEndingsOfTheRunnerReachTheProgram(t *testing.T) {
	t.Parallel()
	r := startServe(t)
	for name, test := range map[string]struct {
		leave func(*wire.Conn)
		want  error
	}{
		"close": {func(c *wire.Conn) { _ = c.Close() }, io.EOF},
		"reset": {func(c *wire.Conn) { _ = c.Reset() }, syscall.ECONNRESET},
	} {
		ended := make(chan error, 1)
		listener := echo(t, "tcp", "127.0.0.1:0", func(conn net.Conn) {
			_, _ = conn.Write([]byte("x"))
			_, err := conn.Read(make([]byte, 1))
			ended <- err
		})
		conn, _ := r.dial("tcp", listener.Addr().String())
		_, err := conn.Read(make([]byte, 1))
		require.NoError(t, err)
		test.leave(conn)
		require.ErrorIs(t, <-ended, test.want, name)
	}
}

// A program that never reads must not keep a connection that the runner left.
func TestAStuckConnectionIsHungUp(t *testing.T) {
	t.Parallel()
	r := startServe(t)
	accepted := make(chan net.Conn, 1)
	hold := make(chan struct{})
	defer close(hold)
	listener := echo(t, "tcp", "127.0.0.1:0", func(conn net.Conn) {
		accepted <- conn
		<-hold
	})
	conn, _ := r.dial("tcp", listener.Addr().String())
	require.NoError(t, conn.SetWriteDeadline(time.Now().Add(500*time.Millisecond)))
	_, err := conn.Write(make([]byte, 64<<20))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	_ = conn.Close()
	program := <-accepted
	require.NoError(t, program.SetReadDeadline(time.Now().Add(10*time.Second)))
	_, err = io.Copy(io.Discard, program)
	require.ErrorIs(t, err, syscall.ECONNRESET, "the program sees that the client is gone")
}

func TestListeningLeavesOutOurOwn(t *testing.T) {
	t.Parallel()
	mine, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = mine.Close() })
	port := mine.Addr().(*net.TCPAddr).Port
	listeners, err := strangers()
	require.NoError(t, err)
	for _, listener := range listeners {
		require.NotEqual(t, port, listener.Port, "a socket of this very process")
	}
}

func TestSocketTable(t *testing.T) {
	t.Parallel()
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		t.Skip("the sample was taken on a little-endian machine")
	}
	table := `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 100 1 0 100 0 0 10 0
   1: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 65532        0 200 1 0 100 0 0 10 0
   2: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000 65532        0 300 1 0 100 0 0 10 0
   3: 00000000000000000000000001000000:0BB8 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 400 1
   4: 00000000000000000000000000000000:0BB9 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000 0 0 500 1
`
	got, err := parseSockets(bytes.NewReader([]byte(table)), map[string]bool{"100": true})
	require.NoError(t, err)
	require.Equal(t, []wire.Listener{{Address: "0.0.0.0", Port: 8080}, {Address: "::1", Port: 3000}, {Address: "::", Port: 3001}}, got)

	_, err = parseSockets(bytes.NewReader([]byte("h\n 0: zz:1 x 0A a b c d e f\n")), nil)
	require.Error(t, err)
}

// proxied opens a proxy before an echoing backend and returns how to reach it.
func proxied(t *testing.T, r *runner, limit int) (given, other string) {
	t.Helper()
	backend := filepath.Join(t.TempDir(), "db")
	echo(t, "unix", backend, func(conn net.Conn) {
		word := make([]byte, 4)
		for string(word) != "quit" {
			if _, err := io.ReadFull(conn, word); err != nil {
				return
			}
			_, _ = conn.Write(word)
		}
	})
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := itoa(free.Addr().(*net.TCPAddr).Port)
	require.NoError(t, free.Close())
	given, other = "127.83.4.5:"+port, "127.0.0.1:"+port
	reply := r.call(wire.Request{Op: wire.OpProxy, Proxy: &wire.Proxy{
		Given: []string{given}, Other: []string{other}, Maybe: []string{"[::1]:" + port, "[2001:db8::1]:" + port},
		Backend: backend, Cap: limit,
	}})
	require.Empty(t, reply.Failure)
	return given, other
}

func (r *runner) mode(mode wire.Mode) {
	r.t.Helper()
	require.Empty(r.t, r.call(wire.Request{Op: wire.OpMode, Mode: &mode}).Failure)
}

func connect(t *testing.T, address string) (net.Conn, error) {
	t.Helper()
	var dialer net.Dialer
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err == nil {
		t.Cleanup(func() { _ = conn.Close() })
	}
	return conn, err
}

func echoes(t *testing.T, conn net.Conn) time.Duration {
	t.Helper()
	begun := time.Now()
	require.NoError(t, conn.SetDeadline(begun.Add(5*time.Second)))
	_, err := conn.Write([]byte("ping"))
	require.NoError(t, err)
	_, err = io.ReadFull(conn, make([]byte, 4))
	require.NoError(t, err)
	return time.Since(begun)
}

func TestProxyModes(t *testing.T) {
	t.Parallel()
	r := startServe(t)
	given, other := proxied(t, r, 200)

	_, err := connect(t, given)
	require.ErrorIs(t, err, syscall.ECONNREFUSED, "it starts shut")

	r.mode(wire.Mode{Kind: wire.Pass})
	first, err := connect(t, given)
	require.NoError(t, err)
	echoes(t, first)
	second, err := connect(t, other)
	require.NoError(t, err)
	echoes(t, second)
	require.Equal(t, wire.Counts{Given: 1, Other: 1, Open: 2}, r.call(wire.Request{Op: wire.OpCounts, Reset: true}).Counts)
	require.Equal(t, wire.Counts{Open: 2}, r.call(wire.Request{Op: wire.OpCounts}).Counts)

	r.mode(wire.Mode{Kind: wire.Delay, Delay: 150 * time.Millisecond})
	require.GreaterOrEqual(t, echoes(t, first), 150*time.Millisecond)

	r.mode(wire.Mode{Kind: wire.BlackHole})
	_, err = first.Write([]byte("held"))
	require.NoError(t, err)
	require.NoError(t, first.SetReadDeadline(time.Now().Add(100*time.Millisecond)))
	_, err = first.Read(make([]byte, 4))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	third, err := connect(t, given)
	require.NoError(t, err, "a black hole accepts")
	r.mode(wire.Mode{Kind: wire.Pass})
	require.NoError(t, first.SetReadDeadline(time.Now().Add(5*time.Second)))
	_, err = io.ReadFull(first, make([]byte, 4))
	require.NoError(t, err, "what was held is delivered")
	echoes(t, third)

	r.mode(wire.Mode{Kind: wire.Refuse})
	require.NoError(t, first.SetReadDeadline(time.Now().Add(5*time.Second)))
	_, err = first.Read(make([]byte, 1))
	require.ErrorIs(t, err, syscall.ECONNRESET)
	_, err = connect(t, other)
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
	_, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", other)
	require.ErrorIs(t, err, syscall.EADDRINUSE, "nobody else can take the address of a shut door")

	for range 3 { // a door opens and shuts as often as one likes
		r.mode(wire.Mode{Kind: wire.Pass})
		again, err := connect(t, given)
		require.NoError(t, err)
		echoes(t, again)
		r.mode(wire.Mode{Kind: wire.Refuse})
		_, err = connect(t, given)
		require.ErrorIs(t, err, syscall.ECONNREFUSED)
	}
}

// A database that hangs up first leaves the proxy's end of the connection in TIME_WAIT, for a
// minute, at the address of the door.
func TestADoorOpensAgainAfterTheDatabaseHungUp(t *testing.T) {
	t.Parallel()
	r := startServe(t)
	given, _ := proxied(t, r, 200)
	for range 3 {
		r.mode(wire.Mode{Kind: wire.Pass})
		for range 3 {
			conn, err := connect(t, given)
			require.NoError(t, err)
			echoes(t, conn)
			_, err = conn.Write([]byte("quit"))
			require.NoError(t, err)
			said, err := io.ReadAll(conn)
			require.NoError(t, err)
			require.Equal(t, "quit", string(said))
			require.NoError(t, conn.Close())
		}
		r.mode(wire.Mode{Kind: wire.Refuse})
		_, err := connect(t, given)
		require.ErrorIs(t, err, syscall.ECONNREFUSED)
		for _, value := range []int{0, 1} {
			config := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
				return raw.Control(func(fd uintptr) { _ = reuse(int(fd), value) })
			}}
			_, err = config.Listen(t.Context(), "tcp", given)
			require.ErrorIs(t, err, syscall.EADDRINUSE, "nobody else can take the address of a shut door")
		}
	}
}

func TestProxyLimitSpeaksLikePostgres(t *testing.T) {
	t.Parallel()
	r := startServe(t)
	given, _ := proxied(t, r, 200)
	r.mode(wire.Mode{Kind: wire.Limit, Limit: 1})
	first, err := connect(t, given)
	require.NoError(t, err)
	echoes(t, first)

	second, err := connect(t, given)
	require.NoError(t, err)
	sslRequest := binary.BigEndian.AppendUint32([]byte{0, 0, 0, 8}, 80877103)
	_, err = second.Write(sslRequest)
	require.NoError(t, err)
	answer := make([]byte, 1)
	_, err = io.ReadFull(second, answer)
	require.NoError(t, err)
	require.Equal(t, "N", string(answer))
	_, err = second.Write(append(binary.BigEndian.AppendUint32([]byte{0, 0, 0, 16}, 196608), "user\x00a\x00\x00"...))
	require.NoError(t, err)
	require.NoError(t, second.SetReadDeadline(time.Now().Add(5*time.Second)))
	said, err := io.ReadAll(second)
	require.NoError(t, err)
	require.Equal(t, byte('E'), said[0])
	require.Contains(t, string(said), "C53300\x00")

	_ = first.Close()
	require.Eventually(t, func() bool {
		return r.call(wire.Request{Op: wire.OpCounts}).Counts.Open == 0
	}, 5*time.Second, 5*time.Millisecond)
	third, err := connect(t, given)
	require.NoError(t, err)
	echoes(t, third)
}
