package restapi

import (
	"context"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/challenges"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// fakeLab is a lab around a handler of the test, beside a Postgres without a table.
type fakeLab struct {
	server   *httptest.Server
	database net.Listener

	mutex   sync.Mutex
	running bool
	starts  int
	dials   int

	// onStart decides how a start goes; nil means that it listens.
	onStart func(n int, options takehome.StartOptions) (takehome.Boot, error)
	// broken is what the lab itself suffers from the given connection on.
	broken      error
	brokenSince int
}

var _ takehome.Lab = (*fakeLab)(nil)

func newFakeLab(t *testing.T, program http.Handler) *fakeLab {
	t.Helper()
	lab := &fakeLab{server: httptest.NewServer(program)}
	t.Cleanup(lab.server.Close)
	var err error
	lab.database, err = net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = lab.database.Close() })
	go serveEmptyDatabase(lab.database)
	return lab
}

// serveEmptyDatabase answers every statement with no row, until the listener closes.
func serveEmptyDatabase(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer func() { _ = connection.Close() }()
			backend := pgproto3.NewBackend(connection, connection)
			if _, err := backend.ReceiveStartupMessage(); err != nil {
				return
			}
			backend.Send(&pgproto3.AuthenticationOk{})
			backend.Send(&pgproto3.ParameterStatus{Name: "standard_conforming_strings", Value: "on"})
			backend.Send(&pgproto3.ParameterStatus{Name: "client_encoding", Value: "UTF8"})
			for {
				backend.Send(&pgproto3.ReadyForQuery{TxStatus: 'I'})
				if backend.Flush() != nil {
					return
				}
				message, err := backend.Receive()
				if _, query := message.(*pgproto3.Query); err != nil || !query {
					return
				}
				backend.Send(&pgproto3.RowDescription{})
				backend.Send(&pgproto3.CommandComplete{CommandTag: []byte("SELECT 0")})
			}
		}()
	}
}

func (l *fakeLab) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	l.mutex.Lock()
	l.dials++
	broken, running := l.broken != nil && l.dials >= l.brokenSince, l.running
	l.mutex.Unlock()
	target := l.server.Listener.Addr().String()
	switch {
	case broken:
		return nil, l.broken
	case network == "unix":
		target = l.database.Addr().String()
	case !running:
		return nil, &takehome.DialError{Address: address, Reason: "refused"}
	}
	return (&net.Dialer{}).DialContext(ctx, "tcp", target)
}

func (l *fakeLab) fault() error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.broken != nil && l.dials >= l.brokenSince {
		return l.broken
	}
	return nil
}

func (l *fakeLab) Listening(context.Context) ([]int, error) { return []int{8080}, l.fault() }

func (l *fakeLab) Start(_ context.Context, options takehome.StartOptions) (takehome.Boot, error) {
	if err := l.fault(); err != nil {
		return takehome.Boot{}, err
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.starts++
	boot := takehome.Boot{Listening: true, Address: "127.0.0.1:8080", PortBy: takehome.PortGiven, Profile: "read-only"}
	if options.WithoutDatabase {
		boot = takehome.Boot{Exit: takehome.Exit{Code: 1}}
	}
	if l.onStart != nil {
		var err error
		if boot, err = l.onStart(l.starts, options); err != nil {
			return boot, err
		}
	}
	l.running = boot.Listening
	return boot, nil
}

func (l *fakeLab) die() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.running = false
	l.server.CloseClientConnections()
}

func (l *fakeLab) Stop(context.Context, time.Duration) (takehome.Exit, error) {
	if err := l.fault(); err != nil {
		return takehome.Exit{}, err
	}
	l.die()
	return takehome.Exit{}, nil
}

func (l *fakeLab) Signal(context.Context, string) error { return l.fault() }

func (l *fakeLab) State(context.Context) (takehome.Exit, error) {
	err := l.fault()
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return takehome.Exit{Running: l.running}, err
}

func (l *fakeLab) Logs(_ context.Context, limit int) (takehome.Text, error) {
	return takehome.Quote([]byte("cannot connect to the database\n"), limit), l.fault()
}

func (l *fakeLab) Stats(context.Context) (takehome.Stats, error) { return takehome.Stats{}, l.fault() }

func (l *fakeLab) Access(role takehome.Role) takehome.Access {
	return takehome.Access{Network: "unix", Address: "/db", Database: "app", User: string(role), Password: "x"}
}

func (l *fakeLab) Proxy(context.Context, takehome.ProxyMode) error { return l.fault() }

func (l *fakeLab) Connections(context.Context) (takehome.Connections, error) {
	return takehome.Connections{Given: 1}, l.fault()
}

// todoGrader is the grader of the challenge that comes with the program, and its checks.
func todoGrader(t *testing.T) ([]takehome.Check, takehome.Grader) {
	t.Helper()
	files, err := fs.Sub(challenges.Files, "todo-api")
	require.NoError(t, err)
	// The files in the order in which challenge.yaml lists them.
	text, err := fs.ReadFile(files, "challenge.yaml")
	require.NoError(t, err)
	var names []string
	for line := range strings.Lines(string(text)) {
		if name, listed := strings.CutPrefix(strings.TrimSpace(line), "- checks/"); listed {
			names = append(names, "checks/"+name)
		}
	}
	checks, grader, err := Kind{}.Load(files, names)
	require.NoError(t, err)
	require.NotEmpty(t, checks)
	return checks, grader
}

// judge grades a program whose repository is dir, and makes sure that every check has
// exactly one result.
func judge(t *testing.T, ctx context.Context, lab takehome.Lab, dir string, broken *takehome.Breakdown) (map[string]takehome.Finding, takehome.Judgement, error) {
	t.Helper()
	checks, grader := todoGrader(t)
	judgement, err := grader.Grade(ctx, takehome.Session{
		Submission: takehome.Submission{Dir: dir}, Lab: lab, Breakdown: broken, Seed: "seed",
	})
	found := map[string]takehome.Finding{}
	for _, result := range judgement.Results {
		require.NotContains(t, found, result.Check, "two results of one check")
		found[result.Check] = result.Finding
	}
	require.Len(t, found, len(checks))
	for _, check := range checks {
		require.Contains(t, found, check.ID)
	}
	return found, judgement, err
}

// with lists the checks that have a verdict, sorted.
func with(found map[string]takehome.Finding, verdict takehome.Verdict) []string {
	var ids []string
	for id, finding := range found {
		if finding.Verdict == verdict {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// unobserved lists the checks that were given up for a fault of ours. A check may also be
// not assessed because its ladder says so: there was no error to look at.
func unobserved(found map[string]takehome.Finding) []string {
	var ids []string
	for _, id := range with(found, takehome.NotAssessed) {
		if summary := found[id].Summary; strings.HasPrefix(summary, "takehome could not") || strings.HasPrefix(summary, "the run ended") {
			ids = append(ids, id)
		}
	}
	return ids
}
