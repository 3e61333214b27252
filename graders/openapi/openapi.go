// Package openapi reads the OpenAPI document of a stranger (Swagger 2.0, OpenAPI 3.0 to
// 3.2), and compares what a program does with what the document says. It stands between
// the grader of REST APIs and its checks, knows nothing of either, and sends nothing.
//
// A document is hostile: its bytes, depth, references and schemas are bounded before
// anything looks at their meaning, references to other files are never followed, and
// patterns run in RE2, whose time is linear.
package openapi

import (
	"slices"
	"strings"
)

// Limits of a document.
const (
	MaxDocument   = 2 << 20 // bytes
	maxDepth      = 96      // of nesting in the document
	maxNodes      = 200_000 // of the document, aliases counted as often as they occur
	maxHops       = 32      // from one reference to the next
	maxVisits     = 400_000 // of a reader that follows every reference
	maxPaths      = 500     // of a document
	maxOperations = 600
	maxEvaluated  = 50_000 // schemas that are looked at for one value
	maxLevels     = 64     // of schemas within schemas for one value
)

// Document is one document, as far as it can be used.
type Document struct {
	// Source says where it was found: a path in the repository, or that of a request.
	Source string
	// Version is what the document says of itself: "2.0", "3.0.3", "3.1.0".
	Version string
	// Operations are those that can be used, ordered by path and method.
	Operations []Operation
	// Broken are the operations that cannot be used, each with the reason.
	Broken []string
	// Problems are what a validator says of the document as a whole.
	Problems []string
	// Outside are references to other files. What they stand for is not known.
	Outside []string
	// Bases are the paths below which the document says that the program is served, "" first.
	Bases []string

	root     map[string]any
	opaque   []string            // paths whose operations stand in another file
	broken   map[string][]string // paths of operations that cannot be used, with their methods
	proved   map[string]bool     // references below which everything was looked at
	patterns patterns
}

// Operation is one method on one path.
type Operation struct {
	Method      string
	Path        string // as the document writes it: /todos/{id}
	Summary     string
	Description string
	Parameters  []Parameter
	Body        *Body
	// Responses by status as the document writes it: "200", "4XX", "default".
	Responses map[string]Response
	Secured   bool
}

// Parameter is one parameter of an operation.
type Parameter struct {
	Name, In string
	Required bool
	Schema   Schema
}

// Body is what a request carries.
type Body struct {
	Required bool
	Content  map[string]Content // by media type, in lower case
}

// Content is a body of one media type.
type Content struct {
	Schema   Schema
	Examples []any // in the order of the document, values of JSON
}

// Response is one documented answer.
type Response struct {
	Content map[string]Content
	Headers []string // those that are required
}

// Schema is a schema in its document. The zero value allows everything.
type Schema struct {
	node     any
	document *Document
}

// Known reports whether the document says anything of the value.
func (s Schema) Known() bool { return s.node != nil }

// Response finds what is documented for a status: the status itself, its class, or the default.
func (o Operation) Response(status int) (Response, bool) {
	code := itoa(status)
	for _, name := range []string{code, code[:1] + "XX", code[:1] + "xx", "default"} {
		if response, ok := o.Responses[name]; ok {
			return response, true
		}
	}
	return Response{}, false
}

// JSON is the documented body that is JSON, application/json before its relatives.
func (b *Body) JSON() (media string, content Content, ok bool) {
	if b == nil {
		return "", Content{}, false
	}
	if content, ok = b.Content["application/json"]; ok {
		return "application/json", content, true
	}
	for _, media := range sortedKeys(b.Content) {
		if IsJSON(media) || media == "*/*" {
			return media, b.Content[media], true
		}
	}
	return "", Content{}, false
}

// IsJSON reports a media type whose bodies are JSON.
func IsJSON(media string) bool {
	media, _, _ = strings.Cut(media, ";")
	media = strings.TrimSpace(strings.ToLower(media))
	return media == "application/json" || strings.HasSuffix(media, "+json") || media == "text/json"
}

// Accepts finds the documented content for a media type, wild cards included.
func Accepts(contents map[string]Content, media string) (Content, bool) {
	media, _, _ = strings.Cut(media, ";")
	media = strings.TrimSpace(strings.ToLower(media))
	kind, _, _ := strings.Cut(media, "/")
	for _, name := range []string{media, kind + "/*", "*/*"} {
		if content, ok := contents[name]; ok {
			return content, true
		}
	}
	return Content{}, false
}

// Match finds the operation that a request of this method and path belongs to. The path
// is known where an operation of another method has it.
func (d *Document) Match(method, path string) (operation Operation, found, pathKnown bool) {
	best := -1
	for i := range d.Operations {
		candidate := &d.Operations[i]
		literals, ok := d.fits(candidate.Path, path)
		if !ok {
			continue
		}
		pathKnown = true
		if candidate.Method == method && literals > best {
			operation, found, best = *candidate, true, literals
		}
	}
	return operation, found, pathKnown
}

// Documents reports whether the document speaks of the request at all, in this file or another.
func (d *Document) Documents(method, path string) bool {
	if _, found, _ := d.Match(method, path); found {
		return true
	}
	for template, methods := range d.broken {
		if _, ok := d.fits(template, path); ok && slices.Contains(methods, method) {
			return true // badly documented, which is told elsewhere
		}
	}
	return slices.ContainsFunc(d.opaque, func(template string) bool {
		_, ok := d.fits(template, path)
		return ok
	})
}

// fits compares a path with a template below each base, and counts the literal segments.
func (d *Document) fits(template, path string) (literals int, ok bool) {
	path, _, _ = strings.Cut(path, "?")
	for _, base := range d.Bases {
		if literals, ok = fitsExactly(base+template, path); ok {
			return literals, true
		}
	}
	return 0, false
}

func fitsExactly(template, path string) (literals int, ok bool) {
	want, got := strings.Split(strings.Trim(template, "/"), "/"), strings.Split(strings.Trim(path, "/"), "/")
	if len(want) != len(got) {
		return 0, false
	}
	for i, segment := range want {
		switch {
		case strings.Contains(segment, "{") && got[i] != "":
		case segment == got[i]:
			literals++
		default:
			return 0, false
		}
	}
	return literals, true
}
