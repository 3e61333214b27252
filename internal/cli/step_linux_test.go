package cli

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/engine"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// oneStep is a check of one request, as most checks are.
const oneStep = `
criterion: functionality
checks:
  - id: A01
    title: The list answers
    weight: 1
    basis: brief
    source: this benchmark
    hint: none
    operation: list
    steps:
      - http: {op: list}
    outcomes:
      - {credit: 1, if: {status: 200, body: present}}
`

// BenchmarkStep measures what one HTTP step of a check costs beyond the time that the
// program itself takes: the median of a check of one step, through the relay, less the
// median of the same request sent by a plain client inside the pod. Both are taken in
// turns against the same program, so that a busy machine is busy for both.
func BenchmarkStep(b *testing.B) {
	if os.Geteuid() != 0 {
		b.Skip("entering the network of a pod needs root")
	}
	app := benchApp(b)
	station, err := app.connect(b.Context())
	require.NoError(b, err)
	defer station.close()
	stopwatch := &stopwatch{b: b, station: station}
	_, err = station.engine().Grade(b.Context(), engine.Request{
		Given: filepath.Join("..", "..", "testdata", "submissions", "todo-api", "reference-go"), Grader: stopwatch,
	})
	require.NoError(b, err)
	require.NotEmpty(b, stopwatch.steps, "the program did not start: %v", stopwatch.broken)
	beyond := median(stopwatch.steps) - median(stopwatch.inside)
	b.ReportMetric(millis(median(stopwatch.steps)), "ms/step")
	b.ReportMetric(millis(median(stopwatch.inside)), "ms/request-in-pod")
	b.ReportMetric(millis(beyond), "ms-beyond/step")
	b.ReportMetric(millis(slices.Min(stopwatch.steps)-slices.Min(stopwatch.inside)), "ms-beyond-min/step")
	b.ReportMetric(0, "ns/op")
}

func benchApp(b *testing.B) *app {
	b.Helper()
	bin, err := filepath.Abs(filepath.Join("..", "..", "bin", "takehome"))
	require.NoError(b, err)
	cache, err := os.UserCacheDir()
	require.NoError(b, err)
	app := &app{process: Process{
		Environment: os.Environ(), In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Executable: bin, CacheDir: cache, Exit: os.Exit, //nolint:forbidigo // the program is called within this process
	}}
	require.NoError(b, app.load(app.rootCommand()))
	return app
}

func median(taken []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(taken))[len(taken)/2]
}

func millis(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// stopwatch is a grader that measures and judges nothing.
type stopwatch struct {
	b             *testing.B
	station       *station
	steps, inside []time.Duration
	broken        *takehome.Breakdown
}

func (s *stopwatch) Equipment() takehome.Equipment { return takehome.Equipment{Program: true} }

func (s *stopwatch) Grade(ctx context.Context, session takehome.Session) (takehome.Judgement, error) {
	s.broken = session.Breakdown
	if session.Lab == nil {
		return takehome.Judgement{}, nil
	}
	boot, err := session.Lab.Start(ctx, takehome.StartOptions{})
	if err != nil || !boot.Listening {
		s.broken = boot.Breakdown
		return takehome.Judgement{}, err
	}
	file, err := script.Load("step.yaml", []byte(oneStep), nil)
	require.NoError(s.b, err)
	ledger := &script.Ledger{}
	client := script.NewClient(session.Lab, boot.Address, ledger)
	defer client.Close()
	runner := &script.Runner{
		Lab: session.Lab, Client: client, Ledger: ledger, Shape: listShape{}, Seed: session.Seed,
		Results: map[string]takehome.Finding{},
	}
	inPod := s.insider(ctx, boot.Address)
	const warmup, rounds = 100, 600
	for round := range warmup + rounds {
		begun := time.Now()
		finding, _, err := runner.Run(ctx, file.Checks[0])
		step := time.Since(begun)
		require.NoError(s.b, err)
		require.Equal(s.b, takehome.Pass, finding.Verdict, finding.Summary)
		inside := inPod(http.MethodGet, "/todos")
		if round >= warmup {
			s.steps, s.inside = append(s.steps, step), append(s.inside, inside)
		}
	}
	return takehome.Judgement{}, nil
}

// listShape knows one request.
type listShape struct{ script.Shape }

func (listShape) Request(script.Intent) (script.Request, bool) {
	return script.Request{Method: http.MethodGet, Path: "/todos", Header: http.Header{}, NoBody: true, Name: script.List}, true
}

func (listShape) Bound(string) bool                                { return true }
func (listShape) Item(*script.Exchange) (script.Item, bool)        { return script.Item{}, false }
func (listShape) NextPage(*script.Exchange) (script.Request, bool) { return script.Request{}, false }

// insider is a client whose connections are made inside the pod, without the relay.
func (s *stopwatch) insider(ctx context.Context, address string) func(method, path string) time.Duration {
	pods, err := s.station.sandbox.Client().ContainerList(ctx, container.ListOptions{Filters: filters.NewArgs(filters.Arg("label", "takehome.role=pod"))})
	require.NoError(s.b, err)
	require.NotEmpty(s.b, pods)
	newest := slices.MaxFunc(pods, func(a, b container.Summary) int { return int(a.Created - b.Created) })
	pod, err := s.station.sandbox.Client().ContainerInspect(ctx, newest.ID)
	require.NoError(s.b, err)
	transport := &http.Transport{DisableCompression: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return dialWithin(ctx, pod.State.Pid, address)
	}}
	s.b.Cleanup(transport.CloseIdleConnections)
	return func(method, path string) time.Duration {
		request, err := http.NewRequestWithContext(ctx, method, "http://localhost:8080"+path, nil)
		require.NoError(s.b, err)
		begun := time.Now()
		reply, err := transport.RoundTrip(request)
		require.NoError(s.b, err)
		_, err = io.Copy(io.Discard, reply.Body)
		require.NoError(s.b, err)
		require.NoError(s.b, reply.Body.Close())
		return time.Since(begun)
	}
}

// dialWithin makes the connection on a thread that has entered the process's network.
// The thread is never used again: it ends with its goroutine.
func dialWithin(ctx context.Context, pid int, address string) (net.Conn, error) {
	type dialled struct {
		conn net.Conn
		err  error
	}
	done := make(chan dialled, 1)
	go func() {
		runtime.LockOSThread()
		network, err := os.Open("/proc/" + strconv.Itoa(pid) + "/ns/net")
		if err == nil {
			err = unix.Setns(int(network.Fd()), unix.CLONE_NEWNET)
			_ = network.Close()
		}
		if err != nil {
			done <- dialled{nil, err}
			return
		}
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		done <- dialled{conn, err}
	}()
	result := <-done
	return result.conn, result.err
}
