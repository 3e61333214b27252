// Package corpus reads the submissions whose worth is known and puts them together: those with
// files of their own, and those that are another one with a few texts replaced. It stands
// beside the straight line, below what grades them or tries a part of a grader on them.
package corpus

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/authored"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// The roles of a variant.
const (
	RoleReference   = "reference"   // full marks on every check
	RoleAlternative = "alternative" // correct in another shape
	RoleMutant      = "mutant"      // one flaw
	RoleFlawed      = "flawed"      // several flaws; measured by its bounds alone
	RoleHostile     = "hostile"     // attacks the grader
)

// ExpectFile says what a variant is worth. It is no part of what a candidate hands in.
const ExpectFile = "expect.yaml"

// EveryCheck in a radius stands for all checks: nothing works any more.
const EveryCheck = "*"

// Variant is one submission of a corpus and what its grading must show.
type Variant struct {
	Name  string `yaml:"-"`
	About string `yaml:"-"` // the comment at the top of expect.yaml

	Role string `yaml:"role"`
	// Of names the variant whose files this one starts from. Its own files come on top,
	// then the edits.
	Of     string   `yaml:"of"`
	Edits  []Edit   `yaml:"edits"`
	Remove []string `yaml:"remove"` // files of Of that this one lacks
	// Fails are checks that must not have full credit, Radius others that may lose it too.
	Fails  []string `yaml:"fails"`
	Radius []string `yaml:"radius"`
	Score  Bounds   `yaml:"score"`
	Caps   []string `yaml:"caps"`   // gates that close
	Status string   `yaml:"status"` // graded (the default), refused
}

// Bounds are per cent; nil is no bound.
type Bounds struct {
	Min *int `yaml:"min"`
	Max *int `yaml:"max"`
}

// Edit replaces a text that occurs exactly once in a file.
type Edit struct {
	File    string `yaml:"file"`
	Find    string `yaml:"find"`
	Replace string `yaml:"replace"`
}

// Wanted is the status that its grading must end with.
func (v Variant) Wanted() takehome.Status {
	if v.Status == "" {
		return takehome.Graded
	}
	return takehome.Status(v.Status)
}

// Load reads every variant of a corpus, sorted by name.
func Load(files fs.FS) ([]Variant, error) {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, fmt.Errorf("list the submissions of the challenge: %w", err)
	}
	var variants []Variant
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		name := path.Join(entry.Name(), ExpectFile)
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, authored.Fault(name, 0, "every submission of a corpus has this file")
		}
		variant := Variant{Name: entry.Name(), About: about(data)}
		if err := authored.Decode(name, data, &variant); err != nil {
			return nil, err
		}
		if problem := variant.problem(); problem != "" {
			return nil, authored.Fault(name, 0, problem)
		}
		variants = append(variants, variant)
	}
	for _, variant := range variants {
		if variant.Of != "" && !slices.ContainsFunc(variants, func(v Variant) bool { return v.Name == variant.Of && v.Of == "" }) {
			return nil, authored.Fault(path.Join(variant.Name, ExpectFile), 0, fmt.Sprintf("of: there is no submission %q with files of its own", variant.Of))
		}
	}
	return variants, nil
}

// about is the comment at the top of a file.
func about(data []byte) string {
	var lines []string
	for line := range bytes.Lines(data) {
		text, isComment := strings.CutPrefix(strings.TrimSpace(string(line)), "#")
		if !isComment {
			break
		}
		lines = append(lines, strings.TrimSpace(text))
	}
	return strings.Join(lines, " ")
}

func (v Variant) problem() string {
	switch {
	case v.About == "":
		return "the file must begin with a comment that says what the submission is"
	case !slices.Contains([]string{RoleReference, RoleAlternative, RoleMutant, RoleFlawed, RoleHostile}, v.Role):
		return "role must be reference, alternative, mutant, flawed or hostile"
	case v.Role == RoleMutant && len(v.Fails) == 0:
		return "a mutant names at least one check that it fails"
	case v.Role == RoleReference && (len(v.Fails) > 0 || len(v.Radius) > 0):
		return "a reference fails nothing"
	case len(v.Edits)+len(v.Remove) > 0 && v.Of == "":
		return "edits and remove need of"
	case v.Status != "" && v.Status != string(takehome.Graded) && v.Status != string(takehome.Refused):
		return "status must be graded or refused"
	}
	return ""
}

// Materialise writes the variant's tree into an empty folder.
func (v Variant) Materialise(files fs.FS, dir string) (err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("open the folder for %s: %w", v.Name, err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	for _, layer := range []string{v.Of, v.Name} {
		if layer == "" {
			continue
		}
		if err := pour(files, layer, root); err != nil {
			return err
		}
	}
	fault := func(problem string) error { return authored.Fault(path.Join(v.Name, ExpectFile), 0, problem) }
	for _, name := range v.Remove {
		if err := root.Remove(name); err != nil {
			return fault(fmt.Sprintf("remove: %s has no file %s", v.Of, name))
		}
	}
	return v.edit(root)
}

// edit replaces texts. Every text to find is looked for in the file as it was before any
// edit, so that their order does not matter.
func (v Variant) edit(root *os.Root) error {
	fault := func(problem string) error { return authored.Fault(path.Join(v.Name, ExpectFile), 0, problem) }
	byFile := map[string][]Edit{}
	for _, edit := range v.Edits {
		byFile[edit.File] = append(byFile[edit.File], edit)
	}
	for file, edits := range byFile {
		content, err := root.ReadFile(file)
		if err != nil {
			return fault(fmt.Sprintf("edits: %s has no file %s", v.Of, file))
		}
		text := string(content)
		for _, edit := range edits {
			if count := strings.Count(text, edit.Find); count != 1 || edit.Find == "" {
				return fault(fmt.Sprintf("edits: the text to find in %s occurs %d times, it must occur once: %s", file, count, takehome.Line(edit.Find)))
			}
		}
		// From the end to the beginning, so that the places of earlier ones stay right.
		slices.SortFunc(edits, func(a, b Edit) int { return strings.Index(text, b.Find) - strings.Index(text, a.Find) })
		changed := text
		for _, edit := range edits {
			at := strings.Index(text, edit.Find)
			changed = changed[:at] + edit.Replace + changed[at+len(edit.Find):]
		}
		if err := root.WriteFile(file, []byte(changed), 0o644); err != nil {
			return fmt.Errorf("write %s of %s: %w", file, v.Name, err)
		}
	}
	return nil
}

// pour copies the files of a variant's folder, its expectation left out.
func pour(files fs.FS, layer string, into *os.Root) error {
	return fs.WalkDir(files, layer, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("read submission %s: %w", layer, err)
		}
		relative := strings.TrimPrefix(strings.TrimPrefix(name, layer), "/")
		if relative == "" || relative == ExpectFile {
			return nil
		}
		if entry.IsDir() {
			if err := into.MkdirAll(relative, 0o755); err != nil {
				return fmt.Errorf("make folder %s: %w", relative, err)
			}
			return nil
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		mode := fs.FileMode(0o644)
		if info, err := entry.Info(); err == nil && info.Mode()&0o100 != 0 {
			mode = 0o755
		}
		if err := into.WriteFile(relative, content, mode); err != nil {
			return fmt.Errorf("write %s: %w", relative, err)
		}
		return nil
	})
}
