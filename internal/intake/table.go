package intake

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// table is the listing of an archive as a tree. Archives are flat lists in any order
// that may name one path twice, put a file below a file, or leave their root: all of
// that is refused here, before anything is written.
type table struct {
	folders map[string]map[string]entry // children by name, by folder; the root is ""
	limit   int                         // of entries, folders that are only implied included
	listed  int
}

func newTable(limit int) *table {
	return &table{folders: map[string]map[string]entry{"": {}}, limit: limit}
}

func (t *table) children(from string) []entry {
	return slices.Collect(maps.Values(t.folders[from]))
}

// add enters one thing under its path, and the folders that the path implies.
func (t *table) add(found entry) error {
	if found.from == "" {
		return nil // the root itself, as tar writes it
	}
	parent, name := path.Split(found.from)
	parent = strings.TrimSuffix(parent, "/")
	if err := t.imply(parent, found.from); err != nil {
		return err
	}
	before, exists := t.folders[parent][name]
	if exists && before.kind == kindFolder && found.kind == kindFolder {
		return nil
	}
	if exists {
		return refuse(ruleCollision, found.from, "the archive holds this path twice", "pack the submission anew")
	}
	return t.enter(parent, name, found)
}

func (t *table) enter(parent, name string, found entry) error {
	if t.listed++; t.listed > t.limit {
		return tooMany("", t.limit)
	}
	t.folders[parent][name] = found
	if found.kind == kindFolder {
		t.folders[found.from] = map[string]entry{}
	}
	return nil
}

// imply makes sure that a folder and all folders above it are in the table.
func (t *table) imply(from, below string) error {
	if _, exists := t.folders[from]; exists {
		return nil
	}
	parent, name := path.Split(from)
	parent = strings.TrimSuffix(parent, "/")
	if err := t.imply(parent, below); err != nil {
		return err
	}
	if above, exists := t.folders[parent][name]; exists {
		what := "a file"
		if above.kind == kindLink {
			what = "a symbolic link"
		}
		return refuse(rulePath, below, "it lies below "+what, "pack the submission anew")
	}
	return t.enter(parent, name, entry{from: from, kind: kindFolder})
}

// archivePath turns the name of an archive's entry into a slash path inside the
// submission. Names that lead anywhere else are refused; "./x", "x//y" and "x/" are
// ways to write a path that does not.
func archivePath(name string) (string, error) {
	const hint = "pack the submission anew, from inside its folder"
	isDrive := len(name) >= 2 && name[1] == ':' && (name[0]|0x20) >= 'a' && (name[0]|0x20) <= 'z'
	switch {
	case name == "":
		return "", refuse(rulePath, name, "the name is empty", hint)
	case len(name) > maxListedPath:
		return "", refuse(rulePath, name, fmt.Sprintf("the path has %d bytes", len(name)), hint)
	case strings.HasPrefix(name, "/"), isDrive:
		return "", refuse(rulePath, name, "the path is absolute", hint)
	case strings.Contains(name, "\x00"):
		return "", refuse(ruleName, name, "the name holds a zero byte", hint)
	}
	var elements []string
	for element := range strings.SplitSeq(name, "/") {
		switch element {
		case "", ".":
		case "..":
			return "", refuse(rulePath, name, "the path leaves the submission", hint)
		default:
			elements = append(elements, element)
		}
	}
	if len(elements) > maxListedDepth {
		return "", refuse(rulePath, name, fmt.Sprintf("the path has %d elements", len(elements)), hint)
	}
	return strings.Join(elements, "/"), nil
}
