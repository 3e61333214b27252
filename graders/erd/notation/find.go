package notation

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/takehome-dev/takehome/graders/erd"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Found is what a submission holds of diagrams.
type Found struct {
	// Diagrams in the order of their files. Those of a file with several are followed by one
	// that joins them: a big schema is often drawn in parts.
	Diagrams []Diagram
	// Pictures are images, files of drawing tools and links, which only a person can read.
	Pictures []string
	prose    []string // paragraphs of Markdown and comments, for what is explained
	parsed   int      // bytes of diagrams
	dbml     []string // lines of the Markdown file that is being read, those outside DBML empty
}

// Limits of the search.
const (
	maxFiles    = 20_000
	maxDiagrams = 40
	maxText     = 8 * MaxBytes // of all diagrams together
	maxPictures = 20
	maxProse    = 2_000
)

// Find looks for diagrams in a submission's files: files of the four languages, and blocks of
// Markdown. An error is ours.
func Find(files fs.FS) (Found, error) {
	var found Found
	seen := 0
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if base := entry.Name(); name != "." && (base[0] == '.' || slices.Contains([]string{"node_modules", "vendor", "target", "dist", "venv", "__pycache__"}, base)) {
				return fs.SkipDir
			}
			return nil
		}
		if seen++; seen > maxFiles {
			return fs.SkipAll
		}
		if !entry.Type().IsRegular() {
			return nil
		}
		return found.look(files, name)
	})
	if err != nil {
		return Found{}, fmt.Errorf("look for diagrams: %w", err)
	}
	return found, nil
}

// look takes what a file holds.
func (f *Found) look(files fs.FS, name string) error {
	extension := strings.ToLower(path.Ext(name))
	syntax := map[string]Syntax{
		".mmd": Mermaid, ".mermaid": Mermaid, ".dbml": DBML, ".puml": PlantUML, ".plantuml": PlantUML, ".pu": PlantUML,
		".iuml": PlantUML, ".wsd": PlantUML, ".dot": DOT, ".gv": DOT,
	}[extension]
	switch {
	case syntax != "":
		text, err := readStart(files, name)
		if err != nil {
			return err
		}
		f.parse(name, syntax, text, 1)
		f.remember(comments(text))
	case slices.Contains([]string{".md", ".markdown", ".mdx"}, extension):
		text, err := readStart(files, name)
		if err != nil {
			return err
		}
		f.markdown(name, text)
	case isPicture(name, extension):
		f.picture(name)
	}
	return nil
}

// readStart reads as much of a file as a diagram may be long, and a byte more.
func readStart(files fs.FS, name string) (string, error) {
	file, err := files.Open(name)
	if err != nil {
		return "", fmt.Errorf("open %s: %w", takehome.Line(name), err)
	}
	data, err := io.ReadAll(io.LimitReader(file, MaxBytes+1))
	if err = errors.Join(err, file.Close()); err != nil {
		return "", fmt.Errorf("read %s: %w", takehome.Line(name), err)
	}
	return string(data), nil
}

// parse reads a diagram, unless the submission holds more of them than anybody draws.
func (f *Found) parse(file string, syntax Syntax, text string, line int) {
	if f.parsed += min(len(text), MaxBytes); f.parsed <= maxText {
		f.add(file, Parse(syntax, text, line))
	}
}

func (f *Found) add(file string, diagram Diagram) {
	if len(f.Diagrams) < maxDiagrams {
		diagram.File = file
		f.Diagrams = append(f.Diagrams, diagram)
	}
}

func (f *Found) picture(what string) {
	if len(f.Pictures) < maxPictures {
		f.Pictures = append(f.Pictures, takehome.Line(what))
	}
}

func (f *Found) remember(paragraphs []string) {
	f.prose = append(f.prose, paragraphs[:min(len(paragraphs), maxProse-min(maxProse, len(f.prose)))]...)
}

