package script_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// things is a correct little API with an array as list.
type things struct {
	mutex sync.Mutex
	rows  []map[string]any
}

func (s *things) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	body, _ := io.ReadAll(r.Body)
	var sent map[string]any
	_ = json.Unmarshal(body, &sent)
	id := strings.TrimPrefix(r.URL.Path, "/things/")
	answer := func(status int, value any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(value)
	}
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/things":
		if text, ok := sent["text"].(string); !ok || text == "" {
			answer(http.StatusUnprocessableEntity, map[string]any{"message": "text is required"})
			return
		}
		row := map[string]any{"id": len(s.rows) + 1, "text": sent["text"], "done": false}
		s.rows = append(s.rows, row)
		w.Header().Set("Location", fmt.Sprintf("/things/%d", len(s.rows)))
		answer(http.StatusCreated, row)
	case r.Method == http.MethodGet && r.URL.Path == "/things":
		answer(http.StatusOK, s.rows)
	default:
		for _, row := range s.rows {
			if fmt.Sprint(row["id"]) == id {
				if r.Method == http.MethodPatch {
					maps.Copy(row, sent)
				}
				answer(http.StatusOK, row)
				return
			}
		}
		answer(http.StatusNotFound, map[string]any{"message": "no such thing"})
	}
}

const createCheck = `
  - id: B01
    title: creating answers 201
    weight: 3
    basis: brief
    operation: create
    steps:
      - http: {op: create, set: {text: "${canary}"}}
    outcomes:
      - {credit: 1, if: {status: 201, item: {text: "${canary}", id: present}, header: {Location: present}}}
      - {credit: 0.6, if: {status: 200, item: {id: present}}, note: "200 where 201 is meant"}
`

func TestTheFirstRungThatHoldsWins(t *testing.T) {
	t.Parallel()
	bomb() // not while a request waits
	for name, test := range map[string]struct {
		answer  http.HandlerFunc
		verdict takehome.Verdict
		credit  string
		summary string
		fault   string
	}{
		"wanted": {
			func(w http.ResponseWriter, r *http.Request) { (&things{}).ServeHTTP(w, r) },
			takehome.Pass, "1", "create answered 201 Created", "",
		},
		"accepted alternative": {
			func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"id": 1}`) },
			takehome.Partial, "3/5", "200 where 201 is meant", "",
		},
		"server error": {
			func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
			takehome.Fail, "0", "create answered 500 Internal Server Error", "100",
		},
		"not HTTP": {
			func(w http.ResponseWriter, _ *http.Request) {
				connection, _, _ := w.(http.Hijacker).Hijack()
				_, _ = io.WriteString(connection, "SSH-2.0-OpenSSH\r\n\r\n")
				_ = connection.Close()
			},
			takehome.Fail, "0", "create did not speak HTTP", "bad_http",
		},
		"closed without an answer": {
			func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			takehome.Fail, "0", "create closed the connection without an answer", "reset",
		},
		"endless body": {
			func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusCreated)
				for range 100 {
					_, _ = w.Write(make([]byte, 64<<10))
				}
			},
			takehome.Fail, "0", "create sent more than 1 MiB", "body_too_large",
		},
		"huge headers": {
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X-Long", strings.Repeat("x", 100<<10))
				w.WriteHeader(http.StatusCreated)
			},
			takehome.Fail, "0", "create sent more than 64 KiB of headers", "header_too_large",
		},
		"bomb": {
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Encoding", "gzip")
				w.WriteHeader(http.StatusCreated)
				_, _ = w.Write(bomb())
			},
			takehome.Fail, "0", "create sent a compressed bomb", "gzip_bomb",
		},
		"two documents": {
			func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"id": 1}{"id": 2}`) },
			takehome.Fail, "0", "create answered 200 OK", "",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			finding, evidence := newBench(t, test.answer, plainShape{}).run(t, createCheck, nil)
			require.Equal(t, test.verdict, finding.Verdict)
			require.Equal(t, test.credit, finding.Credit.String())
			require.Equal(t, test.summary, finding.Summary)
			require.Equal(t, test.fault, finding.Fault)
			require.Equal(t, "creating answers 201", finding.Wanted)
			require.Len(t, evidence, 1)
			if test.verdict == takehome.Pass {
				require.Empty(t, evidence[0].Exchange.Differences)
			} else {
				require.NotEmpty(t, evidence[0].Exchange.Differences, "the evidence says what differs from the first rung")
			}
		})
	}
}

