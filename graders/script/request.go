package script

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// request builds the request of a step.
func (r *run) request(step HTTPStep) (Request, error) {
	request, err := r.outline(step)
	if err != nil {
		return Request{}, err
	}
	request.Fresh = request.Fresh || step.Fresh
	if request.Header == nil {
		request.Header = http.Header{}
	}
	if err := r.fill(&request, step); err != nil {
		return Request{}, err
	}
	for _, header := range sortedKeys(step.Headers) {
		value, err := r.text(step.Headers[header])
		if err != nil {
			return Request{}, err
		}
		request.Header.Set(header, value)
	}
	if step.Media != "" {
		request.Header.Set("Content-Type", step.Media)
	}
	query := url.Values{}
	for _, parameter := range sortedKeys(step.Query) {
		value, err := r.text(step.Query[parameter])
		if err != nil {
			return Request{}, err
		}
		query.Set(parameter, value)
	}
	if len(query) > 0 {
		joint := "?"
		if strings.Contains(request.Path, "?") {
			joint = "&"
		}
		request.Path += joint + query.Encode()
	}
	return request, nil
}

// outline makes method and path, and for an intent the body that the API expects.
func (r *run) outline(step HTTPStep) (Request, error) {
	id, err := r.target(step)
	if err != nil {
		return Request{}, err
	}
	if step.Op == "" {
		path, err := r.text(step.Path)
		method, err2 := r.text(step.Method)
		name := method + " " + strings.NewReplacer(
			"{collection}", "the collection", "{create}", "the collection", "{list}", "the collection", "{item}", "an item",
		).Replace(path)
		return Request{Method: method, Path: r.place(path, id), NoBody: true, Name: stableName(name, step)}, errors.Join(err, err2)
	}
	op, err := r.text(step.Op)
	if err != nil {
		return Request{}, err
	}
	expanded, err := r.expand(step.Set)
	if err != nil {
		return Request{}, err
	}
	fields, _ := expanded.(map[string]any)
	request, ok := r.Shape.Request(Intent{Op: op, ID: id, Item: r.items[itemName(step)], Set: fields, Omit: step.Omit})
	if !ok {
		r.blockedBy = op
		return Request{}, errUnbound
	}
	return request, nil
}

// errUnbound ends the steps of a check whose operation the API lacks.
var errUnbound = errors.New("the API has no such operation")

// place puts the API's paths in the place of their words.
func (r *run) place(path, id string) string {
	collection := r.Shape.Path("collection")
	return strings.NewReplacer(
		"{collection}/", strings.TrimSuffix(collection, "/")+"/", "{collection}", collection,
		"{create}", r.Shape.Path(Create), "{list}", r.Shape.Path(List), "{item}", r.Shape.Address(id),
	).Replace(path)
}

// stableName keeps a random path out of the name of a request.
func stableName(name string, step HTTPStep) string {
	if strings.Contains(step.Path, "${token}") {
		method, _, _ := strings.Cut(name, " ")
		return method + " an unknown route"
	}
	return name
}

// target is the id that a step addresses.
func (r *run) target(step HTTPStep) (string, error) {
	switch step.ID {
	case "":
		item, known := r.items[itemName(step)]
		if !known && addressesItem(step) {
			return "", missingError{itemName(step)}
		}
		return item.ID, nil
	case "unknown":
		return r.Shape.UnknownID(Random(r.Seed, r.purpose("unknown id"))), nil
	default:
		return r.text(step.ID)
	}
}

func addressesItem(step HTTPStep) bool {
	return step.Op == Fetch || step.Op == Replace || step.Op == Patch || step.Op == Delete || strings.Contains(step.Path, "{item}")
}

// itemName is the name of the item that a step is about.
func itemName(step HTTPStep) string {
	if step.Item == "" {
		return "item"
	}
	return step.Item
}

// fill replaces the body that the intent made by the one the step writes out.
func (r *run) fill(request *Request, step HTTPStep) error {
	switch {
	case step.Body != nil:
		text, err := r.text(*step.Body)
		if err != nil {
			return err
		}
		request.Body, request.NoBody = []byte(text), false
	case step.JSON != nil:
		value, err := r.expand(step.JSON)
		if err != nil {
			return err
		}
		body, err := json.Marshal(r.inWords(value))
		if err != nil {
			return fmt.Errorf("write the JSON body of %s: %w", r.check.ID, err)
		}
		request.Body, request.NoBody = body, false
	default:
		return nil
	}
	if request.Header.Get("Content-Type") == "" {
		request.Header.Set("Content-Type", "application/json")
	}
	return nil
}

// inWords replaces keys such as {text} by the API's own names.
func (r *run) inWords(value any) any {
	switch v := value.(type) {
	case map[string]any:
		worded := map[string]any{}
		for _, key := range sortedKeys(v) {
			if meaning, ok := strings.CutPrefix(key, "{"); ok {
				r.Shape.Put(worded, strings.TrimSuffix(meaning, "}"), v[key])
				continue
			}
			worded[key] = v[key]
		}
		return worded
	case []any:
		worded := make([]any, len(v))
		for i := range v {
			worded[i] = r.inWords(v[i])
		}
		return worded
	default:
		return value
	}
}
