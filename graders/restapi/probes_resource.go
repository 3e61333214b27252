package restapi

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// maxEmptied is how many items are deleted to see an empty list.
const maxEmptied = 200

// probeEmptyList looks at the first list request of the run, made before anything was
// created. Where the program brings rows of its own, everything is deleted first.
func (r *grading) probeEmptyList(ctx context.Context, at *script.Probing) (script.Observation, error) {
	reply := r.binding.emptyList
	if items, ok := r.binding.itemsOf(reply); reply == nil || ok && len(items) > 0 {
		var err error
		if reply, err = r.emptied(ctx, at); err != nil {
			return script.Observation{}, err
		}
	}
	if reply == nil {
		return seen("something_else", "no list request was answered"), nil
	}
	observation := script.Observation{Label: "something_else", Detail: "an empty store: " + plainly(reply.Describe())}
	if reply.Seq > 0 && reply.Check == "" {
		observation.Evidence = []takehome.Evidence{reply.Evidence(nil)}
	}
	value, problem := reply.JSON()
	items, isList := r.binding.itemsOf(reply)
	switch {
	case !reply.Answered():
	case reply.Status == http.StatusNoContent:
		observation.Label = "no_content"
	case reply.Status == http.StatusNotFound:
		observation.Label = "not_found"
	case reply.Success() && isList && len(items) == 0:
		observation.Label = "array"
	case reply.Success() && problem == nil && (value == nil || holdsNull(value)):
		observation.Label, observation.Detail = "null", "an empty store is listed as null"
	}
	return observation, nil
}

// plainly keeps the name that binding gave its requests out of a reader's way.
func plainly(text string) string { return strings.Replace(text, "binding GET", script.List, 1) }

func holdsNull(value any) bool {
	object, ok := value.(map[string]any)
	if !ok {
		return false
	}
	for _, inner := range object {
		if inner == nil {
			return true
		}
	}
	return false
}

// itemsOf is Items for a reply that may not exist.
func (b *Binding) itemsOf(reply *script.Exchange) ([]script.Item, bool) {
	if reply == nil {
		return nil, false
	}
	return b.Items(reply)
}

func (r *grading) emptied(ctx context.Context, at *script.Probing) (*script.Exchange, error) {
	for range maxEmptied / 20 {
		reply, ok, err := at.Send(ctx, script.Intent{Op: script.List})
		if err != nil || !ok {
			return nil, err
		}
		items, isList := r.binding.Items(reply)
		if !isList || len(items) == 0 {
			return reply, nil
		}
		for _, item := range items[:min(len(items), 50)] {
			if _, ok, err := at.Send(ctx, script.Intent{Op: script.Delete, ID: item.ID}); err != nil || !ok {
				return nil, err
			}
		}
	}
	return nil, nil
}

// probePersisted creates a todo and looks for its text, or at least for a new row, in the database.
func (r *grading) probePersisted(ctx context.Context, at *script.Probing) (script.Observation, error) {
	before, err := at.Store.Total(ctx)
	if err != nil {
		return script.Observation{}, err
	}
	text := at.Canary("canary")
	made, ok, err := at.Send(ctx, script.Intent{Op: script.Create, Set: map[string]any{r.resource.main().Meaning: text}})
	if err != nil {
		return script.Observation{}, err
	}
	if !ok || !made.Success() {
		return script.Observation{Missing: script.Create}, nil
	}
	places, query, err := at.Store.Find(ctx, text)
	if err != nil {
		return script.Observation{}, err
	}
	after, err := at.Store.Total(ctx)
	if err != nil {
		return script.Observation{}, err
	}
	observation := script.Observation{Label: "absent", Detail: "a new todo leaves no trace in the database", Evidence: []takehome.Evidence{{Query: &query}}}
	switch {
	case len(places) > 0:
		observation.Label, observation.Detail = "stored", "found in "+places[0].String()
	case after > before:
		observation.Label, observation.Detail = "row_added", "a row was added, and its text cannot be read in it"
	}
	return observation, nil
}

