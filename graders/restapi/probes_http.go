package restapi

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// probeLocation follows the address that the answer to create gives.
func (r *grading) probeLocation(ctx context.Context, at *script.Probing) (script.Observation, error) {
	text := at.Canary("canary")
	made, ok, err := at.Send(ctx, script.Intent{Op: script.Create, Set: map[string]any{r.resource.main().Meaning: text}})
	if err != nil || !ok || !made.Success() {
		return script.Observation{Missing: script.Create}, err
	}
	label, address := "location", made.Header.Get("Location")
	if address == "" {
		label, address = "link", made.Header.Get("Content-Location")
	}
	if item, ok := r.binding.Item(made); ok && address == "" {
		for _, name := range linkNames {
			if link, ok := script.At(item.Body, name); ok && address == "" {
				address, _ = link.(string)
			}
		}
	}
	if address == "" {
		return seen("none", "the answer to create gives no address"), nil
	}
	reply, err := r.dereference(ctx, at, made, address)
	if err != nil {
		return script.Observation{}, err
	}
	if reply != nil {
		if item, ok := r.binding.Item(reply); ok && reply.Success() && item.Fields[r.resource.main().Meaning] == text {
			return seen(label, "the address leads to the new item"), nil
		}
	}
	return seen("leads_nowhere", "the address does not lead to the new item"), nil
}

// dereference fetches an address on the program itself, whatever host it names.
func (r *grading) dereference(ctx context.Context, at *script.Probing, from *script.Exchange, address string) (*script.Exchange, error) {
	base, err := url.Parse("http://pod" + from.Request.Path)
	if err != nil {
		return nil, fmt.Errorf("read the path of a request of ours: %w", err)
	}
	target, err := base.Parse(address)
	if err != nil || target.Path == "" {
		return nil, nil //nolint:nilerr // an address that is none is the candidate's finding
	}
	return at.Client.Do(ctx, script.Request{Method: http.MethodGet, Path: target.RequestURI(), NoBody: true, Name: "get by address"})
}

// verbs are words that belong into the method, not into a path.
var verbs = []string{"create", "add", "new", "get", "fetch", "list", "all", "show", "read", "update", "edit", "change", "modify", "delete", "remove", "destroy", "insert", "save"}

// probeRoutes looks at the paths of the operations, as binding found them.
func (r *grading) probeRoutes(context.Context, *script.Probing) (script.Observation, error) {
	for _, op := range sortedKeys(r.binding.routes) {
		at, query, _ := strings.Cut(r.binding.routes[op].path, "?")
		if strings.Contains(query, "{id}") {
			return seen("id_in_query", "the id of an item is a query parameter of "+op), nil
		}
		for segment := range strings.SplitSeq(strings.ToLower(at), "/") {
			if r.speaksVerb(segment) && (op != script.Patch || !r.binding.byAction) {
				return seen("verbs", "the path of "+op+" holds a verb"), nil
			}
		}
	}
	return seen("nouns", "paths are nouns, the id is in the path"), nil
}

// speaksVerb takes a segment for a verb when it is one, or one and a noun of the resource: getTodos.
func (r *grading) speaksVerb(segment string) bool {
	for _, verb := range verbs {
		rest, ok := strings.CutPrefix(segment, verb)
		if ok && (rest == "" || slices.Contains(r.resource.Nouns, strings.Trim(rest, "-_"))) {
			return true
		}
	}
	return false
}

// probeReadingIsSafe reads five times and compares what is stored before and after.
func (r *grading) probeReadingIsSafe(ctx context.Context, at *script.Probing) (script.Observation, error) {
	item := at.Given("item")
	before, known, err := at.Store.Count(ctx)
	if err != nil {
		return script.Observation{}, err
	}
	first, _, err := at.Send(ctx, script.Intent{Op: script.Fetch, ID: item.ID})
	if err != nil {
		return script.Observation{}, err
	}
	last := first
	for range 5 {
		if _, _, err := at.Send(ctx, script.Intent{Op: script.List}); err != nil {
			return script.Observation{}, err
		}
		if last, _, err = at.Send(ctx, script.Intent{Op: script.Fetch, ID: item.ID}); err != nil {
			return script.Observation{}, err
		}
	}
	after, _, err := at.Store.Count(ctx)
	if err != nil {
		return script.Observation{}, err
	}
	was, _ := r.binding.Item(first)
	is, ok := r.binding.Item(last)
	switch {
	case known && before != after:
		return seen("changed", "reading changes the number of rows"), nil
	case !ok || first.Status != last.Status || !slices.EqualFunc(sortedKeys(was.Fields), sortedKeys(is.Fields), func(a, b string) bool {
		return a == b && script.Equal(was.Fields[a], is.Fields[b])
	}):
		return seen("changed", "reading changes the item"), nil
	case movedStamp(was.Body, is.Body) != "":
		return seen("changed", "reading changes "+movedStamp(was.Body, is.Body)), nil
	default:
		return seen("unchanged", "reading leaves rows and items as they are"), nil
	}
}

// movedStamp names a member that tells when an item was last changed, and differs between
// two readings. Other members may differ: counters of views, times of reading.
func movedStamp(was, is map[string]any) string {
	for _, name := range sortedKeys(was) {
		stamp := strings.ToLower(name)
		says := strings.Contains(stamp, "updated") || strings.Contains(stamp, "modified") || strings.Contains(stamp, "changed")
		if now, both := is[name]; says && both && !script.Equal(was[name], now) {
			return takehome.Line(name)
		}
	}
	return ""
}

// probeBodilessAnswers looks at the bytes of answers that must not have a body (RFC 9110 15.3.5, 9.3.2).
func (r *grading) probeBodilessAnswers(ctx context.Context, at *script.Probing) (script.Observation, error) {
	address := r.binding.Address(at.Given("item").ID)
	for _, method := range []string{http.MethodHead, r.binding.routes[script.Delete].method} {
		if method != http.MethodHead && method != http.MethodDelete {
			continue
		}
		raw := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: localhost:8080\r\nConnection: close\r\n\r\n", method, address)
		reply, err := at.Client.Raw(ctx, []byte(raw))
		if err != nil {
			return script.Observation{}, err
		}
		if problem := bodyProblem(method, string(reply.Body)); problem != "" {
			return seen("broken", method+" "+problem), nil
		}
	}
	return seen("intact", "answers without content have none"), nil
}

// announcesBytes finds a Content-Length other than 0, which frameworks add to a 204. RFC 9110
// 8.6 forbids both; only the former does harm.
func announcesBytes(head string) bool {
	_, value, found := strings.Cut(head, "\r\ncontent-length:")
	value, _, _ = strings.Cut(value, "\r\n")
	return found && strings.TrimSpace(value) != "0"
}

// bodyProblem reads a raw answer. Only a 204 and an answer to HEAD must be bare.
func bodyProblem(method, raw string) string {
	head, body, complete := strings.Cut(raw, "\r\n\r\n")
	if !complete || !strings.HasPrefix(head, "HTTP/1.") {
		return "gave no HTTP answer"
	}
	fields := strings.Fields(head)
	if len(fields) < 2 || method != http.MethodHead && fields[1] != "204" {
		return ""
	}
	lower := strings.ToLower(head)
	switch {
	case body != "":
		return "answered " + fields[1] + " with a body"
	case fields[1] == "204" && strings.Contains(lower, "\r\ntransfer-encoding:"):
		return "answered 204 with Transfer-Encoding"
	case fields[1] == "204" && announcesBytes(lower):
		return "answered 204 with a Content-Length: a client may wait for these bytes"
	}
	return ""
}
