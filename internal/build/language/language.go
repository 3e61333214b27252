// Package language recognises what a submission without a Dockerfile is written in, and
// writes the Dockerfile that its README would have led to: dependencies in layers of
// their own, the program under a user of its own, and PORT from the environment. One
// file a language; nothing of the submission is run outside the image.
package language

import (
	"regexp"
	"strings"

	"github.com/takehome-dev/takehome/internal/build/source"
	"github.com/takehome-dev/takehome/internal/build/tree"
)

// App is a program that was recognised and how to build and start it.
type App struct {
	Language   string // go, node, python, ruby, java
	Context    string // folder to build from; above Folder where a workspace needs its root
	Dockerfile []byte
	Command    []string
	CommandBy  string // "package.json: start"
	Env        []Variable
	Notes      []string
	// Problem is set where the language is clear but the program cannot be built:
	// one sentence without a full stop, and what would help.
	Problem, Help string
}

// Variable is an environment variable that the way of starting needs.
type Variable struct{ Name, Value, Source string }

// Project is a folder that may hold a program.
type Project struct {
	Files  *tree.Tree
	Folder string
	Facts  source.Facts
}

// has reports whether a file is in the project's folder.
func (p Project) has(name string) bool {
	_, ok := p.Files.First(p.Folder, name)
	return ok
}

func (p Project) text(name string) (string, bool) {
	full, ok := p.Files.First(p.Folder, name)
	if !ok {
		return "", false
	}
	return p.Files.Text(full)
}

// relative is a path as the project's folder sees it.
func (p Project) relative(name string) string {
	if p.Folder == "." {
		return name
	}
	return strings.TrimPrefix(name, p.Folder+"/")
}

// Name tells the language of a folder by the file that every tool of the language starts
// from, or "" where there is none. A package.json beside the marks of another language
// counts only if it is a server's: many a Python project keeps one for its formatter.
func Name(files *tree.Tree, folder string) string {
	has := func(names ...string) bool {
		_, ok := files.First(folder, names...)
		return ok
	}
	node := PackageKind(files, folder)
	switch {
	case has("go.mod"):
		return "go"
	case has("pom.xml", "build.gradle", "build.gradle.kts"):
		return "java"
	case has("Gemfile"):
		return "ruby"
	case has("manage.py"):
		return "python"
	case node == ServerPackage:
		return "node"
	case has("requirements.txt", "pyproject.toml", "Pipfile", "setup.py") || len(requirementFiles(files, folder)) > 0:
		return "python"
	case node == PlainPackage:
		return "node"
	}
	return ""
}

// Marks lists the files by which a language is recognised, for a message that says what
// was looked for.
func Marks() []string {
	return []string{"go.mod", "package.json", "requirements.txt", "pyproject.toml", "Pipfile", "manage.py", "Gemfile", "pom.xml", "build.gradle"}
}

// Detect writes the recipe for the program in the project's folder. The second result is
// false where no language is recognised.
func Detect(project Project) (App, bool) {
	switch Name(project.Files, project.Folder) {
	case "go":
		return detectGo(project), true
	case "node":
		return detectNode(project), true
	case "python":
		return detectPython(project), true
	case "ruby":
		return detectRuby(project), true
	case "java":
		return detectJava(project), true
	}
	return App{}, false
}

// The user of generated images: a number that the sandbox uses too, with an entry in
// /etc/passwd so that programs which ask for their own name get one. It owns the working
// folder, so that a program that writes beside its code can.
const (
	appUser  = "65532:65532"
	makeUser = "RUN useradd --system --uid 65532 --user-group --create-home app && install -d -o 65532 -g 65532 /app"
)

// shell wraps a line of ours into the command of a container, for the variables in it.
func shell(line string) []string { return []string{"/bin/sh", "-c", line} }

var versionDigits = regexp.MustCompile(`\d+(?:\.\d+)*`)

// atLeast compares dotted versions by number.
func atLeast(version, wanted string) bool {
	a, b := numbers(version), numbers(wanted)
	for i := range b {
		switch {
		case i >= len(a):
			return true
		case a[i] != b[i]:
			return a[i] > b[i]
		}
	}
	return true
}

func numbers(version string) []int {
	var made []int
	for part := range strings.SplitSeq(versionDigits.FindString(version), ".") {
		number := 0
		for _, digit := range part[:min(len(part), 6)] {
			number = number*10 + int(digit-'0')
		}
		made = append(made, number)
	}
	return made
}
