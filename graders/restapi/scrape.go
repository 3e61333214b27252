package restapi

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

// Limits of what is read of a repository to learn its words.
const (
	maxScrapedFiles = 600
	maxScrapedFile  = 256 << 10
	maxScrapedBytes = 8 << 20
)

// clues are what the repository itself tells about the API. They only order what is
// tried; nothing is believed that the running program does not confirm.
type clues struct {
	routes []scrapedRoute
	words  map[string]bool // identifiers that occur anywhere, in lower case
	prose  string          // README and documents, for the candidate's stated policies
	places string          // quoted paths that sound like a served document, one a line
}

type scrapedRoute struct {
	method string // "" where unknown
	path   string // parameters as {id}
}

// skippedFolders hold nothing that tells of the API.
var skippedFolders = []string{
	"node_modules", "vendor", "dist", "build", "target", ".venv", "venv", "__pycache__", ".git", ".next",
	"frontend", "client", "web", "ui", "public", "static", "coverage",
}

var sourceExtensions = []string{
	".js", ".mjs", ".cjs", ".ts", ".py", ".go", ".rb", ".java", ".kt", ".php", ".rs", ".cs", ".ex",
	".md", ".rst", ".txt", ".yaml", ".yml", ".json", ".http", ".sql", ".prisma",
}

var proseExtensions = []string{".md", ".rst", ".txt", ".http"}

// scrape reads a submission. Its files are a stranger's: sizes and counts are bounded.
func scrape(dir string) (clues, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return clues{}, fmt.Errorf("open the submission: %w", err)
	}
	defer func() { _ = root.Close() }() // opened for reading
	found := clues{words: map[string]bool{}}
	files, total := 0, 0
	err = fs.WalkDir(root.FS(), ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // a folder that cannot be read tells nothing
		}
		if entry.IsDir() {
			if slices.Contains(skippedFolders, entry.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if !entry.Type().IsRegular() || !slices.Contains(sourceExtensions, path.Ext(file)) || strings.Contains(file, "lock") {
			return nil
		}
		if files++; files > maxScrapedFiles || total > maxScrapedBytes {
			return fs.SkipAll
		}
		text, err := readCapped(root, file)
		if err != nil {
			return nil //nolint:nilerr // a file that cannot be read tells nothing
		}
		total += len(text)
		found.read(file, text)
		return nil
	})
	if err != nil {
		return clues{}, fmt.Errorf("read the submission: %w", err)
	}
	return found, nil
}

func readCapped(root *os.Root, file string) (text string, err error) {
	opened, err := root.Open(file)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	content, err := io.ReadAll(io.LimitReader(opened, maxScrapedFile))
	return string(content), err
}

var (
	wordPattern   = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]{2,31}`)
	verbCall      = regexp.MustCompile("(?i)\\.(get|post|put|patch|delete)\\(\\s*[rf]?[\"'`]([^\"'`\\s]{0,120})[\"'`]")
	muxPattern    = regexp.MustCompile("[\"'`](GET|POST|PUT|PATCH|DELETE) (/[^\"'`\\s]{0,120})[\"'`]")
	springMapping = regexp.MustCompile(`@(Get|Post|Put|Patch|Delete|Request)Mapping\(\s*(?:value\s*=\s*|path\s*=\s*)?\{?"([^"\s]{0,120})"`)
	flaskRoute    = regexp.MustCompile(`\.route\(\s*["']([^"'\s]{1,120})["'](?:[^)]*methods\s*=\s*\[([^\]]{0,80})\])?`)
	djangoPath    = regexp.MustCompile(`(?:path|register)\(\s*r?["']([^"'\s]{1,120})["']`)
	prosePath     = regexp.MustCompile("\\b(GET|POST|PUT|PATCH|DELETE)\\b[|\\s`*]{1,6}(?:https?://[^/\\s]{1,60}|\\{\\{[^}]{1,30}\\}\\})?(/[A-Za-z0-9_/{}:.-]{1,120})")
	mountPattern  = regexp.MustCompile("(?i)(?:\\.use\\(|prefix\\s*[=:]\\s*|\\.group\\(|\\.route\\(|url_prefix\\s*=\\s*|globalprefix\\(|@controller\\(|\\.register\\(|scope\\s+|namespace\\s+:?)\\s*[\"'`]?(/?[A-Za-z0-9_/-]{1,80})[\"'`]?")
	railsResource = regexp.MustCompile(`resources?\s+:([a-z_]{2,40})`)
	openapiPath   = regexp.MustCompile(`(?m)^\s*["']?(/[A-Za-z0-9_/{}.-]{1,120})["']?\s*:\s*\{?\s*$`)
	pathParameter = regexp.MustCompile(`:[A-Za-z_]\w*(\([^)]*\))?|\{[^}]*\}|<[^>]*>|\$\{?\w+\}?`)
)

