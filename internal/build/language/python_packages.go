package language

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/takehome-dev/takehome/internal/build/dockerfile"
)

// pythonPackages is what a Python project asks to be installed, and how.
type pythonPackages struct {
	file           string   // requirements file, "" if there is none
	specifiers     []string // from pyproject.toml or Pipfile, each one word for pip
	self           bool     // the project installs itself: pip install .
	needsSource    bool     // the installation reads files of the source
	pins           []string // every line or specifier, to look for names
	requiresPython string
	notes          []string
}

var pinName = regexp.MustCompile(`^\s*([A-Za-z0-9][A-Za-z0-9._-]*)(\[[^\]]*\])?`)

// names reports whether one of the packages is asked for, be it as an extra:
// "fastapi[standard]" and "uvicorn[standard]" both bring uvicorn.
func (n pythonPackages) names(names ...string) bool {
	return slices.ContainsFunc(n.pins, func(pin string) bool {
		parts := pinName.FindStringSubmatch(pin)
		if parts == nil {
			return false
		}
		name := normal(parts[1])
		return slices.Contains(names, name) ||
			slices.Contains(names, "uvicorn") && name == "fastapi" && (strings.Contains(parts[2], "standard") || strings.Contains(parts[2], "all"))
	})
}

// normal is a package's name as PEP 503 compares them.
func normal(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "-", ".", "-").Replace(name))
}

// PythonUses reports whether a Python project asks for one of the packages.
func PythonUses(p Project, names ...string) bool { return pythonNeeds(p).names(names...) }

func pythonNeeds(p Project) pythonPackages {
	if files := requirementFiles(p.Files, p.Folder); len(files) > 0 {
		return requirementsTxt(p, files[0])
	}
	if text, ok := p.text("pyproject.toml"); ok {
		return pyproject(text)
	}
	if text, ok := p.text("Pipfile"); ok {
		return pipfile(text)
	}
	if p.has("setup.py") {
		return pythonPackages{self: true, needsSource: true}
	}
	return pythonPackages{}
}

var includesFile = regexp.MustCompile(`(?m)^\s*(?:-r|-c|-e|--requirement|--constraint|--editable|\.{1,2}/|\.\s*$|file:)`)

func requirementsTxt(p Project, name string) pythonPackages {
	text, _ := p.text(name)
	needs := pythonPackages{file: name, needsSource: includesFile.MatchString(text)}
	for line := range strings.SplitSeq(text, "\n") {
		line, _, _ = strings.Cut(line, " #")
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' && line[0] != '-' {
			needs.pins = append(needs.pins, line)
		}
	}
	if project, ok := p.text("pyproject.toml"); ok {
		needs.requiresPython = pyproject(project).requiresPython
	}
	return needs
}

