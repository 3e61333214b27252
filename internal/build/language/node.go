package language

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/internal/build/dockerfile"
	"github.com/takehome-dev/takehome/internal/build/words"
	"github.com/takehome-dev/takehome/internal/takehome"
)

const (
	nodeVersion = "20"
	nodeUser    = "node:node"
)

// nodeProject is a Node program and the workspace that it may be a part of.
type nodeProject struct {
	Project
	pkg  Package
	root string // folder of the lock file: the project's own, or the workspace's
}

func detectNode(project Project) App {
	pkg, _ := ReadPackage(project.Files, project.Folder)
	p := nodeProject{Project: project, pkg: pkg, root: project.Folder}
	if above, ok := p.workspace(); ok {
		p.root = above
	}
	app := App{Language: "node", Context: p.root}
	builds := p.builds()
	app.Command, app.CommandBy = p.command(builds)
	if app.Command == nil {
		app.Problem = "package.json has no start script, no main, and none of the usual files to start from"
		app.Help = `add a "start" script to package.json, or a Dockerfile`
		return app
	}
	w := dockerfile.NewWriter()
	w.Line("FROM node:" + p.version())
	w.Line("RUN install -d -o node -g node /app")
	w.Line("WORKDIR /app")
	w.Line("USER node")
	w.Line("ENV npm_config_update_notifier=false npm_config_audit=false npm_config_fund=false")
	app.Notes = append(app.Notes, p.install(w)...)
	p.afterCopy(w, builds)
	if below := p.below(); below != "" {
		w.Line("WORKDIR /app/" + below)
	}
	w.Command(app.Command...)
	app.Dockerfile = w.Bytes()
	if pkg.Uses("next") {
		app.Env = append(app.Env, Variable{Name: "HOSTNAME", Value: "0.0.0.0", Source: "package.json uses next, which listens on HOSTNAME"})
	}
	return app
}

// workspace finds the package above that this one is a part of: there stands the lock file.
func (p nodeProject) workspace() (string, bool) {
	if p.Folder == "." || !dockerfile.SafePath(p.Folder) || p.lockFile(p.Folder) != "" {
		return "", false
	}
	for at := path.Dir(p.Folder); ; at = path.Dir(at) {
		above, ok := ReadPackage(p.Files, at)
		_, pnpm := p.Files.First(at, "pnpm-workspace.yaml")
		if ok && (above.Workspaces || pnpm) {
			return at, true
		}
		if at == "." {
			return "", false
		}
	}
}

// below is the program's folder under the workspace's.
func (p nodeProject) below() string {
	switch p.root {
	case p.Folder:
		return ""
	case ".":
		return p.Folder
	}
	return strings.TrimPrefix(p.Folder, p.root+"/")
}

func (p nodeProject) lockFile(folder string) string {
	full, ok := p.Files.First(folder, "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml")
	if !ok {
		return ""
	}
	return path.Base(full)
}

var (
	wantedMajor = regexp.MustCompile(`(?:>=|\^|~|=)?\s*v?(\d+)`)
	supported   = []int{22, 24, 26}
)

// version is Node 20 unless the repository asks for a newer one. Older programs run on 20
// as well, and their own version is no longer maintained.
func (p nodeProject) version() string {
	asked := p.pkg.Engines["node"]
	for _, name := range []string{".nvmrc", ".node-version"} {
		if text, ok := p.text(name); ok && asked == "" {
			asked = text
		}
	}
	lowest := 0
	for alternative := range strings.SplitSeq(asked, "||") {
		if parts := wantedMajor.FindStringSubmatch(alternative); parts != nil && !strings.Contains(alternative, "<") {
			if major, err := strconv.Atoi(parts[1]); err == nil && (lowest == 0 || major < lowest) {
				lowest = major
			}
		}
	}
	wanted, _ := strconv.Atoi(nodeVersion)
	if lowest <= wanted {
		return nodeVersion
	}
	for _, major := range supported {
		if major >= lowest {
			return strconv.Itoa(major)
		}
	}
	return strconv.Itoa(supported[len(supported)-1])
}

