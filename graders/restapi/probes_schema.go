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

// written is one operation with a documented body, and a body that the schema and, as far
// as we know, the program allow.
type written struct {
	op, name string
	at       route
	media    string
	schema   openapi.Schema
	good     map[string]any
}

// writtenOperations lists create, replace and patch, where the document has a schema for them.
func (r *grading) writtenOperations(at *script.Probing) (list []written, unspecified []string) {
	document := r.binding.contract.document
	seen := map[string]bool{}
	for _, op := range []string{script.Create, script.Replace, script.Patch} {
		route, ok := r.binding.routes[op]
		key := route.method + " " + route.path
		if !ok || seen[key] || op == script.Patch && (r.binding.byAction || r.binding.partialPut) {
			continue
		}
		seen[key] = true
		operation, ok, _ := document.Match(route.method, strings.ReplaceAll(route.path, "{id}", r.binding.sample))
		if !ok {
			continue // that it is undocumented is charged elsewhere
		}
		name := route.method + " " + takehome.Line(operation.Path)
		media, content, _ := operation.Body.JSON()
		if len(content.Schema.Properties()) == 0 {
			unspecified = append(unspecified, name)
			continue
		}
		if route.media != "" {
			media = route.media
		}
		made := written{op: op, name: name, at: route, media: media, schema: content.Schema}
		made.good = r.goodBody(at, op, content.Schema)
		list = append(list, made)
	}
	return list, unspecified
}

// goodBody is what binding knows to be accepted, if the schema allows it, or else what the
// schema alone suggests.
func (r *grading) goodBody(at *script.Probing, op string, schema openapi.Schema) map[string]any {
	everything := map[string]any{r.resource.main().Meaning: at.Canary("good")}
	for meaning, f := range r.binding.fields {
		switch {
		case meaning == r.resource.main().Meaning:
		case f.kind == kindText:
			everything[meaning] = "More words"
		case f.kind == kindFlag && f.no != nil:
			everything[meaning] = false
		case f.value != nil:
			everything[meaning] = "valid"
		}
	}
	for _, set := range []map[string]any{everything, {r.resource.main().Meaning: at.Canary("good")}} {
		body := r.binding.body(script.Intent{Op: op, Set: set})
		if plain, ok := rereadAsJSON(body); ok && len(schema.Check(plain, openapi.Request)) == 0 {
			return plain
		}
	}
	suggested := map[string]any{}
	for _, property := range schema.Properties() {
		if value, ok := property.Example(); ok && property.Required {
			suggested[property.Name] = value
		}
	}
	return suggested
}

// rereadAsJSON writes and reads a body, so that its numbers are those of JSON.
func rereadAsJSON(body map[string]any) (map[string]any, bool) {
	encoded, err := json.Marshal(body)
	if err != nil {
		return nil, false
	}
	value, err := script.ParseJSON(encoded)
	object, ok := value.(map[string]any)
	return object, err == nil && ok
}

// place is where a case is sent: the collection, or an item that was made for the operation.
func (r *grading) place(ctx context.Context, at *script.Probing, w written) (path string, ok bool, err error) {
	if !strings.Contains(w.at.path, "{id}") {
		return w.at.path, true, nil
	}
	item, ok, err := r.made(ctx, at)
	return strings.ReplaceAll(w.at.path, "{id}", item.ID), ok, err
}

// rejections are answers that refuse (rule 5 of the seven against false alarms).
var rejections = []int{400, 401, 403, 404, 405, 406, 409, 410, 411, 412, 413, 415, 422, 428, 429}

