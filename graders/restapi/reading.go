package restapi

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/graders/script"
)

// maxReplyDepth is how deep a reply is searched for an item: envelopes are shallow.
const maxReplyDepth = 4

// findText finds the object that holds a text as a direct value, and the value's name.
func findText(value any, text string) (object, name string, found bool) {
	return findTextBelow(value, text, "", 0)
}

func findTextBelow(value any, text, pointer string, depth int) (object, name string, found bool) {
	if depth > maxReplyDepth {
		return "", "", false
	}
	switch v := value.(type) {
	case map[string]any:
		names := slices.Sorted(maps.Keys(v))
		for _, key := range names {
			if v[key] == text {
				return pointer, script.Pointer(key), true
			}
		}
		for _, key := range names {
			if object, name, found = findTextBelow(v[key], text, pointer+script.Pointer(key), depth+1); found {
				return object, name, true
			}
		}
	case []any:
		for i, element := range v {
			if object, name, found = findTextBelow(element, text, pointer+"/"+strconv.Itoa(i), depth+1); found {
				return object, name, true
			}
		}
	}
	return "", "", false
}

// findArray finds the array of a list reply: the reply itself, or the only array in its envelope.
func findArray(value any, nouns []string) (pointer string, found bool) {
	switch v := value.(type) {
	case []any:
		return "", true
	case map[string]any:
		var arrays []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			inner, ok := findArray(v[key], nouns)
			if ok && strings.Count(inner, "/") < maxReplyDepth {
				arrays = append(arrays, script.Pointer(key)+inner)
			}
		}
		// Several arrays (errors, links) beside the items: the usual names come first.
		for _, name := range slices.Concat([]string{"data", "items", "results", "content", "records", "rows"}, nouns) {
			if slices.Contains(arrays, script.Pointer(name)) {
				return script.Pointer(name), true
			}
		}
		if len(arrays) > 0 {
			return arrays[0], true
		}
	}
	return "", false
}

// idIn finds the id in an item: the usual names first, then a self link.
func idIn(object map[string]any, names []string) (pointer string, found bool) {
	for _, name := range names {
		for key, value := range object {
			if strings.EqualFold(key, name) && addressed(value) != "" {
				return script.Pointer(key), true
			}
		}
	}
	return "", false
}

// lastSegment is the id in the address of an item, from Location or from a link.
func lastSegment(address string) string {
	parsed, err := url.Parse(address)
	if err != nil {
		return ""
	}
	at := strings.Trim(parsed.EscapedPath(), "/")
	return at[strings.LastIndexByte(at, '/')+1:]
}

// nextNames are the names under which a list reply links to its next page.
var nextNames = []string{"/next", "/links/next", "/_links/next/href", "/_links/next", "/meta/next", "/pagination/next", "/next_page_url", "/nextPage", "/paging/next"}

// totalNames are the names under which a list reply says how many items there are in all.
var totalNames = []string{"/total", "/count", "/total_count", "/totalCount", "/totalItems", "/total_items", "/meta/total", "/pagination/total", "/totalElements", "/page/totalElements"}

// NextPage is the request for what a list reply left out: RFC 8288 Link, a link in the
// body, or arithmetic with the parameters that binding found.
func (b *Binding) NextPage(reply *script.Exchange) (script.Request, bool) {
	items, ok := b.Items(reply)
	if !ok || !reply.Success() || len(items) == 0 {
		return script.Request{}, false
	}
	if next, ok := b.explicitNext(reply); ok {
		return next, true
	}
	value, _ := reply.JSON() // Items read it already
	request := script.Request{Method: http.MethodGet, Header: http.Header{}, NoBody: true, Name: script.List}
	return b.nextByArithmetic(request, reply, value, len(items))
}

