package restapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"go.yaml.in/yaml/v4"

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

	auth *declaredAuth // of a section of its own
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

func parseDeclaration(content []byte) (*declaration, []string, error) {
	var file struct {
		API  *declaration `yaml:"todo"`
		Auth yaml.Node    `yaml:"auth"`
	}
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	if err := decoder.Decode(&file); err != nil && !errors.Is(err, io.EOF) {
		return nil, []string{declaredFile + " is not as expected and its API section is ignored: " + takehome.Line(err.Error())}, nil
	}
	auth, notes := readDeclaredAuth(file.Auth)
	if file.API == nil && auth == nil {
		return nil, notes, nil
	}
	if file.API == nil {
		file.API = &declaration{}
	}
	file.API.auth = auth
	return file.API, append(notes, file.API.notes()...), nil
}

// notes tells what in a declaration cannot be used, and drops it.
func (d *declaration) notes() []string {
	var notes []string
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

// plainPath refuses what is not the path of a URL on the program itself.
func plainPath(at string) bool {
	return strings.HasPrefix(at, "/") && !strings.HasPrefix(at, "//") && len(at) <= 200 &&
		strings.IndexFunc(at, func(r rune) bool { return r <= ' ' || r > '~' || r == '#' }) < 0
}
