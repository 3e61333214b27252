package restapi

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// faultInjection is the word under which SQL that came from a client and was executed is
// charged. A gate of the challenge names it.
const faultInjection = "sql_injection"

// Sleeping statements ask for this long; an answer that takes as long is looked at again.
const (
	injectedSleep = 3 * time.Second
	asleep        = 2800 * time.Millisecond
	awake         = 1500 * time.Millisecond
)

// catalog sums up the schema; "" where the database is not known.
func (r *grading) catalog(ctx context.Context, at *script.Probing) (string, []takehome.Evidence, error) {
	if at.Store == nil {
		return "", nil, nil
	}
	digest, query, err := at.Store.Catalog(ctx)
	return digest, []takehome.Evidence{{Query: &query}}, err
}

// probeSQLInText creates items whose text is SQL. It has to come back as it was sent. The
// texts create a table or call a function: that proves an injection and destroys nothing.
func (r *grading) probeSQLInText(ctx context.Context, at *script.Probing) (script.Observation, error) {
	if err := r.beginHostility(ctx, at); err != nil {
		return script.Observation{}, err
	}
	before, _, err := r.catalog(ctx, at)
	if err != nil {
		return script.Observation{}, err
	}
	canary := at.Canary("canary")
	cases := []struct{ text, evaluated string }{
		{canary + `'); CREATE TABLE injected_by_text (n int);--`, ""},
		{canary + `' OR '1'='1`, ""},
		{canary + `'; SELECT pg_sleep(3)--`, ""},
		{canary + `'||upper('injected')||'`, canary + "INJECTED"},
	}
	share, problems := takehome.None(), []string{}
	lose := func(credit takehome.Fraction, what string) {
		share = share.Add(credit)
		if !slices.Contains(problems, what) {
			problems = append(problems, what)
		}
	}
	for _, sent := range cases {
		made, ok, err := at.Send(ctx, script.Intent{Op: script.Create, Set: map[string]any{r.resource.main().Meaning: sent.text}})
		if err != nil || !ok {
			return script.Observation{Missing: script.Create}, err
		}
		switch {
		case broke(made):
			lose(takehome.None(), made.Describe())
		case refusedAsInput(made):
			lose(takehome.Frac(4, 5), "a text that looks like SQL is refused")
		case !made.Success():
			lose(takehome.None(), made.Describe())
		default:
			read, _, err := r.readBack(ctx, at, made)
			if err != nil {
				return script.Observation{}, err
			}
			switch got := read.Fields[r.resource.main().Meaning]; {
			case got == sent.text:
				share = share.Add(takehome.Full())
			case sent.evaluated != "" && got == sent.evaluated:
				return injected("a text was executed as a part of a statement", nil), nil
			default:
				lose(takehome.None(), "a text that looks like SQL is altered")
			}
		}
	}
	after, evidence, err := r.catalog(ctx, at)
	if err != nil {
		return script.Observation{}, err
	}
	if before != after {
		return injected("a text that was sent changed the schema of the database", evidence), nil
	}
	observation := script.Observation{Label: "measured", Share: share.Div(takehome.Frac(int64(len(cases)), 1)), Detail: "SQL in a text is text"}
	if len(problems) > 0 {
		observation.Detail = strings.Join(problems, ", ")
	}
	return observation, nil
}

func injected(how string, evidence []takehome.Evidence) script.Observation {
	return script.Observation{Label: "injected", Detail: how, Fault: faultInjection, Evidence: evidence}
}