// afterCopy writes what has to be made of the source: Prisma's client, and the build.
func (p nodeProject) afterCopy(w *dockerfile.Writer, builds bool) {
	if p.pkg.Uses("prisma", "@prisma/client") && !strings.Contains(p.pkg.Expanded("build")+p.pkg.Scripts["postinstall"], "prisma generate") {
		if p.below() == "" {
			w.Line("RUN npx --no-install prisma generate")
		} else {
			w.Line("RUN cd " + p.below() + " && npx --no-install prisma generate")
		}
	}
	switch {
	case !builds:
	case p.pkg.Scripts["build"] == "":
		w.Line("RUN npx --no-install tsc")
	case p.below() == "":
		w.Line("RUN npm run build")
	case p.has("../turbo.json") || p.Files.Has(path.Join(p.root, "turbo.json")):
		w.Line("RUN npx --no-install turbo run build --filter=./" + p.below())
	default:
		w.Line("RUN cd " + p.below() + " && npm run build")
	}
}

// builds reports whether the program has to be built before it can start: it is written
// in TypeScript or for a bundler, or its start command names a file that is not there.
func (p nodeProject) builds() bool {
	build := p.pkg.Scripts["build"]
	missing := p.missingEntry()
	if build == "" {
		return missing && p.has("tsconfig.json") && p.pkg.Uses("typescript")
	}
	return missing || p.has("tsconfig.json") && !runsTypeScript.MatchString(p.pkg.Scripts[p.pkg.startScript()]) ||
		p.pkg.Uses("next", "@nestjs/cli", "@nestjs/core", "esbuild", "tsup", "@swc/cli", "webpack", "@babel/cli", "rollup", "typescript") &&
			!runsTypeScript.MatchString(p.pkg.Scripts[p.pkg.startScript()])
}

var (
	runsTypeScript = regexp.MustCompile(`\b(?:ts-node|tsx|ts-node-dev|tsnd|bun)\b`)
	builtFile      = regexp.MustCompile(`^(?:\./)?(?:dist|build|out|lib)/[\w./-]+$`)
	nodeFile       = regexp.MustCompile(`\bnode\s+(?:-\S+\s+)*([\w./-]+)`)
)

// missingEntry reports whether the start command runs a file that only a build makes.
func (p nodeProject) missingEntry() bool {
	script := p.pkg.startScript()
	if script == "" {
		return p.pkg.entry(p.Files, p.Folder) == "" && p.pkg.Main != ""
	}
	parts := nodeFile.FindStringSubmatch(p.pkg.Scripts[script])
	if parts == nil {
		return false
	}
	name := path.Join(p.Folder, parts[1])
	return !slices.ContainsFunc([]string{name, name + ".js", path.Join(name, "index.js")}, p.Files.Has)
}

// command is how the program starts. A script that only runs node is taken apart, so that
// no npm stands between the program and its signals.
func (p nodeProject) command(builds bool) (command []string, by string) {
	if script := p.pkg.startScript(); script != "" {
		by = "package.json: " + script
		line := p.pkg.Scripts[script]
		split, err := words.Split(line)
		assigned, rest := words.CutAssignments(split)
		plain := err == nil && !words.NeedsShell(line) && p.pkg.Scripts["pre"+script] == "" && fits(split)
		if plain && len(rest) > 1 && rest[0] == "node" {
			if len(assigned) > 0 {
				rest = append(append([]string{"env"}, assigned...), rest...)
			}
			return rest, by
		}
		if script == "start" {
			return []string{"npm", "start"}, by
		}
		return []string{"npm", "run", script}, by
	}
	if entry := p.pkg.entry(p.Files, p.Folder); entry != "" {
		return []string{"node", entry}, "detected: " + takehome.Line(entry)
	}
	if builds && builtFile.MatchString(p.pkg.Main) {
		return []string{"node", p.pkg.Main}, "package.json: main"
	}
	if p.pkg.Scripts["dev"] != "" {
		return []string{"npm", "run", "dev"}, "package.json: dev"
	}
	for _, name := range []string{"src/index.ts", "src/main.ts", "src/server.ts", "src/app.ts", "index.ts", "server.ts"} {
		if p.has(name) && p.pkg.Uses("tsx", "ts-node") {
			runner := "tsx"
			if !p.pkg.Uses("tsx") {
				runner = "ts-node"
			}
			return []string{"npx", "--no-install", runner, name}, "detected: " + name
		}
	}
	return nil, ""
}

func fits(command []string) bool {
	return len(command) < 50 && !slices.ContainsFunc(command, func(word string) bool { return !dockerfile.SafeArgument(word) })
}
