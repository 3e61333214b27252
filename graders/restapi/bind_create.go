package restapi

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/script"
)

// Limits of learning how to create.
const (
	maxTextNames  = 6
	maxLearning   = 3
	dateExample   = "2030-01-15"
	stampExample  = "2030-01-15T09:30:00Z"
	anyTextSample = "sample"
)

// findCreate looks for a request that creates an item with a text of ours in it.
func (b *binder) findCreate(ctx context.Context) error {
	if b.declared != nil {
		for name, value := range b.declared.CreateExtra {
			b.extra[script.Pointer(name)] = value
		}
	}
	candidates := b.createRoutes()
	for _, candidate := range candidates {
		done, err := b.tryCreate(ctx, candidate)
		if err != nil || done {
			return err
		}
	}
	return nil
}

func (b *binder) createRoutes() []route {
	var candidates []route
	if b.declared != nil && b.declared.Create != (declaredRoute{}) {
		candidates = append(candidates, declaredAs(b.declared.Create, http.MethodPost, b.collection))
	}
	if b.collection != "" {
		candidates = append(candidates, route{method: http.MethodPost, path: b.collection})
	}
	return append(candidates, b.verbRoute([]string{http.MethodPost, http.MethodPut}, []string{"create", "add", "new", "insert", "save"}, false)...)
}

func declaredAs(declared declaredRoute, method, at string) route {
	made := route{method: method, path: at, media: declared.Media}
	if declared.Method != "" {
		made.method = declared.Method
	}
	if declared.Path != "" {
		made.path = declared.Path
	}
	return made
}

// tryCreate tries the names that the main text may have.
func (b *binder) tryCreate(ctx context.Context, at route) (bool, error) {
	names := b.names(b.resource.main())
	if done, err := b.tryDocumented(ctx, at, names[0]); err != nil || done {
		return done, err
	}
	tried := map[string]bool{}
	for len(names) > 0 && len(tried) < maxTextNames {
		name := names[0]
		names = names[1:]
		if tried[name] {
			continue
		}
		tried[name] = true
		outcome, wanted, err := b.tryName(ctx, at, name)
		if err != nil {
			return false, err
		}
		switch outcome {
		case createdItem:
			return true, nil
		case noRoute:
			return false, nil
		case otherName:
			names = append([]string{wanted}, names...)
		case refusedBody:
		}
	}
	return false, nil
}

// tryDocumented creates with what the OpenAPI document says is required. A document may
// be wrong: what it proposes is forgotten when the program refuses it.
func (b *binder) tryDocumented(ctx context.Context, at route, name string) (bool, error) {
	extra := b.contract.required(at.path, name)
	if len(extra) == 0 {
		return false, nil
	}
	before := maps.Clone(b.extra)
	for pointer, value := range extra {
		if _, known := b.extra[pointer]; !known {
			b.extra[pointer] = value
		}
	}
	outcome, _, err := b.tryName(ctx, at, name)
	if err != nil || outcome == createdItem {
		return err == nil, err
	}
	b.extra = before
	return false, nil
}

type createOutcome int

const (
	createdItem createOutcome = iota
	refusedBody               // this name does not do
	otherName                 // the refusal names the one it wants
	noRoute                   // nothing is there
)

// tryName creates with one name, learning what else is required from the refusals.
func (b *binder) tryName(ctx context.Context, at route, name string) (createOutcome, string, error) {
	pointer := script.Pointer(name)
	if strings.Contains(name, "/") {
		pointer = "/" + name
	}
	for range maxLearning {
		canary := b.newText()
		body := map[string]any{}
		for _, extra := range slices.Sorted(maps.Keys(b.extra)) {
			setPointer(body, extra, b.extra[extra])
		}
		setPointer(body, pointer, canary)
		reply, err := b.send(ctx, at.method, at.path, body)
		if err != nil {
			return refusedBody, "", err
		}
		switch {
		case sameOriginTarget(reply) != "":
			at.path = sameOriginTarget(reply)
			continue
		case absent(reply):
			return noRoute, "", nil
		case reply.Success():
			return b.acceptCreate(ctx, at, pointer, canary, reply)
		}
		if b.created == nil {
			// Even a create that always fails is worth knowing: its check shows the failure.
			b.routes[script.Create] = at
			b.note(script.Create, at.method+" "+at.path, "found, but no request of ours was accepted", 50)
		}
		wanted, learned := b.learn(reply, name)
		if wanted != "" {
			return otherName, wanted, nil
		}
		if !learned {
			return refusedBody, "", nil
		}
	}
	return refusedBody, "", nil
}

