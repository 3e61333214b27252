package build

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/build/language"
)

var (
	frontendName = regexp.MustCompile(`(?i)^(?:frontend|front-end|front|client|web|webapp|web-app|ui|spa|www|react|angular|vue|mobile|ios|android|public|static|assets|storybook)$|[-_](?:frontend|client|ui|web|react|spa)$|^(?:frontend|client|ui)[-_]`)
	backendName  = regexp.MustCompile(`(?i)^(?:server|backend|back-end|back|api|app|service|src|core|rest|rest-api|todo|todos|solution|project)$|[-_](?:server|backend|api|service|app)$|^(?:server|backend|api|todo)[-_]`)
	asideName    = regexp.MustCompile(`(?i)^(?:docs?|tests?|e2e|spec|examples?|infra|infrastructure|deploy|deployment|k8s|kubernetes|helm|terraform|charts|scripts|tools|postman|docker|nginx|load-?tests?|benchmarks?|assets|images|\..*)$`)
	hostName     = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$`)
)

func isFrontendName(name string) bool { return frontendName.MatchString(name) }

// chooseFolder finds the program in a mono-repository: where takehome.yaml says, where the
// compose file builds, at the root, or in the folder that looks like a server.
func (p *planner) chooseFolder() {
	p.folder = p.home
	if folder := p.manifest.Folder; folder != "" {
		if full, ok := underFolder(p.home, folder); ok && p.files.HasFolder(full) {
			p.folder = full
			return
		}
		p.note("takehome.yaml names the folder %q, which is not there", folder)
	}
	if build := p.compose.program.Build; build != nil {
		p.folder = p.composeFolder(build.Context, build.Dockerfile)
		return
	}
	if p.isProgram(p.home) {
		return
	}
	if best, ok := p.bestFolder(p.home, 0); ok {
		p.folder = best
	}
}

// composeFolder is the program's folder for a build of the compose file: its context, or
// the folder of its Dockerfile where the context is that of the whole repository.
func (p *planner) composeFolder(buildContext, dockerfile string) string {
	folder, ok := underFolder(p.compose.folder, buildContext)
	if !ok || !p.files.HasFolder(folder) {
		return p.home
	}
	if dockerfile != "" {
		if below, ok := underFolder(folder, path.Dir(dockerfile)); ok && language.Name(p.files, below) != "" {
			return below
		}
	}
	if language.Name(p.files, folder) == "" {
		if best, ok := p.bestFolder(folder, 0); ok {
			return best
		}
	}
	return folder
}

// isProgram reports whether a folder is the root of a program: it has a Dockerfile, or it
// is a project in a language that is not only the holder of others.
func (p *planner) isProgram(folder string) bool {
	if language.Name(p.files, folder) != "" {
		return true
	}
	name, ok := p.dockerfileIn(folder)
	return ok && !p.servesFrontend(name)
}

const deepestProject = 3

// bestFolder looks for the program below a folder: among all folders that hold one, the
// best named counts, then the shallowest, then the first by name.
func (p *planner) bestFolder(below string, depth int) (string, bool) {
	type candidate struct {
		folder string
		rank   int
	}
	var found []candidate
	var visit func(folder string, depth int)
	visit = func(folder string, depth int) {
		for _, child := range p.files.Folders(folder) {
			name := path.Base(child)
			if asideName.MatchString(name) {
				continue
			}
			if p.isProgram(child) {
				found = append(found, candidate{child, p.folderRank(child, name, depth)})
				continue
			}
			if depth < deepestProject {
				visit(child, depth+1)
			}
		}
	}
	visit(below, depth)
	if len(found) == 0 {
		return "", false
	}
	best := slices.MinFunc(found, func(a, b candidate) int {
		if a.rank != b.rank {
			return a.rank - b.rank
		}
		return strings.Compare(a.folder, b.folder)
	})
	if len(found) > 1 {
		p.note("of %d folders with a program, %s is graded; another can be named in takehome.yaml (start.folder)", len(found), best.folder)
	}
	return best.folder, true
}

func (p *planner) folderRank(folder, name string, depth int) int {
	const frontend, named, plain = 100, 0, 20
	rank := plain
	kind := language.PackageKind(p.files, folder)
	onlyNode := language.Name(p.files, folder) == "node" || language.Name(p.files, folder) == ""
	switch {
	case isFrontendName(name) && !p.isPackageOfServer(folder), kind == language.FrontendPackage && onlyNode:
		rank = frontend
	case backendName.MatchString(name):
		rank = named
	case kind == language.ServerPackage:
		rank = plain / 2
	}
	return rank + depth
}
