// Package authored decodes the YAML files that challenge authors write. It is
// strict: an unknown field, a duplicate key, a wrong type or an alias is refused
// with file, line and, where one is near, the word that was probably meant.
//
// It stands at the very beginning of the straight line, below catalog and the
// graders that own the files' contents.
package authored

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// MaxBytes is the largest authored file that is read.
const MaxBytes = 1 << 20

// Decode reads data, the content of the named file, into the struct that into
// points to. Every error is a *takehome.Fault of the author with file and line.
func Decode(file string, data []byte, into any) error {
	if len(data) > MaxBytes {
		return Fault(file, 0, fmt.Sprintf("the file has %d bytes, at most %d are read", len(data), MaxBytes))
	}
	parsed, err := parser.ParseBytes(data, 0)
	if err != nil {
		return explain(file, data, err, nil)
	}
	if len(parsed.Docs) != 1 || parsed.Docs[0].Body == nil {
		return Fault(file, 1, "the file must hold exactly one YAML document")
	}
	body := parsed.Docs[0].Body
	if at := firstAlias(body); at != nil {
		return Fault(file, at.GetToken().Position.Line, "anchors and aliases are not allowed, write the value out")
	}
	if err := Node(body, into); err != nil {
		return explain(file, data, err, vocabulary(reflect.TypeOf(into)))
	}
	return nil
}

// Node decodes one node strictly. Types whose YAML has several forms call it from
// their UnmarshalYAML(ast.Node) method.
func Node(node ast.Node, into any) error {
	return yaml.NodeToValue(node, into, yaml.Strict())
}

// Fault is a fault of the author in a file; line 0 means the whole file.
func Fault(file string, line int, problem string) *takehome.Fault {
	where := file
	if line > 0 {
		where = fmt.Sprintf("%s:%d", file, line)
	}
	return &takehome.Fault{
		Owner: takehome.Author, Summary: where + ": " + problem,
		Hint: "mend the challenge package; takehome help challenge-format describes every field",
	}
}

// LineOf finds the line on which the item with the given id is declared, 0 if nowhere.
func LineOf(data []byte, id string) int {
	declared := regexp.MustCompile(`(?m)^\s*(?:-\s*)?\{?\s*id:\s*["']?` + regexp.QuoteMeta(id) + `["']?\s*(?:[,}#].*)?$`)
	at := declared.FindIndex(data)
	if at == nil {
		return 0
	}
	start := at[0]
	for start < len(data) && (data[start] == '\n' || data[start] == '\r') {
		start++
	}
	return strings.Count(string(data[:start]), "\n") + 1
}

var unknownField = regexp.MustCompile(`unknown field "([^"]*)"`)

func explain(file string, data []byte, err error, words []string) error {
	problem, line := err.Error(), 0
	if located, ok := errors.AsType[yaml.Error](err); ok {
		problem = located.GetMessage()
		if token := located.GetToken(); token != nil {
			line = token.Position.Line
		}
	}
	if typed, ok := errors.AsType[*yaml.TypeError](err); ok {
		problem = fmt.Sprintf("expected %s here, found %s", plain(typed.DstType), plain(typed.SrcType))
	}
	if match := unknownField.FindStringSubmatch(problem); match != nil {
		problem = fmt.Sprintf("unknown field %q", match[1])
		if near := Nearest(match[1], words); near != "" {
			problem += fmt.Sprintf(" (did you mean %q?)", near)
		}
	}
	if strings.Contains(problem, "tab character") {
		problem += "; a block of text that begins with a tab is written |2- instead of |-"
	}
	if id := enclosing(data, line); id != "" {
		problem = fmt.Sprintf("%s: %s", id, problem)
	}
	return Fault(file, line, problem)
}

// plain names a Go type in the words of a YAML author.
func plain(t reflect.Type) string {
	if t == nil {
		return "nothing"
	}
	switch t.Kind() {
	case reflect.Struct, reflect.Map:
		return "a mapping"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64, reflect.Uint64, reflect.Float64:
		return "a number"
	default:
		return t.String()
	}
}

var idLine = regexp.MustCompile(`^\s*(?:-\s*)?\{?\s*id:\s*["']?([A-Za-z0-9_.-]+)`)

// enclosing finds the id of the item in which a line lies.
func enclosing(data []byte, line int) string {
	lines := strings.Split(string(data), "\n")
	for at := min(line, len(lines)) - 1; at >= 0; at-- {
		if match := idLine.FindStringSubmatch(lines[at]); match != nil {
			return match[1]
		}
	}
	return ""
}

type aliasFinder struct{ found ast.Node }

func (f *aliasFinder) Visit(node ast.Node) ast.Visitor {
	if f.found != nil {
		return nil
	}
	switch node.Type() {
	case ast.AliasType, ast.AnchorType, ast.MergeKeyType:
		f.found = node
		return nil
	default:
		return f
	}
}

func firstAlias(node ast.Node) ast.Node {
	finder := &aliasFinder{}
	ast.Walk(finder, node)
	return finder.found
}

// vocabulary collects every field name that the type and the types below it know.
func vocabulary(root reflect.Type) []string {
	seen := map[reflect.Type]bool{}
	var words []string
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || seen[t] {
			return
		}
		seen[t] = true
		for field := range t.Fields() {
			name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
			if name != "" && name != "-" {
				words = append(words, name)
			}
			walk(field.Type)
		}
	}
	walk(root)
	slices.Sort(words)
	return slices.Compact(words)
}

// Nearest returns the word within two edits of the given one, or "".
func Nearest(word string, words []string) string {
	best, distance := "", 3
	for _, candidate := range words {
		if d := edits(strings.ToLower(word), candidate); d < distance && d < max(len(candidate), 2) {
			best, distance = candidate, d
		}
	}
	return best
}

// edits is the Levenshtein distance.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
