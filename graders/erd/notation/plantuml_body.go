package notation

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/takehome-dev/takehome/graders/erd"
)

// What stands in a line of a body beside a name and a type.
var (
	umlMark        = regexp.MustCompile(`<<([^>]*)>>|\[\[?([^\]]*)\]\]?|\{([^}]*)\}`)
	umlDecoration  = regexp.MustCompile(`<<[^>]*>>|\{[^}]*\}|</?[a-zA-Z&#][^>]*>|\[\[?[^\]]+\]\]?`)
	umlColumnMacro = regexp.MustCompile(`^(\w*(?i:primary|pk|foreign|fk|unique|not_?null|column|key)\w*)\(\s*(.*?)\s*\)(.*)$`)
)

// umlBody collects the lines between the braces of an entity.
type umlBody struct {
	attributes []erd.Attribute
	above      int // how many stand above the first separator; 0: no separator yet
	marked     bool
}

// read takes one line of a body: "* id : bigint <<PK>>", "+int id PK", "primary_key(id): int".
func (b *umlBody) read(line string) {
	if line == "" || strings.HasPrefix(line, "'") || strings.HasPrefix(line, "<<enumeration") {
		return
	}
	if strings.Trim(line, "-.=_") == "" || strings.HasPrefix(line, "--") || strings.HasPrefix(line, "..") || strings.HasPrefix(line, "==") || strings.HasPrefix(line, "__") {
		if b.above == 0 {
			b.above = len(b.attributes)
		}
		return
	}
	if attribute, ok := umlAttribute(line); ok && len(b.attributes) <= maxAttributes {
		b.marked = b.marked || attribute.Primary
		b.attributes = append(b.attributes, attribute)
	}
}

// done returns the attributes. Where no key is marked, it is what stands above the first
// separator, as in PlantUML's own examples of entities.
func (b *umlBody) done() []erd.Attribute {
	if !b.marked && b.above > 0 && b.above <= 4 && b.above < len(b.attributes) {
		for i := range b.above {
			b.attributes[i].Primary = true
		}
	}
	return b.attributes
}

// umlColumn is an attribute that is being read.
type umlColumn struct{ erd.Attribute }

// umlAttribute reads one line. Methods are none.
func umlAttribute(line string) (erd.Attribute, bool) {
	var attribute umlColumn
	line = strings.NewReplacer("«", "<<", "»", ">>").Replace(line)
	for _, stereotype := range umlMark.FindAllStringSubmatch(line, -1) {
		attribute.mark(stereotype[1] + " " + stereotype[2] + " " + stereotype[3])
	}
	line = umlDecoration.ReplaceAllString(line, " ")
	attribute.Primary = attribute.Primary || strings.ContainsAny(line, "🔑🗝")
	attribute.Foreign = attribute.Foreign || strings.ContainsRune(line, '🔗')
	line = strings.TrimLeftFunc(line, unicode.IsSpace)
	if first, rest, found := strings.Cut(line, " "); found && strings.IndexFunc(first, isSymbol) == 0 {
		line = rest
	}
	line = strings.TrimSpace(line)
	if strings.HasPrefix(line, "**") {
		attribute.Required = true
	} else if strings.HasPrefix(line, "*") {
		attribute.Required = true
		line = line[1:]
	}
	line = strings.TrimSpace(strings.ReplaceAll(line, "**", ""))
	line = strings.TrimSpace(strings.TrimLeft(line, "+#~-/"))
	line = strings.Trim(strings.ReplaceAll(line, "__", ""), " ,;")
	for match := umlColumnMacro.FindStringSubmatch(line); match != nil; match = umlColumnMacro.FindStringSubmatch(line) {
		attribute.mark(strings.ReplaceAll(match[1], "_", " "))
		inside, _, _ := strings.Cut(match[2], ",")
		line = inside + match[3]
	}
	name, typ, colon := strings.Cut(line, ":")
	if colon {
		typ, _, _ = strings.Cut(typ, "=")
		words := attribute.withoutKeys(strings.Fields(name))
		kept := attribute.withoutKeys(strings.Fields(typ))
		if len(words) == 0 {
			return attribute.Attribute, false
		}
		attribute.Name, attribute.Type = strings.Join(words, "_"), strings.Join(kept, " ")
		return attribute.Attribute, !strings.Contains(attribute.Name, "(")
	}
	words := attribute.withoutKeys(strings.Fields(line))
	switch {
	case len(words) == 0:
		return attribute.Attribute, false
	case len(words) > 1 && isType(words[0]):
		attribute.Name, attribute.Type = words[len(words)-1], strings.Join(words[:len(words)-1], " ")
	default:
		attribute.Name, attribute.Type = words[0], strings.Join(words[1:], " ")
	}
	return attribute.Attribute, !strings.Contains(attribute.Name, "(")
}

