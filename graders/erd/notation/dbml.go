package notation

import (
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/erd"
)

// dbmlReader reads DBML (dbml.dbdiagram.io/docs) from its tokens.
type dbmlReader struct {
	*builder
	tokens  []dbmlToken
	at      int
	aliases map[string]string // of tables
	pending []dbmlReference   // references, which may name a table before it is declared
	partial map[string][]erd.Attribute
}

// dbmlReference is "a.b > c.d", wherever it stands.
type dbmlReference struct {
	line     int
	from, to dbmlPlace
	sign     string
}

type dbmlPlace struct {
	table   string
	columns []string
}

func parseDBML(b *builder, text string) {
	r := &dbmlReader{builder: b, tokens: scanDBML(b, text), aliases: map[string]string{}, partial: map[string][]erd.Attribute{}}
	for r.peek().kind != dbmlEnd {
		r.statement()
	}
	for _, reference := range r.pending {
		r.resolve(reference)
	}
	if len(b.model.Entities) == 0 && len(b.problems) == 0 {
		b.problem(1, "the text holds no Table")
	}
}

func (r *dbmlReader) peek() dbmlToken { return r.tokens[r.at] }

func (r *dbmlReader) next() dbmlToken {
	token := r.tokens[r.at]
	if token.kind != dbmlEnd {
		r.at++
	}
	return token
}

// sign takes the next token if it is the given sign.
func (r *dbmlReader) sign(text string) bool {
	if token := r.peek(); token.kind == dbmlSign && token.text == text {
		r.at++
		return true
	}
	return false
}

func (r *dbmlReader) breaks() {
	for r.peek().kind == dbmlBreak {
		r.at++
	}
}

func (r *dbmlReader) statement() {
	token := r.next()
	if token.kind == dbmlBreak {
		return
	}
	switch word := strings.ToLower(token.text); {
	case token.kind != dbmlWord:
		r.problem(token.line, "%q starts no statement", token.text)
		r.skipLine()
	case word == "table":
		r.table()
	case word == "tablepartial":
		r.tablePartial()
	case word == "ref":
		r.references()
	case word == "enum", word == "project", word == "tablegroup", word == "note", word == "records", word == "diagramview":
		r.skipStatement()
	default:
		r.problem(token.line, "%q starts no statement, such as Table, Ref or Enum", token.text)
		r.skipStatement()
	}
}

// name reads a name, with its schema where that is not public.
func (r *dbmlReader) name() string {
	var parts []string
	for {
		token := r.peek()
		if token.kind != dbmlWord && token.kind != dbmlName {
			break
		}
		r.at++
		parts = append(parts, token.text)
		if !r.sign(".") {
			break
		}
	}
	if len(parts) > 1 && parts[0] == "public" {
		parts = parts[1:]
	}
	return strings.Join(parts, ".")
}

func (r *dbmlReader) table() {
	line := r.peek().line
	name := r.name()
	if name == "" {
		r.problem(line, "the table has no name")
		r.skipStatement()
		return
	}
	entity := r.entity(line, name)
	if token := r.peek(); token.kind == dbmlWord && strings.EqualFold(token.text, "as") {
		r.at++
		r.aliases[r.name()] = name
	}
	r.settings()
	for _, attribute := range r.body(line, name) {
		add(entity, attribute)
	}
}

func (r *dbmlReader) tablePartial() {
	line := r.peek().line
	name := r.name()
	r.settings()
	r.partial[name] = r.body(line, name)
}

// body reads the columns of a table, and what is said about them below.
func (r *dbmlReader) body(line int, table string) []erd.Attribute {
	r.breaks()
	if !r.sign("{") {
		r.problem(line, "the table %q has no { … }", table)
		r.skipLine()
		return nil
	}
	var attributes []erd.Attribute
	for {
		r.breaks()
		token := r.peek()
		switch word := strings.ToLower(token.text); {
		case token.kind == dbmlEnd:
			r.problem(line, "the table %q is not closed", table)
			return attributes
		case r.sign("}"):
			return attributes
		case r.sign("~"):
			attributes = append(attributes, r.partial[r.name()]...)
		case token.kind == dbmlWord && word == "indexes" && r.opensBlock():
			r.at++
			r.indexes(attributes)
		case token.kind == dbmlWord && (word == "checks" && r.opensBlock() || word == "note" && r.notes()):
			r.skipStatement()
		case token.kind == dbmlWord || token.kind == dbmlName:
			attributes = append(attributes, r.column(table))
		default:
			r.problem(token.line, "%q is no column", token.text)
			r.skipLine()
		}
		if len(attributes) > maxAttributes {
			attributes = attributes[:maxAttributes]
		}
	}
}

func (r *dbmlReader) opensBlock() bool { return r.follows("{") }

func (r *dbmlReader) notes() bool { return r.follows(":") || r.follows("{") }

