package restapi

import (
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Patience of the outages. The rubric asks for an answer within five seconds; a program
// that waits four for its database must not lose for the machine it is graded on.
const (
	quickLimit  = 8 * time.Second
	outageLimit = 18 * time.Second // fifteen, and as much again for the machine
)

var restartPolicy = regexp.MustCompile(`(?m)^\s*(restart\s*:\s*["']?(always|unless-stopped|on-failure)|condition\s*:\s*["']?(any|on-failure))`)

// outageFacts are what several checks learn while the database comes and goes.
type outageFacts struct {
	cut       bool            // an outage was made at all
	unharmed  bool            // the program does not need its database
	exited    bool            // it ended during one
	recovered bool            // after every one so far
	healthy   map[string]bool // health path to: did it stop saying 200?
	quiet     bool            // it printed nothing while requests failed
	secret    bool            // its log holds the password of the database
}

// outageProbes take the database away and give it back.
func (r *grading) outageProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"database_cut": {Once: true, Labels: []string{
			"unavailable", "slow", "errors", "leaks", "pretends", "hangs", "exits", "unaffected",
		}, Observe: r.probeDatabaseCut},
		"database_silent": {Once: true, Labels: []string{"answers", "hangs", "exits", "unaffected"}, Observe: r.probeDatabaseSilent},
		"database_back":   {Once: true, Labels: []string{"recovers", "restarts", "never", "unaffected"}, Observe: r.probeDatabaseBack},
		"log":             {Once: true, Labels: []string{"speaks", "quiet", "secret", "unaffected"}, Observe: r.probeLog},
		"health":          {Once: true, Labels: []string{"tells", "always_well", "none", "unaffected"}, Observe: r.probeHealth},
		"stop_idle":       {Once: true, Labels: []string{"ends", "killed", "shell", "odd_code"}, Observe: r.probeStopIdle},
		"stop_busy":       {Once: true, Labels: []string{"finishes", "refuses", "fails", "cut", "unclear"}, Observe: r.probeStopBusy},
	}
}

// operations are one request of every kind that the API has, all of them valid.
func (r *grading) operations(at *script.Probing) []script.Request {
	main := r.resource.main().Meaning
	item := at.Given("item")
	var requests []script.Request
	for _, intent := range []script.Intent{
		{Op: script.List},
		{Op: script.Fetch, ID: item.ID},
		{Op: script.Create, Set: map[string]any{main: at.Canary("canary2")}},
		{Op: script.Replace, ID: item.ID, Item: item, Set: map[string]any{main: at.Canary("canary2")}},
		{Op: script.Patch, ID: item.ID, Item: item, Set: map[string]any{main: at.Canary("canary2")}},
		{Op: script.Delete, ID: r.binding.UnknownID(at.Random())},
	} {
		if request, ok := r.binding.Request(intent); ok {
			request.Fresh, request.Patience = true, outageLimit
			requests = append(requests, request)
		}
	}
	return requests
}

// proxied sets how the program reaches its database.
func proxied(ctx context.Context, at *script.Probing, kind string) error {
	return at.Lab.Proxy(ctx, takehome.ProxyMode{Kind: kind})
}

// probeDatabaseCut resets every connection to the database and refuses new ones.
func (r *grading) probeDatabaseCut(ctx context.Context, at *script.Probing) (script.Observation, error) {
	if !r.usesDatabase() {
		r.outage.unharmed = true
		return withoutTable(), nil
	}
	r.outage = outageFacts{cut: true, recovered: true, healthy: map[string]bool{}, secret: r.outage.secret}
	alive, err := together(ctx, at, asking(healthPaths))
	if err != nil {
		return script.Observation{}, err
	}
	for n, reply := range alive {
		if reply.Success() && reply.Media() != "html" {
			r.outage.healthy[healthPaths[n]] = false
		}
	}
	before, err := r.log(ctx, at)
	if err != nil {
		return script.Observation{}, err
	}
	if err := proxied(ctx, at, takehome.ProxyRefuse); err != nil {
		return script.Observation{}, err
	}
	paths, requests := sortedKeys(r.outage.healthy), r.operations(at)
	replies, err := together(ctx, at, slices.Concat(requests, asking(paths)))
	if err != nil {
		return script.Observation{}, err
	}
	for n, path := range paths {
		r.outage.healthy[path] = !replies[len(requests)+n].Success()
	}
	replies = replies[:len(requests)]
	if r.outage.exited, err = r.gone(ctx, at, replies); err != nil {
		return script.Observation{}, err
	}
	if r.outage.quiet, err = r.staysQuiet(ctx, at, before); err != nil {
		return script.Observation{}, err
	}
	observation := cutOff(replies, r.outage.exited)
	r.outage.unharmed = observation.Label == "unaffected"
	return observation, r.heal(ctx, at)
}

