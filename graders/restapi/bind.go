package restapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Limits of binding: it must not become a scan. Both are counted and not timed, so that a
// busy machine binds what an idle one does.
const (
	maxBindingRequests = 40
	maxBindingHangs    = 6
)

// binder finds out the shape of one API. Every step tolerates that the one before it
// failed: a broken operation is bound to where it would be, so that the check that owns
// it can show the failure.
type binder struct {
	*Binding
	client   *script.Client
	random   *rand.Rand
	requests int
	hangs    int
	auth     bool // the API wants credentials

	canary  string // the text of the item that was made
	created *script.Exchange
	item    map[string]any // its representation
	// lastMade is the id of an item that nothing else needs.
	lastMade string
}

// errBudget ends binding early with what is known so far.
var errBudget = errors.New("binding has used up its requests")

// bind finds the shape of the API behind a client. An error is ours.
func bind(ctx context.Context, client *script.Client, resource Resource, dir, seed string) (*Binding, []string, error) {
	found, err := scrape(dir)
	if err != nil {
		return nil, nil, err
	}
	declared, notes, err := readDeclaration(dir)
	if err != nil {
		return nil, nil, err
	}
	b := &binder{
		Binding: &Binding{
			resource: resource, clues: found, declared: declared,
			routes: map[string]route{}, fields: map[string]field{}, extra: map[string]any{},
		},
		client: client, random: script.Random(seed, "binding"),
	}
	for _, step := range []func(context.Context) error{
		b.findCollection, b.findCreate, b.findItem, b.findList, b.findFields, b.findUpdates, b.findFlag, b.findChoices, b.findPaging, b.findDelete,
	} {
		if err := step(ctx); err != nil {
			if errors.Is(err, errBudget) {
				notes = append(notes, "binding stopped after its limit of requests or of hangs; what it had found by then is used")
				break
			}
			return nil, nil, fmt.Errorf("bind the API: %w", err)
		}
	}
	b.assume()
	if b.auth {
		notes = append(notes, "the API asks for credentials")
	}
	return b.Binding, notes, nil
}

// send makes one request within the budget.
func (b *binder) send(ctx context.Context, method, at string, body any) (*script.Exchange, error) {
	if b.requests >= maxBindingRequests || b.hangs >= maxBindingHangs {
		return nil, errBudget
	}
	b.requests++
	request := script.Request{Method: method, Path: at, Header: http.Header{}, NoBody: true, Name: "binding " + method}
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("write a binding request: %w", err)
		}
		request.Body, request.NoBody = encoded, false
		request.Header.Set("Content-Type", "application/json")
	}
	reply, err := b.client.Do(ctx, request)
	if err == nil && (reply.Fault == script.Hang || reply.Fault == script.BodyTimeout) {
		b.hangs++
	}
	if err == nil && (reply.Status == http.StatusUnauthorized || reply.Status == http.StatusForbidden) {
		b.auth = true
	}
	return reply, err
}

// newText makes a text that is found again in replies and in the database.
func (b *binder) newText() string {
	b.texts = append(b.texts, script.Canary(b.random))
	return b.texts[len(b.texts)-1]
}

// note records a decision.
func (b *binder) note(name, value, source string, confidence int) {
	at := slices.IndexFunc(b.entries, func(e takehome.BindingEntry) bool { return e.Name == name })
	entry := takehome.BindingEntry{Name: name, Value: takehome.Line(value), Source: source, Confidence: confidence}
	if at >= 0 {
		b.entries[at] = entry
		return
	}
	b.entries = append(b.entries, entry)
}

// absent reports an answer that a route which does not exist would give.
func absent(reply *script.Exchange) bool {
	return reply.Answered() && (reply.Status == http.StatusNotFound || reply.Status == http.StatusMethodNotAllowed || reply.Status == http.StatusNotImplemented)
}

// maxCollections is how many paths are asked for a list.
const maxCollections = 18

// findCollection looks for a path that answers GET with a list.
func (b *binder) findCollection(ctx context.Context) error {
	candidates := b.clues.collections(b.resource)
	if b.declared != nil && b.declared.Collection != "" {
		candidates = []string{b.declared.Collection}
	}
	var fallback []*script.Exchange
	for _, candidate := range candidates[:min(len(candidates), maxCollections)] {
		reply, err := b.send(ctx, http.MethodGet, candidate, nil)
		if err != nil {
			return err
		}
		if moved := sameOriginTarget(reply); moved != "" {
			if reply, err = b.send(ctx, http.MethodGet, moved, nil); err != nil {
				return err
			}
		}
		value, problem := reply.JSON()
		if reply.Success() && problem == nil {
			if pointer, ok := findArray(value, b.resource.Nouns); ok {
				b.collection, b.emptyList = reply.Request.Path, reply
				b.list, b.listFound = pointer, true
				b.note("collection", b.collection, b.pathSource(b.collection), 90)
				return nil
			}
		}
		if reply.Success() && value == nil || !absent(reply) || b.mentioned(candidate) {
			fallback = append(fallback, reply)
		}
	}
	return b.findCollectionByPost(ctx, fallback, candidates)
}