// isPicture reports whether a file is a diagram for people: what a drawing tool writes, or an
// image whose name says what it shows.
func isPicture(name, extension string) bool {
	if slices.Contains([]string{".drawio", ".dio", ".vsdx", ".excalidraw", ".d2", ".vuerd", ".mwb", ".dia", ".pgerd", ".erd", ".dbm", ".graphml"}, extension) {
		return true
	}
	if !slices.Contains([]string{".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".pdf", ".bmp", ".tif", ".tiff"}, extension) {
		return false
	}
	return showsSchema(name[:len(name)-len(extension)])
}

// showsSchema reports whether the words of a path or a caption speak of a diagram.
func showsSchema(text string) bool {
	return slices.ContainsFunc(erd.Words(text), func(word string) bool {
		return slices.Contains([]string{
			"er", "erd", "eer", "erm", "erdiagram", "diagram", "diagrama", "diagramm", "schema", "model", "modelo", "datamodel",
			"database", "db", "dbdiagram", "uml",
		}, word)
	})
}

var (
	fenceLine   = regexp.MustCompile("^[ \t>]*(`{3,}|~{3,})[ \t]*\\{?\\.?([\\w-]*)")
	imageLink   = regexp.MustCompile(`!\[([^\]]*)\]\(\s*<?([^)>\s]+)`)
	diagramSite = regexp.MustCompile(`https?://(?:[\w.-]*\.)?(?:dbdiagram\.io|dbdocs\.io|drawsql\.app|lucid\.app|lucidchart\.com|mermaid\.live|mermaid\.ink|eraser\.io|excalidraw\.com|diagrams\.net|draw\.io|miro\.com|figma\.com|plantuml\.com|quickdatabasediagrams\.com|whimsical\.com)/[^\s)>"']*`)
	boxDrawing  = regexp.MustCompile(`[┌┐└┘├┤┬┴┼╔╗╚╝]|\+-{3,}\+`)
)

// markdown takes the blocks, images, links and paragraphs of a Markdown file.
func (f *Found) markdown(file, text string) {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	before := len(f.Diagrams)
	var paragraph []string
	flush := func() {
		if len(paragraph) > 0 {
			f.remember([]string{strings.Join(paragraph, " ")})
		}
		paragraph = nil
	}
	for i := 0; i < len(lines); i++ {
		fence := fenceLine.FindStringSubmatch(lines[i])
		if fence == nil {
			if strings.TrimSpace(lines[i]) == "" {
				flush()
			} else {
				paragraph = append(paragraph, lines[i])
			}
			f.links(lines[i])
			continue
		}
		flush()
		end := i + 1
		for end < len(lines) && !strings.HasPrefix(strings.TrimLeft(lines[end], " \t>"), fence[1]) {
			end++
		}
		f.block(file, strings.ToLower(fence[2]), strings.Join(lines[i+1:min(end, len(lines))], "\n"), i+2)
		i = end
	}
	flush()
	if dbml := strings.Join(f.dbml, "\n"); strings.TrimSpace(dbml) != "" {
		f.parse(file, DBML, dbml, 1)
	}
	f.dbml = nil
	f.join(before)
}

// block takes a fenced block, if it is a diagram.
func (f *Found) block(file, language, text string, line int) {
	start, kind := mermaidHeader(strings.Split(text, "\n"))
	switch {
	case language == "mermaid" || language == "" && kind == "erdiagram":
		if start == 0 || !slices.Contains([]string{"erdiagram", "classdiagram", "classdiagram-v2"}, kind) {
			return // a flowchart, a sequence: it does not claim to show the schema
		}
		f.parse(file, Mermaid, text, line)
	case slices.Contains([]string{"plantuml", "puml", "uml"}, language), language == "" && strings.HasPrefix(kind, "@startuml"):
		f.parse(file, PlantUML, text, line)
	case language == "dbml", language == "" && slices.Contains([]string{"table", "ref", "enum"}, kind) && !strings.Contains(strings.ToLower(text), "create table"):
		// Blocks of DBML refer to each other, so all of a file are read as one.
		f.dbml = append(f.dbml, slices.Repeat([]string{""}, max(0, line-1-len(f.dbml)))...)
		f.dbml = append(f.dbml, strings.Split(text, "\n")...)
	case slices.Contains([]string{"dot", "graphviz", "gv"}, language):
		f.parse(file, DOT, text, line)
	case len(boxDrawing.FindAllString(text, 4)) == 4 && slices.Contains([]string{"", "text", "txt", "ascii", "plaintext"}, language) && !strings.Contains(text, "├── "):
		f.picture(fmt.Sprintf("%s:%d", file, line))
		return
	default:
		return
	}
	f.remember(comments(text))
}

func (f *Found) links(line string) {
	for _, image := range imageLink.FindAllStringSubmatch(line, -1) {
		if strings.Contains(image[2], "://") && showsSchema(image[1]) {
			f.picture(image[2])
		}
	}
	for _, link := range diagramSite.FindAllString(line, -1) {
		f.picture(link)
	}
}

// join adds one diagram of all that a file holds since the given one.
func (f *Found) join(first int) {
	parts := f.Diagrams[first:]
	if len(parts) < 2 {
		return
	}
	b := &builder{index: map[string]int{}, firstLine: 1}
	for _, part := range parts {
		for _, entity := range part.Entities {
			whole := b.entity(1, entity.Name)
			for _, name := range entity.Also {
				also(whole, name)
			}
			for _, attribute := range entity.Attributes {
				add(whole, attribute)
			}
		}
		for _, relation := range part.Relations {
			b.relate(1, relation)
		}
		b.problems = append(b.problems, part.Problems...)
	}
	joined := Diagram{Model: b.finish(), Syntax: parts[0].Syntax, Line: parts[0].Line, Problems: b.problems[:min(len(b.problems), maxProblems)]}
	f.add(parts[0].File, joined)
}

// comments are the lines of a diagram that only people read.
func comments(text string) []string {
	var found []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		for _, mark := range []string{"%%", "//", "'", "#", "/*", "*", "/'"} {
			if strings.HasPrefix(line, mark) {
				found = append(found, line)
				break
			}
		}
	}
	return found
}

