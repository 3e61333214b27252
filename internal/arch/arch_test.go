// Package arch holds one test: who may import whom. Imports point inward, towards
// internal/takehome; siblings never meet; only internal/cli wires.
package arch

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/takehome-dev/takehome/"

// mayImport lists, for each folder of ours, which other folders of ours it may
// import. A folder covers the folders below it, and may always import those.
var mayImport = map[string][]string{
	"challenges":         nil,
	"cmd/takehome":       {"internal/cli"},
	"cmd/takehome-pod":   {"internal/sandbox/wire"},
	"graders":            {"internal/takehome", "graders/restapi", "graders/schema", "graders/query"},
	"graders/apidocs":    {"internal/takehome"},
	"graders/database":   {"internal/takehome"},
	"graders/erd":        {"internal/takehome"},
	"graders/openapi":    {"internal/takehome"},
	"graders/query":      {"internal/takehome", "internal/authored", "internal/corpus", "internal/sqlscript", "graders/database", "graders/script", "challenges"},
	"graders/schema":     {"internal/takehome", "internal/authored", "internal/sqlscript", "graders/database", "graders/erd", "graders/script", "challenges"},
	"graders/script":     {"internal/takehome", "internal/authored", "graders/database"},
	"graders/restapi":    {"internal/takehome", "internal/authored", "graders/apidocs", "graders/openapi", "graders/script", "challenges"},
	"internal/arch":      nil,
	"internal/authored":  {"internal/takehome"},
	"internal/build":     {"internal/takehome", "internal/sqlscript"},
	"internal/catalog":   {"internal/takehome", "internal/authored"},
	"internal/cli":       {"challenges", "graders", "internal"},
	"internal/config":    nil,
	"internal/corpus":    {"internal/takehome", "internal/authored"},
	"internal/engine":    {"internal/takehome", "internal/score"},
	"internal/intake":    {"internal/takehome"},
	"internal/report":    {"internal/takehome"},
	"internal/sandbox":   {"internal/takehome"},
	"internal/score":     {"internal/takehome"},
	"internal/sqlscript": {"internal/takehome"},
	"internal/takehome":  nil,
	"internal/term":      nil,
	"internal/verify":    {"internal/takehome", "internal/authored", "internal/corpus"},
}

// forTests may be imported by every test, and by nothing else.
const forTests = "internal/sandbox/sandboxtest"

// onlyIn lists the only folders in which a third-party module (or a part of the
// standard library) may be imported by code that is not a test.
var onlyIn = map[string][]string{
	"github.com/docker/":         {"internal/sandbox"},
	"github.com/testcontainers/": {"internal/sandbox"},
	"github.com/spf13/viper":     {"internal/config"},
	"github.com/spf13/cobra":     {"internal/cli"},
	"github.com/charmbracelet/":  {"internal/term"},
	"github.com/getkin/":         {"graders/openapi"},
	"html/template":              {"internal/report"},
	"github.com/jackc/pgx/":      {"internal/sandbox", "graders"},
	"github.com/go-git/":         {"internal/intake"},
	"github.com/stretchr/":       {forTests},
}

type goFile struct {
	folder  string // slash path from the root of the module
	name    string
	imports []string
}

func TestImportsPointInward(t *testing.T) {
	t.Parallel()
	for _, file := range readModule(t) {
		rule, ok := ruleFor(file.folder)
		require.True(t, ok, "%s: no rule says what this folder may import; add it to mayImport", file.folder)
		for _, imported := range file.imports {
			ours, isOurs := strings.CutPrefix(imported, module)
			if !isOurs || within(ours, rule) {
				continue
			}
			allowed := ours == forTests && strings.HasSuffix(file.name, "_test.go")
			for _, folder := range mayImport[rule] {
				allowed = allowed || within(ours, folder)
			}
			require.True(t, allowed, "%s/%s imports %s: move the type inward instead of the import outward",
				file.folder, file.name, ours)
		}
	}
}

func TestThirdPartyModulesHaveOneOwner(t *testing.T) {
	t.Parallel()
	for _, file := range readModule(t) {
		if strings.HasSuffix(file.name, "_test.go") {
			continue
		}
		for _, imported := range file.imports {
			for prefix, owners := range onlyIn {
				if !strings.HasPrefix(imported, prefix) {
					continue
				}
				owned := false
				for _, owner := range owners {
					owned = owned || within(file.folder, owner)
				}
				require.True(t, owned, "%s/%s imports %s, which only %v may", file.folder, file.name, imported, owners)
			}
		}
	}
}

func TestChallengesHoldNoGoButTheirEmbedding(t *testing.T) {
	t.Parallel()
	for _, file := range readModule(t) {
		if within(file.folder, "challenges") {
			require.Equal(t, "challenges", file.folder, "%s: a challenge is data", file.name)
		}
	}
}

// ruleFor finds the deepest folder with a rule that covers the given one.
func ruleFor(folder string) (string, bool) {
	for at := folder; at != "."; at = path.Dir(at) {
		if _, ok := mayImport[at]; ok {
			return at, true
		}
	}
	return "", false
}

func within(folder, root string) bool {
	return folder == root || strings.HasPrefix(folder, root+"/")
}

func readModule(t *testing.T) []goFile {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	var files []goFile
	err = filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "testdata" || entry.Name() != "." && strings.HasPrefix(entry.Name(), ".")) {
			return fs.SkipDir
		}
		if entry.IsDir() || filepath.Ext(file) != ".go" {
			return nil
		}
		source, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, source, parser.ImportsOnly)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		found := goFile{folder: filepath.ToSlash(filepath.Dir(relative)), name: filepath.Base(relative)}
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			found.imports = append(found.imports, imported)
		}
		files = append(files, found)
		return nil
	})
	require.NoError(t, err)
	require.NotEmpty(t, files)
	return files
}
