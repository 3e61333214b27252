// Package apidocs reads what a repository tells a person of its API: READMEs with their
// tables and curl lines, and collections of requests (.http, Hurl, Bruno, Postman,
// Insomnia). It stands beside package openapi below the grader of REST APIs, and sends
// nothing. What it reads is a stranger's: bounded, and never run.
package apidocs

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Limits of what is read.
const (
	maxFiles    = 3000
	maxOpened   = 120
	maxFile     = 1 << 20
	maxExamples = 40
	maxRoutes   = 200
)

// Route is one documented operation. Parameters of the path are written {id}.
type Route struct{ Method, Path string }

// Example is one request that the documentation shows.
type Example struct {
	Source  string
	Method  string
	Path    string // with query; placeholders of variables as {NAME}
	Headers [][2]string
	Body    []byte
	HasBody bool
	// Expected are the statuses that the text around the example speaks of.
	Expected []int
}

// Docs is the documentation of one repository, OpenAPI left out.
type Docs struct {
	Readme      string   // the text of all READMEs and of Markdown in docs/
	Readmes     []string // their names
	Routes      []Route  // of tables, lists, headings and examples in prose
	Collections []string // files with collections of requests
	Requests    []Example
	Curls       []Example
	// Collected are the routes of the collections.
	Collected []Route
}

var skipped = []string{"node_modules", "vendor", ".git", ".venv", "venv", "__pycache__", "target", "dist", ".next", "site-packages", "coverage"}

// Read reads the documentation in a folder.
func Read(dir string) (Docs, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Docs{}, fmt.Errorf("open the submission: %w", err)
	}
	defer func() { _ = root.Close() }() // opened for reading
	var docs Docs
	files, opened := 0, 0
	err = fs.WalkDir(root.FS(), ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // a folder that cannot be read tells nothing
		}
		if entry.IsDir() {
			if slices.Contains(skipped, entry.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if files++; files > maxFiles || opened > maxOpened {
			return fs.SkipAll
		}
		kind := kindOf(file)
		if kind == "" || !entry.Type().IsRegular() {
			return nil
		}
		opened++
		if text, err := read(root, file); err == nil {
			docs.take(file, kind, text)
		}
		return nil
	})
	if err != nil {
		return Docs{}, fmt.Errorf("read the documentation: %w", err)
	}
	docs.Routes, docs.Collected = distinct(docs.Routes), distinct(docs.Collected)
	return docs, nil
}

func read(root *os.Root, file string) (text string, err error) {
	opened, err := root.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	content, err := io.ReadAll(io.LimitReader(opened, maxFile))
	return string(content), err
}

// The kinds of files.
const (
	kindProse   = "prose"
	kindHTTP    = "http"
	kindBruno   = "bruno"
	kindPostman = "postman"
)

func kindOf(file string) string {
	base := strings.ToLower(path.Base(file))
	extension := path.Ext(base)
	switch {
	case extension == ".http", extension == ".rest", extension == ".hurl":
		return kindHTTP
	case extension == ".bru":
		return kindBruno
	case extension == ".json" && !strings.Contains(base, "lock") && base != "package.json" && !strings.HasPrefix(base, "tsconfig"):
		return kindPostman
	case extension == ".md", extension == ".rst", extension == ".adoc", strings.HasPrefix(base, "readme"):
		if strings.Contains(base, "changelog") || strings.Contains(base, "license") || base == "brief.md" {
			return ""
		}
		return kindProse
	}
	return ""
}

func (d *Docs) take(file, kind, text string) {
	switch kind {
	case kindProse:
		if strings.HasPrefix(strings.ToLower(path.Base(file)), "readme") {
			d.Readmes = append(d.Readmes, file)
		}
		d.Readme += text + "\n"
		d.Routes = append(d.Routes, Routes(text)...)
		for _, example := range Curls(text) {
			example.Source = file
			d.Curls = append(d.Curls, example)
			d.Routes = append(d.Routes, Route{example.Method, NormalPath(example.Path)})
		}
	default:
		requests := map[string]func(string) []Example{kindHTTP: HTTPFile, kindBruno: Bruno, kindPostman: Postman}[kind](text)
		if len(requests) == 0 {
			return
		}
		d.Collections = append(d.Collections, file)
		for _, request := range requests {
			request.Source = file
			d.Requests = append(d.Requests, request)
			d.Collected = append(d.Collected, Route{request.Method, NormalPath(request.Path)})
		}
	}
	d.Curls = d.Curls[:min(len(d.Curls), maxExamples)]
	d.Requests = d.Requests[:min(len(d.Requests), maxRoutes)]
	d.Routes = d.Routes[:min(len(d.Routes), maxRoutes)]
	d.Collected = d.Collected[:min(len(d.Collected), maxRoutes)]
}

func distinct(routes []Route) []Route {
	seen := map[Route]bool{}
	return slices.DeleteFunc(slices.Clone(routes), func(route Route) bool {
		twice := seen[route]
		seen[route] = true
		return twice
	})
}

const someMethod = `GET|POST|PUT|PATCH|DELETE`

var (
	// A method, or a path after a place where one may begin, or the path of an address.
	routeToken = regexp.MustCompile("\\b(" + someMethod + ")\\b|(?:^|[\\s`\"'|(*\\[]|https?://[^/\\s`\"'|]{1,80}|\\{\\{[^}\\s]{1,40}\\}\\}|localhost:\\d{2,5})(/[A-Za-z0-9_][^\\s`\"'|)*,;\\]]{0,160})")
	parameter  = regexp.MustCompile(`^(:[A-Za-z_]\w*(\(.*\))?|\{+[^}]*\}+|<[^>]*>|\$\{?\w+\}?|\[[^\]]*\]|\d+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[0-9A-HJKMNP-TV-Z]{26}|[0-9a-f]{24})$`)
)

// Routes reads methods and paths of prose, line by line: the methods before a path belong
// to it (GET, PUT /todos/{id}), or those after it where none came before (a table with
// the path in its first column).
func Routes(text string) []Route {
	var routes []Route
	for line := range strings.Lines(text) {
		if len(line) > 2000 {
			continue
		}
		routes = append(routes, lineRoutes(line)...)
		if len(routes) > maxRoutes {
			break
		}
	}
	return routes
}

func lineRoutes(line string) []Route {
	var routes []Route
	var pending []string
	last, open := "", false
	for _, match := range routeToken.FindAllStringSubmatch(line, 40) {
		method, at := match[1], match[2]
		switch {
		case at == "" && open:
			routes = append(routes, Route{method, last})
		case at == "":
			pending = append(pending, method)
		default:
			last, open = NormalPath(at), len(pending) == 0
			for _, method := range pending {
				routes = append(routes, Route{method, last})
			}
			pending = nil
		}
	}
	return routes
}

// NormalPath drops the query and writes every parameter as {id}, also ids that an example shows.
func NormalPath(at string) string {
	at, _, _ = strings.Cut(at, "?")
	at, _, _ = strings.Cut(at, "#")
	at = strings.TrimRight(at, ".:…")
	segments := strings.Split(strings.Trim(at, "/"), "/")
	for i, segment := range segments {
		if parameter.MatchString(segment) {
			segments[i] = "{id}"
		}
	}
	return "/" + strings.Join(segments, "/")
}

// Matches reports whether a documented path is the given one, or the given one without
// the prefix below which the whole API hangs.
func (r Route) Matches(method, at string) bool {
	if r.Method != method {
		return false
	}
	at = NormalPath(at)
	return r.Path == at || r.Path != "/" && strings.HasSuffix(at, r.Path)
}
