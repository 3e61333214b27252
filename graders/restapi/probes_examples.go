package restapi

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/apidocs"
	"github.com/takehome-dev/takehome/graders/openapi"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// made creates an item through the API. It reports false where that fails.
func (r *grading) made(ctx context.Context, at *script.Probing) (script.Item, bool, error) {
	reply, ok, err := at.Send(ctx, script.Intent{Op: script.Create})
	if err != nil || !ok || !reply.Success() {
		return script.Item{}, false, err
	}
	item, ok := r.binding.Item(reply)
	return item, ok && item.ID != "", nil
}

// sendJSON sends a body as the given media type.
func sendJSON(ctx context.Context, at *script.Probing, method, path, media, name string, body any) (*script.Exchange, error) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	request := script.Request{Method: method, Path: path, Header: http.Header{}, Body: encoded, Name: name}
	if media == "*/*" || media == "" {
		media = "application/json"
	}
	request.Header.Set("Content-Type", media)
	return at.Client.Do(ctx, request)
}

// onItem reports whether a path is that of an item of the collection.
func (r *grading) onItem(path string) bool {
	return r.isAt(r.binding.Address("{id}"), path)
}

func (r *grading) onCollection(path string) bool {
	return r.isAt(r.binding.Path(script.Create), path)
}

// full is a path of an operation as the program serves it: below the base that fits the binding.
func (r *grading) full(document *openapi.Document, operation openapi.Operation) string {
	for _, base := range slices.Backward(document.Bases) {
		if at, ok := r.known(base + operation.Path); ok {
			return at
		}
	}
	// Other operations hang below the base under which the collection is found.
	for _, base := range slices.Backward(document.Bases) {
		if base != "" && strings.HasPrefix(r.binding.Path("collection"), base+"/") {
			return parameters(base + operation.Path)
		}
	}
	return parameters(operation.Path)
}

// known is the path under which binding knows the collection or an item: whether it ends
// in a slash matters to many programs.
func (r *grading) known(path string) (string, bool) {
	switch at := apidocs.NormalPath(path); {
	case r.onCollection(at):
		return r.binding.Path(script.Create), true
	case r.onItem(at):
		return r.binding.Address("{id}"), true
	}
	return "", false
}

// parameters writes the parameters of a path as {id}, and leaves the rest as it is.
func parameters(path string) string {
	at := apidocs.NormalPath(path)
	if strings.HasSuffix(path, "/") && at != "/" {
		at += "/"
	}
	return at
}

// example is one documented request body, and where it goes.
type example struct {
	name, method, path, media string
	body                      any
}

// probeRequestExamples sends the documented bodies: they must be accepted.
func (r *grading) probeRequestExamples(ctx context.Context, at *script.Probing) (script.Observation, error) {
	examples := r.documentedExamples()
	if len(examples) == 0 {
		return seen("absent", "no request is documented by an example"), nil
	}
	var lost []string
	var refused []*script.Exchange
	good := 0
	for _, one := range examples {
		path := one.path
		if strings.Contains(path, "{id}") {
			item, ok, err := r.made(ctx, at)
			if err != nil || !ok {
				return script.Observation{Missing: script.Create}, err
			}
			path = strings.ReplaceAll(path, "{id}", item.ID)
		}
		reply, err := sendJSON(ctx, at, one.method, path, one.media, one.name, one.body)
		if err != nil {
			return script.Observation{}, err
		}
		if reply.Success() {
			good++
			continue
		}
		lost = append(lost, "the example of "+reply.Describe())
		refused = append(refused, reply)
	}
	observation := measured(good, len(examples), "documented requests are accepted", lost)
	observation.Evidence = shown(refused)
	return observation, nil
}

const maxRequestExamples = 12

func (r *grading) documentedExamples() []example {
	c := r.binding.contract
	var examples []example
	if c.useful() {
		for _, operation := range c.document.Operations {
			media, content, ok := operation.Body.JSON()
			at := r.full(c.document, operation)
			if !ok || !r.onCollection(at) && !r.onItem(at) {
				continue
			}
			for _, body := range content.Examples {
				examples = append(examples, example{operation.Method + " " + takehome.Line(operation.Path), operation.Method, at, media, body})
			}
		}
	}
	if len(examples) == 0 {
		for _, request := range c.docs.Requests {
			if one, ok := r.collected(request); ok {
				examples = append(examples, one)
			}
		}
	}
	return examples[:min(len(examples), maxRequestExamples)]
}

