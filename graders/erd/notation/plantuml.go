package notation

import (
	"regexp"
	"strings"

	"github.com/takehome-dev/takehome/graders/erd"
)

// PlantUML's entities and classes (plantuml.com/ie-diagram, class-diagram), line by line, as
// far as a diagram of tables uses them. Mermaid's classDiagram is close enough to be read here too.
const (
	umlPlace = `("[^"]*"|[\p{L}\p{N}_.$]+)(?:::"?([\p{L}\p{N}_]+)"?)?`
	umlLeft  = `(\}o|\}\||\|o|\|\||<\|?|\*|o|\+|\^|#|x|\}|\|)?`
	umlRight = `(o\{|\|\{|o\||\|\||\|?>|\*|o|\+|\^|#|x|\{|\|)?`
	umlLine  = `(?:-+|\.+)(?:\[[^\]]*\])?(?:left|right|up|down|le|ri|do|l|r|u|d)?(?:\[[^\]]*\])?(?:-+|\.+)?`
)

// What a line can be.
var (
	umlRelated  = regexp.MustCompile(`^` + umlPlace + `\s*("[^"]*")?\s*` + umlLeft + umlLine + umlRight + `\s*("[^"]*")?\s*` + umlPlace + `\s*(?::\s*(.*))?$`)
	umlDeclared = regexp.MustCompile(`(?i)^(?:(?:abstract\s+)?class|abstract|entity|table|object|struct|enum|interface|annotation|view)\s+("[^"]*"|[^\s{"\[<#]+)(?:\s*\["?([^"\]]*)"?\])?(?:\s+as\s+("[^"]*"|[^\s{]+))?([^{]*)(\{.*)?$`)
	umlMacro    = regexp.MustCompile(`(?i)^(?:table|entity|class|view|tbl|t)\s*\(\s*([^,)]*?)\s*(?:,\s*([^)]*?)\s*)?\)([^{]*)(\{.*)?$`)
	umlMember   = regexp.MustCompile(`^([\p{L}\p{N}_.]+|"[^"]*")\s*:\s*(.+)$`)
	umlAround   = regexp.MustCompile(`(?i)^(?:package|namespace|together|rectangle|frame|folder|node|database|cloud|component|card|storage|queue)\b.*\{$`)
	umlEndNote  = regexp.MustCompile(`(?i)^end\s?(?:note|legend|title|header|footer)|^!end|^</style>`)
	umlEndBrace = regexp.MustCompile(`^\}`)
)

type umlReader struct {
	*builder
	line   int
	open   string // the entity whose body is being read
	opened int    // its line
	body   umlBody
	nested int            // blocks around: package, together
	until  *regexp.Regexp // what ends a part that is not read
}

// parsePlantUML reads the text; its first line is line first of what the builder was given.
func parsePlantUML(b *builder, text string, first int) {
	r := &umlReader{builder: b}
	text = withoutUMLComments(text)
	for number, line := range strings.Split(text, "\n") {
		r.line = first + number
		r.read(strings.TrimSpace(line))
	}
	if r.open != "" {
		b.problem(r.opened, "the body of %q is not closed", r.open)
		r.close()
	}
	if len(b.model.Entities) == 0 && len(b.problems) == 0 {
		b.problem(first, "the text holds no entity")
	}
}

// withoutUMLComments takes /' … '/ out and keeps the line breaks.
func withoutUMLComments(text string) string {
	var out strings.Builder
	for {
		before, after, found := strings.Cut(text, "/'")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		comment, rest, _ := strings.Cut(after, "'/")
		out.WriteString(strings.Repeat("\n", strings.Count(comment, "\n")))
		text = rest
	}
}

func (r *umlReader) read(line string) {
	switch {
	case r.until != nil:
		if r.until.MatchString(line) {
			r.until = nil
		}
		return
	case line == "" || line[0] == '\'' || strings.HasPrefix(line, "%%"):
		return
	case r.open != "":
		if strings.HasPrefix(line, "}") {
			r.close()
			return
		}
		r.body.read(line)
		return
	case strings.HasPrefix(line, "}"):
		r.nested = max(0, r.nested-1)
		return
	}
	if r.passOver(line) {
		return
	}
	if match := umlRelated.FindStringSubmatch(line); match != nil {
		r.relate(r.line, umlRelation(match))
		return
	}
	if match := umlDeclared.FindStringSubmatch(line); match != nil {
		r.declare(match)
		return
	}
	if match := umlMacro.FindStringSubmatch(line); match != nil {
		r.begin(unquote(match[1]), strings.ReplaceAll(unquote(match[2]), `\n`, " "), match[4])
		return
	}
	if match := umlMember.FindStringSubmatch(line); match != nil {
		r.body = umlBody{}
		r.body.read(match[2])
		entity := r.entity(r.line, unquote(match[1]))
		for _, attribute := range r.body.attributes {
			add(entity, attribute)
		}
		return
	}
	r.problem(r.line, "%q is neither an entity nor a relation such as A ||--o{ B", line)
}