// cutOff judges the answers without a database by the worst of them.
func cutOff(replies []*script.Exchange, exited bool) script.Observation {
	counts := map[string]int{}
	for _, reply := range replies {
		counts[withoutDatabase(reply)]++
	}
	switch {
	case exited:
		return seen("exits", "the program ends when its database is away")
	case counts["served"] == len(replies):
		return seen("unaffected", "every request is served without the database")
	case counts["hangs"] > 0:
		return seen("hangs", "a request is never answered while the database is away")
	case counts["stored"] > 0:
		return seen("pretends", "a change is confirmed while the database is away")
	case counts["leaks"] > 0:
		return seen("leaks", "the error shows the inside of the program")
	case counts["errors"] > 0:
		return seen("errors", "another error than 503 while the database is away")
	case counts["slow"] > 0:
		return seen("slow", "an answer without the database takes long")
	default:
		return seen("unavailable", "503 while the database is away")
	}
}

// withoutDatabase is what one answer says. A read that is served from memory is fine.
func withoutDatabase(reply *script.Exchange) string {
	unavailable := reply.Status == http.StatusServiceUnavailable || reply.Status == http.StatusGatewayTimeout
	leaks := slices.ContainsFunc(sortedKeys(leakPatterns), func(name string) bool { return leakPatterns[name].MatchString(everything(reply)) })
	switch {
	case !reply.Answered():
		return "hangs"
	case reply.Success() && reply.Request.Method == http.MethodGet:
		return "served"
	case reply.Success():
		return "stored"
	case leaks:
		return "leaks"
	case !unavailable:
		return "errors"
	case reply.Elapsed > quickLimit:
		return "slow"
	default:
		return "unavailable"
	}
}

// gone reports whether the program ended, waiting for a moment where an answer is missing.
func (r *grading) gone(ctx context.Context, at *script.Probing, replies []*script.Exchange) (bool, error) {
	patience := time.Duration(0)
	if slices.ContainsFunc(replies, func(e *script.Exchange) bool { return e.Fault == script.Refused || e.Fault == script.Reset }) {
		patience = 2 * time.Second
	}
	exit, err := r.awaitEnd(ctx, at.Lab, patience)
	return !exit.Running, err
}

// awaitEnd watches the program until it has ended or the time is over.
func (r *grading) awaitEnd(ctx context.Context, lab takehome.Lab, patience time.Duration) (takehome.Exit, error) {
	begun := time.Now()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		exit, err := lab.State(ctx)
		if err != nil || !exit.Running || time.Since(begun) > patience {
			return exit, err
		}
		select {
		case <-ctx.Done():
			return exit, ctx.Err()
		case <-tick.C:
		}
	}
}

// probeDatabaseSilent lets the database fall silent: connections stay open and nothing comes back.
func (r *grading) probeDatabaseSilent(ctx context.Context, at *script.Probing) (script.Observation, error) {
	if r.outage.unharmed {
		return withoutTable(), nil
	}
	if err := proxied(ctx, at, takehome.ProxyBlackHole); err != nil {
		return script.Observation{}, err
	}
	requests := slices.DeleteFunc(r.operations(at), func(request script.Request) bool {
		return request.Name != script.List && request.Name != script.Create
	})
	replies, err := together(ctx, at, requests)
	if err != nil {
		return script.Observation{}, err
	}
	exited, err := r.gone(ctx, at, replies)
	if err != nil {
		return script.Observation{}, err
	}
	r.outage.exited = r.outage.exited || exited
	if err := r.heal(ctx, at); err != nil {
		return script.Observation{}, err
	}
	switch {
	case exited:
		return seen("exits", "the program ends when its database falls silent"), nil
	case slices.ContainsFunc(replies, func(e *script.Exchange) bool { return !e.Answered() }):
		return seen("hangs", "a request waits for a silent database without end"), nil
	default:
		return seen("answers", "every request is answered while the database is silent"), nil
	}
}

