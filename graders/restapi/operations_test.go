package restapi

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// stage is a lab whose program is a handler of the test and whose database can be away.
type stage struct {
	pod
	mutex  sync.Mutex
	mode   string
	ended  bool
	code   int
	obeys  bool   // SIGTERM ends it
	says   string // its log
	starts int
	places []script.Place
}

func (s *stage) Proxy(_ context.Context, mode takehome.ProxyMode) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.mode = mode.Kind
	return nil
}

func (s *stage) away() bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.mode == takehome.ProxyRefuse || s.mode == takehome.ProxyBlackHole
}

func (s *stage) print(line string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.says += line + "\n"
}

func (s *stage) Start(context.Context, takehome.StartOptions) (takehome.Boot, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.ended, s.starts, s.mode = false, s.starts+1, takehome.ProxyPass
	return takehome.Boot{Listening: true, Address: "pod:8080"}, nil
}

func (s *stage) Stop(context.Context, time.Duration) (takehome.Exit, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.ended = true
	return takehome.Exit{}, nil
}

func (s *stage) Signal(context.Context, string) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.ended = s.obeys
	return nil
}

func (s *stage) State(context.Context) (takehome.Exit, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return takehome.Exit{Running: !s.ended, Code: s.code}, nil
}

func (s *stage) Logs(context.Context, int) (takehome.Text, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return takehome.Text{Shown: s.says}, nil
}

func (s *stage) Stats(context.Context) (takehome.Stats, error) { return takehome.Stats{}, nil }
func (s *stage) Connections(context.Context) (takehome.Connections, error) {
	return takehome.Connections{}, nil
}

func (s *stage) Access(takehome.Role) takehome.Access {
	return takehome.Access{User: "o", Password: "0123456789abcdef", Database: "d"}
}

// perform puts a handler on the stage, binds it and gives back what observes it.
func perform(t *testing.T, lab *stage, handler http.Handler, readme string) *grading {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	lab.pod = pod{server.Listener.Addr().String()}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "README.md"), []byte(readme), 0o600))
	run := &grading{
		Grader:  &Grader{resource: resourceOfTodos(t)},
		session: takehome.Session{Lab: lab, Submission: takehome.Submission{Dir: dir}},
		boot:    takehome.Boot{Listening: true, Address: "pod:8080"},
	}
	ledger := &script.Ledger{}
	run.runner = &script.Runner{
		Lab: lab, Ledger: ledger, Seed: "seed", Client: script.NewClient(lab, "pod:8080", ledger), Store: script.NewStore(lab),
		Owners: run.resource.Operations, Results: map[string]takehome.Finding{},
	}
	t.Cleanup(run.runner.Client.Close)
	var err error
	run.binding, _, err = bind(t.Context(), run.runner.Client, run.resource, dir, "seed")
	require.NoError(t, err)
	run.runner.Shape, run.runner.Probes = run.binding, probes(run)
	run.runner.Store.Keep(lab.places)
	return run
}

// label observes with one probe.
func (r *grading) label(t *testing.T, name string) string {
	t.Helper()
	return r.labelOf(t, name, "nothing")
}

func (r *grading) labelOf(t *testing.T, name, path string) string {
	t.Helper()
	var outcomes []string
	for _, label := range r.runner.Probes[name].Labels {
		outcomes = append(outcomes, fmt.Sprintf("  - {credit: 1, if: {seen: %s}, note: %s}", label, label))
	}
	yaml := fmt.Sprintf("criterion: works\nchecks:\n- id: X01\n  title: x\n  weight: 1\n  basis: ops\n  source: x\n  operation: list\n  hint: x\n"+
		"  given: {item: {text: \"${canary}\"}}\n  steps: [{probe: %s, with: {path: \"%s\"}}]\n  outcomes:\n%s\n", name, path, strings.Join(outcomes, "\n"))
	file, err := script.Load("x.yaml", []byte(yaml), r.runner.Probes)
	require.NoError(t, err)
	finding, _, err := r.runner.Run(t.Context(), file.Checks[0])
	require.NoError(t, err)
	return finding.Summary
}

// paged turns the list of an animal into pages.
type paged struct {
	*animal
	size, most                     int
	ignoreSize, ignoreOffset, link bool
	cursor, shuffle                bool
	filter, sort                   string // parameters that work
	reads                          int
}