func TestTheSameSeedSendsTheSameBytes(t *testing.T) {
	t.Parallel()
	send := func(seed string) string {
		var sent string
		b := newBench(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			sent = string(body)
		}), plainShape{})
		b.Seed = seed
		b.run(t, createCheck, nil)
		return sent
	}
	first, again := send("one"), send("one")
	require.Equal(t, first, again)
	require.NotEqual(t, first, send("two"))
}

func TestGivenItemsAreMadeFirstAndBlockWhenTheyCannotBe(t *testing.T) {
	t.Parallel()
	const check = `
  - id: B02
    title: reading answers 200
    weight: 1
    basis: brief
    operation: get
    given: {item: {text: "${canary}"}, other: {text: "${canary2}"}}
    steps:
      - http: {op: get, item: other}
    outcomes:
      - {credit: 1, if: {status: 200, item: {text: "${canary2}", id: other}}}
`
	finding, _ := newBench(t, &things{}, plainShape{}).run(t, check, nil)
	require.Equal(t, takehome.Pass, finding.Verdict)

	dead := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	finding, _ = newBench(t, dead, plainShape{}).run(t, check, nil)
	require.Equal(t, takehome.Blocked, finding.Verdict)
	require.Equal(t, "B01", finding.Cause)
	require.Equal(t, "0", finding.Credit.String())
}

func TestAMissingOperationFailsItsOwnerAndBlocksTheOthers(t *testing.T) {
	t.Parallel()
	check := func(id string) string {
		return `
  - id: ` + id + `
    title: a part can be changed
    weight: 1
    basis: brief
    operation: patch
    given: {item: {text: "${canary}"}}
    steps:
      - http: {op: patch, set: {done: true}}
    outcomes:
      - {credit: 1, if: {status: 200}}
`
	}
	shape := plainShape{without: []string{script.Patch}}
	finding, _ := newBench(t, &things{}, shape).run(t, check("B09"), nil)
	require.Equal(t, takehome.Fail, finding.Verdict)
	require.Equal(t, "no way to patch was found in the API", finding.Summary)
	finding, _ = newBench(t, &things{}, shape).run(t, check("C08"), nil)
	require.Equal(t, takehome.Blocked, finding.Verdict)
	require.Equal(t, "B09", finding.Cause)
}

func TestAnOutcomeCanSayThatAFeatureIsNotThere(t *testing.T) {
	t.Parallel()
	finding, _ := newBench(t, &things{}, plainShape{without: []string{script.Patch}}).run(t, `
  - id: B09
    title: a part can be changed
    weight: 1
    basis: should
    operation: patch
    given: {item: {text: "${canary}"}}
    steps:
      - http: {op: patch, set: {done: true}}
    outcomes:
      - {verdict: not_applicable, if: {unbound: patch}, note: there is no PATCH}
      - {credit: 1, if: {status: 200}}
`, nil)
	require.Equal(t, takehome.NotApplicable, finding.Verdict)
	require.Equal(t, "there is no PATCH", finding.Summary)
}

func TestCasesShareTheCredit(t *testing.T) {
	t.Parallel()
	finding, evidence := newBench(t, &things{}, plainShape{}).run(t, `
  - id: D02
    title: a wrong text is refused
    weight: 1
    basis: brief
    operation: create
    negative: true
    cases: [12, "fine", [], null]
    steps:
      - http: {op: create, set: {text: "${case}"}}
    outcomes:
      - {credit: 1, if: {status: 422, body: names text}}
      - {credit: 0, if: {status: 2xx}, note: accepted, fault: accepts}
`, nil)
	require.Equal(t, "3/4", finding.Credit.String())
	require.Equal(t, takehome.Partial, finding.Verdict)
	require.Equal(t, `"fine": accepted (create answered 201 Created)`, finding.Summary)
	require.Equal(t, "accepts", finding.Fault)
	require.Len(t, evidence, 4)
}