// isSymbol reports whether a sign is a little picture, such as a key.
func isSymbol(r rune) bool { return unicode.In(r, unicode.So) }

// mark understands what people write beside a column.
func (c *umlColumn) mark(words string) {
	words = " " + strings.ToLower(strings.NewReplacer(",", " ", ";", " ", "_", " ", "/", " ").Replace(words)) + " "
	for word := range strings.FieldsSeq(words) {
		c.key(word)
	}
	switch {
	case strings.Contains(words, " primary"):
		c.Primary = true
	case strings.Contains(words, " foreign"):
		c.Foreign = true
	}
	c.Required = c.Required || strings.Contains(words, " not null") || strings.Contains(words, " notnull")
}

func (c *umlColumn) key(word string) bool {
	switch strings.ToUpper(strings.Trim(word, "()[],;:")) {
	case "PK":
		c.Primary = true
	case "FK":
		c.Foreign = true
	case "UK", "UQ", "UNIQUE":
		c.Unique = true
	case "PFK":
		c.Primary, c.Foreign = true, true
	default:
		return false
	}
	return true
}

// withoutKeys takes the words PK, FK, UK, NOT NULL and PRIMARY KEY out, and notes them.
func (c *umlColumn) withoutKeys(words []string) []string {
	var kept []string
	for i, word := range words {
		upper := strings.ToUpper(strings.Trim(word, "(),"))
		after := i+1 < len(words) && strings.EqualFold(strings.Trim(words[i+1], "(),"), "key")
		switch {
		case len(words) > 1 && c.allKeys(word):
		case upper == "PRIMARY" && after:
			c.Primary = true
		case upper == "FOREIGN" && after:
			c.Foreign = true
		case upper == "NOT" && i+1 < len(words) && strings.EqualFold(words[i+1], "null"):
			c.Required = true
		case i > 0 && (upper == "NULL" || upper == "KEY"):
		default:
			kept = append(kept, word)
		}
	}
	return kept
}

// allKeys reports whether a word is made of PK, FK and UK alone: "PK", "(PK,FK)".
func (c *umlColumn) allKeys(word string) bool {
	parts := strings.FieldsFunc(word, func(c rune) bool { return strings.ContainsRune(",/()[]", c) })
	found := *c
	for _, part := range parts {
		if !found.key(part) {
			return false
		}
	}
	if len(parts) > 0 {
		*c = found
	}
	return len(parts) > 0
}

// isType reports whether a word is the name of a type, for lines that put it before the name.
func isType(word string) bool {
	base, _, _ := strings.Cut(strings.ToLower(word), "(")
	base = strings.TrimSuffix(base, "[]")
	return strings.Contains(" int integer int2 int4 int8 bigint smallint serial bigserial smallserial uuid varchar char character text string "+
		"citext numeric decimal money float float4 float8 double real bool boolean date time timetz datetime timestamp timestamptz interval "+
		"json jsonb bytea enum number long short byte inet bigdecimal localdate instant localdatetime offsetdatetime ", " "+base+" ")
}
