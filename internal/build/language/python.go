package language

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/internal/build/dockerfile"
	"github.com/takehome-dev/takehome/internal/build/tree"
)

const pythonVersion = "3.13"

func detectPython(p Project) App {
	app := App{Language: "python", Context: p.Folder}
	needs := pythonNeeds(p)
	app.Notes = append(app.Notes, needs.notes...)
	start, ok := pythonStart(p, needs)
	if !ok {
		app.Problem = "no FastAPI, Flask or Django program was found in the Python code"
		app.Help = "say how to start it in takehome.yaml, for example start: {command: [python, main.py]}, or add a Dockerfile"
	}
	app.Command, app.CommandBy = start.command, start.by
	w := dockerfile.NewWriter()
	w.Line("FROM python:" + pythonBase(p, needs))
	w.Line(makeUser)
	w.Line("WORKDIR /app")
	w.Line("ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore")
	needs.install(w, start.alsoNeeds)
	if p.Files.HasFolder(path.Join(p.Folder, "src")) && !p.has("src/__init__.py") {
		w.Line("ENV PYTHONPATH=/app:/app/src")
	} else {
		w.Line("ENV PYTHONPATH=/app")
	}
	w.Line("USER " + appUser)
	w.Command(app.Command...)
	app.Dockerfile = w.Bytes()
	return app
}

// pythonBase is Python 3.13 unless the repository asks for an older one, or pins a package
// whose compiled form was never made for 3.13.
func pythonBase(p Project, needs pythonPackages) string {
	for _, name := range []string{".python-version", "runtime.txt"} {
		if text, ok := p.text(name); ok {
			if parts := pythonExact.FindStringSubmatch(text); parts != nil {
				return "3." + parts[1]
			}
		}
	}
	if parts := pythonOnly.FindStringSubmatch(needs.requiresPython); parts != nil {
		return "3." + parts[1]
	}
	if parts := pythonBelow.FindStringSubmatch(needs.requiresPython); parts != nil {
		minor := min(numbers(parts[1])[0]-1, numbers(pythonVersion)[1])
		return "3." + strconv.Itoa(max(minor, oldestPython))
	}
	if oldPin.MatchString(strings.Join(needs.pins, "\n")) {
		return "3.11"
	}
	return pythonVersion
}

var (
	pythonExact = regexp.MustCompile(`^\s*(?:python-|cpython-)?3\.(\d{1,2})\b`)
	pythonOnly  = regexp.MustCompile(`^(?:===?|~=)?\s*3\.(\d{1,2})(?:\.[\d*]+)?\s*$`)
	pythonBelow = regexp.MustCompile(`<\s*3\.(\d{1,2})(?:\.0)?\s*(?:$|,)`)
	// oldPin are exact versions that came before Python 3.13 and have no wheel for it.
	oldPin = regexp.MustCompile(`(?im)^(?:psycopg2-binary==2\.[0-8]\.|psycopg2-binary==2\.9\.[0-9]$|psycopg\[binary\]==3\.1\.|psycopg-binary==3\.1\.|asyncpg==0\.(?:1|2)\d\.|` +
		`pydantic(?:\[\w+\])?==(?:1\.|2\.[0-7](?:\.|$))|pydantic[_-]core==2\.(?:\d|1\d)\.|sqlalchemy(?:\[\w+\])?==(?:1\.|2\.0\.(?:\d|[12]\d|30)$)|greenlet==(?:1|2|3\.0)\.|uvloop==0\.(?:1\d|20)\.|cffi==1\.(?:1[0-6]|\d)\.)`)
)

// oldestPython is the minor version below which no official image is maintained enough to try.
const oldestPython = 8

// startup is how a Python program starts.
type startup struct {
	command   []string
	by        string
	alsoNeeds []string // servers that the list of packages does not name
}

