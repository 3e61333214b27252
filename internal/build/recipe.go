package build

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/build/compose"
	"github.com/takehome-dev/takehome/internal/build/dockerfile"
	"github.com/takehome-dev/takehome/internal/build/language"
	"github.com/takehome-dev/takehome/internal/build/tree"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// ownDockerfile is the Dockerfile of the submission, where it has one.
type ownDockerfile struct {
	path string // "" where there is none
	file dockerfile.File
	text []byte
}

// chooseRecipe takes the submission's own Dockerfile, or writes one for its language.
func (p *planner) chooseRecipe() {
	if name, build, ok := p.chooseDockerfile(); ok && p.useDockerfile(name, build) {
		return
	}
	app, ok := language.Detect(p.project())
	p.app = app
	if !ok {
		p.breakdown = p.nothingToBuild()
		return
	}
	commandKnown := p.manifest.Command != nil || p.compose.program.Command != nil
	if app.Problem != "" && (len(app.Dockerfile) == 0 || !commandKnown) {
		p.breakdown = &takehome.Breakdown{Phase: "build", Reason: app.Problem, Tried: []string{"detected: " + app.Language}, Help: app.Help}
	}
	p.recipe = takehome.Recipe{Source: "detected: " + app.Language, Language: app.Language, Context: app.Context, Notes: app.Notes}
	if len(app.Dockerfile) > 0 {
		p.recipe.Dockerfile, p.recipe.Generated = app.Dockerfile, true
		if file, err := dockerfile.Read(app.Dockerfile, ""); err == nil {
			p.recipe.Bases = file.Bases
		}
	}
	if p.breakdown != nil {
		p.recipe.Dockerfile, p.recipe.Generated = nil, false
	}
}

func (p *planner) nothingToBuild() *takehome.Breakdown {
	folder := p.folder
	tried := []string{
		"a Dockerfile in " + takehome.Line(folder),
		fmt.Sprintf("in %s one of %s", takehome.Line(folder), strings.Join(language.Marks(), ", ")),
		"the same in folders such as server, backend, api, app",
	}
	return &takehome.Breakdown{
		Phase:  "build",
		Reason: "there is no Dockerfile of a server, and no program in a language that has a recipe (Go, Node, Python, Ruby, Java)",
		Tried:  tried,
		Help:   "add a Dockerfile, or name the folder of the program in takehome.yaml (start.folder)",
	}
}

// chosenBuild is how a Dockerfile is to be built.
type chosenBuild struct {
	context string // "" if the file alone has to tell
	target  string
	args    []takehome.Setting
}

// chooseDockerfile looks where takehome.yaml says, where the compose file builds, in the
// program's folder, at the root, and in the folders where people put Dockerfiles.
func (p *planner) chooseDockerfile() (string, chosenBuild, bool) {
	if name := p.manifest.Dockerfile; name != "" {
		for _, folder := range []string{p.folder, p.home} {
			if full, ok := underFolder(folder, name); ok && p.files.Has(full) {
				return full, chosenBuild{}, true
			}
		}
		p.note("takehome.yaml names the Dockerfile %q, which is not there", name)
	}
	if p.compose.program.Build != nil && p.manifest.Folder == "" {
		if name, build, ok := p.composeBuild(); ok {
			return name, build, true
		}
	}
	for _, folder := range []string{p.folder, p.home} {
		name, ok := p.dockerfileIn(folder)
		switch {
		case ok && !p.servesFrontend(name):
			return name, chosenBuild{}, true
		case ok:
			p.note("%s packs a program for browsers, and was not taken for the server", name)
		}
	}
	for _, folder := range []string{p.folder, p.home} {
		for _, below := range p.files.Folders(folder) {
			if !dockerFolder.MatchString(path.Base(below)) {
				continue
			}
			if name, ok := p.dockerfileIn(below); ok && !p.servesFrontend(name) {
				return name, chosenBuild{}, true
			}
		}
	}
	return "", chosenBuild{}, false
}

