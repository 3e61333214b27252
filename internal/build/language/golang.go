package language

import (
	"path"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/internal/build/dockerfile"
)

// goVersion is the oldest toolchain that is used. Go builds the modules of older versions
// unchanged, so one base image serves nearly all of them.
const goVersion = "1.26"

var (
	goDirective  = regexp.MustCompile(`(?m)^go\s+(\d+\.\d+)`)
	toolchain    = regexp.MustCompile(`(?m)^toolchain\s+go(\d+\.\d+)`)
	modulePath   = regexp.MustCompile(`(?m)^module\s+"?([^\s"]+)`)
	localReplace = regexp.MustCompile(`=>\s*"?\.{1,2}/`)
	requires     = regexp.MustCompile(`(?m)^\s*require\b`)
)

func detectGo(p Project) App {
	module, _ := p.text("go.mod")
	packages := goPackages(p)
	app := App{Language: "go", Context: p.Folder}
	program, others, ok := mainPackage(packages, path.Base(goModulePath(module)))
	if !ok {
		app.Problem = "the Go module has no package main to build"
		app.Help = "put the program's main package at the root of the module or in cmd/<name>, or add a Dockerfile"
		return app
	}
	if others > 0 {
		app.Notes = append(app.Notes, "of "+strconv.Itoa(others+1)+" main packages, "+quotePath(program.folder)+" is started")
	}
	version := goVersion
	for _, asked := range append(goDirective.FindStringSubmatch(module), toolchain.FindStringSubmatch(module)...) {
		if digits := versionDigits.FindString(asked); !atLeast(version, digits) {
			version = digits
		}
	}
	app.Command, app.CommandBy = []string{"/usr/local/bin/submission"}, "detected: main package in "+quotePath(program.folder)
	w := dockerfile.NewWriter()
	w.Line("FROM golang:" + version)
	w.Line(makeUser)
	w.Line("WORKDIR /app")
	if !usesC(packages) {
		w.Line("ENV CGO_ENABLED=0")
	}
	goDependencies(w, p, module, packages)
	w.Copy(appUser, ".", ".")
	flags := []string{"go", "build", "-buildvcs=false"}
	if requires.MatchString(module) && !p.has("go.sum") && !p.Files.Has(path.Join(p.Folder, "vendor/modules.txt")) {
		flags = append(flags, "-mod=mod")
		app.Notes = append(app.Notes, "go.sum is missing; the build writes one")
	}
	w.Run(append(flags, "-o", "/usr/local/bin/submission", goTarget(program))...)
	if migrate, ok := migratePackage(packages); ok && migrate.folder != program.folder {
		w.Run(append(flags, "-o", "/usr/local/bin/submission-migrate", goTarget(migrate))...)
	}
	w.Line("USER " + appUser)
	w.Command(app.Command...)
	app.Dockerfile = w.Bytes()
	return app
}

// goTarget names a package's folder so that it cannot be taken for a flag.
func goTarget(each goPackage) string { return "./" + strings.TrimPrefix(each.folder, ".") }

func quotePath(name string) string {
	if dockerfile.SafePath(name) {
		return name
	}
	return strconv.Quote(name)
}

func goModulePath(module string) string {
	if parts := modulePath.FindStringSubmatch(module); parts != nil {
		return parts[1]
	}
	return ""
}

// goDependencies writes the layers that a change of the candidate's own code leaves
// alone: the download, and the compiled packages of others. The second is only a warming
// of the compiler's cache, so it cannot fail the build: a package in the list may belong
// to another operating system.
func goDependencies(w *dockerfile.Writer, p Project, module string, packages []goPackage) {
	vendored := p.Files.Has(path.Join(p.Folder, "vendor/modules.txt"))
	if localReplace.MatchString(module) || p.has("go.work") {
		return // they need folders of the source
	}
	steps := []string{}
	files := []string{"go.mod"}
	switch {
	case p.has("go.sum"):
		files = append(files, "go.sum")
		if !vendored {
			steps = append(steps, "go mod download")
		}
	case requires.MatchString(module) && !vendored:
		return // without go.sum nothing can be fetched or compiled ahead
	}
	if imported := foreignImports(packages, goModulePath(module)); len(imported) > 0 {
		steps = append(steps, "(go build -o /dev/null "+strings.Join(imported, " ")+" || true)")
	}
	if len(steps) == 0 {
		return
	}
	w.Copy(appUser, "./", files...)
	if vendored {
		w.Copy(appUser, "vendor", "vendor")
	}
	w.Line("RUN " + strings.Join(steps, " && "))
}