// probeSQLInID puts SQL behind an id. The id that the proofs start with was never issued, so that
// a program which reads the number and ignores the rest has nothing to serve.
func (r *grading) probeSQLInID(ctx context.Context, at *script.Probing) (script.Observation, error) {
	issued, unknown := at.Given("item").ID, r.binding.UnknownID(at.Random())
	for _, tail := range []string{" OR 1=1", "' OR '1'='1"} {
		reply, ok, err := at.Send(ctx, script.Intent{Op: script.Fetch, ID: url.PathEscape(unknown + tail)})
		if err != nil || !ok {
			return script.Observation{Missing: script.Fetch}, err
		}
		if items, isList := r.binding.Items(reply); reply.Success() {
			if item, isItem := r.binding.Item(reply); isItem && item.ID != "" || isList && len(items) > 0 {
				return injected("a condition behind an id that was never issued finds an item", nil), nil
			}
		}
		if broke(reply) {
			return failed(reply), nil
		}
	}
	for _, tail := range []string{";SELECT pg_sleep(3)", "'||(SELECT '' FROM pg_sleep(3))||'"} {
		slept, reply, err := r.sleeps(ctx, at, func(seconds string) script.Request {
			request, _ := r.binding.Request(script.Intent{Op: script.Fetch, ID: url.PathEscape(unknown + strings.Replace(tail, "3", seconds, 1))})
			return request
		})
		switch {
		case err != nil:
			return script.Observation{}, err
		case slept:
			return injected("a statement behind an id was executed", nil), nil
		case broke(reply):
			return failed(reply), nil
		}
	}
	reply, _, err := at.Send(ctx, script.Intent{Op: script.Fetch, ID: url.PathEscape(issued + "'")})
	switch {
	case err != nil:
		return script.Observation{}, err
	case broke(reply):
		return failed(reply), nil
	case reply.Success():
		return seen("served", "what follows the number in an id is ignored"), nil
	}
	return seen("refused", "an id with SQL behind it leads nowhere"), nil
}

// sleeps reports whether a statement that sleeps makes the answer late, twice, while the
// same statement without the wait does not: a busy machine is late too.
func (r *grading) sleeps(ctx context.Context, at *script.Probing, with func(seconds string) script.Request) (bool, *script.Exchange, error) {
	var first *script.Exchange
	for _, try := range []struct {
		seconds string
		fits    func(time.Duration) bool
	}{
		{"3", func(took time.Duration) bool { return took >= asleep }},
		{"0", func(took time.Duration) bool { return took <= awake }},
		{"3", func(took time.Duration) bool { return took >= asleep }},
	} {
		reply, err := at.Client.Do(ctx, with(try.seconds))
		if err != nil {
			return false, nil, err
		}
		if first == nil {
			first = reply
		}
		if !try.fits(reply.Elapsed) {
			return false, first, nil
		}
	}
	return true, first, nil
}

// probeSQLInQuery puts SQL into the parameters that lists usually have.
func (r *grading) probeSQLInQuery(ctx context.Context, at *script.Probing) (script.Observation, error) {
	before, _, err := r.catalog(ctx, at)
	if err != nil {
		return script.Observation{}, err
	}
	kinds := []struct {
		what  string
		names []string
		probe func(context.Context, *script.Probing, string) (querySeen, error)
	}{
		{"the order", []string{"sort", "order", "order_by", "sort_by"}, r.injectOrder},
		{"a search", []string{"q", "search"}, r.injectSearch},
		{"a filter", []string{"status", r.binding.FieldName("done")}, r.injectFilter},
		{"the size of a page", withoutEmpty("limit", r.binding.paging.size, r.binding.paging.offset), r.injectLimit},
	}
	good, problems := int64(0), []string{}
	for _, kind := range kinds {
		worst := queryFine
		for _, name := range slices.Compact(kind.names) {
			got, err := kind.probe(ctx, at, name)
			if err != nil {
				return script.Observation{}, err
			}
			if got == queryInjected {
				return injected("SQL in a parameter of the list was executed", nil), nil
			}
			worst = max(worst, got)
		}
		if worst == queryFine {
			good++
		} else {
			problems = append(problems, "SQL in "+kind.what+" is a server error")
		}
	}
	after, evidence, err := r.catalog(ctx, at)
	if err != nil {
		return script.Observation{}, err
	}
	if before != after {
		return injected("a parameter of the list changed the schema of the database", evidence), nil
	}
	observation := script.Observation{Label: "measured", Share: takehome.Frac(good, int64(len(kinds))), Detail: "SQL in the parameters of a list does nothing"}
	if len(problems) > 0 {
		observation.Detail = strings.Join(problems, ", ")
	}
	return observation, nil
}