var dockerFolder = regexp.MustCompile(`(?i)^(?:\.?docker|dockerfiles?|build|builds|deploy|deployment|deployments|infra|ops|ci|package|container|api|app|server|backend)$`)

func (p *planner) composeBuild() (string, chosenBuild, bool) {
	service := p.compose.program
	name, ok := p.buildFile(service)
	folder, inside := underFolder(p.compose.folder, service.Build.Context)
	if !ok || !inside {
		if service.Build.Dockerfile != "" || inside && language.Name(p.files, folder) == "" {
			p.note("%s builds from a Dockerfile that is not there", p.compose.source())
		}
		return "", chosenBuild{}, false
	}
	build := chosenBuild{context: folder, target: service.Build.Target}
	for _, argument := range service.Build.Args {
		build.args = append(build.args, takehome.Setting{Name: argument.Name, Value: argument.Value, Source: p.compose.source()})
	}
	return name, build, true
}

// dockerfileIn finds the Dockerfile of a folder: the plain name, other spellings of it, or
// the variant whose suffix is closest to the server in production.
func (p *planner) dockerfileIn(folder string) (string, bool) {
	if name, ok := p.files.First(folder, "Dockerfile", "Containerfile", "dockerfile", "DockerFile", "dockerFile", "Dockerfile.txt"); ok {
		return name, true
	}
	var variants []string
	for _, name := range p.files.Names(folder) {
		if suffix, ok := variantSuffix(name); ok && !notProgram.MatchString(suffix) {
			variants = append(variants, name)
		}
	}
	if len(variants) == 0 {
		return "", false
	}
	slices.SortStableFunc(variants, func(a, b string) int { return suffixRank(a) - suffixRank(b) })
	return path.Join(folder, variants[0]), true
}

var (
	variantName = regexp.MustCompile(`(?i)^(?:dockerfile|containerfile)[._-]([\w.-]+)$|^([\w-]+)\.(?:dockerfile|containerfile)$`)
	notProgram  = regexp.MustCompile(`(?i)front|client|web$|ui$|test|migrat|db|postgres|nginx|worker|proxy|seed|lint|docs|dockerignore`)
)

func variantSuffix(name string) (string, bool) {
	parts := variantName.FindStringSubmatch(name)
	if parts == nil {
		return "", false
	}
	return parts[1] + parts[2], true
}

func suffixRank(name string) int {
	suffix, _ := variantSuffix(name)
	for i, word := range []string{"api", "backend", "server", "app", "prod", "local", "dev"} {
		if strings.Contains(strings.ToLower(suffix), word) {
			return i
		}
	}
	return len("default")
}

// servesFrontend reports whether a Dockerfile packs a program for browsers: it ends on a
// web server that only hands out files, or stands in a frontend's folder.
func (p *planner) servesFrontend(name string) bool {
	folder := path.Dir(name)
	if folder != p.home && isFrontendName(path.Base(folder)) && !p.isPackageOfServer(folder) {
		return true
	}
	raw, ok := p.files.Bytes(name, dockerfile.SizeLimit)
	if !ok {
		return false
	}
	file, err := dockerfile.Read(raw, "")
	if err != nil || len(file.Bases) == 0 {
		return false
	}
	last := path.Base(file.Bases[len(file.Bases)-1])
	return (strings.HasPrefix(last, "nginx") || strings.HasPrefix(last, "httpd") || strings.HasPrefix(last, "caddy")) &&
		language.PackageKind(p.files, folder) != language.ServerPackage
}