// follows reports whether the token after the next one is a sign.
func (r *dbmlReader) follows(sign string) bool {
	after := r.tokens[min(r.at+1, len(r.tokens)-1)]
	return after.kind == dbmlSign && after.text == sign
}

// column reads "name type(10, 2) [settings]".
func (r *dbmlReader) column(table string) erd.Attribute {
	attribute := erd.Attribute{Name: r.next().text}
	var typ strings.Builder
	for depth := 0; ; {
		token := r.peek()
		if token.kind == dbmlEnd || token.kind == dbmlBreak || token.kind == dbmlSign && (token.text == "{" || token.text == "}") {
			break
		}
		if token.kind == dbmlSign && token.text == "[" && depth == 0 {
			if after := r.tokens[r.at+1]; after.kind != dbmlSign || after.text != "]" { // not text[]
				break
			}
		}
		switch token.text {
		case "(":
			depth++
		case ")":
			depth--
		}
		if last := r.tokens[r.at-1]; typ.Len() > 0 && token.kind != dbmlSign && last.kind != dbmlSign {
			typ.WriteByte(' ')
		}
		typ.WriteString(token.text)
		r.at++
	}
	attribute.Type = typ.String()
	for _, setting := range r.settings() {
		r.apply(&attribute, setting, table)
	}
	return attribute
}

// settings reads "[pk, not null, ref: > users.id]", one list of tokens each.
func (r *dbmlReader) settings() [][]dbmlToken {
	if !r.sign("[") {
		return nil
	}
	var all [][]dbmlToken
	var current []dbmlToken
	for depth := 0; ; {
		token := r.next()
		switch {
		case token.kind == dbmlEnd:
			r.problem(token.line, "the settings are not closed with ]")
			return append(all, current)
		case token.kind == dbmlBreak:
			continue
		case depth == 0 && token.kind == dbmlSign && token.text == "]":
			return append(all, current)
		case depth == 0 && token.kind == dbmlSign && token.text == ",":
			all, current = append(all, current), nil
			continue
		case token.kind == dbmlSign && token.text == "(":
			depth++
		case token.kind == dbmlSign && token.text == ")":
			depth--
		}
		current = append(current, token)
	}
}

func (r *dbmlReader) apply(attribute *erd.Attribute, setting []dbmlToken, table string) {
	var words []string
	for _, token := range setting {
		if token.kind == dbmlWord {
			words = append(words, strings.ToLower(token.text))
		}
	}
	switch text := strings.Join(words, " "); {
	case text == "pk" || text == "primary key":
		attribute.Primary = true
	case text == "unique":
		attribute.Unique = true
	case text == "not null":
		attribute.Required = true
	case len(setting) > 3 && words[0] == "ref" && setting[1].text == ":":
		inside := &dbmlReader{builder: r.builder, tokens: append(setting[2:], dbmlToken{kind: dbmlEnd, line: setting[0].line})}
		sign := inside.next()
		attribute.Foreign = attribute.Foreign || sign.text != "<"
		r.remember(dbmlReference{line: sign.line, from: dbmlPlace{table, []string{attribute.Name}}, sign: sign.text, to: inside.place()})
	}
}

// indexes reads what an indexes block says about keys.
func (r *dbmlReader) indexes(attributes []erd.Attribute) {
	r.sign("{")
	for {
		r.breaks()
		token := r.peek()
		if token.kind == dbmlEnd || r.sign("}") {
			return
		}
		var columns []string
		for r.peek().kind != dbmlBreak && r.peek().kind != dbmlEnd && r.peek().text != "[" && r.peek().text != "}" {
			if word := r.next(); word.kind == dbmlWord || word.kind == dbmlName {
				columns = append(columns, word.text)
			}
		}
		for _, setting := range r.settings() {
			if len(setting) != 1 {
				continue
			}
			for i := range attributes {
				if !slices.Contains(columns, attributes[i].Name) {
					continue
				}
				attributes[i].Primary = attributes[i].Primary || setting[0].text == "pk"
				attributes[i].Unique = attributes[i].Unique || setting[0].text == "unique" && len(columns) == 1
			}
		}
	}
}

// skipStatement goes behind the next block, or to the end of the line where none begins.
func (r *dbmlReader) skipStatement() {
	for r.peek().kind != dbmlBreak && r.peek().kind != dbmlEnd {
		if r.sign("{") {
			r.skipBlock()
			return
		}
		r.at++
	}
	at := r.at
	r.breaks()
	if r.sign("{") {
		r.skipBlock()
		return
	}
	r.at = at
}

func (r *dbmlReader) skipBlock() {
	for depth := 1; depth > 0; {
		token := r.next()
		switch {
		case token.kind == dbmlEnd:
			return
		case token.kind == dbmlSign && token.text == "{":
			depth++
		case token.kind == dbmlSign && token.text == "}":
			depth--
		}
	}
}

func (r *dbmlReader) skipLine() {
	for r.peek().kind != dbmlBreak && r.peek().kind != dbmlEnd {
		r.at++
	}
}