// sameOriginTarget is where a redirect within the program leads: /todos to /todos/.
func sameOriginTarget(reply *script.Exchange) string {
	if !reply.Answered() || reply.Status/100 != 3 {
		return ""
	}
	target, err := url.Parse(reply.Header.Get("Location"))
	if err != nil || !strings.HasPrefix(target.Path, "/") {
		return ""
	}
	return target.RequestURI()
}

// findCollectionByPost takes over where no list answered: an empty list may be a 404, or listing may be broken.
func (b *binder) findCollectionByPost(ctx context.Context, tried []*script.Exchange, candidates []string) error {
	slices.SortStableFunc(tried, func(x, y *script.Exchange) int { return rank(x) - rank(y) })
	paths := make([]string, 0, len(tried))
	for _, reply := range tried {
		paths = append(paths, reply.Request.Path)
	}
	paths = distinct(append(paths, candidates[0]))
	for _, candidate := range paths[:min(len(paths), 4)] {
		reply, err := b.send(ctx, http.MethodPost, candidate, map[string]any{})
		if err != nil {
			return err
		}
		if absent(reply) || reply.Status/100 == 3 {
			continue
		}
		b.collection = candidate
		b.note("collection", candidate, b.pathSource(candidate)+"; it answers POST, but GET gives no list", 60)
		for _, exchange := range tried {
			if exchange.Request.Path == candidate {
				b.emptyList = exchange
			}
		}
		return nil
	}
	return nil
}

// rank orders replies to GET by how much they look like a collection that cannot list.
func rank(reply *script.Exchange) int {
	switch {
	case reply.Success() && reply.Media() != "html":
		return 0
	case !reply.Answered(), reply.Status >= 500:
		return 1
	case reply.Status == http.StatusMethodNotAllowed:
		return 2
	default:
		return 3
	}
}

func (b *binder) mentioned(candidate string) bool {
	return slices.ContainsFunc(b.clues.routes, func(r scrapedRoute) bool { return strings.HasSuffix(candidate, r.path) && r.path != "/" })
}

func (b *binder) pathSource(at string) string {
	switch {
	case b.declared != nil && b.declared.Collection == at:
		return declaredFile
	case at == b.resource.Contract.Collection:
		return "recommended contract"
	case b.mentioned(at):
		return "found in the repository"
	}
	return "probing"
}

// verbRoute finds a route of the repository whose name says what it does: /createTodo, /todo/delete/{id}.
func (b *binder) verbRoute(methods, verbs []string, withItem bool) []route {
	var found []route
	for _, scraped := range b.clues.routes {
		if scraped.method == "" || !slices.Contains(methods, scraped.method) || strings.Contains(scraped.path, "{id}") != withItem {
			continue
		}
		last := strings.ToLower(path.Base(strings.TrimSuffix(scraped.path, "/{id}")))
		speaks := slices.ContainsFunc(verbs, func(verb string) bool { return strings.Contains(last, verb) })
		about := slices.ContainsFunc(b.resource.Nouns, func(noun string) bool {
			return strings.Contains(strings.ToLower(scraped.path), strings.TrimSuffix(noun, "s"))
		})
		if speaks && about {
			for _, mount := range append([]string{""}, b.clues.mounts(b.resource)...) {
				found = append(found, route{method: scraped.method, path: mount + scraped.path})
			}
		}
	}
	return found[:min(len(found), 4)]
}

// assume binds operations that could not be confirmed to where they would be, so that
// their checks show what the program answers there.
func (b *binder) assume() {
	if b.collection == "" {
		return
	}
	item := b.collection
	if at, ok := b.routes[script.Fetch]; ok {
		item = strings.TrimSuffix(at.path, "/{id}")
	}
	item = strings.TrimSuffix(item, "/") + "/{id}"
	for op, assumed := range map[string]route{
		script.Create: {method: http.MethodPost, path: b.collection},
		script.List:   {method: http.MethodGet, path: b.collection},
		script.Fetch:  {method: http.MethodGet, path: item},
		script.Delete: {method: http.MethodDelete, path: item},
	} {
		if _, known := b.routes[op]; !known {
			b.routes[op] = assumed
			b.note(op, assumed.method+" "+assumed.path, "assumed, it gave no usable answer", 30)
		}
	}
	main := b.resource.main()
	if _, known := b.fields[main.Meaning]; !known {
		name := b.names(main)[0]
		b.fields[main.Meaning] = field{kind: main.Kind, write: script.Pointer(name), read: script.Pointer(name)}
		b.note("field "+main.Meaning, name, "assumed", 30)
	}
	slices.SortFunc(b.entries, func(x, y takehome.BindingEntry) int { return strings.Compare(x.Name, y.Name) })
}

// names orders the names of a field: what the candidate declares, what occurs in the repository, the rest.
func (b *binder) names(words FieldWords) []string {
	var declared, occurring, others []string
	if b.declared != nil && b.declared.Write[words.Meaning] != "" {
		declared = []string{strings.TrimPrefix(b.declared.Write[words.Meaning], "/")}
	}
	for _, name := range words.Names {
		if b.clues.words[strings.ToLower(name)] {
			occurring = append(occurring, name)
		} else {
			others = append(others, name)
		}
	}
	return distinct(slices.Concat(declared, occurring, others))
}