// specifier is a requirement as PEP 508 has it, without URLs: those could lead anywhere.
var specifier = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*(?:\[[A-Za-z0-9._, -]*\])?\s*(?:\(?(?:[<>=!~]=?=?\s*[A-Za-z0-9.*+!_-]+\s*,?\s*)*\)?)\s*(?:;[^\n]{0,200})?$`)

const maxSpecifiers = 200

func (n *pythonPackages) add(spec string) {
	spec = strings.TrimSpace(spec)
	if !specifier.MatchString(spec) || !dockerfile.SafeArgument(spec) || len(n.specifiers) >= maxSpecifiers {
		n.notes = append(n.notes, "a requirement that is not a plain name and version was left out")
		return
	}
	n.specifiers = append(n.specifiers, spec)
	n.pins = append(n.pins, spec)
}

// pyproject reads the dependencies of PEP 621 and of Poetry. They are installed one by
// one, so that neither Poetry nor uv has to be fetched first.
func pyproject(text string) pythonPackages {
	var file struct {
		Project struct {
			Dependencies   []string `toml:"dependencies"`
			RequiresPython string   `toml:"requires-python"`
		} `toml:"project"`
		Tool struct {
			Poetry struct {
				Dependencies map[string]any `toml:"dependencies"`
			} `toml:"poetry"`
		} `toml:"tool"`
	}
	if err := toml.Unmarshal([]byte(text), &file); err != nil {
		return pythonPackages{notes: []string{"pyproject.toml is not valid TOML"}}
	}
	needs := pythonPackages{requiresPython: file.Project.RequiresPython}
	for _, spec := range file.Project.Dependencies {
		needs.add(spec)
	}
	needs.addTable(file.Tool.Poetry.Dependencies)
	if len(needs.specifiers) == 0 && strings.Contains(text, "[build-system]") && len(file.Project.Dependencies) == 0 && strings.Contains(text, "dynamic") {
		needs.self, needs.needsSource = true, true
	}
	return needs
}

func pipfile(text string) pythonPackages {
	var file struct {
		Packages map[string]any `toml:"packages"`
		Requires struct {
			Version string `toml:"python_version"`
		} `toml:"requires"`
	}
	if err := toml.Unmarshal([]byte(text), &file); err != nil {
		return pythonPackages{notes: []string{"Pipfile is not valid TOML"}}
	}
	needs := pythonPackages{requiresPython: file.Requires.Version}
	needs.addTable(file.Packages)
	return needs
}

// addTable adds a table of names and versions, or of names and tables with a version and extras.
func (n *pythonPackages) addTable(table map[string]any) {
	names := make([]string, 0, len(table))
	for name := range table {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		version, extras := "", ""
		switch value := table[name].(type) {
		case string:
			version = value
		case map[string]any:
			if text, ok := value["version"].(string); ok {
				version = text
			}
			extras = extrasOf(value["extras"])
			if optional, _ := value["optional"].(bool); optional {
				continue
			}
			if value["git"] != nil || value["url"] != nil || value["path"] != nil || value["file"] != nil {
				n.notes = append(n.notes, "a requirement from a place of its own was left out")
				continue
			}
		}
		if normal(name) == "python" {
			n.requiresPython = strings.TrimSpace(version)
			continue
		}
		n.add(name + extras + pep440(version))
	}
}

func extrasOf(value any) string {
	list, ok := value.([]any)
	if !ok {
		return ""
	}
	var extras []string
	for _, each := range list {
		if text, ok := each.(string); ok {
			extras = append(extras, text)
		}
	}
	if len(extras) == 0 {
		return ""
	}
	return "[" + strings.Join(extras, ",") + "]"
}

var poetryVersion = regexp.MustCompile(`^([\^~])\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?`)

// pep440 spells Poetry's "^1.2" and "~1.2" as pip understands them.
func pep440(version string) string {
	version = strings.TrimSpace(version)
	parts := poetryVersion.FindStringSubmatch(version)
	switch {
	case version == "" || version == "*":
		return ""
	case parts == nil && version[0] >= '0' && version[0] <= '9':
		return "==" + version
	case parts == nil || strings.HasPrefix(version, "~="):
		return version
	}
	lower := ">=" + strings.TrimSpace(version[1:])
	digits := numbers(version)
	switch {
	case parts[1] == "~" && len(digits) > 1:
		return lower + ",<" + strconv.Itoa(digits[0]) + "." + strconv.Itoa(digits[1]+1)
	case digits[0] > 0 || len(digits) == 1:
		return lower + ",<" + strconv.Itoa(digits[0]+1)
	case digits[1] > 0 || len(digits) == 2:
		return lower + ",<0." + strconv.Itoa(digits[1]+1)
	}
	return lower + ",<0.0." + strconv.Itoa(digits[2]+1)
}

// install writes the layers of the packages and of the source. The source comes first
// only where the installation reads it.
func (n pythonPackages) install(w *dockerfile.Writer, alsoNeeds []string) {
	source := func() { w.Copy(appUser, ".", ".") }
	if n.needsSource {
		source()
	} else if n.file != "" {
		w.Copy(appUser, n.file, n.file)
	}
	switch {
	case n.file != "":
		w.Line("RUN pip install -r " + n.file)
	case n.self:
		w.Line("RUN pip install .")
	case len(n.specifiers) > 0:
		w.Run(append([]string{"pip", "install"}, n.specifiers...)...)
	}
	if len(alsoNeeds) > 0 {
		w.Line("RUN pip install " + strings.Join(alsoNeeds, " "))
	}
	if !n.needsSource {
		source()
	}
}
