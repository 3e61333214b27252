package notation

import (
	"regexp"
	"strings"

	"github.com/takehome-dev/takehome/graders/erd"
)

// Mermaid's erDiagram (mermaid.js.org/syntax/entityRelationshipDiagram), line by line. Where
// Mermaid itself is stricter than a reader needs it to be, as with "numeric(10,2)", so is not this.
const (
	mermaidName = `("[^"]*"|[\p{L}\p{N}_*$-]+(?:\.[\p{L}\p{N}_*$-]+)*)(?:\[([^\]]*)\])?(?::::[\w, -]+?)?`
	mermaidMark = `(\|o|o\||\|\||\}o|o\{|\}\||\|\{)`
	mermaidHow  = `(one or zero|zero or one|one or more|one or many|many\(1\)|1\+|zero or more|zero or many|many\(0\)|0\+|only one|1)`
)

// What a line outside a block can be.
var (
	mermaidDrawn = regexp.MustCompile(`^` + mermaidName + `\s*` + mermaidMark + `(?:--|\.\.|\.-|-\.)` + mermaidMark + `\s*` + mermaidName + `\s*(?::\s*(.*))?$`)
	mermaidTold  = regexp.MustCompile(`(?i)^` + mermaidName + `\s+` + mermaidHow + `\s+(?:optionally\s+)?to\s+` + mermaidHow + `\s+` + mermaidName + `\s*(?::\s*(.*))?$`)
	mermaidBox   = regexp.MustCompile(`^` + mermaidName + `\s*(\{.*)?$`)
)

// mermaidReader is the parser's place in a text.
type mermaidReader struct {
	*builder
	open     *erd.Entity // the entity whose block is being read
	line     int
	skipping bool // the braces of accDescr
}

func parseMermaid(b *builder, text string) {
	lines := strings.Split(text, "\n")
	start, kind := mermaidHeader(lines)
	switch kind {
	case "erdiagram":
	case "classdiagram", "classdiagram-v2":
		parsePlantUML(b, strings.Join(lines[start:], "\n"), start+1)
		return
	case "":
		b.problem(1, "the Mermaid text is empty")
		return
	default:
		b.problem(start, "%q is no entity-relationship diagram: the first word must be erDiagram", kind)
		return
	}
	r := &mermaidReader{builder: b}
	for number := start; number < len(lines); number++ {
		r.line = number + 1
		r.read(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(lines[number]), ";")))
	}
	if r.open != nil {
		b.problem(r.line, "the block of %q is not closed", r.open.Name)
	}
}

// mermaidHeader finds the line after the first word of a diagram, and that word.
func mermaidHeader(lines []string) (next int, kind string) {
	front := false
	for i, line := range lines {
		line = strings.TrimSpace(line)
		switch {
		case line == "---":
			front = !front
		case front, line == "", strings.HasPrefix(line, "%%"):
		default:
			return i + 1, strings.ToLower(strings.Trim(strings.Fields(line)[0], ";:"))
		}
	}
	return len(lines), ""
}

func (r *mermaidReader) read(line string) {
	switch {
	case r.open != nil:
		r.attributes(line)
		return
	case r.skipping:
		r.skipping = !strings.Contains(line, "}")
		return
	case line == "", strings.HasPrefix(line, "%%"):
		return
	}
	if match := mermaidDrawn.FindStringSubmatch(line); match != nil {
		r.relation(match, crowsFoot)
		return
	}
	if match := mermaidTold.FindStringSubmatch(line); match != nil {
		r.relation(match, cardinalityOf)
		return
	}
	first, rest, _ := strings.Cut(line, " ")
	switch strings.TrimSuffix(first, ":") {
	case "title", "accTitle", "direction", "classDef", "class", "style", "linkStyle", "click":
		if rest != "" && !strings.HasPrefix(strings.TrimSpace(rest), "{") {
			return
		}
	case "accDescr", "accDescr{":
		r.skipping = strings.Contains(line, "{") && !strings.Contains(line, "}")
		return
	}
	if match := mermaidBox.FindStringSubmatch(line); match != nil {
		entity := r.declare(match[1], match[2])
		if match[3] != "" {
			r.open = entity
			r.attributes(match[3][1:])
		}
		return
	}
	r.problem(r.line, "%q is neither an entity nor a relation such as A ||--o{ B : label", line)
}

func (r *mermaidReader) declare(name, label string) *erd.Entity {
	entity := r.entity(r.line, unquote(name))
	also(entity, unquote(label))
	return entity
}

func (r *mermaidReader) relation(match []string, how func(string) erd.Cardinality) {
	from, to := r.declare(match[1], match[2]).Name, r.declare(match[5], match[6]).Name
	r.relate(r.line, erd.Relation{
		From:  erd.End{Entity: from, Cardinality: how(match[3])},
		To:    erd.End{Entity: to, Cardinality: how(match[4])},
		Label: unquote(match[7]),
	})
}

// attributes reads a line of a block: any number of "type name PK, FK "comment"", and perhaps its end.
func (r *mermaidReader) attributes(line string) {
	var current *erd.Attribute
	typ := ""
	keep := func() {
		if current != nil {
			add(r.open, *current)
			current = nil
		}
	}
	for rest := line; ; {
		var word string
		word, rest = mermaidWord(rest)
		switch {
		case word == "" || word == "}":
			keep()
			if typ != "" {
				r.problem(r.line, "%q has a name but no type, or a type but no name", typ)
				add(r.open, erd.Attribute{Name: typ})
			}
			if word == "}" {
				r.open = nil
				if tail := strings.TrimSpace(rest); tail != "" {
					r.read(tail)
				}
			}
			return
		case word == "," || word[0] == '"':
		case current != nil && mermaidKey(word, current):
		case typ == "":
			keep()
			typ = word
		default:
			name := strings.Trim(word, "*")
			current = &erd.Attribute{Name: name, Type: typ, Primary: strings.HasPrefix(word, "*")}
			typ = ""
		}
	}
}

func mermaidKey(word string, attribute *erd.Attribute) bool {
	switch strings.ToUpper(word) {
	case "PK":
		attribute.Primary = true
	case "FK":
		attribute.Foreign = true
	case "UK":
		attribute.Unique = true
	default:
		return false
	}
	return true
}

// mermaidWord cuts the next word, comma, brace or quoted comment off a line.
func mermaidWord(line string) (word, rest string) {
	line = strings.TrimLeft(line, " \t;")
	if line == "" || strings.HasPrefix(line, "%%") {
		return "", ""
	}
	if line[0] == '"' {
		if end := strings.IndexByte(line[1:], '"'); end >= 0 {
			return line[:end+2], line[end+2:]
		}
		return line, ""
	}
	if line[0] == ',' || line[0] == '}' {
		return line[:1], line[1:]
	}
	depth := 0
	for i, r := range line {
		switch {
		case r == '(' || r == '<':
			depth++
		case r == ')' || r == '>':
			depth--
		case depth <= 0 && (r == ' ' || r == '\t' || r == ',' || r == '}' || r == '"' || r == ';'):
			return line[:i], line[i:]
		}
	}
	return line, ""
}