func (p *paged) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != p.base || r.Method != http.MethodGet {
		p.animal.ServeHTTP(w, r)
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	query := r.URL.Query()
	items := slices.Clone(p.items)
	if wanted := query.Get(p.filter); p.filter != "" && wanted != "" {
		items = slices.DeleteFunc(items, func(item map[string]any) bool { return fmt.Sprint(item[p.done]) != wanted })
	}
	if by, down := strings.CutPrefix(query.Get(p.sort), "-"); p.sort != "" && by != "" {
		slices.SortStableFunc(items, func(a, b map[string]any) int { return strings.Compare(fmt.Sprint(a[by]), fmt.Sprint(b[by])) })
		if down {
			slices.Reverse(items)
		}
	}
	if p.reads++; p.shuffle && len(items) > 1 {
		at := p.reads % len(items)
		items = append(slices.Clone(items[at:]), items[:at]...)
	}
	size := p.size
	if given, err := strconv.Atoi(query.Get("limit")); err == nil && !p.ignoreSize {
		size = given
	}
	size = min(size, p.most)
	offset, _ := strconv.Atoi(query.Get("offset"))
	if p.cursor {
		offset, _ = strconv.Atoi(query.Get("cursor"))
	}
	if p.ignoreOffset {
		offset = 0
	}
	offset = min(offset, len(items))
	page := items[offset:min(offset+size, len(items))]
	reply := map[string]any{"items": page}
	if len(page) == 0 {
		reply["items"] = []any{}
	}
	if next := offset + size; next < len(items) {
		if p.cursor {
			reply["next_cursor"] = strconv.Itoa(next)
		}
		if p.link {
			w.Header().Set("Link", fmt.Sprintf(`<%s?limit=%d&offset=%d>; rel="next"`, p.base, size, next))
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(reply)
}

func TestPagesFiltersAndOrders(t *testing.T) {
	t.Parallel()
	const offsets, cursors = "`GET /todos?limit=50&offset=0`", "`GET /todos?limit=50&cursor=`"
	type labels map[string]string
	for name, test := range map[string]struct {
		change func(*paged)
		readme string
		want   labels
	}{
		"whole": {
			func(*paged) {}, "nothing",
			labels{"page_size": "none", "page_walk": "none", "page_next": "none", "page_cap": "none", "filter": "none", "sort": "none", "same_order": "same", "long_list": "answers"},
		},
		"offsets": {
			func(p *paged) { p.size, p.most = 20, 100 }, offsets,
			labels{"page_size": "honoured", "page_walk": "once", "page_next": "pointed", "page_cap": "capped"},
		},
		"small pages": {
			func(p *paged) { p.size, p.most = 20, 25 }, offsets,
			labels{"page_size": "honoured", "page_walk": "once", "page_cap": "capped"},
		},
		"a cursor": {
			func(p *paged) { p.size, p.most, p.cursor = 20, 100, true }, cursors,
			labels{"page_size": "honoured", "page_walk": "once", "page_next": "pointed"},
		},
		"a link": {
			func(p *paged) { p.size, p.most, p.link = 20, 100, true }, "pages by Link",
			labels{"page_walk": "once", "page_next": "pointed"},
		},
		"size ignored": {
			func(p *paged) { p.size, p.most, p.ignoreSize = 20, 100, true }, offsets,
			labels{"page_size": "ignored", "page_walk": "once", "page_next": "pointed"},
		},
		"offset ignored": {
			func(p *paged) { p.size, p.most, p.ignoreOffset = 20, 100, true }, offsets,
			labels{"page_size": "honoured", "page_walk": "repeats"},
		},
		"no limit": {
			func(p *paged) { p.size, p.most = 20, 1<<20 }, offsets,
			labels{"page_cap": "unclear"},
		},
		"cut": {
			func(p *paged) { p.size, p.most, p.ignoreSize, p.ignoreOffset = 20, 20, true, true }, "nothing",
			labels{"page_size": "none", "page_next": "nowhere", "page_walk": "nowhere"},
		},
		"cut in words we do not know": {
			func(p *paged) { p.size, p.most, p.ignoreSize, p.ignoreOffset = 20, 20, true, true }, "ask for a page by its letter",
			labels{"page_next": "unclear"},
		},
		"a filter and an order": {
			func(p *paged) { p.filter, p.sort = "completed", "sort" }, "`GET /todos?completed=true&sort=-title`",
			labels{"filter": "filters", "sort": "sorts"},
		},
		"a filter that nobody wrote down": {
			func(p *paged) { p.filter = "completed" }, "nothing", labels{"filter": "filters"},
		},
		"a filter and an order in words only": {
			func(*paged) {}, "`GET /todos?completed=true&sort=-title`",
			labels{"filter": "ignored", "sort": "ignored"},
		},
		"an order by something else": {
			func(*paged) {}, "`GET /todos?sort=created_at`", labels{"sort": "unclear"},
		},
		"shuffled": {
			func(p *paged) { p.shuffle = true }, "nothing", labels{"same_order": "changes"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := &paged{animal: plain(), size: 1 << 20, most: 1 << 20}
			test.change(api)
			run := perform(t, &stage{}, api, test.readme)
			for _, probe := range sortedKeys(test.want) {
				require.Equal(t, test.want[probe], run.label(t, probe), probe)
			}
		})
	}
}

// outage answers as the database allows.
type outage struct {
	*animal
	lab  *stage
	away http.HandlerFunc
	tell bool // its health endpoint
	lost bool
}

func (o *outage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch away := o.lab.away(); {
	case r.URL.Path == "/healthz" && (!away || !o.tell):
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("{}"))
	case away || o.lost:
		o.away(w, r)
	default:
		o.animal.ServeHTTP(w, r)
	}
}

func TestOutages(t *testing.T) {
	t.Parallel()
	refuse := func(lab *stage, status int, says string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			if says != "" {
				lab.print(says)
			}
			w.WriteHeader(status)
		}
	}
	for name, test := range map[string]struct {
		make func(*outage)
		want map[string]string
	}{
		"in good order": {
			func(o *outage) { o.away, o.tell = refuse(o.lab, 503, "no database"), true },
			map[string]string{"database_cut": "unavailable", "database_silent": "answers", "database_back": "recovers", "log": "speaks", "health": "tells"},
		},
		"a server error, in silence": {
			func(o *outage) { o.away = refuse(o.lab, 500, "") },
			map[string]string{"database_cut": "errors", "database_back": "recovers", "log": "quiet", "health": "always_well"},
		},
		"a password in the log": {
			func(o *outage) { o.away = refuse(o.lab, 503, "cannot reach postgres://o:0123456789abcdef@db/d") },
			map[string]string{"database_cut": "unavailable", "log": "secret"},
		},
		"in memory": {
			func(o *outage) { o.away = o.animal.ServeHTTP },
			map[string]string{"database_cut": "pretends", "database_silent": "answers"},
		},
		"exits": {
			func(o *outage) {
				o.away = func(http.ResponseWriter, *http.Request) {
					o.lab.mutex.Lock()
					o.lab.ended = true
					o.lab.mutex.Unlock()
					panic(http.ErrAbortHandler)
				}
			},
			map[string]string{"database_cut": "exits", "database_back": "never"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lab := &stage{places: []script.Place{{Schema: "public", Table: "todos", Column: "title"}}}
			api := &outage{animal: plain(), lab: lab}
			test.make(api)
			run := perform(t, lab, api, "nothing")
			for _, probe := range []string{"database_cut", "database_silent", "database_back", "log", "health"} {
				if got := run.label(t, probe); test.want[probe] != "" {
					require.Equal(t, test.want[probe], got, probe)
				}
			}
			require.False(t, lab.away(), "the database is there again")
		})
	}
}

