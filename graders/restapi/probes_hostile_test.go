package restapi

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/challenges"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// livingPod is a pod whose program always runs and whose database cannot be seen.
type livingPod struct {
	pod
	takehome.Program
	takehome.Database
	memory atomic.Int64
}

func (*livingPod) State(context.Context) (takehome.Exit, error) {
	return takehome.Exit{Running: true}, nil
}

func (p *livingPod) Stats(context.Context) (takehome.Stats, error) {
	return takehome.Stats{MemoryBytes: p.memory.Load(), MemoryLimit: 512 << 20}, nil
}

func (*livingPod) Stop(context.Context, time.Duration) (takehome.Exit, error) {
	return takehome.Exit{}, nil
}

func (*livingPod) Start(context.Context, takehome.StartOptions) (takehome.Boot, error) {
	return takehome.Boot{Listening: true, Address: "pod:8080"}, nil
}

// hostileRun is a run against a handler of the test, bound to the recommended contract.
type hostileRun struct {
	*grading
	lab *livingPod
}

func newHostileRun(t *testing.T, wrap func(http.Handler) http.Handler) hostileRun {
	t.Helper()
	handler := http.Handler(limited(plain()))
	if wrap != nil {
		handler = wrap(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	lab := &livingPod{pod: pod{server.Listener.Addr().String()}}
	ledger := &script.Ledger{}
	client := script.NewClient(lab, "pod:8080", ledger)
	t.Cleanup(client.Close)
	resource := resourceOfTodos(t)
	binding, _, err := bind(t.Context(), client, resource, t.TempDir(), "seed")
	require.NoError(t, err)
	run := &grading{Grader: &Grader{resource: resource}, binding: binding, session: takehome.Session{Lab: lab}}
	run.runner = &script.Runner{
		Lab: lab, Client: client, Ledger: ledger, Shape: binding, Seed: "seed",
		Owners: resource.Operations, Results: map[string]takehome.Finding{},
	}
	run.runner.Probes = probes(run)
	return hostileRun{run, lab}
}

// limited refuses long bodies, as a program with a limit does.
func limited(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 64<<10))
		if err != nil {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			_, _ = io.WriteString(w, `{"message":"too large"}`)
			return
		}
		if bytes.Contains(body, []byte(`\u0000`)) {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
}

// shippedCheck is a check of the challenge as it is handed out.
func shippedCheck(t *testing.T, id string) script.Check {
	t.Helper()
	for _, name := range []string{"todo-api/checks/hostile.yaml", "todo-api/checks/concurrency.yaml"} {
		data, err := challenges.Files.ReadFile(name)
		require.NoError(t, err)
		file, err := script.Load(name, data, probes(nil))
		require.NoError(t, err)
		for _, check := range file.Checks {
			if check.ID == id {
				return check
			}
		}
	}
	require.Fail(t, "no such check", id)
	return script.Check{}
}

func (h hostileRun) observe(t *testing.T, id string) takehome.Finding {
	t.Helper()
	finding, _, err := h.runner.Run(t.Context(), shippedCheck(t, id))
	require.NoError(t, err)
	return finding
}

// TestHostileChecksPassASoundProgram runs the checks that need no database of their own.
func TestHostileChecksPassASoundProgram(t *testing.T) {
	t.Parallel()
	for _, id := range []string{
		"F01", "F02", "F03", "F04", "F05", "F06", "F07", "F08", "F09", "F10", "F11", "F12", "F13", "F14", "F15", "F16", "F17", "F18", "F19",
		"H01", "H02", "H03", "H04", "H06",
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			finding := newHostileRun(t, nil).observe(t, id)
			require.Equal(t, takehome.Pass, finding.Verdict, finding.Summary)
		})
	}
}

func TestFeaturesThatNobodyAskedForAreNotCharged(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"H05", "H07", "H08", "H09", "H10"} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			finding := newHostileRun(t, nil).observe(t, id)
			require.False(t, finding.Verdict.Counts(), "%s: %s", finding.Verdict, finding.Summary)
		})
	}
}