func withoutEmpty(names ...string) []string {
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

// querySeen is what SQL in a parameter did, the worst last.
type querySeen int

const (
	queryFine querySeen = iota
	queryFailed
	queryInjected
)

// listWith is the list request with one parameter, which replaces one of the same name.
func (r *grading) listWith(name, value string) script.Request {
	request := script.Request{Method: http.MethodGet, Path: r.binding.Path(script.List), Header: http.Header{}, NoBody: true, Name: script.List + " with " + name}
	request.Path = withQuery(request.Path, name, value)
	return request
}

func (r *grading) queryOnce(ctx context.Context, at *script.Probing, name, value string) (querySeen, *script.Exchange, error) {
	reply, err := at.Client.Do(ctx, r.listWith(name, value))
	if err != nil {
		return queryFine, nil, err
	}
	// A list may be longer than what we read; that is no failure of it.
	if reply.Fault != script.BodyTooLarge && broke(reply) {
		return queryFailed, reply, nil
	}
	return queryFine, reply, nil
}

func (r *grading) injectOrder(ctx context.Context, at *script.Probing, name string) (querySeen, error) {
	column := r.binding.FieldName(r.resource.main().Meaning)
	if at.Store != nil && len(at.Store.Places()) > 0 {
		column = at.Store.Places()[0].Column
	}
	seen, _, err := r.queryOnce(ctx, at, name, column+";create table injected_by_order (n int)")
	if err != nil {
		return seen, err
	}
	slept, reply, err := r.sleeps(ctx, at, func(seconds string) script.Request {
		return r.listWith(name, "(select 1 from pg_sleep("+seconds+"))")
	})
	switch {
	case err != nil:
		return seen, err
	case slept:
		return queryInjected, nil
	case reply.Fault != script.BodyTooLarge && broke(reply):
		return queryFailed, nil
	}
	return seen, nil
}

func (r *grading) injectSearch(ctx context.Context, at *script.Probing, name string) (querySeen, error) {
	return r.extraRows(ctx, at, name, at.Canary("canary"), "'")
}

func (r *grading) injectFilter(ctx context.Context, at *script.Probing, name string) (querySeen, error) {
	return r.extraRows(ctx, at, name, at.Canary("canary"), "")
}

// extraRows compares a value that fits nothing with the same value and a condition that
// fits everything: more rows prove that the condition was executed.
func (r *grading) extraRows(ctx context.Context, at *script.Probing, name, nothing, alone string) (querySeen, error) {
	worst := queryFine
	if alone != "" {
		got, _, err := r.queryOnce(ctx, at, name, alone)
		if err != nil {
			return worst, err
		}
		worst = max(worst, got)
	}
	got, plain, err := r.queryOnce(ctx, at, name, nothing)
	if err != nil {
		return worst, err
	}
	none := got == queryFine
	if got, reply, err := r.queryOnce(ctx, at, name, nothing+"' OR 1=1--"); err != nil {
		return worst, err
	} else if items, _ := r.binding.Items(reply); none && len(items) > 0 {
		few, isList := r.binding.Items(plain)
		if plain.Success() && isList && len(few) == 0 {
			return queryInjected, nil
		}
		worst = max(worst, got)
	} else {
		worst = max(worst, got)
	}
	return worst, nil
}

func (r *grading) injectLimit(ctx context.Context, at *script.Probing, name string) (querySeen, error) {
	got, _, err := r.queryOnce(ctx, at, name, "1;create table injected_by_limit (n int)")
	return got, err
}