// leftOut are words of a paragraph that explains why something is not drawn.
var leftOut = regexp.MustCompile(`(?i)\b(?:not|without|leaves?|left|omit\w*|exclud\w*|skip\w*|hidden|beyond|simplif\w*|technical|internal|housekeeping|bookkeeping)\b`)

// ofDiagram are words of a paragraph that speaks of the diagram.
var ofDiagram = regexp.MustCompile(`(?i)\b(?:diagram\w*|erd?|eer|drawn|draw|drawing|shown|show|picture\w*|chart)\b`)

// Explains reports whether the submission says in words that a table is left out of the
// diagram: a paragraph or a comment that names it and speaks of both.
func (f Found) Explains(table string) bool {
	name := strings.ToLower(erd.BaseName(table))
	return slices.ContainsFunc(f.prose, func(paragraph string) bool {
		return leftOut.MatchString(paragraph) && ofDiagram.MatchString(paragraph) && hasWord(strings.ToLower(paragraph), name)
	})
}

// hasWord reports whether a name stands in a text as a word of its own.
func hasWord(text, name string) bool {
	return slices.Contains(strings.FieldsFunc(text, func(r rune) bool {
		return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), name)
}

// maxPairs bounds how many tables and boxes are compared with each other: a submission may
// hold many big diagrams, and the first ones are as good as any.
const maxPairs = 400_000

// Best is the diagram that shows the live schema best, and how far it does. It is false where
// no diagram has an entity of the schema, unless there is no schema to have one of.
func (f Found) Best(live erd.Model) (Diagram, erd.Comparison, bool) {
	var best Diagram
	var compared erd.Comparison
	found := false
	pairs := 0
	for _, diagram := range f.Diagrams {
		pairs += len(diagram.Entities) * len(live.Entities)
		if len(diagram.Entities) == 0 || pairs > maxPairs {
			continue
		}
		comparison := erd.Compare(live, diagram.Model, f.Explains)
		if comparison.Entities.Both == 0 && len(live.Entities) > 0 {
			continue
		}
		if !found || comparison.Better(compared) {
			best, compared, found = diagram, comparison, true
		}
	}
	return best, compared, found
}
