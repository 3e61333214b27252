package openapi

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// ErrOther is a file that is no OpenAPI document at all.
var ErrOther = errors.New("no OpenAPI document")

// patience bounds the library's look at one document. Everything is bounded by counts
// before; this is for what nobody thought of, and generous, so that a busy machine finds
// the same as an idle one.
const patience = 20 * time.Second

// methods of OpenAPI, in the order in which operations are listed.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// Parse reads a document. What is no OpenAPI document is ErrOther; any other error says
// why a document cannot be used at all. A document of which a part cannot be used is
// returned with what can.
func Parse(ctx context.Context, source string, data []byte) (*Document, error) {
	root, err := decode(data)
	if err != nil {
		if !announces(data) {
			return nil, ErrOther
		}
		return nil, err
	}
	d := &Document{Source: source, root: root, broken: map[string][]string{}, proved: map[string]bool{}}
	d.Version = text(root, "openapi")
	if d.Version == "" {
		d.Version = text(root, "swagger")
	}
	paths, hasPaths := root["paths"].(map[string]any)
	if !strings.HasPrefix(d.Version, "2") && !strings.HasPrefix(d.Version, "3") || !hasPaths && root["paths"] != nil && !announces(data) {
		return nil, ErrOther
	}
	if len(paths) > maxPaths {
		return nil, errMany
	}
	if err := d.tangled(); err != nil {
		return nil, err
	}
	outside := map[string]bool{}
	outsideRefs(root, outside)
	d.Outside = sortedKeys(outside)
	d.Bases = d.bases()
	for _, path := range sortedKeys(paths) {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("read the document: %w", ctx.Err())
		}
		d.readPath(path, paths[path])
	}
	d.validate(ctx)
	return d, nil
}

// announces reports bytes that call themselves an OpenAPI document, whether or not they can be read.
func announces(data []byte) bool {
	head := string(data[:min(len(data), 4096)])
	for line := range strings.Lines(head) {
		line = strings.TrimLeft(line, " \t{\"'")
		if rest, ok := strings.CutPrefix(line, "openapi"); ok && versioned(rest) {
			return true
		}
		if rest, ok := strings.CutPrefix(line, "swagger"); ok && versioned(rest) {
			return true
		}
	}
	return false
}

func versioned(rest string) bool {
	rest = strings.TrimLeft(rest, "\"' ")
	rest, ok := strings.CutPrefix(rest, ":")
	rest = strings.TrimLeft(rest, "\"' ")
	return ok && len(rest) > 1 && (rest[0] == '2' || rest[0] == '3')
}

func (d *Document) swagger() bool { return strings.HasPrefix(d.Version, "2") }

// text reads a member that is text, or a number that stands for one: swagger: 2.0.
func text(object map[string]any, name string) string {
	switch v := object[name].(type) {
	case string:
		return v
	case interface{ String() string }:
		return v.String()
	}
	return ""
}

// bases lists the paths below which the program is served. A host is a stranger's word
// for where the program will be some day; only its path matters.
func (d *Document) bases() []string {
	bases := []string{""}
	add := func(address string) {
		parsed, err := url.Parse(address)
		if err != nil {
			return
		}
		if base := strings.TrimSuffix(parsed.Path, "/"); strings.HasPrefix(base, "/") && !strings.Contains(base, "{") && !slices.Contains(bases, base) && len(bases) < 8 {
			bases = append(bases, base)
		}
	}
	add(text(d.root, "basePath"))
	servers, _ := d.root["servers"].([]any)
	for _, entry := range servers {
		server, _ := entry.(map[string]any)
		add(text(server, "url"))
	}
	return bases
}

func (d *Document) readPath(path string, node any) {
	if !strings.HasPrefix(path, "/") {
		if !strings.HasPrefix(path, "x-") {
			d.Broken = append(d.Broken, path+": a path begins with a slash")
		}
		return
	}
	if ref, ok := target(node); ok && !strings.HasPrefix(ref, "#") {
		d.opaque = append(d.opaque, path)
		return
	}
	resolved, ok := d.resolve(node)
	item, isObject := resolved.(map[string]any)
	if !ok || !isObject {
		d.Broken = append(d.Broken, path+": cannot be read")
		return
	}
	for _, method := range methods {
		inner, ok := item[method]
		if !ok || len(d.Operations)+len(d.Broken) >= maxOperations {
			continue
		}
		operation, problem := d.readOperation(strings.ToUpper(method), path, inner, item["parameters"])
		if problem != "" {
			d.Broken = append(d.Broken, strings.ToUpper(method)+" "+path+": "+problem)
			d.broken[path] = append(d.broken[path], strings.ToUpper(method))
			continue
		}
		d.Operations = append(d.Operations, operation)
	}
}

func (d *Document) readOperation(method, path string, node, shared any) (Operation, string) {
	object, ok := node.(map[string]any)
	if !ok {
		return Operation{}, "is no object"
	}
	made := Operation{
		Method: method, Path: path, Summary: text(object, "summary"), Description: text(object, "description"),
		Responses: map[string]Response{}, Secured: d.secured(object),
	}
	responses, ok := object["responses"].(map[string]any)
	if !ok || len(responses) == 0 {
		return made, "has no responses"
	}
	for _, list := range []any{shared, object["parameters"]} {
		if problem := d.readParameters(&made, object, list); problem != "" {
			return made, problem
		}
	}
	if body, ok := object["requestBody"]; ok {
		if problem := d.readBody(&made, body); problem != "" {
			return made, problem
		}
	}
	for status, inner := range responses {
		if strings.HasPrefix(status, "x-") {
			continue
		}
		response, problem := d.readResponse(object, inner)
		if problem != "" {
			return made, "response " + status + " " + problem
		}
		made.Responses[status] = response
	}
	for segment := range strings.SplitSeq(path, "/") {
		_, name, ok := strings.Cut(segment, "{")
		name, _, closed := strings.Cut(name, "}")
		known := slices.ContainsFunc(made.Parameters, func(p Parameter) bool { return p.In == "path" && p.Name == name })
		if ok && closed && !known && len(d.Outside) == 0 {
			return made, "does not say what " + name + " in its path is"
		}
	}
	return made, ""
}

func (d *Document) secured(object map[string]any) bool {
	security, ok := object["security"].([]any)
	if !ok {
		security, _ = d.root["security"].([]any)
	}
	return len(security) > 0
}