// faulty answers some requests wrongly and hands on the others.
func faulty(wrong func(w http.ResponseWriter, r *http.Request, body string) bool) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			if err != nil || !wrong(w, r, string(body)) {
				next.ServeHTTP(w, r)
			}
		})
	}
}

func broken(w http.ResponseWriter) bool {
	w.WriteHeader(http.StatusInternalServerError)
	return true
}

func TestHostileChecksFailAFaultyProgram(t *testing.T) {
	t.Parallel()
	failsOn := func(text string) func(http.Handler) http.Handler {
		return faulty(func(w http.ResponseWriter, r *http.Request, body string) bool {
			return strings.Contains(r.RequestURI+" "+body, text) && broken(w)
		})
	}
	answers := func(in string, status int, with string) func(http.Handler) http.Handler {
		return faulty(func(w http.ResponseWriter, r *http.Request, body string) bool {
			if !strings.Contains(r.RequestURI+" "+body, in) {
				return false
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, with)
			return true
		})
	}
	for name, test := range map[string]struct {
		check, fault string
		wrap         func(http.Handler) http.Handler
	}{
		"text with SQL is a server error":      {"F01", "", failsOn("CREATE TABLE")},
		"text is executed":                     {"F01", "sql_injection", executesText},
		"an id finds any row":                  {"F03", "sql_injection", answers("OR%201", 200, `{"id":1,"title":"x","completed":false}`)},
		"an id with a quote":                   {"F03", "100", failsOn("%27")},
		"the rest of an id is ignored":         {"F03", "not_found_as_success", readsNumber},
		"a condition finds more rows":          {"F04", "sql_injection", executesFilter},
		"order is a server error":              {"F04", "", failsOn("create+table")},
		"NUL is a server error":                {"F06", "100", failsOn(`\u0000`)},
		"half a pair is a server error":        {"F07", "", failsOn(`\ud800`)},
		"an answer that is no UTF-8":           {"F07", "not_utf8", answers("\xff", 201, "{\"id\":1,\"title\":\"\xff\"}")},
		"a name twice is a server error":       {"F12", "", failsOn(`,"title":`)},
		"a huge number is a server error":      {"F13", "", failsOn("1e400")},
		"a long query is a server error":       {"F14", "", failsOn("remark=yyy")},
		"deep JSON is a server error":          {"F11", "deep_nesting", failsOn("[[[[[[")},
		"a file is served":                     {"F17", "traversal", answers("passwd", 200, "root:x:0:0:root:/root:/bin/sh")},
		"an odd name is a server error":        {"F18", "", failsOn("$where")},
		"a refused create while others go on":  {"H01", "lost_create", everyTenth(http.StatusInternalServerError)},
		"an error under load":                  {"H06", "load_errors", everyTenth(http.StatusBadGateway)},
		"the same id again":                    {"H01", "same_ids", answers(`"title":"`, 201, `{"id":7,"title":"x","completed":false}`)},
		"deletes that fail when they meet":     {"H02", "", deletesFail},
		"one client undoes what the other did": {"H04", "lost_update", undoes},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := newHostileRun(t, afterBinding(test.wrap))
			switchOn(t, run)
			finding := run.observe(t, test.check)
			require.Contains(t, []takehome.Verdict{takehome.Fail, takehome.Partial}, finding.Verdict, finding.Summary)
			if test.fault != "" {
				require.Equal(t, test.fault, finding.Fault, finding.Summary)
			}
		})
	}
}

// switchPath turns the fault of a program on, so that binding sees a sound one.
const switchPath = "/switch-the-fault-on"

func afterBinding(wrap func(http.Handler) http.Handler) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		var on atomic.Bool
		wrong := wrap(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == switchPath:
				on.Store(true)
			case on.Load():
				wrong.ServeHTTP(w, r)
			default:
				next.ServeHTTP(w, r)
			}
		})
	}
}

