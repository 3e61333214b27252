package restapi

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/graders/script"
)

const mergePatch = "application/merge-patch+json"

// findUpdates finds out how an item is changed: PATCH, PUT, POST, or a route whose name says so.
func (b *binder) findUpdates(ctx context.Context) error {
	fetch, ok := b.routes[script.Fetch]
	if !ok || b.sample == "" {
		return nil
	}
	if err := b.tryPatch(ctx, b.declaredOr(func(d *declaration) declaredRoute { return d.Patch }, http.MethodPatch, fetch.path)); err != nil {
		return err
	}
	if err := b.tryPut(ctx, b.declaredOr(func(d *declaration) declaredRoute { return d.Replace }, http.MethodPut, fetch.path)); err != nil {
		return err
	}
	if _, ok := b.routes[script.Replace]; !ok {
		if err := b.tryOtherUpdates(ctx, fetch.path); err != nil {
			return err
		}
	}
	replace, hasReplace := b.routes[script.Replace]
	patch, hasPatch := b.routes[script.Patch]
	switch {
	case hasPatch && !hasReplace:
		b.routes[script.Replace] = patch
		b.note(script.Replace, patch.method+" "+patch.path, "there is no PUT; the whole representation is sent as a patch", 85)
	case hasReplace && !hasPatch:
		return b.tryPartial(ctx, replace)
	}
	return nil
}

func (b *binder) declaredOr(which func(*declaration) declaredRoute, method, at string) route {
	if b.declared != nil {
		return declaredAs(which(b.declared), method, at)
	}
	return route{method: method, path: at}
}

// update changes the main text and learns from the reply where the changed item is shown.
func (b *binder) update(ctx context.Context, at route, item script.Item) (*script.Exchange, error) {
	text := b.newText()
	op := script.Patch
	if item.Fields != nil {
		op = script.Replace
	}
	body := b.body(script.Intent{Op: op, Item: item, Set: map[string]any{b.resource.main().Meaning: text}})
	reply, err := b.send(ctx, at.method, b.at(at), body)
	if err != nil {
		return nil, err
	}
	if value, problem := reply.JSON(); problem == nil && reply.Success() {
		if object, _, found := findText(value, text); found {
			b.addObject(object)
		}
	}
	return reply, nil
}

func (b *binder) at(r route) string { return strings.ReplaceAll(r.path, "{id}", b.sample) }

func (b *binder) tryPatch(ctx context.Context, at route) error {
	reply, err := b.update(ctx, at, script.Item{})
	if err != nil {
		return err
	}
	if absent(reply) {
		return nil
	}
	if reply.Status == http.StatusUnsupportedMediaType && strings.Contains(reply.Header.Get("Accept-Patch"), mergePatch) {
		at.media = mergePatch
	}
	b.routes[script.Patch] = at
	b.note(script.Patch, strings.TrimSpace(at.method+" "+at.path+" "+at.media), "answers "+strconv.Itoa(reply.Status), confidence(reply))
	return nil
}

func confidence(reply *script.Exchange) int {
	if reply.Success() {
		return 95
	}
	return 60
}

func (b *binder) tryPut(ctx context.Context, at route) error {
	reply, err := b.update(ctx, at, b.asItem())
	if err != nil {
		return err
	}
	if absent(reply) {
		return nil
	}
	b.routes[script.Replace] = at
	b.note(script.Replace, at.method+" "+at.path, "answers "+strconv.Itoa(reply.Status), confidence(reply))
	return nil
}

// tryOtherUpdates looks for an update by POST, or by a route of the repository that is named like one.
func (b *binder) tryOtherUpdates(ctx context.Context, item string) error {
	if _, ok := b.routes[script.Patch]; ok {
		return nil
	}
	candidates := b.verbRoute([]string{http.MethodPut, http.MethodPatch, http.MethodPost}, []string{"update", "edit", "change", "modify"}, true)
	candidates = append(candidates, route{method: http.MethodPost, path: item})
	for _, candidate := range candidates {
		reply, err := b.update(ctx, candidate, script.Item{})
		if err != nil {
			return err
		}
		if !absent(reply) {
			b.routes[script.Replace] = candidate
			b.note(script.Replace, candidate.method+" "+candidate.path, "answers "+strconv.Itoa(reply.Status), confidence(reply))
			return nil
		}
	}
	return nil
}

// tryPartial finds out whether PUT changes only what is sent, or whether a route of its own sets the flag.
func (b *binder) tryPartial(ctx context.Context, replace route) error {
	flag, ok := b.flag()
	if !ok || b.item == nil {
		return nil
	}
	if f := b.fields[flag]; f.yes != nil {
		body := b.body(script.Intent{Op: script.Patch, Set: map[string]any{flag: true}})
		reply, err := b.send(ctx, replace.method, b.at(replace), body)
		if err != nil {
			return err
		}
		after, err := b.send(ctx, http.MethodGet, b.Address(b.sample), nil)
		if err != nil {
			return err
		}
		item, ok := b.Item(after)
		if text, _ := item.Fields[b.resource.main().Meaning].(string); ok && reply.Success() && text != "" {
			b.partialPut = true
			b.routes[script.Patch] = replace
			b.note(script.Patch, replace.method+" "+replace.path, "there is no PATCH; PUT accepts a part", 90)
			return nil
		}
	}
	return b.tryActions(ctx)
}

