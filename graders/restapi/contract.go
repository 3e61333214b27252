package restapi

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/apidocs"
	"github.com/takehome-dev/takehome/graders/openapi"
	"github.com/takehome-dev/takehome/graders/script"
)

// contract is everything that the candidate documents of the API.
type contract struct {
	// document is the OpenAPI document that tells most, nil where there is none.
	document *openapi.Document
	// unreadable is a file that calls itself a document and cannot be read, with the reason.
	unreadable string
	served     string // where the document was served, "" where the repository has it
	docs       apidocs.Docs
}

// servedAt are the places where frameworks serve their documents, and pages that show one.
var servedAt = []string{
	"/openapi.json", "/openapi.yaml", "/swagger.json", "/v3/api-docs", "/api-docs", "/docs/json", "/api-docs.json",
	"/swagger/v1/swagger.json", "/docs", "/api/openapi.json", "/api/docs", "/swagger/doc.json", "/openapi", "/documentation/json",
}

// maxServed is how many places are asked. A count and no time: a busy machine must not
// decide whether a document is found.
const maxServed = 20

var (
	servedWord  = regexp.MustCompile("[\"'`](/[A-Za-z0-9_/.-]{0,60}(?:openapi|swagger|api-?docs|docs)[A-Za-z0-9_/.-]{0,40})[\"'`]")
	linkedWord  = regexp.MustCompile(`(?:\burl|spec-url|data-url|specUrl|openapi)["']?\s*[:=]\s*["']([^"'\s<>]{1,200})["']`)
	linkedInit  = regexp.MustCompile(`(?:src)\s*=\s*["']([^"'\s<>]{0,120}swagger-ui-init\.js)["']`)
	embeddedDoc = []byte(`"swaggerDoc":`)
)

// readContract looks for documentation in the repository and, where that has no document
// that can be used, at the places where programs serve one.
func readContract(ctx context.Context, dir string) (contract, error) {
	var found contract
	var err error
	if found.docs, err = apidocs.Read(dir); err != nil {
		return contract{}, err
	}
	findings, err := openapi.Find(ctx, dir)
	if err != nil {
		return contract{}, err
	}
	for _, finding := range findings {
		if finding.Err != nil {
			found.unreadable = finding.Source + ": " + finding.Err.Error()
			continue
		}
		if found.document == nil || len(finding.Document.Operations) > len(found.document.Operations) {
			found.document = finding.Document
		}
	}
	return found, nil
}

// useful reports a document from which something can be learned.
func (c contract) useful() bool { return c.document != nil && len(c.document.Operations) > 0 }

// fetch looks for a served document. Pages are searched as text for the address of one.
func (c *contract) fetch(ctx context.Context, client *script.Client, mentioned []string) error {
	queue := slices.Concat(mentioned, servedAt)
	seen := map[string]bool{}
	for len(queue) > 0 && len(seen) < maxServed {
		at := queue[0]
		queue = queue[1:]
		if seen[at] || !plainPath(at) {
			continue
		}
		seen[at] = true
		reply, err := client.Do(ctx, script.Request{Method: http.MethodGet, Path: at, NoBody: true, Name: "document at " + at})
		if err != nil {
			return err
		}
		if !reply.Answered() {
			return nil // a program that hangs here would hang at every other place
		}
		if moved := sameOriginTarget(reply); moved != "" {
			queue = append([]string{moved}, queue...)
			continue
		}
		if !reply.Success() {
			continue
		}
		if linked := linkedDocuments(at, reply); len(linked) > 0 {
			queue = append(linked, queue...)
		}
		body := reply.Body
		if i := bytes.Index(body, embeddedDoc); i >= 0 {
			body = firstValue(body[i+len(embeddedDoc):])
		}
		document, err := openapi.Parse(ctx, at, body)
		if err == nil && len(document.Operations) > 0 {
			c.document, c.served = document, at
			return nil
		}
	}
	return nil
}

// firstValue is the JSON value that a text begins with.
func firstValue(text []byte) []byte {
	var value json.RawMessage
	if json.NewDecoder(bytes.NewReader(text)).Decode(&value) != nil {
		return nil
	}
	return value
}

