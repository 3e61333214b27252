package intake

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// What is left out of the clean copy, and why.
//
//   - Version control: .git, .hg, .svn, in any case of letters. Their hooks and settings are
//     programs, and their contents are not the submission.
//   - What a desktop leaves behind: __MACOSX, .DS_Store, ._x beside x, Thumbs.db, desktop.ini.
//   - Caches by their exact names: __pycache__, .pytest_cache and the like. They are made again.
//   - Python virtual environments, known by their pyvenv.cfg: full of links into the candidate's own machine.
//   - node_modules beside a package.json: bulky, made for the candidate's machine, and made again by
//     "npm ci". It is kept where a Dockerfile beside it builds from node without installing: such an
//     image has no other modules.
//
// Nothing else is left out. target, build, dist, vendor and .yarn/cache may well be what
// a Dockerfile copies or an offline build needs; where they break a cap, the refusal
// says how much of it lies in which folder.
const (
	leftVersionControl = "version control"
	leftDesktop        = "desktop files"
	leftCache          = "caches"
	leftVenv           = "Python virtual environments"
	leftModules        = "node_modules"
)

// reasonToLeave tells why an entry is left out, or "" if it is kept. Names are those of
// all entries of the same folder.
func (s *surveyor) reasonToLeave(ctx context.Context, child entry, names map[string]bool) (string, error) {
	name := path.Base(child.from)
	switch strings.ToLower(name) {
	case ".git", ".hg", ".svn":
		return leftVersionControl, nil
	case "__macosx", ".ds_store", "thumbs.db", "desktop.ini":
		return leftDesktop, nil
	}
	if beside, ok := strings.CutPrefix(name, "._"); ok && child.kind == kindFile && names[beside] {
		return leftDesktop, nil
	}
	if child.kind != kindFolder {
		return "", nil
	}
	switch name {
	case "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".tox", ".nox", ".gradle", ".nyc_output", ".parcel-cache":
		return leftCache, nil
	case "node_modules":
		return s.reasonToLeaveModules(ctx, child, names)
	}
	return "", nil
}

// isVenv knows a virtual environment by the file that makes it one (PEP 405), whatever its name.
func isVenv(children []entry) bool {
	return slices.ContainsFunc(children, func(e entry) bool {
		return path.Base(e.from) == "pyvenv.cfg" && e.kind == kindFile
	})
}

func (s *surveyor) reasonToLeaveModules(ctx context.Context, child entry, names map[string]bool) (string, error) {
	if !names["package.json"] {
		return "", nil
	}
	parent := path.Dir(child.from)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if !isDockerfile(name) {
			continue
		}
		text, err := s.source.peek(ctx, path.Join(parent, name))
		if err != nil {
			return "", err
		}
		if buildsFromNode(text) && !installsModules(text) {
			s.notes = append(s.notes, fmt.Sprintf("%s was kept: %s builds from node and installs nothing",
				takehome.Line(child.from), takehome.Line(name)))
			return "", nil
		}
	}
	return leftModules, nil
}

func buildsFromNode(dockerfile []byte) bool {
	for line := range bytes.Lines(bytes.ToLower(dockerfile)) {
		fields := bytes.Fields(line)
		if len(fields) > 1 && string(fields[0]) == "from" && bytes.Contains(line, []byte("node")) {
			return true
		}
	}
	return false
}

func installsModules(dockerfile []byte) bool {
	for _, tool := range []string{"npm i", "npm ci", "npm clean-install", "npm add", "yarn", "pnpm", "bun "} {
		if bytes.Contains(dockerfile, []byte(tool)) {
			return true
		}
	}
	return false
}

// leftovers remembers what was left out, by reason.
type leftovers struct{ paths map[string][]string }

func (l *leftovers) add(reason, from string) {
	if l.paths == nil {
		l.paths = make(map[string][]string)
	}
	l.paths[reason] = append(l.paths[reason], from)
}

// notes says what was left out. The .git of the root is what every repository has and not worth a word.
func (l *leftovers) notes(inside func(string) string) []string {
	var notes []string
	for _, reason := range slices.Sorted(maps.Keys(l.paths)) {
		var paths []string
		for _, from := range l.paths[reason] {
			if at := inside(from); at != ".git" {
				paths = append(paths, at)
			}
		}
		if len(paths) == 0 {
			continue
		}
		note := fmt.Sprintf("left out %s: %s", reason, takehome.Line(slices.Min(paths)))
		if len(paths) > 1 {
			note += fmt.Sprintf(" and %d more", len(paths)-1)
		}
		notes = append(notes, note)
	}
	return notes
}