const maxImports = 150

// foreignImports lists the packages that are not the module's own, sorted.
func foreignImports(packages []goPackage, module string) []string {
	seen := map[string]bool{}
	for _, each := range packages {
		for _, imported := range each.imports {
			own := imported == module || strings.HasPrefix(imported, module+"/")
			if !own && imported != "C" && imported != "unsafe" && dockerfile.SafePath(imported) {
				seen[imported] = true
			}
		}
	}
	made := make([]string, 0, len(seen))
	for imported := range seen {
		made = append(made, imported)
	}
	sort.Strings(made)
	return made[:min(len(made), maxImports)]
}

func usesC(packages []goPackage) bool {
	return slices.ContainsFunc(packages, func(each goPackage) bool {
		return slices.ContainsFunc(each.imports, func(imported string) bool {
			return imported == "C" || imported == "github.com/mattn/go-sqlite3" || strings.Contains(imported, "confluent-kafka-go")
		})
	})
}

// Names of main packages, those that serve first, and those that are tools.
var (
	serverNames = []string{"api", "server", "http", "web", "app", "rest", "service", "backend", "httpserver", "apiserver", "todo", "todos", "main"}
	toolNames   = regexp.MustCompile(`(?i)(migrat|seed|cli$|tool|script|worker|gen|client|example|healthcheck|cron|job|consumer|loadtest|bench)`)
	migrateName = regexp.MustCompile(`(?i)^(?:db-?)?migrat(?:e|ion|ions|or)$`)
)

// mainPackage chooses the program among the main packages: the only one, the one at the
// root, the one with a server's name, the one that starts a server.
func mainPackage(packages []goPackage, module string) (chosen goPackage, others int, ok bool) {
	best := 0
	for _, each := range packages {
		if !each.main {
			continue
		}
		if rank := mainRank(each, module); !ok || rank < best {
			chosen, best = each, rank
		}
		if ok {
			others++
		}
		ok = true
	}
	return chosen, others, ok
}

func mainRank(each goPackage, module string) int {
	name := path.Base(each.folder)
	const tool, unknown, last = 300, 100, 50
	rank := unknown
	switch at := slices.Index(serverNames, strings.ToLower(name)); {
	case each.folder == ".":
		rank = 0
	case toolNames.MatchString(name):
		rank = tool
	case at >= 0:
		rank = 1 + at
	case name == module || strings.Contains(name, "server") || strings.Contains(name, "api"):
		rank = last
	}
	if !each.serves && !strings.HasPrefix(each.folder, "cmd") && each.folder != "." {
		rank += last
	}
	return rank
}

// migratePackage finds the main package that brings the database up to date.
func migratePackage(packages []goPackage) (goPackage, bool) {
	for _, each := range packages {
		if each.main && migrateName.MatchString(path.Base(each.folder)) && dockerfile.SafePath(each.folder) {
			return each, true
		}
	}
	return goPackage{}, false
}

// GoMigrate is the folder of a Go module's own migration program, which a generated image
// holds as /usr/local/bin/submission-migrate.
func GoMigrate(p Project) (string, bool) {
	if Name(p.Files, p.Folder) != "go" {
		return "", false
	}
	packages := goPackages(p)
	program, _, ok := mainPackage(packages, "")
	found, hasMigrate := migratePackage(packages)
	return found.folder, ok && hasMigrate && found.folder != program.folder
}

// GoTools lists the folders of main packages other than the program's: what their code
// does to the database, the program does not.
func GoTools(p Project) []string {
	module, _ := p.text("go.mod")
	packages := goPackages(p)
	program, _, ok := mainPackage(packages, path.Base(goModulePath(module)))
	if !ok {
		return nil
	}
	var folders []string
	for _, each := range packages {
		if each.main && each.folder != program.folder && each.folder != "." {
			folders = append(folders, path.Join(p.Folder, each.folder))
		}
	}
	return folders
}
