// Package notation reads entity-relationship diagrams out of the files of a submission: Mermaid,
// DBML, PlantUML and Graphviz's DOT, by small parsers of our own. Everything it reads is a
// stranger's, so it has limits, refuses nothing and says by line what it could not read.
package notation

import (
	"fmt"
	"strings"

	"github.com/takehome-dev/takehome/graders/erd"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Syntax is a language in which diagrams are written.
type Syntax string

// The languages that are read.
const (
	Mermaid  Syntax = "mermaid"
	DBML     Syntax = "dbml"
	PlantUML Syntax = "plantuml"
	DOT      Syntax = "dot"
)

// Title is the name of the language for people.
func (s Syntax) Title() string {
	return map[Syntax]string{Mermaid: "Mermaid", DBML: "DBML", PlantUML: "PlantUML", DOT: "Graphviz DOT"}[s]
}

// Limits of a diagram. What is beyond them is left out, and said.
const (
	MaxBytes      = 256 << 10
	MaxEntities   = 500
	maxAttributes = 300 // of an entity
	maxRelations  = 2000
	maxProblems   = 20
	maxName       = 120 // bytes
	maxLine       = 4096
)

// Diagram is what was read of one piece of a submission.
type Diagram struct {
	erd.Model
	Syntax   Syntax
	File     string // slash path inside the submission
	Line     int    // of the file, where the text begins; from 1
	Problems []Problem
}

// Problem is a line that could not be read. The rest of the diagram was.
type Problem struct {
	Line int    // of the file
	Text string // safe to show
}

// String writes "line 7: …".
func (p Problem) String() string { return fmt.Sprintf("line %d: %s", p.Line, p.Text) }

// Where names the place of a diagram, "docs/erd.md:12".
func (d Diagram) Where() string {
	if d.Line > 1 {
		return fmt.Sprintf("%s:%d", takehome.Line(d.File), d.Line)
	}
	return takehome.Line(d.File)
}

// Parse reads a diagram. It never refuses: what cannot be read is among the problems, with
// its line, where firstLine is the line of the file in which the text begins.
func Parse(syntax Syntax, text string, firstLine int) Diagram {
	b := &builder{index: map[string]int{}, firstLine: firstLine}
	if len(text) > MaxBytes {
		text = text[:MaxBytes]
		b.problem(1, "the diagram is longer than %d KiB, the rest was not read", MaxBytes>>10)
	}
	text = strings.ReplaceAll(strings.TrimPrefix(strings.ToValidUTF8(text, "\uFFFD"), "\uFEFF"), "\r\n", "\n")
	switch syntax {
	case Mermaid:
		parseMermaid(b, b.withoutLongLines(text))
	case DBML:
		parseDBML(b, text)
	case PlantUML:
		parsePlantUML(b, b.withoutLongLines(text), 1)
	case DOT:
		parseDOT(b, text)
	}
	return Diagram{Model: b.finish(), Syntax: syntax, Line: firstLine, Problems: b.problems}
}

// withoutLongLines empties lines that are longer than anybody writes them, for parsers that
// look at a line as a whole.
func (b *builder) withoutLongLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if len(line) > maxLine {
			b.problem(i+1, "the line is longer than %d bytes", maxLine)
			lines[i] = ""
		}
	}
	return strings.Join(lines, "\n")
}

// builder collects what a parser reads, within the limits.
type builder struct {
	model     erd.Model
	index     map[string]int // of entities, by name
	problems  []Problem
	firstLine int
	full      bool
}

// problem records a line, counted from 1 within the text, that could not be read.
func (b *builder) problem(line int, format string, args ...any) {
	if len(b.problems) < maxProblems {
		b.problems = append(b.problems, Problem{Line: b.firstLine + line - 1, Text: takehome.Line(fmt.Sprintf(format, args...))})
	}
}

// entity finds an entity or makes it. Beyond the limit it is one that nobody sees.
func (b *builder) entity(line int, name string) *erd.Entity {
	name = cleanName(name)
	if at, known := b.index[name]; known {
		return &b.model.Entities[at]
	}
	if len(b.model.Entities) == MaxEntities {
		if !b.full {
			b.problem(line, "the diagram has more than %d entities, the rest was not read", MaxEntities)
		}
		b.full = true
		return &erd.Entity{Name: name}
	}
	b.index[name] = len(b.model.Entities)
	b.model.Entities = append(b.model.Entities, erd.Entity{Name: name})
	return &b.model.Entities[len(b.model.Entities)-1]
}

