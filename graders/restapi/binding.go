package restapi

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Binding is the shape of one candidate's API, as it was found out and frozen. It
// implements script.Shape.
type Binding struct {
	resource   Resource
	clues      clues
	declared   *declaration
	contract   contract
	collection string
	routes     map[string]route // by operation
	fields     map[string]field // by meaning
	extra      map[string]any   // constants that creating needs, by JSON Pointer
	objects    []string         // JSON Pointers under which replies hold a single item
	id         string           // JSON Pointer of the id in an item
	list       string           // JSON Pointer of the array in a list reply
	listFound  bool
	paging     paging
	sample     string // an id that was issued
	creates    bool   // a create of ours was accepted
	partialPut bool
	byAction   bool
	entries    []takehome.BindingEntry
	// emptyList is the reply to the first list request, before anything was created.
	emptyList *script.Exchange
	// texts are what binding wrote; one of them should be in the database.
	texts []string
	// accounts is how the API gives credentials, purse the ones of the run; nil where it wants none.
	accounts *accounts
	purse    *purse
}

var _ script.Shape = (*Binding)(nil)

// route is method and path of an operation; {id} stands for the item.
type route struct {
	method string
	path   string
	media  string
}

// field is what one meaning is called.
type field struct {
	kind    string
	write   string // JSON Pointer in a request
	read    string // JSON Pointer in an item
	no, yes any    // values of a flag
	value   any    // a valid value of a date or a choice
}

type paging struct {
	size, offset, page string
	base               int
}

const pageSize = 100

// Request turns an intent into a request of this API.
func (b *Binding) Request(intent script.Intent) (script.Request, bool) {
	at, ok := b.routes[intent.Op]
	if !ok {
		return script.Request{}, false
	}
	request := script.Request{
		Method: at.method, Path: strings.ReplaceAll(at.path, "{id}", intent.ID),
		Header: http.Header{}, NoBody: true, Name: intent.Op,
	}
	if intent.Op == script.List && b.paging.size != "" {
		request.Path = withQuery(request.Path, b.paging.size, strconv.Itoa(pageSize))
	}
	if intent.Op != script.Create && intent.Op != script.Replace && intent.Op != script.Patch {
		return request, true
	}
	if intent.Op == script.Patch && b.byAction {
		return request, true
	}
	body, err := json.Marshal(b.body(intent))
	if err != nil {
		return script.Request{}, false // values come from YAML and JSON, which always marshal
	}
	request.Body, request.NoBody = body, false
	media := at.media
	if media == "" {
		media = "application/json"
	}
	request.Header.Set("Content-Type", media)
	return request, true
}

// body writes the fields of an intent under the API's own names.
func (b *Binding) body(intent script.Intent) map[string]any {
	body := map[string]any{}
	put := func(meaning string, value any) {
		if f, ok := b.fields[meaning]; ok && !slices.Contains(intent.Omit, meaning) {
			setPointer(body, f.write, b.outgoing(f, value))
		}
	}
	main := b.resource.main().Meaning
	switch intent.Op {
	case script.Create:
		for _, pointer := range slices.Sorted(maps.Keys(b.extra)) {
			setPointer(body, pointer, b.extra[pointer])
		}
		put(main, "Write a letter")
	case script.Replace:
		for _, pointer := range slices.Sorted(maps.Keys(b.extra)) {
			setPointer(body, pointer, b.extra[pointer])
		}
		put(main, "Write a letter")
		for _, meaning := range slices.Sorted(maps.Keys(intent.Item.Fields)) {
			if value := intent.Item.Fields[meaning]; value != nil {
				put(meaning, value)
			}
		}
	}
	for _, meaning := range slices.Sorted(maps.Keys(intent.Set)) {
		put(meaning, intent.Set[meaning])
	}
	if around := b.enclosed(""); around != "" && len(body) == 0 {
		setPointer(body, around, map[string]any{}) // an item without fields is an item
	}
	return body
}

// enclosed is where a field is written: beside the text of an item, in the object that the
// API wants around both. For "" it is that object, or "" where there is none.
func (b *Binding) enclosed(pointer string) string {
	around := path.Dir(b.fields[b.resource.main().Meaning].write)
	if around == "/" || around == "." {
		return pointer
	}
	return around + pointer
}

// outgoing writes true and false of a flag as this API does; every other value goes
// out as it is, so that a check can send a wrong one.
func (b *Binding) outgoing(f field, value any) any {
	if f.kind == kindFlag {
		switch value {
		case true:
			return f.yes
		case false:
			return f.no
		}
	}
	if f.kind == kindChoice || f.kind == kindDate {
		if value == "valid" {
			return f.value
		}
	}
	return value
}

// Path is the path of an operation without an item, or that of the collection.
func (b *Binding) Path(op string) string {
	if at, ok := b.routes[op]; ok {
		return at.path
	}
	return b.collection
}

// Address is the path of an item.
func (b *Binding) Address(id string) string {
	if at, ok := b.routes[script.Fetch]; ok {
		return strings.ReplaceAll(at.path, "{id}", id)
	}
	return b.collection + "/" + id
}

// Item finds the single item in a reply.
func (b *Binding) Item(reply *script.Exchange) (script.Item, bool) {
	value, err := reply.JSON()
	if err != nil {
		return script.Item{}, false
	}
	for _, pointer := range b.objects {
		at, ok := script.At(value, pointer)
		object, isObject := at.(map[string]any)
		if !ok || !isObject {
			continue
		}
		if item, ok := b.read(object); ok {
			return item, true
		}
	}
	return script.Item{}, false
}