func (b *binder) flag() (string, bool) {
	at := slices.IndexFunc(b.resource.Fields, func(words FieldWords) bool { return words.Kind == kindFlag })
	if at < 0 {
		return "", false
	}
	_, ok := b.fields[b.resource.Fields[at].Meaning]
	return b.resource.Fields[at].Meaning, ok
}

// tryActions looks for routes such as POST /todos/{id}/complete.
func (b *binder) tryActions(ctx context.Context) error {
	for _, scraped := range b.clues.routes {
		name := scraped.path[strings.LastIndexByte(scraped.path, '/')+1:]
		isAction := slices.ContainsFunc([]string{"complete", "toggle", "done", "finish", "close", "check"}, func(verb string) bool {
			return strings.HasPrefix(strings.ToLower(name), verb)
		})
		if !isAction || !strings.Contains(scraped.path, "{id}") || scraped.method == "" || scraped.method == http.MethodGet {
			continue
		}
		at := route{method: scraped.method, path: strings.TrimSuffix(b.routes[script.Fetch].path, "/") + "/" + name}
		reply, err := b.send(ctx, at.method, b.at(at), nil)
		if err != nil {
			return err
		}
		if !absent(reply) {
			b.routes[script.Patch], b.byAction = at, true
			b.note(script.Patch, at.method+" "+at.path, "there is no PATCH; a route of its own sets the flag", confidence(reply))
			return nil
		}
	}
	return nil
}

var (
	sizeNames   = []string{"limit", "per_page", "page_size", "pageSize", "perPage", "size", "take"}
	offsetNames = []string{"offset", "skip"}
	pageNames   = []string{"page", "pageNumber", "p"}
)

// findPaging looks for the parameters of a list that comes in pages. Only names that
// occur in the repository are tried.
func (b *binder) findPaging(ctx context.Context) error {
	list, ok := b.routes[script.List]
	if !ok {
		return nil
	}
	if b.declared != nil && b.declared.Paging.Size != "" {
		declared := b.declared.Paging
		b.paging = paging{size: declared.Size, offset: declared.Offset, page: declared.Page, base: declared.Base}
		b.note("paging", declared.Size, declaredFile, 90)
		return nil
	}
	whole, err := b.listed(ctx, list.path)
	if err != nil || len(whole) < 2 {
		return err
	}
	for _, name := range b.occurring(sizeNames) {
		one, err := b.listed(ctx, withQuery(list.path, name, "1"))
		if err != nil {
			return err
		}
		if len(one) == 1 {
			b.paging.size = name
			return b.findNext(ctx, withQuery(list.path, name, "1"), one[0].ID)
		}
	}
	return nil
}

// findNext finds the parameter that moves on to the second item.
func (b *binder) findNext(ctx context.Context, first, firstID string) error {
	for _, name := range b.occurring(offsetNames) {
		second, err := b.listed(ctx, withQuery(first, name, "1"))
		if err != nil {
			return err
		}
		if len(second) == 1 && second[0].ID != firstID {
			b.paging.offset = name
		}
	}
	if b.paging.offset == "" {
		if names := b.occurring(pageNames); len(names) > 0 {
			page, err := b.listed(ctx, withQuery(first, names[0], "1"))
			if err != nil {
				return err
			}
			b.paging.page = names[0]
			if len(page) == 1 && page[0].ID == firstID {
				b.paging.base = 1
			}
		}
	}
	// The largest page that is asked for must be one that the API gives.
	whole, err := b.listed(ctx, withQuery(b.routes[script.List].path, b.paging.size, strconv.Itoa(pageSize)))
	if err != nil {
		return err
	}
	if len(whole) < 2 {
		b.paging = paging{}
		return nil
	}
	b.note("paging", strings.TrimSuffix(b.paging.size+" "+b.paging.offset+b.paging.page, " "), "the parameters change what is listed", 90)
	return nil
}

func (b *binder) occurring(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		// One-letter words are not collected.
		return !b.clues.words[strings.ToLower(name)]
	})
}

func (b *binder) listed(ctx context.Context, at string) ([]script.Item, error) {
	reply, err := b.send(ctx, http.MethodGet, at, nil)
	if err != nil || !reply.Success() {
		return nil, err
	}
	items, _ := b.Items(reply)
	return items, nil
}

// findDelete confirms the route that deletes, on an item that only binding needs.
func (b *binder) findDelete(ctx context.Context) error {
	fetch, ok := b.routes[script.Fetch]
	if !ok || b.sample == "" {
		return nil
	}
	id := b.lastMade
	if id == "" {
		id = b.sample
	}
	candidates := []route{b.declaredOr(func(d *declaration) declaredRoute { return d.Delete }, http.MethodDelete, fetch.path)}
	candidates = append(candidates, b.verbRoute([]string{http.MethodDelete, http.MethodPost, http.MethodGet}, []string{"delete", "remove", "destroy"}, true)...)
	for _, candidate := range candidates {
		reply, err := b.send(ctx, candidate.method, strings.ReplaceAll(candidate.path, "{id}", id), nil)
		if err != nil {
			return err
		}
		if !absent(reply) {
			b.routes[script.Delete] = candidate
			b.note(script.Delete, candidate.method+" "+candidate.path, "answers "+strconv.Itoa(reply.Status), confidence(reply))
			return nil
		}
	}
	return nil
}
