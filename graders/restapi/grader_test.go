package restapi

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

func TestAProgramThatWorksIsObservedToTheEnd(t *testing.T) {
	t.Parallel()
	lab := newFakeLab(t, plain())
	found, judgement, err := judge(t, t.Context(), lab, t.TempDir(), nil)
	require.NoError(t, err)
	require.Empty(t, unobserved(found))
	for _, id := range []string{"A01", "A02", "A03", "A04", "A05", "B01", "B02", "B05", "B10"} {
		require.Equal(t, takehome.Pass, found[id].Verdict, "%s: %s", id, found[id].Summary)
	}
	require.Equal(t, takehome.Fail, found["I01"].Verdict, "the database of this test has no table")
	require.True(t, judgement.Boot.Listening)
	require.NotEmpty(t, judgement.Binding)
	require.NotEmpty(t, judgement.Evidence["B01"])
	var phases []string
	for _, phase := range judgement.Phases {
		phases = append(phases, phase.Name)
	}
	require.Equal(t, []string{"boot", "binding", "checks"}, phases)
}

// Without a program the gate's check says why, and everything else is blocked by it.
func TestAProgramThatIsNotThereBlocksWhatNeedsIt(t *testing.T) {
	t.Parallel()
	broken := &takehome.Breakdown{Phase: "build", Reason: "npm ci failed", Log: takehome.Quote([]byte("npm ERR! missing script"), takehome.QuoteBody)}
	silent := &takehome.Breakdown{Phase: "start", Reason: "it exits with 1", Log: takehome.Quote([]byte("Error: missing SECRET"), takehome.QuoteBody)}
	lab := newFakeLab(t, http.NotFoundHandler())
	lab.onStart = func(int, takehome.StartOptions) (takehome.Boot, error) { return takehome.Boot{Breakdown: silent}, nil }
	for name, test := range map[string]struct {
		lab    takehome.Lab
		broken *takehome.Breakdown
		shows  *takehome.Breakdown
	}{
		"it cannot be built":  {nil, broken, broken},
		"it does not listen ": {lab, nil, silent},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checks, _ := todoGrader(t)
			found, judgement, err := judge(t, t.Context(), test.lab, t.TempDir(), test.broken)
			require.NoError(t, err)
			require.Same(t, test.shows, judgement.Boot.Breakdown)
			require.Empty(t, judgement.Binding)
			for _, check := range checks {
				finding := found[check.ID]
				switch {
				case check.ID == "A01":
					require.Equal(t, takehome.Fail, finding.Verdict)
					require.Equal(t, "start", finding.Fault)
					require.Equal(t, test.shows.Log, judgement.Evidence["A01"][0].Note.Text)
				case check.Review:
					require.Equal(t, takehome.NeedsReview, finding.Verdict, check.ID)
				case check.Operation == operationFiles:
					require.NotEqual(t, takehome.Blocked, finding.Verdict, check.ID)
				default:
					require.Equal(t, takehome.Blocked, finding.Verdict, check.ID)
					require.Equal(t, "A01", finding.Cause, check.ID)
				}
			}
		})
	}
}

// Silence is waited for once: every check that needs an answer is blocked by the one that
// looks for the first.
func TestAProgramThatNeverAnswersBlocksWhatNeedsAnAnswer(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{})
	t.Cleanup(func() { close(ended) })
	checks, _ := todoGrader(t)
	lab := newFakeLab(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-ended:
		case <-r.Context().Done():
		}
	}))
	found, judgement, err := judge(t, t.Context(), lab, t.TempDir(), nil)
	require.NoError(t, err)
	require.Empty(t, judgement.Binding)
	require.Equal(t, takehome.Pass, found["A01"].Verdict)
	require.Equal(t, takehome.Fail, found["A02"].Verdict)
	for _, check := range checks {
		if check.ID == "A02" || check.Review || slices.Contains(withoutProgram, check.Operation) {
			continue
		}
		require.Equal(t, takehome.Blocked, found[check.ID].Verdict, check.ID)
		require.Equal(t, "A02", found[check.ID].Cause, check.ID)
	}
}

// mortal dies at every nth request, and at none if n is 0.
type mortal struct {
	http.Handler
	lab   *fakeLab
	nth   int64
	count atomic.Int64
}

func (m *mortal) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if m.nth > 0 && m.count.Add(1)%m.nth == 0 {
		m.lab.mutex.Lock()
		m.lab.running = false
		m.lab.mutex.Unlock()
		panic(http.ErrAbortHandler)
	}
	m.Handler.ServeHTTP(w, r)
}