func TestNeedsBlockUnderTheirRootCause(t *testing.T) {
	t.Parallel()
	b := newBench(t, &things{}, plainShape{})
	b.Results["B01"] = takehome.Finding{Verdict: takehome.Blocked, Cause: "A01"}
	b.Results["B03"] = takehome.Finding{Verdict: takehome.NotApplicable}
	check := func(need string) string {
		return "  - {id: B05, title: x, weight: 1, basis: brief, operation: list, needs: [" + need + "], steps: [{http: {op: list}}], outcomes: [{credit: 1, if: {status: 200}}]}\n"
	}
	finding, _ := b.run(t, check("B01"), nil)
	require.Equal(t, takehome.Blocked, finding.Verdict)
	require.Equal(t, "A01", finding.Cause)
	finding, _ = b.run(t, check("B03"), nil)
	require.Equal(t, takehome.NotApplicable, finding.Verdict)
	require.Zero(t, b.Ledger.Len(), "nothing is sent for a check that cannot be observed")
}

func TestAListIsWalkedToItsLastPage(t *testing.T) {
	t.Parallel()
	pages := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.Method == http.MethodPost:
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, `{"id": 3, "text": "x"}`)
		case r.URL.RawQuery == "":
			w.Header().Set("X-Next", "/things?page=2")
			_, _ = io.WriteString(w, `[{"id": 1}, {"id": 2}]`)
		default:
			_, _ = io.WriteString(w, `[{"id": 3, "text": "x"}]`)
		}
	})
	finding, evidence := newBench(t, pages, plainShape{}).run(t, `
  - id: B05
    title: the list holds it
    weight: 1
    basis: brief
    operation: list
    given: {item: {text: x}}
    steps: [{http: {op: list}}]
    outcomes:
      - {credit: 1, if: {status: 200, list: {has: item, where: {text: x}}}}
`, nil)
	require.Equal(t, takehome.Pass, finding.Verdict, finding.Summary)
	require.Len(t, evidence, 3)
}

func TestStepsShareVariablesAndWaitForConditions(t *testing.T) {
	t.Parallel()
	calls := 0
	var mutex sync.Mutex
	flaky := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		calls++
		w.Header().Set("Content-Type", "application/json")
		if calls < 4 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Etag", "v7")
		_, _ = fmt.Fprintf(w, `{"id": 1, "seen": %q, "tags": ["a", "b"]}`, r.Header.Get("If-Match")+r.URL.Query().Get("q"))
	})
	finding, _ := newBench(t, flaky, plainShape{}).run(t, `
  - id: X01
    title: everything together
    weight: 1
    basis: brief
    operation: get
    steps:
      - poll: {step: {http: {method: GET, path: "{collection}"}}, until: {status: 200}, every: 5ms, within: 10s}
        save: {tag: header Etag, first: /tags/0}
      - set: {query: "a&b ${first}"}
      - as: last
        http: {method: GET, path: "{list}", headers: {If-Match: "${tag}"}, query: {q: "${query}"}}
    outcomes:
      - credit: 1
        if:
          at: last
          json: {/seen: "v7a&b a", /tags: {length: 2, any: a, none: z}, /gone: {absent: true}, /id: {type: number, in: [1, 2]}, /tags/1: {matches: "^b$"}}
`, nil)
	require.Equal(t, takehome.Pass, finding.Verdict, finding.Summary)
}

func TestParallelRequestsAllCount(t *testing.T) {
	t.Parallel()
	finding, evidence := newBench(t, &things{}, plainShape{}).run(t, `
  - id: H01
    title: ten at once get ten ids
    weight: 1
    basis: brief
    operation: create
    steps:
      - parallel: {times: 10, http: {op: create, set: {text: "${canary} ${n}"}}}
    outcomes:
      - {credit: 1, if: {status: 201, distinct: ids}}
`, nil)
	require.Equal(t, takehome.Pass, finding.Verdict, finding.Summary)
	require.Len(t, evidence, 10)
}

func TestAProgramThatEndsIsStartedAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil, plainShape{})
	b.lab.onStart = func() {}
	crash := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		b.lab.running.Store(false)
		panic(http.ErrAbortHandler)
	})
	b2 := newBench(t, crash, plainShape{})
	b2.Lab = b.lab
	b.lab.address = b2.lab.address
	finding, _ := b2.run(t, createCheck, nil)
	require.Equal(t, takehome.Fail, finding.Verdict)
	require.Equal(t, "reset", finding.Fault)
	require.Equal(t, 2, b.lab.started, "once for each try: what comes after must not suffer from one crash")
}

