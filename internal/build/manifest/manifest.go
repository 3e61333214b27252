// Package manifest reads the "start" section of a candidate's takehome.yaml: the ten
// lines in which a candidate can say what we would otherwise have to guess. Nothing in it
// is ever an error: what cannot be understood becomes a note that says what was meant.
package manifest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/internal/build/document"
	"github.com/takehome-dev/takehome/internal/build/words"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Start is the section. Empty fields were not set.
type Start struct {
	Folder      string
	Dockerfile  string
	Command     []string
	Port        int
	PortEnv     []string
	DatabaseEnv []string
	Env         []Variable
	Migrate     Migrate
	Ready       string
}

// Variable is an entry of "env".
type Variable struct{ Name, Value string }

// Migrate is the "migrate" entry. Given tells it from one that is not there; given and
// empty means that nothing has to be done.
type Migrate struct {
	Given   bool
	Command []string
	Files   []string
}

// Read reads the section. The notes tell what was not understood.
func Read(text string) (Start, []string) {
	root, err := document.Parse(text)
	if err != nil {
		return Start{}, []string{"takehome.yaml was left out: " + takehome.Line(err.Error())}
	}
	r := &reader{}
	r.checkVersion(root)
	section := root.Get("start")
	if section.Has() && section.Kind != document.Map && section.Kind != document.Null {
		r.note(section.Line, `"start" has to be a map, such as start: {port_env: PORT}`)
	}
	for _, entry := range section.Entries() {
		r.entry(entry)
	}
	return r.start, r.notes
}

type reader struct {
	start Start
	notes []string
}

func (r *reader) note(line int, text string) {
	r.notes = append(r.notes, fmt.Sprintf("takehome.yaml:%d: %s", line, takehome.Line(text)))
}

func (r *reader) checkVersion(root document.Node) {
	version := root.Get("takehome")
	if version.Has() && version.Text() != "1" {
		r.note(version.Line, fmt.Sprintf("format %q is not known; it was read as format 1", version.Text()))
	}
}

func keys() []string {
	return []string{"folder", "dockerfile", "command", "port", "port_env", "db_env", "env", "migrate", "ready"}
}

func (r *reader) entry(entry document.Entry) {
	value := entry.Value
	switch entry.Key {
	case "folder":
		r.start.Folder = r.path(entry)
	case "dockerfile":
		r.start.Dockerfile = r.path(entry)
	case "command":
		r.start.Command = r.command(entry)
	case "port":
		port, err := strconv.Atoi(value.Text())
		if err != nil || port < 1 || port > 65535 {
			r.note(entry.Line, `"port" has to be a number from 1 to 65535`)
			return
		}
		r.start.Port = port
	case "port_env":
		r.start.PortEnv = r.names(entry)
	case "db_env":
		r.start.DatabaseEnv = r.names(entry)
	case "env":
		r.env(entry)
	case "migrate":
		r.migrate(entry)
	case "ready":
		if !strings.HasPrefix(value.Text(), "/") {
			r.note(entry.Line, `"ready" has to be a path, such as /health`)
			return
		}
		r.start.Ready = value.Text()
	default:
		r.note(entry.Line, unknown("start."+entry.Key, entry.Key))
	}
}

func unknown(name, key string) string {
	if meant := nearest(key, keys()); meant != "" {
		return fmt.Sprintf("unknown key %q (did you mean %q?)", name, meant)
	}
	return fmt.Sprintf("unknown key %q; known are %s", name, strings.Join(keys(), ", "))
}

func (r *reader) path(entry document.Entry) string {
	text := strings.TrimPrefix(strings.TrimSuffix(entry.Value.Text(), "/"), "./")
	switch {
	case entry.Value.Kind == document.Null:
		return ""
	case entry.Value.Kind != document.Scalar:
		r.note(entry.Line, fmt.Sprintf("%q has to be a path", entry.Key))
		return ""
	case strings.HasPrefix(text, "/") || strings.Contains("/"+text+"/", "/../"):
		r.note(entry.Line, fmt.Sprintf("%q has to be a path inside the submission", entry.Key))
		return ""
	case text == "":
		return "."
	}
	return text
}

// command reads a list of words, or a text that is split as a shell would split it.
func (r *reader) command(entry document.Entry) []string {
	switch entry.Value.Kind {
	case document.List:
		return entry.Value.Texts()
	case document.Scalar:
		text := entry.Value.Text()
		split, err := words.Split(text)
		if err != nil {
			r.note(entry.Line, fmt.Sprintf("%q cannot be split into words: %v", entry.Key, err))
			return nil
		}
		if words.NeedsShell(withoutPlaceholders(text)) {
			r.note(entry.Line, fmt.Sprintf("no shell reads %q; where one is needed, write it out: %s: [sh, -c, %s]",
				entry.Key, entry.Key, strconv.Quote(text)))
		}
		return split
	case document.Absent, document.Null, document.Map:
	}
	if entry.Value.Kind != document.Null {
		r.note(entry.Line, fmt.Sprintf("%q has to be a text or a list of words", entry.Key))
	}
	return nil
}

// withoutPlaceholders takes out {listen} and the like, whose braces mean nothing to a shell here.
func withoutPlaceholders(text string) string {
	return strings.NewReplacer("{host}", "", "{port}", "", "{database}", "", "{user}", "", "{password}", "", "{listen}", "").Replace(text)
}

// names reads one name of an environment variable, or a list of them.
func (r *reader) names(entry document.Entry) []string {
	var made []string
	for _, name := range entry.Value.Texts() {
		if !ValidName(name) {
			r.note(entry.Line, fmt.Sprintf("%q is not the name of an environment variable", name))
			continue
		}
		made = append(made, name)
	}
	return made
}

const maxName = 128

// ValidName reports whether an environment can hold a variable of this name.
func ValidName(name string) bool {
	if name == "" || len(name) > maxName {
		return false
	}
	for i, r := range name {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r != '.' && r != '-' && (r < '0' || r > '9')) {
			return false
		}
	}
	return true
}

func (r *reader) env(entry document.Entry) {
	if entry.Value.Kind != document.Map && entry.Value.Kind != document.Null {
		r.note(entry.Line, `"env" has to be a map of names and values`)
		return
	}
	for _, variable := range entry.Value.Entries() {
		switch {
		case !ValidName(variable.Key):
			r.note(variable.Line, fmt.Sprintf("%q is not the name of an environment variable", variable.Key))
		case variable.Value.Kind == document.List || variable.Value.Kind == document.Map:
			r.note(variable.Line, fmt.Sprintf("the value of %q has to be a text", variable.Key))
		default:
			r.start.Env = append(r.start.Env, Variable{Name: variable.Key, Value: variable.Value.Text()})
		}
	}
}

func (r *reader) migrate(entry document.Entry) {
	r.start.Migrate.Given = true
	switch value := entry.Value; value.Kind {
	case document.Map:
		for _, inner := range value.Entries() {
			switch inner.Key {
			case "files":
				r.start.Migrate.Files = append(r.start.Migrate.Files, inner.Value.Texts()...)
			case "command":
				r.start.Migrate.Command = r.command(inner)
			default:
				r.note(inner.Line, fmt.Sprintf("unknown key %q; known are command, files", "start.migrate."+inner.Key))
			}
		}
	case document.Scalar:
		if text := value.Text(); text != "false" && text != "none" && text != "no" {
			r.start.Migrate.Command = r.command(entry)
		}
	case document.List:
		r.start.Migrate.Command = r.command(entry)
	case document.Null, document.Absent:
	}
}