// heal gives the database back and waits until the program works again; one that does not
// is started anew, so that the next check sees a working program.
func (r *grading) heal(ctx context.Context, at *script.Probing) error {
	if err := proxied(ctx, at, takehome.ProxyPass); err != nil {
		return err
	}
	patience := r.patience(recoveryPatience)
	if !r.outage.recovered {
		patience = time.Second // it has not come back from another outage either
	}
	works, err := r.works(ctx, at, patience)
	if err != nil || works {
		return err
	}
	r.outage.recovered = false
	return r.again(ctx, at)
}

// works waits for a list that is answered with success.
func (r *grading) works(ctx context.Context, at *script.Probing, patience time.Duration) (bool, error) {
	list, _ := r.binding.Request(script.Intent{Op: script.List})
	list.Fresh, list.Patience = true, 5*time.Second
	begun := time.Now()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		reply, err := at.Client.Do(ctx, list)
		// A list that is longer than we read is a list.
		if err != nil || reply.Success() || reply.Fault == script.BodyTooLarge && reply.Status == http.StatusOK {
			return err == nil, err
		}
		if time.Since(begun) > patience {
			return false, nil
		}
		if exit, err := at.Lab.State(ctx); err != nil || !exit.Running {
			return false, err
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-tick.C:
		}
	}
}

// probeDatabaseBack looks whether the program recovered from both outages by itself.
func (r *grading) probeDatabaseBack(context.Context, *script.Probing) (script.Observation, error) {
	if r.outage.unharmed {
		return withoutTable(), nil
	}
	switch {
	case r.outage.exited && r.restartsItself():
		return seen("restarts", "it ends, and its compose file starts it again"), nil
	case r.outage.exited:
		return seen("never", "it ends when its database is away, and nothing starts it again"), nil
	case !r.outage.recovered:
		return seen("never", "it goes on failing after its database is back"), nil
	default:
		return seen("recovers", "works again once its database is back"), nil
	}
}

// log reads the end of what the program printed, and looks for the password in it.
func (r *grading) log(ctx context.Context, at *script.Probing) (takehome.Text, error) {
	const all = 64 << 10
	log, err := at.Lab.Logs(ctx, all)
	if password := at.Lab.Access(takehome.RoleOwner).Password; password != "" && strings.Contains(log.Shown, password) {
		r.outage.secret = true
	}
	return log, err
}

// staysQuiet reports whether nothing was printed since the log was read.
func (r *grading) staysQuiet(ctx context.Context, at *script.Probing, before takehome.Text) (bool, error) {
	const patience = time.Second
	begun := time.Now()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		now, err := r.log(ctx, at)
		if err != nil || now.Shown != before.Shown {
			return false, err
		}
		if time.Since(begun) > patience {
			return true, nil
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-tick.C:
		}
	}
}

// probeLog says what the log showed while requests failed.
func (r *grading) probeLog(context.Context, *script.Probing) (script.Observation, error) {
	switch {
	case r.outage.secret:
		return script.Observation{Label: "secret", Detail: "the password of the database is in the log", Fault: "309"}, nil
	case !r.outage.cut || r.outage.unharmed:
		return seen("unaffected", "no request failed"), nil
	case r.outage.quiet:
		return seen("quiet", "nothing is printed while requests fail"), nil
	default:
		return seen("speaks", "a request that fails leaves a line in the log"), nil
	}
}

// healthPaths are where a program usually tells of its health.
var healthPaths = []string{"/health", "/healthz", "/readyz", "/livez", "/ready", "/api/health"}

// asking makes a request for each path.
func asking(paths []string) []script.Request {
	requests := make([]script.Request, len(paths))
	for n, path := range paths {
		requests[n] = script.Request{Method: http.MethodGet, Path: path, NoBody: true, Fresh: true, Patience: quickLimit, Name: "GET " + path}
	}
	return requests
}

// probeHealth says what the health endpoints told during the outage.
func (r *grading) probeHealth(context.Context, *script.Probing) (script.Observation, error) {
	if r.outage.unharmed {
		return withoutTable(), nil
	}
	for _, path := range sortedKeys(r.outage.healthy) {
		if r.outage.healthy[path] {
			return seen("tells", "a health endpoint tells that the database is away"), nil
		}
	}
	if len(r.outage.healthy) > 0 {
		return seen("always_well", "the health endpoint says that all is well while the database is away"), nil
	}
	return seen("none", "there is no health endpoint"), nil
}
