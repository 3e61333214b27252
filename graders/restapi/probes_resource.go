package restapi

import (
	"context"
	"net/http"
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