// linkedDocuments lists addresses on the same program that a page names.
func linkedDocuments(from string, reply *script.Exchange) []string {
	var linked []string
	base, err := url.Parse("http://pod" + from)
	if err != nil || reply.Media() == "json" {
		return nil
	}
	for _, pattern := range []*regexp.Regexp{linkedInit, linkedWord} {
		for _, match := range pattern.FindAllSubmatch(reply.Body, 6) {
			if target, err := base.Parse(string(match[1])); err == nil {
				linked = append(linked, target.RequestURI())
			}
		}
	}
	return linked
}

// mentionedDocuments are paths in the code that sound like a document.
func mentionedDocuments(source string) []string {
	var paths []string
	for _, match := range servedWord.FindAllStringSubmatch(source, 20) {
		paths = append(paths, match[1])
	}
	paths = distinct(paths)
	return paths[:min(len(paths), 6)]
}

// name says where the document is.
func (c contract) name() string {
	switch {
	case c.document == nil:
		return ""
	case c.served != "":
		return "the OpenAPI document at " + c.served
	}
	return "the OpenAPI document " + c.document.Source
}

// collections proposes paths for the collection: a POST whose items can be read or deleted.
func (c contract) collections(resource Resource) []string {
	if c.document == nil {
		return nil
	}
	type proposal struct {
		path string
		rank int
	}
	var proposals []proposal
	for _, operation := range c.document.Operations {
		if operation.Method != http.MethodPost || strings.Contains(operation.Path, "{") {
			continue
		}
		items := slices.ContainsFunc(c.document.Operations, func(o openapi.Operation) bool {
			return (o.Method == http.MethodGet || o.Method == http.MethodDelete) && apidocs.NormalPath(o.Path) == apidocs.NormalPath(operation.Path)+"/{id}"
		})
		if !items {
			continue
		}
		last := strings.ToLower(strings.Trim(operation.Path, "/"))
		rank := slices.Index(resource.Nouns, last[strings.LastIndexByte(last, '/')+1:])
		if rank < 0 {
			rank = len(resource.Nouns)
		}
		// Where a document names a base, the path below it comes before the bare one.
		for _, base := range slices.Backward(c.document.Bases) {
			proposals = append(proposals, proposal{base + operation.Path, rank})
		}
	}
	slices.SortStableFunc(proposals, func(a, b proposal) int { return a.rank - b.rank })
	paths := make([]string, 0, len(proposals))
	for _, one := range proposals {
		if plainPath(one.path) {
			paths = append(paths, one.path)
		}
	}
	return paths[:min(len(paths), 6)]
}

// creating is the documented schema of a request that creates.
func (c contract) creating(collection string) openapi.Schema {
	if c.document == nil {
		return openapi.Schema{}
	}
	operation, ok, _ := c.document.Match(http.MethodPost, collection)
	if !ok {
		return openapi.Schema{}
	}
	_, content, _ := operation.Body.JSON()
	return content.Schema
}

// names proposes what a field is called: the documented members among its usual names,
// and for the main text any required text that is nothing else.
func (c contract) names(words FieldWords, collection string, isMain bool) []string {
	properties := c.creating(collection).Properties()
	var names, others []string
	for _, usual := range words.Names {
		for _, property := range properties {
			if strings.EqualFold(property.Name, usual) {
				names = append(names, property.Name)
			}
		}
	}
	if isMain && len(names) == 0 {
		for _, property := range properties {
			if property.Required && property.Type() == "string" && property.Format() == "" && len(property.Enum()) == 0 {
				others = append(others, property.Name)
			}
		}
	}
	return append(names, others...)
}

// values lists the documented values of a field.
func (c contract) values(names []string, collection string) []string {
	for _, property := range c.creating(collection).Properties() {
		if slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, property.Name) }) && len(property.Enum()) > 0 {
			return property.Enum()
		}
	}
	return nil
}

// required lists documented members that creating needs, apart from the text, with a value for each.
func (c contract) required(collection, main string) map[string]any {
	extra := map[string]any{}
	for _, property := range c.creating(collection).Properties() {
		if !property.Required || strings.EqualFold(property.Name, main) {
			continue
		}
		if value, ok := property.Example(); ok {
			extra[script.Pointer(property.Name)] = value
		}
	}
	return extra
}