// collected takes a request of a collection that is meant to work: many collections hold
// requests that are meant to be refused.
func (r *grading) collected(request apidocs.Example) (example, bool) {
	at, fits := r.known(request.Path)
	body, err := script.ParseJSON(request.Body)
	object, isObject := body.(map[string]any)
	if err != nil || !isObject || strings.Contains(string(request.Body), "{{") {
		return example{}, false
	}
	text, _ := script.At(object, r.binding.fields[r.resource.main().Meaning].write)
	written, isText := text.(string)
	meant := isText && strings.TrimSpace(written) != "" && len(written) < 100 || request.Method == http.MethodPatch && text == nil && len(object) > 0
	fits = fits && (r.onCollection(at) && request.Method == r.binding.routes[script.Create].method ||
		r.onItem(at) && slices.Contains([]string{http.MethodPut, http.MethodPatch}, request.Method))
	media := "application/json"
	for _, header := range request.Headers {
		if strings.EqualFold(header[0], "Content-Type") && openapi.IsJSON(header[1]) {
			media = header[1]
		}
	}
	if request.Method == http.MethodPatch && r.binding.routes[script.Patch].media != "" {
		media = r.binding.routes[script.Patch].media
	}
	return example{request.Method + " " + takehome.Line(at), request.Method, at, media, body}, meant && fits && plainMedia(media)
}

func plainMedia(media string) bool {
	return strings.Trim(media, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/+.;= -") == ""
}

// probeCurlExamples sends what the curl lines of the documentation would send.
func (r *grading) probeCurlExamples(ctx context.Context, at *script.Probing) (script.Observation, error) {
	var lost []string
	var refused []*script.Exchange
	good, all := 0, 0
	for _, line := range r.binding.contract.docs.Curls {
		request, ok, err := r.rebased(ctx, at, line)
		if err != nil {
			return script.Observation{}, err
		}
		if !ok {
			continue
		}
		reply, err := at.Client.Do(ctx, request)
		if err != nil {
			return script.Observation{}, err
		}
		if reply.Status == http.StatusUnauthorized || reply.Status == http.StatusForbidden {
			continue // it needs a token that only its reader has
		}
		all++
		if reply.Success() || reply.Answered() && slices.Contains(line.Expected, reply.Status) {
			good++
			continue
		}
		lost = append(lost, "the example of "+reply.Describe())
		refused = append(refused, reply)
	}
	if all == 0 {
		return seen("absent", "there is no curl line to try"), nil
	}
	observation := measured(good, all, "the curl lines of the documentation work", lost)
	observation.Evidence = shown(refused)
	return observation, nil
}

// rebased makes the request of a curl line. Ids that the example shows are those of its
// writer's database: an item made for the example takes their place.
func (r *grading) rebased(ctx context.Context, at *script.Probing, line apidocs.Example) (script.Request, bool, error) {
	path, query, hasQuery := strings.Cut(line.Path, "?")
	name := line.Method + " " + takehome.Line(apidocs.NormalPath(path))
	if normal := apidocs.NormalPath(path); strings.Contains(normal, "{id}") || r.onItem(path) {
		head, _, _ := strings.Cut(r.binding.Address("{id}"), "{id}")
		rest, inside := strings.CutPrefix(path, head)
		if !inside {
			return script.Request{}, false, nil
		}
		item, ok, err := r.made(ctx, at)
		if err != nil || !ok {
			return script.Request{}, false, err
		}
		_, action, deeper := strings.Cut(rest, "/")
		path = head + item.ID
		if deeper && action != "" {
			path += "/" + action
		}
		name = line.Method + " " + takehome.Line(apidocs.NormalPath(head+"1"))
	}
	if hasQuery {
		path += "?" + query
	}
	if strings.ContainsAny(path, "{}<>") {
		return script.Request{}, false, nil
	}
	request := script.Request{Method: line.Method, Path: path, Header: http.Header{}, Body: line.Body, NoBody: !line.HasBody, Name: name}
	for _, header := range line.Headers {
		if mayBeSent(header[0]) {
			request.Header.Set(header[0], header[1])
		}
	}
	return request, true, nil
}

// mayBeSent leaves out what would change the framing of the request.
func mayBeSent(name string) bool {
	token := strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == "" && name != ""
	return token && !slices.Contains([]string{"host", "content-length", "transfer-encoding", "connection", "upgrade", "expect", "te", "trailer"}, strings.ToLower(name))
}
