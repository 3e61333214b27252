package restapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/takehome-dev/takehome/internal/authored"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// declaredFile is where a candidate may state the shape of the API.
const (
	declaredFile    = "takehome.yaml"
	maxDeclaredFile = 256 << 10
)

// declaration is the part of a candidate's takehome.yaml that is about the API. What
// it states is tried first and confirmed like everything else.
type declaration struct {
	Collection  string            `yaml:"collection"`
	Item        string            `yaml:"item"`
	ID          string            `yaml:"id"`    // JSON Pointer into a reply with one item
	List        string            `yaml:"list"`  // JSON Pointer to the array of a list reply
	Write       map[string]string `yaml:"write"` // meaning to JSON Pointer in a request
	Read        map[string]string `yaml:"read"`  // meaning to JSON Pointer in a reply
	DoneValues  flagValues        `yaml:"done_values"`
	CreateExtra map[string]any    `yaml:"create_extra"`
	Create      declaredRoute     `yaml:"create"`
	Get         declaredRoute     `yaml:"get"`
	Replace     declaredRoute     `yaml:"replace"`
	Patch       declaredRoute     `yaml:"patch"`
	Delete      declaredRoute     `yaml:"delete"`
	Paging      declaredPaging    `yaml:"paging"`
	Policies    []string          `yaml:"policies"` // soft_delete, put_creates, …
}

type flagValues struct {
	No  any `yaml:"no"`
	Yes any `yaml:"yes"`
}

type declaredRoute struct {
	Method string `yaml:"method"`
	Path   string `yaml:"path"`
	Media  string `yaml:"media"`
}

type declaredPaging struct {
	Size   string `yaml:"size"`
	Page   string `yaml:"page"`
	Offset string `yaml:"offset"`
	Base   int    `yaml:"base"`
}

// readDeclaration reads the candidate's statement, if there is one. Whatever is wrong
// with it becomes a note for the reader: a candidate's mistake in this file is told,
// and never an error.
func readDeclaration(dir string) (*declaration, []string, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, nil, fmt.Errorf("open the submission: %w", err)
	}
	defer func() { _ = root.Close() }() // opened for reading
	opened, err := root.Open(declaredFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, []string{declaredFile + " cannot be read and is ignored"}, nil
	}
	defer func() { _ = opened.Close() }() // opened for reading
	content, err := io.ReadAll(io.LimitReader(opened, maxDeclaredFile+1))
	if err != nil || len(content) > maxDeclaredFile {
		return nil, []string{declaredFile + " is too large and is ignored"}, nil
	}
	return parseDeclaration(content)
}

// parseDeclaration takes what it can use and tells the rest.
func parseDeclaration(content []byte) (*declaration, []string, error) {
	var file struct {
		API yaml.Node `yaml:"todo"`
	}
	ignored := func(err error) (*declaration, []string, error) {
		return nil, []string{declaredFile + " is not as expected and its API section is ignored: " + takehome.Line(err.Error())}, nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	if err := decoder.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return ignored(err)
	}
	if file.API.IsZero() || file.API.Tag == "!!null" {
		return nil, nil, nil
	}
	var declared declaration
	if err := file.API.Decode(&declared); err != nil {
		return ignored(err)
	}
	notes := unknownFields(&file.API, reflect.TypeFor[declaration]())
	notes = append(notes, declared.notes()...)
	if len(notes) > maxDeclaredNotes {
		notes = append(notes[:maxDeclaredNotes], fmt.Sprintf("%s: %d more things cannot be used", declaredFile, len(notes)-maxDeclaredNotes))
	}
	return &declared, notes, nil
}

// maxDeclaredNotes is how many mistakes are told one by one.
const maxDeclaredNotes = 10

// unknownFields tells which fields of a mapping are none of a struct's, and of the structs in it.
func unknownFields(node *yaml.Node, into reflect.Type) []string {
	if node.Kind != yaml.MappingNode || into.Kind() != reflect.Struct {
		return nil
	}
	known := map[string]reflect.Type{}
	for field := range into.Fields() {
		known[field.Tag.Get("yaml")] = field.Type
	}
	var notes []string
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := node.Content[i].Value
		if inner, ok := known[name]; ok {
			notes = append(notes, unknownFields(node.Content[i+1], inner)...)
			continue
		}
		note := fmt.Sprintf("%s:%d: unknown field %q", declaredFile, node.Content[i].Line, takehome.Line(name))
		if near := authored.Nearest(takehome.Line(name), slices.Sorted(maps.Keys(known))); near != "" {
			note += fmt.Sprintf(" (did you mean %q?)", near)
		}
		notes = append(notes, note+" is ignored")
	}
	return notes
}

// notes tells what in a declaration cannot be used, and drops it.
func (d *declaration) notes() []string {
	notes := d.unwritable()
	drop := func(what string, value *string, ok bool) {
		if *value != "" && !ok {
			notes = append(notes, fmt.Sprintf("%s: %s %q cannot be used and is ignored", declaredFile, what, takehome.Line(*value)))
			*value = ""
		}
	}
	drop("collection", &d.Collection, plainPath(d.Collection))
	drop("item", &d.Item, plainPath(d.Item) && strings.Contains(d.Item, "{id}"))
	drop("id", &d.ID, strings.HasPrefix(d.ID, "/"))
	drop("list", &d.List, strings.HasPrefix(d.List, "/"))
	for _, route := range []struct {
		name  string
		route *declaredRoute
	}{{"create", &d.Create}, {"get", &d.Get}, {"replace", &d.Replace}, {"patch", &d.Patch}, {"delete", &d.Delete}} {
		drop(route.name+" path", &route.route.Path, plainPath(route.route.Path))
		drop(route.name+" method", &route.route.Method, strings.Trim(route.route.Method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "")
		drop(route.name+" media", &route.route.Media, strings.Trim(route.route.Media, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/+.;= -") == "")
	}
	return notes
}

// maxDeclaredValue is how much of every request a declared value may take.
const maxDeclaredValue = 4 << 10

// unwritable drops values that no request can carry: YAML knows numbers and keys that
// JSON does not.
func (d *declaration) unwritable() []string {
	var notes []string
	for _, name := range slices.Sorted(maps.Keys(d.CreateExtra)) {
		text, err := json.Marshal(d.CreateExtra[name])
		why := ""
		switch {
		case err != nil:
			why = "cannot be written as JSON"
		case len(name)+len(text) > maxDeclaredValue:
			why = "is too large"
		default:
			continue
		}
		notes = append(notes, fmt.Sprintf("%s: create_extra %q %s and is ignored", declaredFile, takehome.Line(name), why))
		delete(d.CreateExtra, name)
	}
	text, err := json.Marshal([]any{d.DoneValues.No, d.DoneValues.Yes})
	if err != nil || len(text) > maxDeclaredValue {
		notes = append(notes, declaredFile+": done_values cannot be written as JSON and are ignored")
		d.DoneValues = flagValues{}
	}
	return notes
}

// plainPath refuses what is not the path of a URL on the program itself.
func plainPath(at string) bool {
	return strings.HasPrefix(at, "/") && !strings.HasPrefix(at, "//") && len(at) <= 200 &&
		strings.IndexFunc(at, func(r rune) bool { return r <= ' ' || r > '~' || r == '#' }) < 0
}