// passOver takes lines that say how a diagram looks.
func (r *umlReader) passOver(line string) bool {
	first, _, _ := strings.Cut(strings.NewReplacer("\t", " ", "{", " ", ":", " ").Replace(line), " ")
	first = strings.ToLower(strings.Trim(first, ";"))
	switch {
	case umlAround.MatchString(line):
		r.nested++
	case strings.HasPrefix(first, "@"), first == "}":
	case strings.HasPrefix(first, "!procedure"), strings.HasPrefix(first, "!function"), strings.HasPrefix(first, "!unquoted"), first == "<style>":
		if !strings.Contains(line, "return") {
			r.until = umlEndNote
		}
	case strings.HasPrefix(first, "!"):
	case first == "skinparam" && strings.HasSuffix(line, "{"):
		r.until = umlEndBrace
	case first == "note", first == "legend", first == "title", first == "header", first == "footer":
		alone := len(strings.Fields(line)) == 1 || first != "title" && !strings.Contains(line, ":") && !strings.Contains(line, `"`)
		if alone && first != "header" && first != "footer" {
			r.until = umlEndNote
		}
	default:
		return strings.HasPrefix(first, "<<") || strings.Contains(" skinparam hide show remove left top right bottom direction scale caption page newpage mainframe center classdef style cssclass link click callback accdescr acctitle allowmixing ", " "+first+" ")
	}
	return true
}

func (r *umlReader) declare(match []string) {
	name, label := unquote(match[1]), match[2]
	if as := unquote(match[3]); as != "" {
		// entity "Order line" as ol, and entity ol as "Order line"
		if strings.HasPrefix(match[3], `"`) {
			label = as
		} else {
			name, label = as, name
		}
	}
	if strings.HasPrefix(strings.ToLower(match[0]), "enum") {
		if strings.HasPrefix(match[5], "{") && !strings.Contains(match[5], "}") {
			r.until = umlEndBrace
		}
		return
	}
	r.begin(name, strings.ReplaceAll(label, `\n`, " "), match[5])
}

// begin notes an entity and the beginning of its body, where it has one.
func (r *umlReader) begin(name, label, body string) {
	entity := r.entity(r.line, name)
	also(entity, label)
	if !strings.HasPrefix(body, "{") {
		return
	}
	r.open, r.opened, r.body = name, r.line, umlBody{}
	inside, _, closed := strings.Cut(body[1:], "}")
	if strings.TrimSpace(inside) != "" {
		for part := range strings.SplitSeq(inside, ";") {
			r.body.read(strings.TrimSpace(part))
		}
	}
	if closed {
		r.close()
	}
}

func (r *umlReader) close() {
	entity := r.entity(r.opened, r.open)
	for _, attribute := range r.body.done() {
		add(entity, attribute)
	}
	r.open = ""
}

func umlRelation(match []string) erd.Relation {
	// 1 from, 2 its field, 3 written cardinality, 4 head, 5 head, 6 written cardinality, 7 to, 8 its field, 9 label
	relation := erd.Relation{
		From:  erd.End{Entity: unquote(match[1]), Cardinality: umlEnd(match[4], match[3])},
		To:    erd.End{Entity: unquote(match[7]), Cardinality: umlEnd(match[5], match[6])},
		Label: unquote(match[9]),
	}
	if match[2] != "" {
		relation.From.Attributes = []string{match[2]}
	}
	if match[8] != "" {
		relation.To.Attributes = []string{match[8]}
	}
	return relation
}

// umlEnd reads one end of a line: what is written beside it, or the head of the line.
func umlEnd(head, written string) erd.Cardinality {
	if cardinality := cardinalityOf(unquote(written)); cardinality != (erd.Cardinality{}) {
		return cardinality
	}
	if head == "*" { // composition: a part belongs to one whole
		return bounds(erd.AtLeastOne, erd.AtMostOne)
	}
	return crowsFoot(head)
}
