package restapi

import (
	"context"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/script"
)

// findItem finds the id of what was created and the route under which it is read.
func (b *binder) findItem(ctx context.Context) error {
	if b.created == nil {
		return nil
	}
	ids := b.idCandidates()
	for _, template := range b.itemRoutes() {
		for _, id := range ids[:min(len(ids), 3)] {
			reply, err := b.send(ctx, template.method, strings.ReplaceAll(template.path, "{id}", id.value), nil)
			if err != nil {
				return err
			}
			if moved := sameOriginTarget(reply); moved != "" && strings.HasSuffix(moved, "/") {
				template.path += "/"
				if reply, err = b.send(ctx, template.method, moved, nil); err != nil {
					return err
				}
			}
			if b.confirmItem(template, id, reply) {
				return nil
			}
		}
	}
	if len(ids) > 0 {
		b.id, b.sample = ids[0].pointer, ids[0].value
		b.note("id", strings.TrimPrefix(b.id, "/"), "in the reply to create; reading the item did not confirm it", 50)
	}
	return nil
}

type idCandidate struct {
	pointer string // in the item; "" when it came from an address
	value   string
}

// idCandidates lists what may be the id, the likeliest first.
func (b *binder) idCandidates() []idCandidate {
	var ids []idCandidate
	if b.declared != nil && b.declared.ID != "" {
		pointer := script.Pointer(path.Base(b.declared.ID))
		if value, ok := script.At(b.item, pointer); ok {
			ids = append(ids, idCandidate{pointer, addressed(value)})
		}
	}
	if b.item != nil {
		if pointer, ok := idIn(b.item, b.resource.IDs); ok {
			value, _ := script.At(b.item, pointer)
			ids = append(ids, idCandidate{pointer, addressed(value)})
		}
	}
	value, err := b.created.JSON()
	if err == nil {
		if object, pointer, ok := b.findID(value, "", 0); ok {
			inner, _ := script.At(value, object+pointer)
			ids = append(ids, idCandidate{pointer, addressed(inner)})
			b.addObject(object)
		}
	}
	if last := lastSegment(b.created.Header.Get("Location")); last != "" {
		ids = append(ids, idCandidate{"", last})
	}
	if b.item != nil {
		for _, name := range []string{"/url", "/href", "/self", "/_links/self/href", "/links/self"} {
			if address, ok := script.At(b.item, name); ok {
				if text, ok := address.(string); ok && lastSegment(text) != "" {
					ids = append(ids, idCandidate{"", lastSegment(text)})
				}
			}
		}
		for key, value := range b.item {
			if text := addressed(value); text != "" && strings.Contains(strings.ToLower(key), "id") {
				ids = append(ids, idCandidate{script.Pointer(key), text})
			}
		}
	}
	seen := map[string]bool{}
	return slices.DeleteFunc(ids, func(id idCandidate) bool {
		twice := seen[id.value] || id.value == ""
		seen[id.value] = true
		return twice
	})
}

// itemRoutes lists where an item may be read.
func (b *binder) itemRoutes() []route {
	var routes []route
	if b.declared != nil && (b.declared.Item != "" || b.declared.Get != (declaredRoute{})) {
		routes = append(routes, declaredAs(b.declared.Get, http.MethodGet, b.declared.Item))
	}
	if b.collection != "" {
		routes = append(routes, route{method: http.MethodGet, path: strings.TrimSuffix(b.collection, "/") + "/{id}"})
	}
	for _, scraped := range b.clues.routes {
		if scraped.method == http.MethodGet && strings.HasSuffix(scraped.path, "/{id}") && b.aboutResource(scraped.path) {
			routes = append(routes, route{method: http.MethodGet, path: scraped.path})
		}
	}
	routes = append(routes, b.verbRoute([]string{http.MethodGet}, []string{"get", "find", "fetch", "show", "read"}, true)...)
	if b.collection != "" {
		routes = append(routes, route{method: http.MethodGet, path: b.collection + "?id={id}"})
	}
	seen := map[string]bool{}
	routes = slices.DeleteFunc(routes, func(r route) bool {
		twice := seen[r.path]
		seen[r.path] = true
		return twice
	})
	return routes[:min(len(routes), 5)]
}

