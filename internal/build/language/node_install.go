package language

import (
	"encoding/json"
	"maps"
	"path"
	"regexp"
	"strings"

	"github.com/takehome-dev/takehome/internal/build/dockerfile"
)

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
