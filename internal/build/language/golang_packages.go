package language

import (
	"go/build/constraint"
	"go/parser"
	"go/token"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// goPackage is a folder of Go files as the compiler on Linux sees it.
type goPackage struct {
	folder  string // relative to the module
	main    bool
	serves  bool // its files start an HTTP server
	imports []string
}

var servesHTTP = regexp.MustCompile(`ListenAndServe|\.Listen\(|\.Run\(|\.Start\(|http\.Server\{|\.Serve\(`)

const maxGoFiles = 2000

// goPackages reads the package clauses and imports of the module's files.
func goPackages(p Project) []goPackage {
	read := 0
	byFolder := map[string]*goPackage{}
	var order []string
	for _, file := range p.Files.Under(p.Folder) {
		name := p.relative(file.Path)
		if path.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go") || ignoredByGo(name) || p.inNestedModule(name) {
			continue
		}
		if read++; read > maxGoFiles {
			break
		}
		text, ok := p.Files.Text(file.Path)
		if !ok || !builtOnLinux(name, text) {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), "", text, parser.ImportsOnly)
		if err != nil {
			continue
		}
		folder := path.Dir(name)
		found := byFolder[folder]
		if found == nil {
			found = &goPackage{folder: folder}
			byFolder[folder] = found
			order = append(order, folder)
		}
		found.main = found.main || parsed.Name.Name == "main"
		found.serves = found.serves || found.main && servesHTTP.MatchString(text)
		for _, spec := range parsed.Imports {
			if imported, err := strconv.Unquote(spec.Path.Value); err == nil {
				found.imports = append(found.imports, imported)
			}
		}
	}
	packages := make([]goPackage, 0, len(order))
	for _, folder := range order {
		packages = append(packages, *byFolder[folder])
	}
	return packages
}

// inNestedModule reports whether a file belongs to a module below the project's own.
func (p Project) inNestedModule(name string) bool {
	for at := path.Dir(name); at != "."; at = path.Dir(at) {
		if _, ok := p.Files.First(path.Join(p.Folder, at), "go.mod"); ok {
			return true
		}
	}
	return false
}

// ignoredByGo reports a file below a folder that the go tool leaves out.
func ignoredByGo(name string) bool {
	for part := range strings.SplitSeq(name, "/") {
		if part == "testdata" || part == "vendor" || strings.HasPrefix(part, "_") || strings.HasPrefix(part, ".") {
			return true
		}
	}
	return false
}

var otherSystem = regexp.MustCompile(`_(?:windows|darwin|freebsd|netbsd|openbsd|plan9|solaris|js|wasm|wasip1|android|ios|aix|386|arm)(?:_\w+)?\.go$`)

// builtOnLinux evaluates the constraints of a file's name and of its //go:build line.
func builtOnLinux(name, text string) bool {
	if otherSystem.MatchString(name) {
		return false
	}
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "package ") {
			return true
		}
		if !constraint.IsGoBuild(line) {
			continue
		}
		expression, err := constraint.Parse(line)
		return err != nil || expression.Eval(func(tag string) bool {
			return tag == "linux" || tag == "unix" || tag == "amd64" || tag == "gc" || strings.HasPrefix(tag, "go1.")
		})
	}
	return true
}