// read takes an object as an item if it has the id or the main text.
func (b *Binding) read(object map[string]any) (script.Item, bool) {
	item := script.Item{Body: object, Fields: map[string]any{}}
	if id, ok := script.At(object, b.id); ok && b.id != "" {
		item.ID, item.RawID = addressed(id), id
	}
	for meaning, f := range b.fields {
		if value, ok := script.At(object, f.read); ok {
			item.Fields[meaning] = incoming(f, value)
		}
	}
	_, hasText := item.Fields[b.resource.main().Meaning]
	return item, item.ID != "" || hasText
}

// incoming reads a flag that is kept as a word as true or false.
func incoming(f field, value any) any {
	if f.kind == kindFlag {
		switch {
		case script.Equal(value, f.yes):
			return true
		case script.Equal(value, f.no):
			return false
		}
	}
	return value
}

// addressed writes an id as it stands in a path.
func addressed(id any) string {
	switch v := id.(type) {
	case string:
		return url.PathEscape(v)
	case json.Number:
		return v.String()
	default:
		return ""
	}
}

// Items finds the listed items in a reply.
func (b *Binding) Items(reply *script.Exchange) ([]script.Item, bool) {
	value, err := reply.JSON()
	if err != nil {
		return nil, false
	}
	pointer, ok := b.list, b.listFound
	if !ok {
		pointer, ok = findArray(value, b.resource.Nouns)
	}
	at, found := script.At(value, pointer)
	array, isArray := at.([]any)
	if !ok || !found || !isArray {
		return nil, false
	}
	items := make([]script.Item, 0, len(array))
	for _, element := range array {
		object, _ := element.(map[string]any)
		if item, ok := b.read(object); ok {
			items = append(items, item)
		}
	}
	return items, true
}

// UnknownID makes an id like one that was issued: the same length, a digit for a
// digit, a letter for a letter, or for a short number a much larger one.
func (b *Binding) UnknownID(random *rand.Rand) string {
	if _, err := strconv.ParseInt(b.sample, 10, 64); err == nil && len(b.sample) < 10 {
		return strconv.Itoa(1_500_000_000 + random.IntN(100_000_000))
	}
	hex := strings.IndexFunc(b.sample, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF-", r) }) < 0
	unknown := []byte(b.sample)
	for i, c := range unknown {
		// The version and variant digits of a UUID stay, or it would be none.
		isUUIDMark := len(unknown) == 36 && (i == 14 || i == 19)
		switch {
		case isUUIDMark:
		case c >= '0' && c <= '9':
			unknown[i] = "0123456789"[random.IntN(10)]
		case c >= 'a' && c <= 'f' && hex:
			unknown[i] = "abcdef"[random.IntN(6)]
		case c >= 'A' && c <= 'F' && hex:
			unknown[i] = "ABCDEF"[random.IntN(6)]
		case c >= 'a' && c <= 'z':
			unknown[i] = "abcdefghjkmnpqrstvwxyz"[random.IntN(22)]
		case c >= 'A' && c <= 'Z':
			unknown[i] = "ABCDEFGHJKMNPQRSTVWXYZ"[random.IntN(22)]
		}
	}
	return string(unknown)
}

// FieldName is what a field is called in requests.
func (b *Binding) FieldName(meaning string) string {
	if meaning == "id" {
		return strings.TrimPrefix(b.id, "/")
	}
	f, ok := b.fields[meaning]
	if !ok {
		return meaning
	}
	return f.write[strings.LastIndexByte(f.write, '/')+1:]
}

// Put sets a field in a body, wherever this API wants it.
func (b *Binding) Put(body map[string]any, meaning string, value any) {
	f, ok := b.fields[meaning]
	if !ok {
		f = field{write: b.enclosed(script.Pointer(b.FieldName(meaning)))}
	}
	setPointer(body, f.write, b.outgoing(f, value))
}

// Bound reports whether the API has an operation, a field, or one of: put (a real
// PUT), patch_method (a real PATCH), patch_fields (any partial update with a body),
// partial_put, action, replace_by_post.
func (b *Binding) Bound(part string) bool {
	switch part {
	case "put":
		return b.routes[script.Replace].method == http.MethodPut
	case "patch_method":
		return b.routes[script.Patch].method == http.MethodPatch
	case "partial_put":
		return b.partialPut
	case "action":
		return b.byAction
	case "patch_fields":
		_, patches := b.routes[script.Patch]
		return patches && !b.byAction
	case "replace_by_post":
		return b.routes[script.Replace].method == http.MethodPost
	}
	_, operation := b.routes[part]
	_, known := b.fields[part]
	return operation || known
}

// Documented reports whether the candidate states a policy, in takehome.yaml or in prose.
func (b *Binding) Documented(policy string) bool {
	if b.declared != nil && slices.Contains(b.declared.Policies, policy) {
		return true
	}
	return b.clues.documented(b.resource.policies[policy])
}

// setPointer puts a value into nested objects.
func setPointer(into map[string]any, pointer string, value any) {
	segments := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for _, segment := range segments[:len(segments)-1] {
		inner, ok := into[segment].(map[string]any)
		if !ok {
			inner = map[string]any{}
			into[segment] = inner
		}
		into = inner
	}
	into[segments[len(segments)-1]] = value
}

func withQuery(at, name, value string) string {
	joint := "?"
	if strings.Contains(at, "?") {
		joint = "&"
	}
	return at + joint + url.QueryEscape(name) + "=" + url.QueryEscape(value)
}
