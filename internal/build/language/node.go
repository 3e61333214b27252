package language

import (
	"encoding/json"
	"maps"
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

// install writes the layers up to the complete source: first the dependencies from the
// lock file alone, so that a change of the code leaves them cached. Where scripts of the
// installation need the source, or a node_modules folder was handed in, the source comes first.
func (p nodeProject) install(w *dockerfile.Writer) []string {
	lines, notes := p.installCommands()
	switch {
	case p.Files.HasFolder(path.Join(p.root, "node_modules")):
		w.Copy(nodeUser, ".", ".")
		w.Line("RUN rm -rf node_modules")
		notes = append(notes, "node_modules was handed in; it is installed anew")
	case p.root != p.Folder || p.installNeedsSource():
		w.Copy(nodeUser, ".", ".")
	default:
		files := []string{"package.json"}
		for _, name := range []string{p.lockFile(p.root), ".npmrc", ".yarnrc.yml", ".pnpmfile.cjs"} {
			if name != "" && p.has(name) {
				files = append(files, name)
			}
		}
		w.Copy(nodeUser, "./", files...)
		if schema := p.prismaFolder(); schema != "" {
			w.Copy(nodeUser, schema+"/", schema)
		}
		for _, line := range lines {
			w.Line(line)
		}
		w.Copy(nodeUser, ".", ".")
		return notes
	}
	for _, line := range lines {
		w.Line(line)
	}
	return notes
}

// installNeedsSource reports whether scripts of the installation run the candidate's own
// code. "husky" only looks for a git folder, and Prisma's schema is copied before.
func (p nodeProject) installNeedsSource() bool {
	for _, name := range []string{"preinstall", "install", "postinstall", "prepare", "prepublish"} {
		script := p.pkg.Scripts[name]
		if script != "" && !strings.Contains(script, "husky") && !strings.Contains(script, "prisma generate") {
			return true
		}
	}
	for _, version := range p.pkg.Dependencies {
		if strings.HasPrefix(version, "file:") || strings.HasPrefix(version, "link:") {
			return true
		}
	}
	return p.Files.HasFolder(path.Join(p.root, "patches")) || p.Files.HasFolder(path.Join(p.root, ".yarn"))
}

// prismaFolder is the folder of Prisma's schema, which the installation of its client reads.
func (p nodeProject) prismaFolder() string {
	if p.pkg.Uses("prisma", "@prisma/client") && p.has("prisma/schema.prisma") {
		return "prisma"
	}
	return ""
}

// installCommands chooses the package manager by its lock file. yarn and pnpm are not part
// of every image; npm fetches them from the registry that it takes the dependencies from.
func (p nodeProject) installCommands() (lines, notes []string) {
	switch lock := p.lockFile(p.root); lock {
	case "package-lock.json", "npm-shrinkwrap.json":
		if p.lockFits(lock) {
			return []string{"RUN npm ci"}, nil
		}
		return []string{"RUN npm install"}, []string{lock + " does not fit package.json; installed with npm install instead of npm ci"}
	case "yarn.lock":
		text, _ := p.Files.Text(path.Join(p.root, lock))
		if strings.Contains(text, "__metadata:") {
			version := p.managerVersion("yarn", "4")
			line := "RUN YARN_ENABLE_IMMUTABLE_INSTALLS=true YARN_NODE_LINKER=node-modules YARN_ENABLE_TELEMETRY=0 npx --yes @yarnpkg/cli-dist@" + version + " install"
			return []string{line}, []string{"yarn.lock: installed with yarn " + version + ", fetched by npm"}
		}
		version := p.managerVersion("yarn", "1")
		return []string{"RUN npx --yes yarn@" + version + " install --frozen-lockfile --non-interactive"},
			[]string{"yarn.lock: installed with yarn " + version + ", fetched by npm"}
	case "pnpm-lock.yaml":
		version := p.managerVersion("pnpm", p.pnpmMajor())
		return []string{"RUN npx --yes pnpm@" + version + " install --frozen-lockfile"},
			[]string{"pnpm-lock.yaml: installed with pnpm " + version + ", fetched by npm"}
	}
	if len(p.pkg.Dependencies)+len(p.pkg.DevDependencies) == 0 && p.root == p.Folder {
		return nil, nil
	}
	return []string{"RUN npm install"}, []string{"package.json has no lock file beside it; installed with npm install"}
}

var exactVersion = regexp.MustCompile(`^\d{1,4}(?:\.\d{1,4}){0,2}$`)

// managerVersion takes the version out of "packageManager": "pnpm@9.1.0+sha…".
func (p nodeProject) managerVersion(name, fallback string) string {
	root, _ := ReadPackage(p.Files, p.root)
	for _, field := range []string{p.pkg.PackageManager, root.PackageManager} {
		if version, ok := strings.CutPrefix(field, name+"@"); ok {
			version, _, _ = strings.Cut(version, "+")
			if exactVersion.MatchString(version) {
				return version
			}
		}
	}
	return fallback
}

// pnpmMajor is the release that wrote the lock file's format.
func (p nodeProject) pnpmMajor() string {
	text, _ := p.Files.Text(path.Join(p.root, "pnpm-lock.yaml"))
	head := text[:min(len(text), 200)]
	switch {
	case strings.Contains(head, "lockfileVersion: '6") || strings.Contains(head, "lockfileVersion: 6"):
		return "8"
	case strings.Contains(head, "lockfileVersion: 5"):
		return "7"
	}
	return "9"
}

// lockFits reports whether npm ci would accept the lock file: its own list of direct
// dependencies has to be the one of package.json.
func (p nodeProject) lockFits(lock string) bool {
	text, ok := p.Files.Text(path.Join(p.root, lock))
	if !ok {
		return true // too big to compare; npm tells
	}
	var read struct {
		Packages map[string]struct {
			Dependencies    map[string]string `json:"dependencies"`
			DevDependencies map[string]string `json:"devDependencies"`
		} `json:"packages"`
	}
	if json.Unmarshal([]byte(text), &read) != nil {
		return true
	}
	own, ok := read.Packages[""]
	pkg, hasPackage := ReadPackage(p.Files, p.root)
	if !ok || !hasPackage {
		return true
	}
	return maps.Equal(own.Dependencies, pkg.Dependencies) && maps.Equal(own.DevDependencies, pkg.DevDependencies)
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
