// Package source reads the code of a submission as text, for three questions: which
// environment variables does it read, on which port does it listen, and does it make its
// tables itself? Patterns find the usual ways of the usual languages; nothing is run, and
// what a pattern misses only means that the contract's own names have to do.
package source

import (
	"context"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/build/tree"
)

// Limits of a scan: several times the code of the largest honest challenge, and a few
// seconds at the most for a hostile one.
const (
	maxFiles    = 2000
	maxFileSize = 256 << 10
	maxTotal    = 5 << 20
	maxReads    = 400
)

// Read is an environment variable that the code reads.
type Read struct {
	Name       string
	Default    string // what the code uses where it is not set
	HasDefault bool
	Required   bool // the code cannot do without it
	File       string
}

// Port is a port that the code names.
type Port struct {
	Number int
	File   string
}

// Facts is what a scan found. All lists are in the order of the files' paths.
type Facts struct {
	Reads []Read // by name, the first place of each
	Ports []Port
	files []fileFacts
}

// fileFacts is what one file does with the schema of the database.
type fileFacts struct {
	path     string
	text     string
	creates  []string // how it makes tables: "create_all", "CREATE TABLE todos"
	tables   []string // that it creates by SQL of its own
	migrates bool     // it runs a migration tool
	code     bool     // it is code, not a file of settings
}

// Scan reads the code below the folders, except below those that skip names. The
// declarations are collected file by file, so that the order is that of the paths.
func Scan(ctx context.Context, files *tree.Tree, folder string, skip func(path string) bool) (Facts, error) {
	var (
		facts   Facts
		reads   = newReadSet()
		total   int64
		scanned int
	)
	for _, file := range files.Under(folder) {
		if err := ctx.Err(); err != nil {
			return Facts{}, err
		}
		language := languageOf(file.Path)
		if language == other || isTest(file.Path) || skip(file.Path) || file.Size > maxFileSize {
			continue
		}
		if scanned++; scanned > maxFiles || total+file.Size > maxTotal {
			files.Note("the code is large; only a part of it was read for names and ports")
			break
		}
		total += file.Size
		text, ok := files.Text(file.Path)
		if !ok || isMinified(text) {
			continue
		}
		reads.scan(file.Path, language, text)
		facts.Ports = append(facts.Ports, portsIn(file.Path, language, text)...)
		facts.files = append(facts.files, schemaFacts(file.Path, language, text))
	}
	facts.Reads = reads.finish()
	return facts, nil
}

// isMinified reports a file that a bundler wrote: nobody reads it, and nobody should.
func isMinified(text string) bool {
	const small, longLine = 8 << 10, 600
	return len(text) > small && len(text)/(strings.Count(text, "\n")+1) > longLine
}

// Contains reports whether any file of code matches the pattern.
func (f Facts) Contains(pattern *regexp.Regexp) bool {
	return slices.ContainsFunc(f.files, func(file fileFacts) bool { return file.code && pattern.MatchString(file.text) })
}

// Find is the first match of the pattern's first group in any file, settings included.
func (f Facts) Find(pattern *regexp.Regexp) (string, bool) {
	for _, file := range f.files {
		if parts := pattern.FindStringSubmatch(file.text); parts != nil {
			return parts[len(parts)-1], true
		}
	}
	return "", false
}

type language int

const (
	other language = iota
	golang
	javascript
	python
	ruby
	jvm
	rust
	php
	dotnet
	elixir
	settings // properties, YAML and other files with ${NAME}
)

func languageOf(name string) language {
	switch strings.ToLower(path.Ext(name)) {
	case ".go":
		return golang
	case ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".tsx", ".jsx", ".prisma":
		return javascript
	case ".py":
		return python
	case ".rb", ".ru", ".rake", ".erb":
		return ruby
	case ".java", ".kt", ".kts", ".scala", ".groovy":
		return jvm
	case ".rs":
		return rust
	case ".php":
		return php
	case ".cs":
		return dotnet
	case ".ex", ".exs":
		return elixir
	case ".properties", ".conf":
		return settings
	case ".yml", ".yaml", ".json", ".toml":
		return settingsFile(name)
	}
	return other
}

// settingsFile picks the YAML and JSON files that a program reads itself.
func settingsFile(name string) language {
	base := strings.ToLower(path.Base(name))
	folder := path.Base(path.Dir(name))
	switch {
	case strings.HasPrefix(base, "application") || strings.HasPrefix(base, "appsettings") || strings.HasPrefix(base, "bootstrap."):
		return settings
	case folder == "config" || folder == "configs" || folder == "conf" || folder == "resources":
		return settings
	case strings.HasPrefix(base, "config.") || base == "database.yml" || base == "ormconfig.json" || base == "database.json":
		return settings
	}
	return other
}

var testPath = regexp.MustCompile(`(?i)(^|/)(tests?|__tests__|__mocks__|specs?|e2e|testdata|fixtures|mocks?|cypress|postman|examples?|docs)/|_test\.(go|py|rb)$|\.(test|spec|e2e-spec)\.[a-z]+$|(^|/)(test_[^/]*|conftest)\.py$|_spec\.rb$|(Tests?|IT)\.(java|kt)$`)

func isTest(name string) bool { return testPath.MatchString(name) }
