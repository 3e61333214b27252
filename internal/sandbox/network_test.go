package sandbox

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

func TestDialTellsFindings(t *testing.T) {
	t.Parallel()
	lab, boot := started(t, LabSpec{}, "serve")
	for _, test := range []struct{ network, address, reason string }{
		{"tcp", "127.0.0.1:1", "refused"},
		{"unix", "/no/such/socket", "no such socket"},
		{"tcp", "192.0.2.1:80", "unreachable"},
	} {
		_, err := lab.Dial(t.Context(), test.network, test.address)
		dial, ok := errors.AsType[*takehome.DialError](err)
		require.True(t, ok, "%s: %v", test.address, err)
		require.Equal(t, test.reason, dial.Reason)
		require.Equal(t, test.address, dial.Address)
	}

	speaker := asker(lab, boot.Address)
	response, err := speaker.Get("http://pod/reset")
	if err == nil {
		_ = response.Body.Close()
	}
	require.ErrorIs(t, err, io.EOF, "the program closed the connection without an answer")

	raw, err := lab.Dial(t.Context(), "tcp", boot.Address)
	require.NoError(t, err)
	_, err = raw.Write([]byte("GET / HTTP/1.0\r\n\r\n"))
	require.NoError(t, err)
	require.NoError(t, raw.(interface{ CloseWrite() error }).CloseWrite())
	answer, err := io.ReadAll(raw)
	require.NoError(t, err)
	require.Contains(t, string(answer), "200 OK")
	require.NoError(t, raw.Close())
}

// A pod that is taken away under a connection is nobody's finding.
func TestAPodThatIsTakenAwayIsAFault(t *testing.T) {
	t.Parallel()
	lab, boot := started(t, LabSpec{}, "serve")
	conn, err := lab.Dial(t.Context(), "tcp", boot.Address)
	require.NoError(t, err)
	timeout := 0
	require.NoError(t, lab.engine.cli.ContainerStop(t.Context(), lab.podID, container.StopOptions{Timeout: &timeout}))
	_, err = conn.Read(make([]byte, 1))
	require.Equal(t, takehome.Operator, takehome.OwnerOf(err), "%v", err)
	require.ErrorContains(t, err, "the pod was ended while it was in use")
	_, err = lab.Dial(t.Context(), "tcp", boot.Address)
	require.Equal(t, takehome.Operator, takehome.OwnerOf(err), "%v", err)
	_, err = lab.Connections(t.Context())
	require.Equal(t, takehome.Operator, takehome.OwnerOf(err), "%v", err)
	_, err = lab.Stop(t.Context(), time.Second)
	require.Equal(t, takehome.Operator, takehome.OwnerOf(err), "an exit without its pod is no finding: %v", err)
}