func TestStopsOfAnIdleProgram(t *testing.T) {
	t.Parallel()
	for want, test := range map[string]struct {
		code  int
		says  string
		image takehome.Image
	}{
		"ends":     {code: 143},
		"odd_code": {code: 1},
		"shell":    {143, "takehome-pod: … " + notHandedOn, takehome.Image{Command: []string{"/bin/sh", "-c", "npm start"}}},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			run := perform(t, &stage{obeys: true, code: test.code, says: test.says}, plain(), "nothing")
			run.session.Image = test.image
			require.Equal(t, want, run.label(t, "stop_idle"))
		})
	}
	run := perform(t, &stage{obeys: true, code: 143, says: notHandedOn}, plain(), "nothing")
	run.session.Image = takehome.Image{Command: []string{"node", "server.js"}}
	require.Equal(t, "ends", run.label(t, "stop_idle"), "what is no shell may have children")
}

func TestExposure(t *testing.T) {
	t.Parallel()
	open := func(body, kind string, paths ...string) http.Handler {
		api := plain()
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if slices.Contains(paths, r.URL.Path) || slices.Contains(paths, "*") && !strings.HasPrefix(r.URL.Path, "/todos") {
				w.Header().Set("Content-Type", kind)
				_, _ = w.Write([]byte(body))
				return
			}
			api.ServeHTTP(w, r)
		})
	}
	for name, test := range map[string]struct {
		handler http.Handler
		want    map[string]string
	}{
		"closed":         {plain(), map[string]string{"/.env": "closed", "/metrics": "closed", "/admin": "closed"}},
		"the same page":  {open("<html>", "text/html", "*"), map[string]string{"/.env": "closed", "/metrics": "closed"}},
		"open":           {open("SECRET=1", "text/plain", "/.env"), map[string]string{"/.env": "open", "/admin": "closed"}},
		"metrics":        {open("up 1", "text/plain", "/metrics"), map[string]string{"/metrics": "metrics"}},
		"behind a login": {open("", "text/plain", "/admin"), map[string]string{"/admin": "closed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := perform(t, &stage{}, test.handler, "nothing")
			for path, want := range test.want {
				require.Equal(t, want, run.labelOf(t, "exposed", path), path)
			}
		})
	}
}

func TestALimitOfRequestsIsLookedForWhereSomethingSpeaksOfOne(t *testing.T) {
	t.Parallel()
	limited := func(most int, header string) http.Handler {
		api, seen := plain(), 0
		var mutex sync.Mutex
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mutex.Lock()
			seen++
			over := seen%most == 0
			mutex.Unlock()
			if !over {
				api.ServeHTTP(w, r)
				return
			}
			w.Header().Set("Retry-After", header)
			w.WriteHeader(http.StatusTooManyRequests)
		})
	}
	for want, test := range map[string]struct {
		handler http.Handler
		readme  string
	}{
		"none":                {plain(), "nothing"},
		"unlimited":           {plain(), "a rateLimiter is set"},
		"limits":              {limited(150, "1"), "express-rate-limit and its rateLimit"},
		"limits_without_time": {limited(150, ""), "ratelimit"},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, want, perform(t, &stage{}, test.handler, test.readme).label(t, "rate_limit"))
		})
	}
}