// useDockerfile takes the submission's Dockerfile as the recipe. It reports false where
// the file turns out not to hold the program.
func (p *planner) useDockerfile(name string, build chosenBuild) bool {
	raw, ok := p.files.Bytes(name, dockerfile.SizeLimit)
	if !ok {
		return false
	}
	recipe := takehome.Recipe{
		Source: takehome.Line(name), Language: language.Name(p.files, p.folder), Context: build.context,
		Dockerfile: raw, Target: build.target, Args: build.args,
	}
	file, err := dockerfile.Read(raw, build.target)
	if err != nil {
		// The builder says it better, with the line; the recipe stays, so that it can.
		recipe.Notes = append(recipe.Notes, takehome.Line(fmt.Sprintf("%s could not be understood: %v", name, err)))
	}
	if p.mountsSource() {
		if bare := len(file.Copies) == 0; bare && err == nil && language.Name(p.files, p.folder) != "" {
			p.note("%s copies nothing into the image because the compose file mounts the source; a recipe was written instead", name)
			return false
		}
		if last, lastErr := dockerfile.Read(raw, ""); strings.Contains(build.target, "dev") && lastErr == nil && !file.LastStage {
			p.note("%s builds the stage %q with the source mounted; the last stage is built instead", p.compose.source(), build.target)
			file, recipe.Target = last, ""
		}
	}
	if recipe.Context == "" {
		recipe.Context = p.contextOf(name, file.Copies)
	}
	recipe.Bases = file.Bases
	p.own = ownDockerfile{path: name, file: file, text: raw}
	p.recipe = recipe
	p.setEntrypoint()
	return true
}

// mountsSource reports whether the compose file puts the source over the image's own.
func (p *planner) mountsSource() bool {
	build := p.compose.program.Build
	return build != nil && slices.ContainsFunc(p.compose.program.Mounts, func(m compose.Mount) bool {
		return m.Source == build.Context || m.Source == path.Join(build.Context, "src") || m.Source == path.Join(build.Context, "app")
	})
}

// contextOf finds the folder that a Dockerfile copies from: its own, the program's, or the
// root, whichever has most of the files that it names.
func (p *planner) contextOf(name string, copies []string) string {
	best, most := path.Dir(name), -1
	for _, folder := range []string{path.Dir(name), p.folder, p.home} {
		there := 0
		for _, source := range copies {
			full, ok := underFolder(folder, strings.TrimPrefix(source, "/"))
			switch {
			case !ok:
			case source == "." || source == "./":
				if language.Name(p.files, folder) != "" {
					there++
				}
			case p.files.HasFolder(full) || p.hasMatch(folder, full):
				there++
			}
		}
		if there > most {
			best, most = folder, there
		}
	}
	return best
}

// hasMatch reports whether a file of that name, or one that its pattern fits, is there.
func (p *planner) hasMatch(folder, full string) bool {
	if !strings.ContainsAny(full, "*?[") {
		for _, file := range p.files.Under(path.Dir(full)) {
			if file.Path == full {
				return true
			}
		}
		return false
	}
	return slices.ContainsFunc(p.files.Under(folder), func(file tree.File) bool {
		fits, err := path.Match(full, file.Path)
		return err == nil && fits
	})
}

// setEntrypoint adds the compose file's own entrypoint to the image: a start plan can only
// replace the command.
func (p *planner) setEntrypoint() {
	entrypoint := p.compose.program.Entrypoint
	if entrypoint == nil || p.manifest.Command != nil || p.recipe.Target != "" && !dockerfile.SafeWord(p.recipe.Target) {
		return
	}
	target := p.recipe.Target
	if p.own.file.LastStage {
		target = ""
	}
	command := p.compose.program.Command
	text := dockerfile.WithStart(p.recipe.Dockerfile, target, entrypoint, command)
	file, err := dockerfile.Read(text, "")
	if err != nil || !slices.Equal(file.Entrypoint, entrypoint) {
		p.note("%s sets an entrypoint that could not be used", p.compose.source())
		return
	}
	p.recipe.Dockerfile, p.recipe.Target = text, ""
	p.own.file.Entrypoint, p.own.file.Command = file.Entrypoint, file.Command
	p.recipe.Notes = append(p.recipe.Notes, p.compose.source()+" sets the entrypoint, which was added to the Dockerfile")
}