// probeRepresentations compares names and types of an item as create, get and list show it.
func (r *grading) probeRepresentations(ctx context.Context, at *script.Probing) (script.Observation, error) {
	text := at.Canary("canary")
	made, ok, err := at.Send(ctx, script.Intent{Op: script.Create, Set: map[string]any{r.resource.main().Meaning: text}})
	if err != nil || !ok || !made.Success() {
		return script.Observation{Missing: script.Create}, err
	}
	item, _ := r.binding.Item(made)
	got, ok, err := at.Send(ctx, script.Intent{Op: script.Fetch, ID: item.ID})
	if err != nil || !ok {
		return script.Observation{Missing: script.Fetch}, err
	}
	read, ok := r.binding.Item(got)
	if !ok {
		return seen("different", "reading the item gives no representation"), nil
	}
	if where := differentShape(item.Body, read.Body, len(item.Body) > 1); where != "" {
		return seen("different", "create and get show "+where+" differently"), nil
	}
	listed, err := r.listed(ctx, at, item.ID)
	if err != nil {
		return script.Observation{}, err
	}
	if listed.Body != nil {
		if where := differentShape(listed.Body, read.Body, false); where != "" {
			return seen("different", "list and get show "+where+" differently"), nil
		}
	}
	return seen("same", "create, get and list show the same names and types"), nil
}

// listed finds an item in the list, page by page.
func (r *grading) listed(ctx context.Context, at *script.Probing, id string) (script.Item, error) {
	reply, ok, err := at.Send(ctx, script.Intent{Op: script.List})
	for range 20 {
		if err != nil || !ok {
			return script.Item{}, err
		}
		items, _ := r.binding.Items(reply)
		if found := slices.IndexFunc(items, func(item script.Item) bool { return item.ID == id }); found >= 0 {
			return items[found], nil
		}
		var next script.Request
		if next, ok = r.binding.NextPage(reply); ok {
			reply, err = at.Client.Do(ctx, next)
		}
	}
	return script.Item{}, nil
}

// differentShape names the first field of part that whole shows under another type, or
// does not show; with exact, the other way round too. A null may stand for any type.
func differentShape(part, whole map[string]any, exact bool) string {
	for _, key := range sortedKeys(part) {
		other, ok := whole[key]
		if !ok || part[key] != nil && other != nil && script.TypeOf(part[key]) != script.TypeOf(other) {
			return takehome.Line(key)
		}
	}
	if exact {
		return differentShape(whole, part, false)
	}
	return ""
}

// probeRoundTrip writes every field that binding knows and measures how many come back.
func (r *grading) probeRoundTrip(ctx context.Context, at *script.Probing) (script.Observation, error) {
	set := map[string]any{}
	for meaning, f := range r.binding.fields {
		switch f.kind {
		case kindText:
			set[meaning] = at.Canary("canary") + " " + meaning
		case kindFlag:
			set[meaning] = true
		case kindDate, kindChoice:
			set[meaning] = f.value
		}
	}
	made, ok, err := at.Send(ctx, script.Intent{Op: script.Create, Set: set})
	if err != nil || !ok || !made.Success() {
		return script.Observation{Missing: script.Create}, err
	}
	item, _ := r.binding.Item(made)
	got, ok, err := at.Send(ctx, script.Intent{Op: script.Fetch, ID: item.ID})
	if err != nil || !ok {
		return script.Observation{Missing: script.Fetch}, err
	}
	read, _ := r.binding.Item(got)
	var lost []string
	kept := int64(0)
	for _, meaning := range sortedKeys(set) {
		if sameValue(set[meaning], read.Fields[meaning]) {
			kept++
		} else {
			lost = append(lost, r.binding.FieldName(meaning))
		}
	}
	observation := script.Observation{Label: "measured", Share: takehome.Frac(kept, int64(len(set))), Detail: "every field comes back as it was sent"}
	if len(lost) > 0 {
		observation.Detail = "does not come back as it was sent: " + strings.Join(lost, ", ")
	}
	return observation, nil
}

// sameValue takes two spellings of the same instant as equal.
func sameValue(sent, got any) bool {
	if script.Equal(sent, got) {
		return true
	}
	a, aIsText := sent.(string)
	b, bIsText := got.(string)
	if !aIsText || !bIsText {
		return false
	}
	x, okX := instant(a)
	y, okY := instant(b)
	return okX && okY && x.Equal(y)
}

func instant(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly} {
		if parsed, err := time.Parse(layout, text); err == nil {
			return parsed, true
		}
	}
	return time.Time{}, false
}

// linkNames are where a representation may say its own address.
var linkNames = []string{"/url", "/href", "/self", "/_links/self/href", "/_links/self", "/links/self", "/links/self/href"}

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
	default:
		return seen("unchanged", "reading leaves rows and items as they are"), nil
	}
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
	}
	return ""
}