// read takes the clues of one file.
func (c *clues) read(file, text string) {
	for _, word := range wordPattern.FindAllString(text, 20000) {
		if len(c.words) < 50000 {
			c.words[strings.ToLower(word)] = true
		}
	}
	if slices.Contains(proseExtensions, path.Ext(file)) || strings.Contains(path.Base(file), "openapi") || strings.Contains(path.Base(file), "swagger") {
		if len(c.prose) < maxScrapedFile {
			c.prose += text + "\n"
		}
	}
	for _, place := range servedWord.FindAllString(text, 20) {
		if len(c.places) < 2000 {
			c.places += place + "\n"
		}
	}
	var mounts, here []scrapedRoute
	add := func(method, at string) {
		here = append(here, scrapedRoute{strings.ToUpper(method), normalPath(at)})
	}
	for _, pattern := range []*regexp.Regexp{verbCall, muxPattern, prosePath} {
		for _, match := range pattern.FindAllStringSubmatch(text, 200) {
			add(match[1], match[2])
		}
	}
	for _, match := range springMapping.FindAllStringSubmatch(text, 200) {
		if match[1] == "Request" {
			mounts = append(mounts, scrapedRoute{path: normalPath(match[2])})
			continue
		}
		add(match[1], match[2])
	}
	for _, match := range flaskRoute.FindAllStringSubmatch(text, 200) {
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
			if strings.Contains(strings.ToUpper(match[2]), method) || match[2] == "" && method == "GET" {
				add(method, match[1])
			}
		}
	}
	for _, pattern := range []*regexp.Regexp{djangoPath, railsResource, openapiPath} {
		for _, match := range pattern.FindAllStringSubmatch(text, 200) {
			add("", match[1])
		}
	}
	for _, match := range mountPattern.FindAllStringSubmatch(text, 50) {
		mounts = append(mounts, scrapedRoute{path: normalPath(match[1])})
	}
	c.routes = append(c.routes, here...)
	c.routes = append(c.routes, mounts...)
}

// normalPath writes every parameter as {id} and drops a trailing slash.
func normalPath(at string) string {
	at, _, _ = strings.Cut(at, "?")
	at = pathParameter.ReplaceAllString(at, "{id}")
	return "/" + strings.Trim(at, "/")
}

// collections lists the paths that may be the collection, the likeliest first: what the
// repository writes out, what its mounts and routes make together, what is common.
func (c clues) collections(resource Resource) []string {
	var whole, mounted, common []string
	mounts := c.mounts(resource)
	for _, route := range c.routes {
		if strings.Contains(route.path, "{id}") || !endsInNoun(route.path, resource) {
			continue
		}
		whole = append(whole, route.path)
		for _, mount := range mounts {
			mounted = append(mounted, mount+route.path)
		}
	}
	for _, mount := range mounts {
		if endsInNoun(mount, resource) {
			whole = append(whole, mount)
		}
		for _, prefix := range mounts {
			if endsInNoun(mount, resource) && prefix != mount {
				mounted = append(mounted, prefix+mount)
			}
		}
	}
	// Both lists are ordered by how common they are; the commonest pairs come first.
	for rank := range len(resource.Nouns) + len(resource.Prefixes) {
		for i, noun := range resource.Nouns {
			if j := rank - i; j >= 0 && j < len(resource.Prefixes) {
				common = append(common, resource.Prefixes[j]+"/"+noun)
			}
		}
	}
	if slices.Contains(whole, resource.Contract.Collection) || len(whole) == 0 {
		whole = append([]string{resource.Contract.Collection}, whole...)
	}
	all := slices.Concat(byLikelihood(whole), byLikelihood(mounted), []string{resource.Contract.Collection}, common)
	return distinct(all)
}

// mounts are prefixes that routes may hang below.
func (c clues) mounts(resource Resource) []string {
	var mounts []string
	for _, route := range c.routes {
		if route.method == "" && route.path != "/" && !strings.Contains(route.path, "{id}") {
			mounts = append(mounts, route.path)
		}
	}
	for _, prefix := range resource.Prefixes {
		if prefix != "" && c.words[strings.ToLower(path.Base(prefix))] {
			mounts = append(mounts, prefix)
		}
	}
	mounts = distinct(mounts)
	return mounts[:min(len(mounts), 12)]
}

func endsInNoun(at string, resource Resource) bool {
	return slices.Contains(resource.Nouns, strings.ToLower(path.Base(at)))
}

// byLikelihood puts what occurs more often first, longer paths before shorter ones.
func byLikelihood(paths []string) []string {
	count := map[string]int{}
	for _, at := range paths {
		count[at]++
	}
	ranked := distinct(paths)
	slices.SortStableFunc(ranked, func(a, b string) int { return count[b] - count[a] })
	return ranked
}

func distinct(list []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(list), func(item string) bool {
		twice := seen[item]
		seen[item] = true
		return twice
	})
}

// documented reports whether the prose matches one of a policy's patterns.
func (c clues) documented(patterns []*regexp.Regexp) bool {
	return slices.ContainsFunc(patterns, func(pattern *regexp.Regexp) bool { return pattern.MatchString(c.prose) })
}