var (
	moduleName  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$`)
	asgiApp     = regexp.MustCompile(`(?m)^([A-Za-z_]\w*)\s*(?::\s*[\w.]+\s*)?=\s*(?:fastapi\.)?(?:FastAPI|Starlette|Litestar|Quart|Sanic|BlackSheep)\(`)
	asgiFactory = regexp.MustCompile(`(?m)^(?:async\s+)?def\s+(create_app|get_app|make_app|build_app|create_application|get_application|app_factory)\([^)\n]*\)(?:\s*->\s*[\w."]+)?:`)
	asgiMade    = regexp.MustCompile(`(?m)^([A-Za-z_]\w*)\s*(?::\s*[\w.]+\s*)?=\s*(?:create_app|get_app|make_app|build_app|create_application|get_application)\(`)
	flaskApp    = regexp.MustCompile(`(?m)^([A-Za-z_]\w*)\s*(?::\s*[\w.]+\s*)?=\s*(?:flask\.)?(?:Flask|APIFlask|OpenAPI|Bottle|falcon\.App)\(`)
	mainBlock   = regexp.MustCompile(`(?m)^if\s+__name__\s*==\s*["']__main__["']\s*:[^\n]*\n((?:[ \t]+[^\n]*\n?|\n)*)`)
	aCall       = regexp.MustCompile(`([A-Za-z_][\w.]*)\s*\(`)
	plainCall   = regexp.MustCompile(`^(?:.*\.)?(?:run|int|str|bool|get|getenv|load_dotenv|basicConfig|get_settings|Settings|print|main|info|getLogger|lower)$`)
)

// pythonStart finds the application object by reading the code.
func pythonStart(p Project, needs pythonPackages) (startup, bool) {
	if p.has("manage.py") {
		return djangoStart(p, needs), true
	}
	for _, find := range []struct {
		app     *regexp.Regexp
		factory bool
		start   func(p Project, module, object string, factory bool, needs pythonPackages) startup
	}{
		{asgiApp, false, asgiStart}, {flaskApp, false, flaskStart},
	} {
		if name, object, ok := findObject(p, find.app); ok {
			start := find.start(p, moduleOf(p, name), object, false, needs)
			return orScript(p, name, start), start.command != nil
		}
	}
	return factoryStart(p, needs)
}

// factoryStart handles programs whose application object is made by a function.
func factoryStart(p Project, needs pythonPackages) (startup, bool) {
	start := flaskStart
	if p.Facts.Contains(regexp.MustCompile(`\b(?:FastAPI|Starlette|Litestar|Quart)\(`)) {
		start = asgiStart
	} else if !p.Facts.Contains(regexp.MustCompile(`\b(?:Flask|APIFlask|OpenAPI)\(`)) {
		return scriptStart(p)
	}
	if name, object, ok := findObject(p, asgiMade); ok {
		made := start(p, moduleOf(p, name), object, false, needs)
		return orScript(p, name, made), made.command != nil
	}
	if name, function, ok := findObject(p, asgiFactory); ok {
		made := start(p, moduleOf(p, name), function, true, needs)
		return made, made.command != nil
	}
	return scriptStart(p)
}

// scriptStart runs the usual file, where no framework shows.
func scriptStart(p Project) (startup, bool) {
	for _, name := range []string{"main.py", "app.py", "server.py", "run.py", "wsgi.py", "src/main.py", "app/main.py", "api.py"} {
		if p.has(name) {
			return startup{command: []string{"python", name}, by: "detected: " + name}, true
		}
	}
	return startup{command: []string{"python"}}, false
}

// findObject finds the file whose text makes the application object: the usual names
// first, then the first by path.
func findObject(p Project, match *regexp.Regexp) (file, object string, ok bool) {
	rank := func(name string) int {
		order := []string{"main.py", "app.py", "asgi.py", "wsgi.py", "server.py", "api.py", "run.py", "__init__.py"}
		if at := slices.Index(order, path.Base(name)); at >= 0 {
			return strings.Count(name, "/")*len(order) + at
		}
		return len(order) * (strings.Count(name, "/") + 1)
	}
	best := 0
	for _, each := range p.Files.Under(p.Folder) {
		name := p.relative(each.Path)
		if path.Ext(name) != ".py" || pythonTest.MatchString(name) || !moduleName.MatchString(moduleOf(p, name)) {
			continue
		}
		text, read := p.Files.Text(each.Path)
		if !read {
			continue
		}
		parts := match.FindStringSubmatch(text)
		if parts == nil || ok && rank(name) >= best {
			continue
		}
		file, object, best, ok = name, parts[1], rank(name), true
	}
	return file, object, ok
}

var pythonTest = regexp.MustCompile(`(?:^|/)(?:tests?/|test_[^/]*$|conftest\.py$|migrations/|alembic/|versions/|docs/)`)

// moduleOf is a file's name for an import: "src/todo/main.py" under PYTHONPATH /app/src is
// todo.main, "app/main.py" is app.main.
func moduleOf(p Project, name string) string {
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".py"), "/__init__")
	if rest, ok := strings.CutPrefix(name, "src/"); ok && !p.has("src/__init__.py") && !p.importsSource() {
		name = rest
	}
	return strings.ReplaceAll(name, "/", ".")
}

