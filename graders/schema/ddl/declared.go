package ddl

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/takehome-dev/takehome/internal/sqlscript"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// candidateFile is where a candidate says what is unusual.
const candidateFile = "takehome.yaml"

// maxCandidateFile is the largest one that is read.
const maxCandidateFile = 64 << 10

// declared takes the files and folders that takehome.yaml names, in their order. What is
// wrong with it is a note, and nothing more.
func (s *search) declared() (bool, error) {
	raw, err := readUpTo(s.files, candidateFile, maxCandidateFile)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	names, problem := declaredFiles(raw)
	if problem != "" {
		s.note("%s: %s", candidateFile, problem)
	}
	for _, name := range names {
		found := s.below(name)
		if len(found) == 0 {
			s.note("%s names %q, where no SQL is", candidateFile, takehome.Line(name))
		}
		for _, each := range found {
			if !slices.ContainsFunc(s.source.Files, func(f File) bool { return f.Path == each.Path }) {
				s.source.Files = append(s.source.Files, each)
			}
		}
	}
	if len(s.source.Files) == 0 {
		return false, nil
	}
	s.source.Layout = "what takehome.yaml names: " + listed(names, 4)
	s.source.Versioned = !slices.ContainsFunc(s.source.Files, func(f File) bool { return !sqlscript.Numbered(f.Path) })
	return true, nil
}

// declaredFiles reads the list "schema" from the tree of a YAML file. Nothing is decoded,
// so that aliases have nothing to blow up.
func declaredFiles(raw []byte) (names []string, problem string) {
	const wanted = `"schema" has to be a list of files and folders`
	node, problem := schemaNode(raw)
	switch value := node.(type) {
	case nil:
		return nil, problem
	case *ast.StringNode:
		return []string{value.Value}, ""
	case *ast.SequenceNode:
		for _, each := range value.Values[:min(len(value.Values), maxFiles)] {
			name, ok := each.(*ast.StringNode)
			if !ok {
				return nil, wanted
			}
			names = append(names, name.Value)
		}
		return names, ""
	}
	return nil, wanted
}

// schemaNode finds the value of "schema"; nil where there is none. A parser that gives up
// on a stranger's file is no fault of ours.
func schemaNode(raw []byte) (node ast.Node, problem string) {
	const invalid = "it is not valid YAML"
	defer func() {
		if recover() != nil {
			node, problem = nil, invalid
		}
	}()
	parsed, err := parser.ParseBytes(raw, 0)
	if err != nil {
		return nil, invalid
	}
	for _, document := range parsed.Docs {
		mapping, ok := document.Body.(*ast.MappingNode)
		if !ok {
			continue
		}
		for _, each := range mapping.Values {
			if each.Key.String() == "schema" {
				return each.Value, ""
			}
		}
	}
	return nil, ""
}

// below is the file of a name, or the files in the folder of that name that lead up, in
// their order.
func (s *search) below(name string) []File {
	name = path.Clean(strings.TrimPrefix(strings.ReplaceAll(name, `\`, "/"), "/"))
	if file, ok := s.source.all[name]; ok {
		return []File{file}
	}
	var inside []string
	for _, each := range s.paths {
		if (name == "." || strings.HasPrefix(each, name+"/")) && sqlscript.IsUp(withSQL(each)) && !sqlscript.IsSeed(each) {
			inside = append(inside, each)
		}
	}
	sqlscript.Sort(inside)
	var files []File
	for _, each := range inside {
		if file, ok := s.source.all[each]; ok {
			files = append(files, file)
		}
	}
	return files
}

// withSQL gives a file of SQL the ending under which migration tools know it.
func withSQL(name string) string { return strings.TrimSuffix(name, path.Ext(name)) + ".sql" }
