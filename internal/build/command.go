package build

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/build/dockerfile"
	"github.com/takehome-dev/takehome/internal/build/language"
	"github.com/takehome-dev/takehome/internal/build/names"
	"github.com/takehome-dev/takehome/internal/build/words"
)

// command is what replaces the image's command, and its source. It is nil where the
// submission's own image knows how to start.
func (p *planner) command() ([]string, string) {
	if command := p.manifest.Command; len(command) > 0 && runnable(command) {
		return command, "takehome.yaml"
	}
	if command := p.compose.program.Command; len(command) > 0 && runnable(command) && p.compose.program.Entrypoint == nil {
		if !p.isForDevelopment(command) {
			return withOurDatabase(command), p.compose.source()
		}
		p.note("%s starts %q for development; the image's own command is used", p.compose.source(), strings.Join(command, " "))
	}
	if p.own.path != "" {
		if p.own.file.Command != nil || p.own.file.Entrypoint != nil {
			return nil, ""
		}
		return p.commandBeside()
	}
	if command, ok := p.procfile("web"); ok && runnable(command) {
		return command, "Procfile: web"
	}
	if p.app.Command != nil && p.breakdown == nil {
		return p.app.Command, p.app.CommandBy
	}
	return nil, ""
}

// commandBeside is for a Dockerfile without a command of its own: what the Procfile or the
// language's usual way would be.
func (p *planner) commandBeside() ([]string, string) {
	if command, ok := p.procfile("web"); ok && runnable(command) {
		return command, "Procfile: web"
	}
	app, ok := language.Detect(p.project())
	if ok && app.Problem == "" && app.Language != "go" && app.Language != "java" {
		p.note("%s has neither CMD nor ENTRYPOINT", p.own.path)
		return app.Command, app.CommandBy
	}
	return nil, ""
}

// withOurDatabase replaces addresses of a database in the words of a command.
func withOurDatabase(command []string) []string {
	made := slices.Clone(command)
	for i, word := range made {
		if rewritten, ok := names.Rewrite(word); ok && !strings.ContainsAny(word, " \n") {
			made[i] = rewritten
		}
	}
	return made
}

func runnable(command []string) bool {
	const most = 200
	return len(command) <= most && !slices.ContainsFunc(command, func(word string) bool { return !dockerfile.SafeArgument(word) })
}

// forDevelopment is a command that watches its source, or that fetches or compiles things,
// for which there is no network in the pod.
var forDevelopment = regexp.MustCompile(`\bnodemon\b|\bts-node-dev\b|\btsx watch\b|--reload\b|--watch\b|\bstart:(?:dev|debug)\b|\brun dev\b|\byarn dev\b|\bpnpm dev\b|(?:^|\s)air(?:\s|$)|\bwatchmedo\b|CompileDaemon|\breflex\b|` +
	`\b(?:npm|pnpm|yarn|pip3?|bundle|poetry) (?:install|i|ci)\b|\bgo (?:run|mod)\b|\bcargo (?:run|watch)\b|\bdotnet (?:run|watch)\b`)

// isForDevelopment reports whether the compose file's command watches a mounted source,
// while the image has a command of its own that needs neither.
func (p *planner) isForDevelopment(command []string) bool {
	hasOwn := p.own.file.Command != nil || p.own.file.Entrypoint != nil || p.own.path == "" && p.app.Command != nil
	return hasOwn && forDevelopment.MatchString(strings.Join(command, " "))
}

var procLine = regexp.MustCompile(`(?m)^([A-Za-z0-9_-]+):[ \t]*(\S[^\n]*)$`)

// procfile is the command of a process type. Heroku runs it in a shell, so a line that
// means something to one gets one, inside the container.
func (p *planner) procfile(process string) ([]string, bool) {
	name, ok := p.files.First(p.folder, "Procfile")
	if !ok {
		if name, ok = p.files.First(p.home, "Procfile"); !ok {
			return nil, false
		}
	}
	text, ok := p.files.Text(name)
	if !ok {
		return nil, false
	}
	for _, parts := range procLine.FindAllStringSubmatch(text, 50) {
		if parts[1] != process {
			continue
		}
		line := strings.TrimSpace(parts[2])
		split, err := words.Split(line)
		if err != nil {
			return nil, false
		}
		if assigned, _ := words.CutAssignments(split); words.NeedsShell(line) || len(assigned) > 0 {
			return []string{"/bin/sh", "-c", line}, true
		}
		return split, true
	}
	return nil, false
}

// startText is all that runs when the program starts, as text: the command, the scripts of
// the submission that it names, and the package scripts that it runs.
func (p *planner) startText(command []string) string {
	if len(command) == 0 {
		command = p.own.file.Command
	}
	line := strings.Join(append(slices.Clone(p.own.file.Entrypoint), command...), " ")
	texts := []string{line}
	for _, word := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t\n\"';&|", r) }) {
		if script, ok := p.scriptNamed(word); ok {
			texts = append(texts, script)
		}
	}
	if pkg, ok := language.ReadPackage(p.files, p.folder); ok {
		texts = append(texts, pkg.ExpandedCommand(strings.Join(texts, "\n")))
	}
	return strings.Join(texts, "\n")
}

const maxScript = 64 << 10

// scriptNamed finds the shell script of the submission that a word of a command names. In
// the image it may stand anywhere, so its base name decides.
func (p *planner) scriptNamed(word string) (string, bool) {
	base := path.Base(word)
	if path.Ext(base) != ".sh" && !strings.Contains(base, "entrypoint") && base != "start" && base != "run" && base != "boot" {
		return "", false
	}
	for _, folder := range []string{p.folder, p.recipe.Context, p.home} {
		for _, file := range p.files.Under(folder) {
			if path.Base(file.Path) == base && file.Size <= maxScript {
				text, ok := p.files.Text(file.Path)
				return withoutComments(text), ok
			}
		}
	}
	return "", false
}

func withoutComments(script string) string {
	var kept []string
	for line := range strings.SplitSeq(script, "\n") {
		if !strings.HasPrefix(strings.TrimSpace(line), "#") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}