// also records another name of an entity.
func also(e *erd.Entity, name string) {
	if name = cleanName(name); name != "" && name != e.Name && len(e.Also) < 4 {
		e.Also = append(e.Also, name)
	}
}

// add records an attribute, or adds what is said about it a second time.
func add(e *erd.Entity, attribute erd.Attribute) {
	attribute.Name, attribute.Type = cleanName(attribute.Name), cleanName(attribute.Type)
	if attribute.Name == "" || len(e.Attributes) == maxAttributes {
		return
	}
	for i := range e.Attributes {
		if known := &e.Attributes[i]; known.Name == attribute.Name {
			known.Primary, known.Foreign = known.Primary || attribute.Primary, known.Foreign || attribute.Foreign
			known.Unique, known.Required = known.Unique || attribute.Unique, known.Required || attribute.Required
			return
		}
	}
	e.Attributes = append(e.Attributes, attribute)
}

// relate records a line, and the entities at its ends.
func (b *builder) relate(line int, relation erd.Relation) {
	for _, end := range []*erd.End{&relation.From, &relation.To} {
		end.Entity = b.entity(line, end.Entity).Name
		for i := range end.Attributes {
			end.Attributes[i] = cleanName(end.Attributes[i])
		}
	}
	relation.Label = cleanName(relation.Label)
	if len(b.model.Relations) < maxRelations {
		b.model.Relations = append(b.model.Relations, relation)
	}
}

// finish leaves out lines to entities beyond the limit.
func (b *builder) finish() erd.Model {
	kept := b.model.Relations[:0]
	for _, relation := range b.model.Relations {
		_, from := b.index[relation.From.Entity]
		_, to := b.index[relation.To.Entity]
		if from && to {
			kept = append(kept, relation)
		}
	}
	b.model.Relations = kept
	return b.model
}

// cleanName makes a name safe to show, and short.
func cleanName(name string) string {
	name = takehome.Clean(strings.Join(strings.Fields(name), " "))
	if len(name) > maxName {
		cut := maxName
		for cut > 0 && name[cut]&0xC0 == 0x80 {
			cut--
		}
		name = name[:cut] + "…"
	}
	return name
}

// unquote takes a pair of quotes away.
func unquote(text string) string {
	text = strings.TrimSpace(text)
	if len(text) >= 2 && text[0] == '"' && text[len(text)-1] == '"' {
		return text[1 : len(text)-1]
	}
	return text
}

// cardinalityOf reads what people write at the end of a line: "1", "0..1", "*", "1..n", "many".
func cardinalityOf(text string) erd.Cardinality {
	text = strings.Trim(strings.ToLower(text), "[] ")
	if strings.HasPrefix(text, "(") {
		text = strings.Trim(text, "()")
	}
	switch text {
	case "1", "1..1", "one", "only one", "exactly one", "1,1", "1:1":
		return bounds(erd.AtLeastOne, erd.AtMostOne)
	case "0..1", "?", "0,1", "zero or one", "one or zero", "0-1":
		return bounds(erd.MayBeNone, erd.AtMostOne)
	case "*", "n", "m", "many", "∞":
		return bounds(erd.LeastUnsaid, erd.Several)
	case "0..*", "0..n", "0..m", "0+", "0,n", "0,m", "0,*", "0-n", "zero or more", "zero or many", "many(0)":
		return bounds(erd.MayBeNone, erd.Several)
	case "1..*", "1..n", "1..m", "1+", "1,n", "1,m", "1,*", "1-n", "one or more", "one or many", "many(1)":
		return bounds(erd.AtLeastOne, erd.Several)
	}
	return erd.Cardinality{}
}

func bounds(least erd.Least, most erd.Most) erd.Cardinality {
	return erd.Cardinality{Least: least, Most: most}
}

// crowsFoot reads one end of a line in crow's foot notation, on whichever side it stands.
func crowsFoot(mark string) erd.Cardinality {
	switch mark {
	case "||":
		return bounds(erd.AtLeastOne, erd.AtMostOne)
	case "|o", "o|":
		return bounds(erd.MayBeNone, erd.AtMostOne)
	case "}o", "o{":
		return bounds(erd.MayBeNone, erd.Several)
	case "}|", "|{":
		return bounds(erd.AtLeastOne, erd.Several)
	case "}", "{":
		return bounds(erd.LeastUnsaid, erd.Several)
	case "|":
		return bounds(erd.LeastUnsaid, erd.AtMostOne)
	}
	return erd.Cardinality{}
}