func TestThereIsNoWayOut(t *testing.T) {
	t.Parallel()
	lab, boot := started(t, LabSpec{}, "serve")
	var hits atomic.Int64
	canary, err := net.Listen("tcp", "0.0.0.0:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = canary.Close() })
	go func() {
		for {
			conn, err := canary.Accept()
			if err != nil {
				return
			}
			hits.Add(1)
			_ = conn.Close()
		}
	}()
	port := strconv.Itoa(canary.Addr().(*net.TCPAddr).Port)
	targets := []string{"169.254.169.254:80", "172.17.0.1:" + port, "192.0.2.1:443", "[2001:db8::1]:80", "[fe80::1%lo]:" + port}
	addresses, err := net.InterfaceAddrs()
	require.NoError(t, err)
	for _, address := range addresses {
		if network, ok := address.(*net.IPNet); ok && !network.IP.IsLinkLocalUnicast() {
			targets = append(targets, net.JoinHostPort(network.IP.String(), port))
		}
	}
	for _, target := range targets {
		begun := time.Now()
		status, body := get(t, lab, boot, "/dial", "network", "tcp", "address", target)
		require.Equal(t, 500, status, "%s: %s", target, body)
		require.Less(t, time.Since(begun), 1500*time.Millisecond, "%s: it is refused, not dropped", target)
	}
	status, body := get(t, lab, boot, "/dial", "network", "udp", "address", "192.0.2.1:53")
	require.Equal(t, 500, status, body)
	require.Zero(t, hits.Load())

	status, body = get(t, lab, boot, "/lookup", "host", "example.com")
	require.Equal(t, 500, status, body)
	_, body = get(t, lab, boot, "/read", "path", "/etc/resolv.conf")
	require.Contains(t, body, "nameserver 127.0.0.1")
	require.NotContains(t, body, "10.")
}

func TestTheDatabaseHasManyNames(t *testing.T) {
	t.Parallel()
	engine := connect(t)
	lab := open(t, engine, LabSpec{Aliases: []string{"todo-db", "bad name", "-x", "localhost", "app"}})
	lab.Equip(programImage(t, engine, "serve"), takehome.StartPlan{})
	boot, err := lab.Start(t.Context(), takehome.StartOptions{})
	require.NoError(t, err)
	for host, want := range map[string]string{
		"db": "127.0.0.1", "postgres": "127.0.0.1", "database": "127.0.0.1", "todo-db": "127.0.0.1",
		lab.host: lab.given.String(), "app": "127.0.0.1",
	} {
		_, body := get(t, lab, boot, "/lookup", "host", host)
		require.True(t, strings.HasPrefix(body, "["+want+"]"), "%s: %s", host, body)
	}
	owner := lab.Access(takehome.RoleOwner)
	for _, host := range []string{lab.host, "todo-db", "localhost", "127.0.0.1"} {
		_, body := get(t, lab, boot, "/query", "sql", "select current_user::text",
			"url", "postgresql://"+owner.User+":"+owner.Password+"@"+host+":5432/"+owner.Database+"?sslmode=disable")
		require.Equal(t, owner.User, body, host)
	}
	counts, err := lab.Connections(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, counts.Given)
	require.Equal(t, 3, counts.Other)
}

// Two things that a graceful program must show need the relay to be exact: a request that
// is under way when the program ends, and a connection that it resets.
func TestConnectionsEndAsTheProgramEndsThem(t *testing.T) {
	t.Parallel()
	lab, boot := started(t, LabSpec{}, "serve")
	conn, err := lab.Dial(t.Context(), "tcp", boot.Address)
	require.NoError(t, err)
	_, err = conn.Write([]byte("GET / HTTP/1.1\r\nHost: pod\r\n\r\n"))
	require.NoError(t, err)
	_, err = conn.Read(make([]byte, 10))
	require.NoError(t, err)
	require.NoError(t, lab.Signal(t.Context(), "KILL"))
	_, err = io.Copy(io.Discard, conn)
	require.True(t, err == nil || errors.Is(err, syscall.ECONNRESET), "an end or a reset, never a fault: %v", err)
	require.NotEqual(t, takehome.Operator, takehome.OwnerOf(err))
	require.NoError(t, conn.Close())
}

func TestManyRequestsAtOnce(t *testing.T) {
	t.Parallel()
	lab, boot := started(t, LabSpec{}, "serve")
	speaker := asker(lab, boot.Address)
	defer speaker.CloseIdleConnections()
	const count = 200
	results := make(chan error, count)
	for range count {
		go func() {
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://pod/", nil)
			if err == nil {
				var response *http.Response
				response, err = speaker.Do(request)
				if err == nil {
					_, err = io.Copy(io.Discard, response.Body)
					err = errors.Join(err, response.Body.Close())
				}
			}
			results <- err
		}()
	}
	for range count {
		require.NoError(t, <-results)
	}
}

// A program that floods its database's address harms itself only.
func TestAFloodOfConnectionsLeavesTheRelayAlone(t *testing.T) {
	t.Parallel()
	lab, boot := started(t, LabSpec{}, "serve")
	_, _ = get(t, lab, boot, "/flood", "address", "127.0.0.1:5432")
	for range 20 {
		status, _ := get(t, lab, boot, "/")
		require.Equal(t, 200, status)
		_, err := lab.Connections(t.Context())
		require.NoError(t, err)
	}
	require.NoError(t, mustLogin(t, lab, takehome.RoleProbe).Ping(t.Context()))
}

func TestACancelledDialReturnsAtOnce(t *testing.T) {
	t.Parallel()
	lab := open(t, connect(t), LabSpec{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := lab.Dial(ctx, "tcp", "127.0.0.1:1")
	require.ErrorIs(t, err, context.Canceled)
}