// A program that dies is the candidate's: whatever it does, no check is left unassessed
// and nothing is an error of ours.
func TestAProgramThatDiesIsAFinding(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		nth     int64
		revives bool
	}{
		"midway, and starts again":     {90, true},
		"midway, and never comes back": {90, false},
		"at the first request":         {1, true},
		"at the first, for good":       {1, false},
		"while its API is bound":       {5, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program := &mortal{Handler: plain(), nth: test.nth}
			lab := newFakeLab(t, program)
			program.lab = lab
			lab.onStart = func(n int, options takehome.StartOptions) (takehome.Boot, error) {
				if n > 1 && !test.revives || options.WithoutDatabase {
					return takehome.Boot{Exit: takehome.Exit{Code: 1}}, nil
				}
				return takehome.Boot{Listening: true, Address: "127.0.0.1:8080", PortBy: takehome.PortGiven}, nil
			}
			found, judgement, err := judge(t, t.Context(), lab, t.TempDir(), nil)
			require.NoError(t, err)
			require.Empty(t, unobserved(found))
			require.Equal(t, takehome.Pass, found["A01"].Verdict, "it did listen")
			require.NotEmpty(t, with(found, takehome.Fail))
			require.True(t, judgement.Boot.Listening)
			if test.nth > 50 {
				require.Equal(t, takehome.Pass, found["B01"].Verdict, found["B01"].Summary)
			}
			if test.revives {
				require.Greater(t, lab.starts, 1)
			}
		})
	}
}

// What goes wrong with the lab is an error, and what was seen before it is kept.
func TestALabThatFailsIsAnErrorWithAPartialJudgement(t *testing.T) {
	t.Parallel()
	gone := &takehome.Fault{Owner: takehome.Operator, Summary: "the Docker engine stopped answering"}
	for name, since := range map[string]int{"at the start": 0, "while binding": 2, "midway": 30} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program := &mortal{Handler: plain()}
			lab := newFakeLab(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Connection", "close") // each request dials
				program.ServeHTTP(w, r)
			}))
			lab.broken, lab.brokenSince = gone, since
			found, judgement, err := judge(t, t.Context(), lab, t.TempDir(), nil)
			require.ErrorIs(t, err, gone)
			require.Equal(t, takehome.Operator, takehome.OwnerOf(err))
			require.NotEmpty(t, with(found, takehome.NotAssessed))
			require.Empty(t, with(found, takehome.Fail), "a fault of ours must not look like one of the candidate's")
			if since == 30 {
				require.Equal(t, takehome.Pass, found["A01"].Verdict)
				require.NotEmpty(t, judgement.Evidence)
				require.NotEmpty(t, judgement.Binding)
			}
		})
	}
}

func TestAnInterruptedGradingKeepsWhatItSaw(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var count atomic.Int64
	program := plain()
	lab := newFakeLab(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if count.Add(1) == 80 {
			stop()
		}
		program.ServeHTTP(w, r)
	}))
	found, judgement, err := judge(t, ctx, lab, t.TempDir(), nil)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, takehome.Pass, found["A01"].Verdict)
	require.Contains(t, with(found, takehome.NotAssessed), "I02")
	require.NotEmpty(t, judgement.Binding)
}

// A program that is no such API at all loses its points by findings.
func TestWhatCannotBeBoundIsAFinding(t *testing.T) {
	t.Parallel()
	answer := func(status int, media, body string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", media)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		})
	}
	for name, program := range map[string]http.Handler{
		"nothing is there":         http.NotFoundHandler(),
		"a page for everything":    answer(200, "text/html", "<h1>Welcome</h1>"),
		"it wants credentials":     answer(401, "application/json", `{"message": "token missing"}`),
		"JSON of another shape":    answer(200, "application/json", `{"a": {"b": [1, "x", null, [[]]]}}`),
		"null for everything":      answer(200, "application/json", "null"),
		"half of a JSON text":      answer(200, "application/json", `[{"id": 1, "title": "x`),
		"deeply nested JSON":       answer(200, "application/json", strings.Repeat("[", 50_000)),
		"a redirect to itself":     answer(302, "text/plain", ""),
		"a list of the same thing": answer(200, "application/json", "["+strings.Repeat(`{"id":1,"title":"x"},`, 100)+`{"id":1}]`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lab := newFakeLab(t, program)
			// It listens without its database too, so that what is not bound is asked for then.
			lab.onStart = func(int, takehome.StartOptions) (takehome.Boot, error) {
				return takehome.Boot{Listening: true, Address: "127.0.0.1:8080", PortBy: takehome.PortGiven, Profile: "read-only"}, nil
			}
			found, judgement, err := judge(t, t.Context(), lab, t.TempDir(), nil)
			require.NoError(t, err)
			require.Empty(t, unobserved(found))
			require.True(t, judgement.Boot.Listening)
			require.Equal(t, takehome.Pass, found["A01"].Verdict)
			require.Contains(t, []takehome.Verdict{takehome.Fail, takehome.Partial, takehome.Blocked}, found["A07"].Verdict, found["A07"].Summary)
			for _, id := range []string{"B01", "B10", "I01"} {
				require.NotEqual(t, takehome.Pass, found[id].Verdict, id)
			}
			require.Equal(t, takehome.Fail, found["B01"].Verdict, "creating is asked for: %s", found["B01"].Summary)
		})
	}
}