func TestABrokenPodIsOurError(t *testing.T) {
	t.Parallel()
	b := newBench(t, &things{}, plainShape{})
	b.lab.broken = true
	_, _, err := b.try(t, createCheck, nil)
	require.Error(t, err)
	require.Equal(t, takehome.Takehome, takehome.OwnerOf(err))
}

func TestProbesObserveAndTheLadderJudges(t *testing.T) {
	t.Parallel()
	probes := map[string]script.Probe{"weigh": {
		Labels: []string{"light", "measured"}, Shares: true,
		Observe: func(_ context.Context, at *script.Probing) (script.Observation, error) {
			if at.With["heavy"] == true {
				return script.Observation{Label: "measured", Share: takehome.Frac(2, 3), Detail: "two of three", Fault: "weight"}, nil
			}
			return script.Observation{Label: "light"}, nil
		},
	}}
	check := func(with string) string {
		return `
  - id: H06
    title: it is light
    weight: 1
    basis: brief
    operation: any
    steps: [{probe: weigh, with: {heavy: ` + with + `}}]
    outcomes:
      - {credit: 1, if: {seen: light}}
      - {credit: share, if: {seen: measured}}
`
	}
	finding, _ := newBench(t, &things{}, plainShape{}).run(t, check("true"), probes)
	require.Equal(t, "2/3", finding.Credit.String())
	require.Equal(t, "two of three", finding.Summary)
	require.Equal(t, "weight", finding.Fault)
	finding, _ = newBench(t, &things{}, plainShape{}).run(t, check("false"), probes)
	require.Equal(t, takehome.Pass, finding.Verdict)
}

func TestAFailingProbeIsOurError(t *testing.T) {
	t.Parallel()
	probes := map[string]script.Probe{"weigh": {
		Labels: []string{"light"},
		Observe: func(context.Context, *script.Probing) (script.Observation, error) {
			return script.Observation{}, errors.New("no scales")
		},
	}}
	_, _, err := newBench(t, &things{}, plainShape{}).try(t, `
  - {id: H06, title: x, weight: 1, basis: brief, operation: any, steps: [{probe: weigh}], outcomes: [{credit: 1, if: {seen: light}}]}
`, probes)
	require.ErrorContains(t, err, "no scales")
}

func TestRawBytesAreSentAsTheyAre(t *testing.T) {
	t.Parallel()
	finding, evidence := newBench(t, &things{}, plainShape{}).run(t, `
  - id: F16
    title: a bad request line is refused
    weight: 1
    basis: must
    operation: any
    steps:
      - raw:
          send: |
            GET  {collection} HTTP/9.9
            Host: x

    outcomes:
      - {credit: 1, if: {body: has HTTP/1.1 505}}
      - {credit: 1, if: {body: has HTTP/1.1 400}}
`, nil)
	require.Equal(t, takehome.Pass, finding.Verdict, evidence[0].Exchange.ResponseBody.Shown)
}

func TestStepsControlProgramAndDatabase(t *testing.T) {
	t.Parallel()
	b := newBench(t, &things{}, plainShape{})
	b.run(t, `
  - id: I05
    title: the database goes away
    weight: 1
    basis: ops
    operation: outage
    steps:
      - db: {mode: refuse}
      - app: restart
      - db: {mode: delay, millis: 20}
      - http: {op: list}
    outcomes: [{credit: 1, if: {status: 200}}]
`, nil)
	require.Equal(t, 1, b.lab.started)
	require.Equal(t, takehome.ProxyRefuse, b.lab.proxied[0].Kind)
	require.Equal(t, "20ms", b.lab.proxied[1].Delay.String())
}

// An author who knows that an answer may take long waits for it without calling the program one that hangs.
func TestPatienceOfARequest(t *testing.T) {
	t.Parallel()
	bench := newBench(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }), plainShape{})
	for range 4 {
		reply, err := bench.Client.Do(t.Context(), script.Request{Method: http.MethodGet, Path: "/things", NoBody: true, Patience: 20 * time.Millisecond})
		require.NoError(t, err)
		require.Equal(t, script.Hang, reply.Fault)
		require.Less(t, reply.Elapsed, 4*time.Second)
	}
}