// explicitNext is the next page where the reply itself points to it: by a Link, a link in
// the body, or the token of a cursor.
func (b *Binding) explicitNext(reply *script.Exchange) (script.Request, bool) {
	request := script.Request{Method: http.MethodGet, Header: http.Header{}, NoBody: true, Name: script.List}
	if at := linkNext(reply.Header.Get("Link")); at != "" {
		return follow(request, reply, at)
	}
	value, err := reply.JSON()
	if err != nil {
		return request, false
	}
	for _, name := range nextNames {
		if at, ok := script.At(value, name); ok {
			if address, ok := at.(string); ok && strings.ContainsAny(address, "/?") {
				return follow(request, reply, address)
			}
		}
	}
	return b.nextByCursor(request, reply, value)
}

// cursorNames are the names under which a list reply gives the token for its next page,
// cursorParameters those under which a request hands it back.
var (
	cursorNames = []string{
		"/next_cursor", "/nextCursor", "/next", "/cursor", "/next_page_token", "/nextPageToken", "/meta/next_cursor", "/meta/nextCursor",
		"/pagination/next_cursor", "/pagination/nextCursor", "/page/next", "/paging/cursors/after", "/cursors/next", "/continuation",
	}
	cursorParameters = []string{"cursor", "after", "page_token", "pageToken", "starting_after", "next_cursor", "nextCursor", "continuation", "next"}
)

// nextByCursor hands a token back, under a parameter that the documents speak of.
func (b *Binding) nextByCursor(request script.Request, reply *script.Exchange, value any) (script.Request, bool) {
	parameter := ""
	for _, name := range cursorParameters {
		if b.clues.advertises(name) {
			parameter = name
			break
		}
	}
	if parameter == "" {
		return request, false
	}
	for _, name := range cursorNames {
		token, found := script.At(value, name)
		text, isText := token.(string)
		if number, isNumber := token.(json.Number); isNumber {
			text, isText = number.String(), true
		}
		base, err := url.Parse(reply.Request.Path)
		if !found || !isText || text == "" || err != nil || base.Query().Get(parameter) == text {
			continue
		}
		query := base.Query()
		query.Set(parameter, text)
		base.RawQuery = query.Encode()
		request.Path = base.String()
		return request, true
	}
	return request, false
}

// follow goes to a link of the same program; a link to anywhere else is its path only.
func follow(request script.Request, reply *script.Exchange, address string) (script.Request, bool) {
	base, err := url.Parse("http://pod" + reply.Request.Path)
	if err != nil {
		return request, false
	}
	target, err := base.Parse(address)
	if err != nil || target.RequestURI() == reply.Request.Path {
		return request, false
	}
	request.Path = target.RequestURI()
	return request, true
}

func (b *Binding) nextByArithmetic(request script.Request, reply *script.Exchange, value any, items int) (script.Request, bool) {
	if b.paging.size == "" || b.paging.offset == "" && b.paging.page == "" {
		return request, false
	}
	more := items >= pageSize
	base, err := url.Parse(reply.Request.Path)
	if err != nil {
		return request, false
	}
	query := base.Query()
	offset, _ := strconv.Atoi(query.Get(b.paging.offset)) // absent is 0
	for _, name := range totalNames {
		if total, ok := script.At(value, name); ok {
			if n, err := strconv.Atoi(addressed(total)); err == nil && b.paging.offset != "" {
				more = more || offset+items < n
			}
		}
	}
	if !more {
		return request, false
	}
	if b.paging.offset != "" {
		query.Set(b.paging.offset, strconv.Itoa(offset+items))
	} else {
		page, err := strconv.Atoi(query.Get(b.paging.page))
		if err != nil {
			page = b.paging.base
		}
		query.Set(b.paging.page, strconv.Itoa(page+1))
	}
	base.RawQuery = query.Encode()
	request.Path = base.String()
	return request, true
}

// linkNext reads rel=next of a Link header (RFC 8288).
func linkNext(header string) string {
	for part := range strings.SplitSeq(header, ",") {
		address, parameters, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.Contains(strings.ReplaceAll(parameters, `"`, ""), "rel=next") {
			return strings.Trim(address, "<> ")
		}
	}
	return ""
}