// probeSchemaNegative sends bodies that the document forbids.
func (r *grading) probeSchemaNegative(ctx context.Context, at *script.Probing) (script.Observation, error) {
	if !r.binding.contract.useful() {
		return seen("absent", "there is no OpenAPI document"), nil
	}
	list, _ := r.writtenOperations(at)
	random := at.Random()
	var lost []string
	var wrong []takehome.Evidence
	good, all := 0, 0
	for _, w := range list {
		path, ok, err := r.place(ctx, at, w)
		if err != nil || !ok {
			return script.Observation{Missing: script.Create}, err
		}
		for _, one := range w.schema.Negative(w.good, random) {
			reply, stored, err := r.storing(ctx, at, w, path, one.Body)
			if err != nil {
				return script.Observation{}, err
			}
			all++
			if slices.Contains(rejections, reply.Status) || reply.Success() && !stored {
				good++
				continue
			}
			lost = append(lost, w.name+": "+takehome.Line(one.What)+answered(reply))
			wrong = append(wrong, reply.Evidence([]takehome.Difference{{Where: "the request at " + takehome.Line(one.Pointer), Wanted: "refused: " + takehome.Line(one.What), Got: reply.Describe()}}))
		}
	}
	if all == 0 {
		return seen("absent", "the document forbids nothing that could be tried"), nil
	}
	observation := atLeast95(good, all, "what the document forbids is refused", lost)
	observation.Evidence = wrong[:min(len(wrong), 4)]
	return observation, nil
}

func answered(reply *script.Exchange) string {
	if reply.Success() {
		return ", and is accepted"
	}
	return ", " + strings.TrimPrefix(reply.Describe(), reply.Request.Name+" ")
}

// atLeast95 gives everything from 95 of a hundred on, and the share below.
func atLeast95(good, all int, fine string, lost []string) script.Observation {
	if good*100 >= all*95 {
		return measured(1, 1, fine, nil)
	}
	return measured(good, all, fine, lost)
}

// storing sends a body and finds out whether an answer of success left anything behind.
func (r *grading) storing(ctx context.Context, at *script.Probing, w written, path string, body any) (reply *script.Exchange, stored bool, err error) {
	rows, counted, err := at.Store.Count(ctx)
	if err != nil {
		return nil, false, err
	}
	if reply, err = sendJSON(ctx, at, w.at.method, path, w.media, w.name, body); err != nil || !reply.Success() {
		return reply, false, err
	}
	if w.op == script.Create && counted {
		after, _, err := at.Store.Count(ctx)
		return reply, after > rows, err
	}
	return reply, true, nil
}

// probeSchemaPositive sends bodies that the document allows. Where most of an operation
// are refused, the document is too loose, and that is said once (rule 6).
func (r *grading) probeSchemaPositive(ctx context.Context, at *script.Probing) (script.Observation, error) {
	if !r.binding.contract.useful() {
		return seen("absent", "there is no OpenAPI document"), nil
	}
	list, unspecified := r.writtenOperations(at)
	creates := slices.ContainsFunc(list, func(w written) bool { return w.op == script.Create })
	if !creates && len(unspecified) > 0 {
		return script.Observation{Label: "unspecified", Detail: "the document does not say what a request holds: " + several(unspecified)}, nil
	}
	random := at.Random()
	var lost []string
	var wrong []takehome.Evidence
	good, all := 0, 0
	loose := ""
	for _, w := range list {
		path, ok, err := r.place(ctx, at, w)
		if err != nil || !ok {
			return script.Observation{Missing: script.Create}, err
		}
		cases := append([]openapi.Case{{Body: w.good, What: "a plain body"}}, w.schema.Positive(w.good, random)...)
		refused := 0
		for _, one := range cases {
			reply, err := sendJSON(ctx, at, w.at.method, path, w.media, w.name, one.Body)
			if err != nil {
				return script.Observation{}, err
			}
			all++
			if reply.Success() || reply.Status == http.StatusNotFound || reply.Status == http.StatusConflict {
				good++
				continue
			}
			refused++
			lost = append(lost, w.name+": "+takehome.Line(one.What)+answered(reply))
			wrong = append(wrong, reply.Evidence([]takehome.Difference{{Where: "the request at " + orRoot(takehome.Line(one.Pointer)), Wanted: "accepted: " + takehome.Line(one.What), Got: reply.Describe()}}))
		}
		if refused*10 > len(cases)*8 {
			loose = w.name
		}
	}
	if all == 0 {
		return seen("absent", "the document has no body that could be tried"), nil
	}
	observation := atLeast95(good, all, "what the document allows is accepted", lost)
	if loose != "" {
		observation.Label, observation.Detail = "too_loose", "nearly everything that the document allows for "+loose+" is refused"
	}
	observation.Evidence = wrong[:min(len(wrong), 4)]
	return observation, nil
}