var importsSrc = regexp.MustCompile(`(?m)^\s*(?:from|import)\s+src\b`)

// importsSource reports whether the code itself speaks of "src" as a package.
func (p Project) importsSource() bool { return p.Facts.Contains(importsSrc) }

func asgiStart(_ Project, module, object string, factory bool, needs pythonPackages) startup {
	line := `exec uvicorn ` + module + ":" + object + ` --host 0.0.0.0 --port "${PORT:-8000}"`
	if factory {
		line += " --factory"
	}
	start := startup{command: shell(line), by: "detected: " + module + ":" + object}
	if !needs.names("uvicorn") {
		start.alsoNeeds = []string{"uvicorn"}
	}
	return start
}

// flaskStart serves with gunicorn where the project asks for it, in one process: two that
// make the same table at their start would fail now and then.
func flaskStart(_ Project, module, object string, factory bool, needs pythonPackages) startup {
	target := module + ":" + object
	line := `exec flask --app ` + target + ` run --host 0.0.0.0 --port "${PORT:-5000}"`
	if needs.names("gunicorn") {
		if factory {
			target += "()"
		}
		line = `exec gunicorn --bind "0.0.0.0:${PORT:-5000}" --threads 8 '` + target + `'`
	}
	return startup{command: shell(line), by: "detected: " + target}
}

// orScript runs the file itself where its main block does more than to start the server:
// it may make the tables, and no server would do that for it.
func orScript(p Project, file string, start startup) startup {
	text, ok := p.Files.Text(path.Join(p.Folder, file))
	if !ok {
		return start
	}
	block := mainBlock.FindStringSubmatch(text)
	if block == nil {
		return start
	}
	for line := range strings.SplitSeq(block[1], "\n") {
		line, _, _ = strings.Cut(line, "#")
		for _, call := range aCall.FindAllStringSubmatch(line, 20) {
			if !plainCall.MatchString(call[1]) && !strings.HasSuffix(call[1], "environ.get") {
				start.command = []string{"python", file}
				if strings.Contains(file, "/") {
					start.command = []string{"python", "-m", moduleOf(p, file)}
				}
				start.by = "detected: main block of " + file
				return start
			}
		}
	}
	return start
}

var wsgiModule = regexp.MustCompile(`^[A-Za-z_]\w*(?:/[A-Za-z_]\w*)*/wsgi\.py$`)

func djangoStart(p Project, needs pythonPackages) startup {
	if needs.names("gunicorn") {
		for _, file := range p.Files.Under(p.Folder) {
			if name := p.relative(file.Path); wsgiModule.MatchString(name) {
				module := strings.ReplaceAll(strings.TrimSuffix(name, ".py"), "/", ".")
				return startup{
					command: shell(`exec gunicorn --bind "0.0.0.0:${PORT:-8000}" --threads 8 ` + module + ":application"),
					by:      "detected: " + name,
				}
			}
		}
	}
	return startup{
		command: shell(`exec python manage.py runserver --noreload "0.0.0.0:${PORT:-8000}"`),
		by:      "detected: manage.py",
	}
}

// requirementFiles are the lists of packages of a folder, the one to install first.
func requirementFiles(files *tree.Tree, folder string) []string {
	var found []string
	for _, name := range []string{
		"requirements.txt", "requirements/production.txt", "requirements/prod.txt", "requirements/base.txt", "requirements/common.txt",
		"requirements/requirements.txt", "requirements.prod.txt", "requirements-prod.txt", "requirement.txt",
	} {
		if _, ok := files.First(folder, name); ok {
			found = append(found, name)
		}
	}
	return found
}

// FlaskTarget names the application object for the flask command.
func FlaskTarget(p Project) (string, bool) {
	for _, match := range []*regexp.Regexp{flaskApp, asgiMade, asgiFactory} {
		if file, object, ok := findObject(p, match); ok {
			return moduleOf(p, file) + ":" + object, true
		}
	}
	return "", false
}