func switchOn(t *testing.T, run hostileRun) {
	t.Helper()
	_, err := run.runner.Client.Do(t.Context(), script.Request{Method: http.MethodGet, Path: switchPath, NoBody: true})
	require.NoError(t, err)
}

// readsNumber ignores what follows the number in an id.
func readsNumber(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if rest, isItem := strings.CutPrefix(r.URL.Path, "/todos/"); isItem {
			digits := strings.IndexFunc(rest+" ", func(c rune) bool { return c < '0' || c > '9' })
			r.URL.Path = "/todos/" + rest[:digits]
		}
		next.ServeHTTP(w, r)
	})
}

// executesText stores what an expression in a text evaluates to.
func executesText(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		body = bytes.ReplaceAll(body, []byte(`'||upper('injected')||'`), []byte("INJECTED"))
		r.Body = io.NopCloser(bytes.NewReader(body))
		next.ServeHTTP(w, r)
	})
}

// executesFilter finds nothing for an unknown status, and everything for a condition.
func executesFilter(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := r.URL.Query().Get("status")
		if status == "" {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if strings.Contains(status, "OR 1=1") {
			_, _ = io.WriteString(w, `[{"id":1,"title":"x","completed":false}]`)
			return
		}
		_, _ = io.WriteString(w, `[]`)
	})
}

func everyTenth(status int) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		var creates atomic.Int64
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost && creates.Add(1)%10 == 0 {
				w.WriteHeader(status)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

func deletesFail(next http.Handler) http.Handler {
	var deletes atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodDelete && deletes.Add(1)%5 == 0 {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// undoes answers every second PATCH with success and forgets it.
func undoes(next http.Handler) http.Handler {
	var mutex sync.Mutex
	patches := 0
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		forget := r.Method == http.MethodPatch
		if forget {
			patches++
			forget = patches%2 == 0
		}
		mutex.Unlock()
		if forget {
			r.Method = http.MethodGet
		}
		next.ServeHTTP(w, r)
	})
}

func TestSurvivalSeesGrowth(t *testing.T) {
	t.Parallel()
	run := newHostileRun(t, nil)
	run.observe(t, "F01")
	run.lab.memory.Store(300 << 20)
	finding := run.observe(t, "F19")
	require.Equal(t, takehome.Partial, finding.Verdict)
	require.Equal(t, "memory", finding.Fault)
}

func TestBodiesAreSpliced(t *testing.T) {
	t.Parallel()
	run := newHostileRun(t, nil)
	request, ok := run.spliced([]byte(`"a","title":"b"`))
	require.True(t, ok)
	require.Contains(t, string(request.Body), `"title":"a","title":"b"`)
	request, ok = run.beside("text", "extra", []byte("1e400"))
	require.True(t, ok)
	require.True(t, bytes.HasPrefix(request.Body, []byte(`{"extra":1e400,`)), string(request.Body))
	require.True(t, json.Valid(request.Body))
}

func TestReadStatus(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]int{
		"HTTP/1.1 413 Too Large\r\n\r\n": 413, "HTTP/1.1 204 No Content\r\nX: y\r\n\r\n": 204,
		"": 0, "SSH-2.0-x\r\n": 0, "HTTP/1.1 banana\r\n\r\n": 0,
	} {
		status, err := readStatus(strings.NewReader(sent))
		require.NoError(t, err)
		require.Equal(t, want, status, "%q", sent)
	}
}

func FuzzReadStatus(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))
	f.Add([]byte("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n"))
	f.Fuzz(func(t *testing.T, sent []byte) {
		status, err := readStatus(bytes.NewReader(sent))
		require.NoError(t, err)
		require.GreaterOrEqual(t, status, 0)
		require.Less(t, status, 1000)
	})
}