func (b *binder) aboutResource(at string) bool {
	return slices.ContainsFunc(b.resource.Nouns, func(noun string) bool {
		return strings.Contains(strings.ToLower(at), strings.TrimSuffix(noun, "s"))
	})
}

// confirmItem takes a route if it answers with the text that was created, or if it
// exists and is broken: then its check shows how.
func (b *binder) confirmItem(template route, id idCandidate, reply *script.Exchange) bool {
	value, err := reply.JSON()
	object, read, found := "", "", false
	if err == nil && reply.Success() {
		object, read, found = findText(value, b.canary)
	}
	if strings.Contains(object, "/") && strings.Contains(template.path, "?id=") && len(arrayOf(value)) > 1 {
		return false // the query was ignored and the whole list came back
	}
	if !found {
		if reply.Answered() && reply.Status < 500 {
			return false
		}
		b.routes[script.Fetch], b.id, b.sample = template, id.pointer, id.value
		b.note(script.Fetch, template.method+" "+template.path, "it exists, and fails", 50)
		return true
	}
	at, _ := script.At(value, object)
	b.item, _ = at.(map[string]any)
	b.addObject(object)
	main := b.resource.main().Meaning
	f := b.fields[main]
	f.read = read
	b.fields[main] = f
	b.routes[script.Fetch], b.sample = template, id.value
	b.id = id.pointer
	if inner, ok := script.At(b.item, id.pointer); b.id == "" || !ok || addressed(inner) != id.value {
		b.id, _ = idOfValue(b.item, id.value)
	}
	b.note(script.Fetch, template.method+" "+template.path, b.pathSource(strings.TrimSuffix(template.path, "/{id}"))+", confirmed by its text", 98)
	b.note("id", strings.TrimPrefix(b.id, "/"), "addresses the item", 98)
	b.note("representation", orRoot(object), "holds the text that was created", 98)
	return true
}

func arrayOf(value any) []any {
	array, _ := value.([]any)
	return array
}

func orRoot(pointer string) string {
	if pointer == "" {
		return "the whole reply"
	}
	return pointer
}

// idOfValue finds the field that holds an id which was known from elsewhere.
func idOfValue(item map[string]any, id string) (string, bool) {
	for _, key := range sortedKeys(item) {
		if addressed(item[key]) == id {
			return script.Pointer(key), true
		}
	}
	return "", false
}

// findList confirms that the list holds what was created, and where.
func (b *binder) findList(ctx context.Context) error {
	at := route{method: http.MethodGet, path: b.collection}
	candidates := []route{at}
	if b.collection == "" || b.emptyList != nil && absent(b.emptyList) {
		candidates = append(candidates, b.verbRoute([]string{http.MethodGet}, []string{"get", "list", "all", "fetch", "find"}, false)...)
	}
	for _, candidate := range candidates {
		if candidate.path == "" {
			continue
		}
		reply, err := b.send(ctx, candidate.method, candidate.path, nil)
		if err != nil {
			return err
		}
		value, problem := reply.JSON()
		if !reply.Success() || problem != nil {
			continue
		}
		pointer, ok := findArray(value, b.resource.Nouns)
		if object, _, found := findText(value, b.canary); found && strings.Contains(object, "/") {
			pointer, ok = object[:strings.LastIndexByte(object, '/')], true
		}
		if b.declared != nil && b.declared.List != "" {
			if _, found := script.At(value, b.declared.List); found {
				pointer, ok = b.declared.List, true
			}
		}
		if !ok {
			continue
		}
		b.list, b.listFound = pointer, true
		if b.collection == "" {
			b.collection = candidate.path
		}
		b.routes[script.List] = candidate
		b.note(script.List, candidate.method+" "+candidate.path, "answers with a list", 95)
		b.note("list", orRoot(pointer), "array of items", 95)
		return nil
	}
	return nil
}
