package script_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// fakeLab is a pod with a program that is a handler of the test. Only what is about the
// network and the program's state is there; a test that reaches for more panics.
type fakeLab struct {
	takehome.Lab
	address  string
	running  atomic.Bool
	started  int
	proxied  []takehome.ProxyMode
	broken   bool // the pod itself cannot be reached
	onStart  func()
	exitCode int
}

func (l *fakeLab) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if l.broken {
		return nil, errors.New("the relay is gone")
	}
	connection, err := (&net.Dialer{}).DialContext(ctx, network, l.address)
	if err != nil {
		return nil, &takehome.DialError{Address: address, Reason: "refused"}
	}
	return connection, nil
}

func (l *fakeLab) Listening(context.Context) ([]int, error) {
	if l.broken {
		return nil, errors.New("the relay is gone")
	}
	return []int{8080}, nil
}

func (l *fakeLab) State(context.Context) (takehome.Exit, error) {
	return takehome.Exit{Running: l.running.Load(), Code: l.exitCode}, nil
}

func (l *fakeLab) Start(context.Context, takehome.StartOptions) (takehome.Boot, error) {
	l.started++
	l.running.Store(true)
	if l.onStart != nil {
		l.onStart()
	}
	return takehome.Boot{Listening: true, Address: "pod:8080"}, nil
}

func (l *fakeLab) Stop(context.Context, time.Duration) (takehome.Exit, error) {
	l.running.Store(false)
	return takehome.Exit{}, nil
}

func (l *fakeLab) Proxy(_ context.Context, mode takehome.ProxyMode) error {
	l.proxied = append(l.proxied, mode)
	return nil
}

// plainShape is an API at /things with the fields text and done, ids called id.
type plainShape struct{ without []string }

func (s plainShape) lacks(part string) bool {
	return slices.Contains(s.without, part)
}

func (s plainShape) Request(intent script.Intent) (script.Request, bool) {
	if s.lacks(intent.Op) {
		return script.Request{}, false
	}
	request := script.Request{Header: http.Header{}, NoBody: true, Name: intent.Op, Path: "/things"}
	switch intent.Op {
	case script.Create:
		request.Method = http.MethodPost
	case script.List:
		request.Method = http.MethodGet
		return request, true
	default:
		request.Path += "/" + intent.ID
		request.Method = map[string]string{
			script.Fetch: http.MethodGet, script.Replace: http.MethodPut, script.Patch: http.MethodPatch, script.Delete: http.MethodDelete,
		}[intent.Op]
		if intent.Op == script.Fetch || intent.Op == script.Delete {
			return request, true
		}
	}
	request.NoBody, request.Body = false, []byte(script.Show(intent.Set))
	request.Header.Set("Content-Type", "application/json")
	return request, true
}

func (plainShape) Path(string) string           { return "/things" }
func (plainShape) Address(id string) string     { return "/things/" + id }
func (plainShape) UnknownID(*rand.Rand) string  { return "4711" }
func (plainShape) FieldName(name string) string { return name }
func (plainShape) Documented(policy string) bool {
	return policy == "soft_delete"
}
func (s plainShape) Bound(part string) bool { return !s.lacks(part) }
func (plainShape) Put(body map[string]any, meaning string, value any) {
	body[meaning] = value
}

func (plainShape) Item(reply *script.Exchange) (script.Item, bool) {
	value, err := reply.JSON()
	object, ok := value.(map[string]any)
	if err != nil || !ok || object["id"] == nil {
		return script.Item{}, false
	}
	return script.Item{ID: strings.Trim(script.Show(object["id"]), `"`), RawID: object["id"], Body: object, Fields: object}, true
}

func (s plainShape) Items(reply *script.Exchange) ([]script.Item, bool) {
	value, err := reply.JSON()
	array, ok := value.([]any)
	if err != nil || !ok {
		return nil, false
	}
	var items []script.Item
	for _, element := range array {
		object, _ := element.(map[string]any)
		items = append(items, script.Item{ID: strings.Trim(script.Show(object["id"]), `"`), Body: object, Fields: object})
	}
	return items, true
}

func (plainShape) NextPage(reply *script.Exchange) (script.Request, bool) {
	next := reply.Header.Get("X-Next")
	return script.Request{Method: http.MethodGet, Path: next, NoBody: true, Name: script.List}, next != ""
}

// bench is a runner in front of a handler.
type bench struct {
	*script.Runner
	lab *fakeLab
}

func newBench(t *testing.T, handler http.Handler, shape script.Shape) bench {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	lab := &fakeLab{address: server.Listener.Addr().String()}
	lab.running.Store(true)
	ledger := &script.Ledger{}
	client := script.NewClient(lab, "pod:8080", ledger)
	t.Cleanup(client.Close)
	return bench{&script.Runner{
		Lab: lab, Client: client, Ledger: ledger, Shape: shape, Seed: "seed",
		Owners: map[string]string{script.Create: "B01", script.Patch: "B09"}, Results: map[string]takehome.Finding{},
	}, lab}
}

// run loads one check from YAML and observes it.
func (b bench) run(t *testing.T, yaml string, probes map[string]script.Probe) (takehome.Finding, []takehome.Evidence) {
	t.Helper()
	finding, evidence, err := b.try(t, yaml, probes)
	require.NoError(t, err)
	return finding, evidence
}

func (b bench) try(t *testing.T, yaml string, probes map[string]script.Probe) (takehome.Finding, []takehome.Evidence, error) {
	t.Helper()
	file, err := script.Load("checks.yaml", []byte("criterion: works\nchecks:\n"+yaml), probes)
	require.NoError(t, err)
	require.Len(t, file.Checks, 1)
	b.Probes = probes
	return b.Run(t.Context(), file.Checks[0])
}