// probeExistingOperations: what is documented is there.
func (r *grading) probeExistingOperations(ctx context.Context, at *script.Probing) (script.Observation, error) {
	documented := r.documentedOperations()
	if len(documented) == 0 {
		return seen("absent", "no endpoint is documented"), nil
	}
	var lost []string
	var missing []*script.Exchange
	good := 0
	for _, one := range documented {
		reply, exists, err := r.exists(ctx, at, one)
		if err != nil {
			return script.Observation{}, err
		}
		if exists {
			good++
			continue
		}
		lost = append(lost, one.method+" "+takehome.Line(one.path)+" is documented and does not exist")
		if reply != nil {
			missing = append(missing, reply)
		}
	}
	observation := measured(good, len(documented), "every documented operation exists", lost)
	observation.Evidence = shown(missing)
	return observation, nil
}

const maxDocumented = 60

// documentedOperations lists what is documented, paths with their parameters as {id}.
func (r *grading) documentedOperations() []route {
	c := r.binding.contract
	var list []route
	if c.useful() {
		for _, operation := range c.document.Operations {
			if slices.Contains([]string{"GET", "POST", "PUT", "PATCH", "DELETE"}, operation.Method) {
				list = append(list, route{method: operation.Method, path: r.full(c.document, operation)})
			}
		}
	} else {
		for _, one := range slices.Concat(c.docs.Routes, c.docs.Collected) {
			list = append(list, route{method: one.Method, path: r.prefixed(one.Path)})
		}
	}
	slices.SortFunc(list, func(a, b route) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	list = slices.Compact(list)
	return list[:min(len(list), maxDocumented)]
}

// prefixed puts the prefix of the whole API before a path that a table writes without it.
func (r *grading) prefixed(path string) string {
	if r.onCollection(path) || r.onItem(path) {
		return path
	}
	collection := r.binding.Path("collection")
	for _, noun := range r.resource.Nouns {
		if before, ok := strings.CutSuffix(collection, "/"+noun); ok && before != "" && (path == "/"+noun || strings.HasPrefix(path, "/"+noun+"/")) {
			return before + path
		}
	}
	return path
}

// exists looks for an answer of the run that only a route gives, and asks where there is none.
func (r *grading) exists(ctx context.Context, at *script.Probing, one route) (*script.Exchange, bool, error) {
	for _, e := range at.Ledger.All() {
		if e.Request.Method == one.method && e.Answered() && !absent(e) && r.isAt(one.path, e.Request.Path) {
			return nil, true, nil
		}
	}
	path := one.path
	own := false
	if head, _, _ := strings.Cut(r.binding.Address("{id}"), "{id}"); strings.HasPrefix(path, head+"{id}") {
		item, ok, err := r.made(ctx, at)
		if err != nil {
			return nil, false, err
		}
		if own = ok; ok {
			path = strings.Replace(path, "{id}", item.ID, 1)
		}
	}
	hasOthers := strings.Contains(path, "{id}")
	path = strings.ReplaceAll(path, "{id}", "1")
	reply, err := r.ask(ctx, at, one.method, path)
	if err != nil || !reply.Answered() {
		return reply, false, err
	}
	switch {
	case !absent(reply):
		return reply, true, nil
	case reply.Status != http.StatusNotFound || own && !hasOthers || !hasOthers:
		return reply, false, nil
	}
	// There may be no such thing as the parameters name: a route that does not exist
	// answers as one that nobody ever heard of.
	unknown, err := r.ask(ctx, at, one.method, "/no-such-route-"+strings.ToLower(at.Canary("unknown")))
	if err != nil {
		return reply, false, err
	}
	return reply, withoutPath(reply) != withoutPath(unknown), nil
}

func (r *grading) ask(ctx context.Context, at *script.Probing, method, path string) (*script.Exchange, error) {
	if method == http.MethodGet || method == http.MethodDelete {
		return at.Client.Do(ctx, script.Request{Method: method, Path: path, NoBody: true, Name: method + " " + takehome.Line(apidocs.NormalPath(path))})
	}
	return sendJSON(ctx, at, method, path, "", method+" "+takehome.Line(apidocs.NormalPath(path)), map[string]any{})
}

// withoutPath is a body without the path that it may repeat.
func withoutPath(e *script.Exchange) string {
	return e.Header.Get("Content-Type") + strings.ReplaceAll(string(e.Body), e.Request.Path, "")
}