// acceptCreate looks for the text in what came back, or in the list if nothing did.
func (b *binder) acceptCreate(ctx context.Context, at route, pointer, canary string, reply *script.Exchange) (createOutcome, string, error) {
	confirmed := reply
	value, _ := reply.JSON()
	object, read, found := findText(value, canary)
	if !found && b.collection != "" {
		list, err := b.send(ctx, http.MethodGet, b.collection, nil)
		if err != nil {
			return refusedBody, "", err
		}
		if listed, err := list.JSON(); err == nil {
			if object, read, found = findText(listed, canary); found {
				confirmed, value = list, listed
			}
		}
	}
	if !found && !b.identifies(reply) {
		return refusedBody, "", nil
	}
	if !found {
		read = pointer // only the address or the id came back; the item is read next
	}
	b.created, b.canary, b.creates = reply, canary, true
	b.routes[script.Create] = at
	b.note(script.Create, at.method+" "+at.path, b.pathSource(at.path), 95)
	main := b.resource.main()
	if b.declared != nil && b.declared.Read[main.Meaning] != "" && !found {
		read = b.declared.Read[main.Meaning]
	}
	b.fields[main.Meaning] = field{kind: main.Kind, write: pointer, read: read}
	b.note("field "+main.Meaning, strings.TrimPrefix(pointer, "/"), "the text came back in "+read, 95)
	if found {
		at, _ := script.At(value, object)
		b.item, _ = at.(map[string]any)
		if confirmed == reply {
			b.addObject(object)
		}
	}
	return createdItem, "", nil
}

// identifies reports whether a reply says which item it made.
func (b *binder) identifies(reply *script.Exchange) bool {
	if reply.Header.Get("Location") != "" {
		return true
	}
	value, err := reply.JSON()
	if err != nil {
		return false
	}
	_, _, found := b.findID(value, "", 0)
	return found
}

// findID finds an id anywhere in a shallow reply: {"id": 7}, {"data": {"id": 7}}.
func (b *binder) findID(value any, pointer string, depth int) (object, id string, found bool) {
	at, ok := value.(map[string]any)
	if !ok || depth > 2 {
		return "", "", false
	}
	if id, ok := idIn(at, b.resource.IDs); ok {
		return pointer, id, true
	}
	for _, key := range slices.Sorted(maps.Keys(at)) {
		if object, id, found = b.findID(at[key], pointer+script.Pointer(key), depth+1); found {
			return object, id, true
		}
	}
	return "", "", false
}

func (b *binder) addObject(pointer string) {
	if !slices.Contains(b.objects, pointer) {
		b.objects = append(b.objects, pointer)
	}
}

var (
	namedInError = regexp.MustCompile("[\"'`\\[]?([A-Za-z_][A-Za-z0-9_.]{1,40})[\"'`\\]]?\\s+(?:field\\s+|value\\s+)?(?:is|are|must|should|cannot|can't|may not|has to)\\b")
	placeInError = regexp.MustCompile(`"(?:loc|path|param|field|property|pointer|source)"\s*:\s*(?:\[[^\]]*?)?"#?/?(?:body[/"',\s]+)?([A-Za-z_][A-Za-z0-9_]{1,40})"`)
	oneOfInError = regexp.MustCompile(`(?i)(?:one of|either|allowed(?: values)?(?: are)?|options?(?: are)?|must be)[\s:\[("'` + "`" + `]*([A-Za-z][A-Za-z_-]{1,20})["'` + "`" + `]?\s*[,|/]`)
)

// learn reads a refusal. It returns the name under which the text is wanted, if it
// says so, or adds a constant for another field that it asks for.
func (b *binder) learn(reply *script.Exchange, used string) (wanted string, learned bool) {
	if reply.Status/100 != 4 {
		return "", false
	}
	text := string(reply.Body)
	var named []string
	for _, pattern := range []*regexp.Regexp{placeInError, namedInError} {
		for _, match := range pattern.FindAllStringSubmatch(text, 20) {
			named = append(named, match[1][strings.LastIndexByte(match[1], '.')+1:])
		}
	}
	for _, words := range b.resource.Fields {
		for _, name := range words.Names {
			if regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\b`).MatchString(text) {
				named = append(named, name)
			}
		}
	}
	for _, name := range distinct(named) {
		if name == used {
			continue
		}
		if slices.ContainsFunc(b.resource.main().Names, func(n string) bool { return strings.EqualFold(n, name) }) && len(b.extra) == 0 {
			return name, true
		}
		if _, known := b.extra[script.Pointer(name)]; !known && !commonWord(name) {
			b.extra[script.Pointer(name)] = b.example(name, text)
			b.note("required "+name, script.Show(b.extra[script.Pointer(name)]), "a refusal asked for it", 80)
			return "", true
		}
	}
	return "", false
}

// commonWord keeps words of error messages from being taken for field names.
func commonWord(name string) bool {
	return slices.Contains([]string{
		"error", "errors", "message", "field", "value", "input", "request", "body", "data", "detail", "type", "this", "it",
		"validation", "json", "string", "property", "which", "that", "there", "and", "or", "required",
	}, strings.ToLower(name))
}

// example is a value that a field of this name will probably take.
func (b *binder) example(name, refusal string) any {
	for _, words := range b.resource.Fields {
		if !slices.ContainsFunc(words.Names, func(n string) bool { return strings.EqualFold(n, name) }) {
			continue
		}
		switch words.Kind {
		case kindFlag:
			return false
		case kindDate:
			return dateExample
		case kindChoice:
			if match := oneOfInError.FindStringSubmatch(refusal); match != nil {
				return match[1]
			}
			return words.Values[0]
		}
	}
	lower := strings.ToLower(name)
	switch {
	case strings.HasSuffix(lower, "id"), strings.Contains(lower, "count"), strings.Contains(lower, "order"), strings.Contains(lower, "position"):
		return json.Number("1")
	case strings.Contains(lower, "email"):
		return "someone@example.org"
	case strings.Contains(lower, "date"), strings.HasSuffix(lower, "_at"):
		return dateExample
	}
	return anyTextSample
}