// Whatever a candidate writes into takehome.yaml is told, and grading goes on.
func TestABadDeclarationIsTold(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		note string // in one of the notes; "" for none
	}{
		"none":                         {"", ""},
		"another section":              {"takehome: 1\nport: 3000\n", ""},
		"an unknown field":             {"todo:\n  colection: /todos\n", `unknown field "colection" (did you mean "collection"?)`},
		"an unknown field of a route":  {"todo:\n  create: {methd: POST}\n", `unknown field "methd" (did you mean "method"?)`},
		"hostile, unknown field":       {"todo:\n  \"\\e[2J\\u202e\": 1\n", `unknown field`},
		"a list":                       {"todo: [1, 2]\n", "is ignored"},
		"a word":                       {"todo: yes please\n", "is ignored"},
		"a wrong type":                 {"todo:\n  collection: [a]\n", "is ignored"},
		"not YAML":                     {"todo: [\x00\n\t}", "is ignored"},
		"not UTF-8":                    {"todo:\n  collection: \"/\xff\xfe\"\n", "is ignored"},
		"too large":                    {"todo:\n  collection: /todos\n#" + strings.Repeat("x", 300<<10), "is too large and is ignored"},
		"a bomb of aliases":            {"a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ntodo: {create_extra: {x: [*f,*f,*f,*f,*f,*f,*f]}}\n", "is ignored"},
		"deep":                         {"todo: " + strings.Repeat("[", 20_000) + "\n", "is ignored"},
		"an address elsewhere":         {"todo:\n  collection: //evil.example/todos\n", `collection "//evil.example/todos" cannot be used and is ignored`},
		"a path with a line break":     {"todo:\n  collection: \"/todos\\r\\nHost: x\"\n", "cannot be used and is ignored"},
		"a method with a line break":   {"todo:\n  create: {method: \"POST / HTTP/1.1\\r\\nX:\"}\n", "create method"},
		"a media type with a break":    {"todo:\n  patch: {media: \"a/b\\r\\nX: y\"}\n", "patch media"},
		"a number that JSON lacks":     {"todo:\n  create_extra: {x: .nan, y: .inf}\n", `create_extra "x" cannot be written as JSON and is ignored`},
		"keys that JSON lacks":         {"todo:\n  create_extra: {x: {1: {2: 3}, null: 4}}\n", `create_extra "x" cannot be written as JSON and is ignored`},
		"a flag that JSON lacks":       {"todo:\n  done_values: {no: .nan, yes: {1: 2}}\n", "done_values cannot be written as JSON and are ignored"},
		"a body of a hundred kilobyte": {"todo:\n  create_extra: {x: " + strings.Repeat("x", 100<<10) + "}\n", `create_extra "x" is too large and is ignored`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			require.NoError(t, os.WriteFile(filepath.Join(dir, declaredFile), []byte(test.text), 0o600))
			server := httptest.NewServer(plain())
			t.Cleanup(server.Close)
			client := script.NewClient(pod{server.Listener.Addr().String()}, "pod:8080", &script.Ledger{})
			t.Cleanup(client.Close)
			binding, notes, err := bind(t.Context(), client, resourceOfTodos(t), dir, "seed")
			require.NoError(t, err)
			useBinding(t, client, binding)
			told := strings.Join(notes, "\n")
			require.Contains(t, told, test.note)
			if test.note == "" {
				require.Empty(t, told)
			}
			require.Less(t, len(told), 2000)
			require.NotContains(t, told, "\x1b")
			require.NotContains(t, told, "\u202e")
		})
	}
}

func TestADeclarationThatCannotBeOpenedIsTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, declaredFile), 0o700))
	found, judgement, err := judge(t, t.Context(), newFakeLab(t, plain()), dir, nil)
	require.NoError(t, err)
	require.Equal(t, takehome.Pass, found["B01"].Verdict)
	require.Contains(t, strings.Join(judgement.Notes, "\n"), declaredFile)
}
