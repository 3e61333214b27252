package notation

import (
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/erd"
)

// references reads what follows the word Ref: a name or not, one reference or a block of them.
func (r *dbmlReader) references() {
	line := r.peek().line
	r.name()
	if r.sign(":") {
		r.reference()
		return
	}
	r.breaks()
	if !r.sign("{") {
		r.problem(line, "Ref needs a colon or a block")
		r.skipLine()
		return
	}
	for {
		r.breaks()
		switch {
		case r.peek().kind == dbmlEnd:
			r.problem(line, "the block of Ref is not closed")
			return
		case r.sign("}"):
			return
		}
		r.reference()
	}
}

// reference reads "a.b > c.d [delete: cascade]".
func (r *dbmlReader) reference() {
	line := r.peek().line
	from := r.place()
	sign := r.next()
	to := r.place()
	if from.table == "" || to.table == "" || !slices.Contains([]string{"<", ">", "-", "<>"}, sign.text) {
		r.problem(line, "a reference is written as orders.user_id > users.id")
		if sign.kind == dbmlBreak {
			r.at--
		}
		r.skipLine()
		return
	}
	r.settings()
	r.remember(dbmlReference{line: line, from: from, sign: sign.text, to: to})
}

// remember keeps a reference until all tables are known.
func (r *dbmlReader) remember(reference dbmlReference) {
	if len(r.pending) < maxRelations {
		r.pending = append(r.pending, reference)
	}
}

// place reads "schema.table.column" or "table.(a, b)".
func (r *dbmlReader) place() dbmlPlace {
	var parts []string
	for {
		token := r.peek()
		if r.sign("(") {
			var columns []string
			for token = r.next(); token.text != ")" && token.kind != dbmlEnd && token.kind != dbmlBreak; token = r.next() {
				if token.kind == dbmlWord || token.kind == dbmlName {
					columns = append(columns, token.text)
				}
			}
			return dbmlPlace{tableOf(parts), columns}
		}
		if token.kind != dbmlWord && token.kind != dbmlName {
			break
		}
		r.at++
		parts = append(parts, token.text)
		if !r.sign(".") {
			break
		}
	}
	if len(parts) < 2 {
		return dbmlPlace{}
	}
	return dbmlPlace{tableOf(parts[:len(parts)-1]), parts[len(parts)-1:]}
}

func tableOf(parts []string) string {
	if len(parts) > 1 && parts[0] == "public" {
		parts = parts[1:]
	}
	return strings.Join(parts, ".")
}

// resolve makes a line of a reference: from the side of the foreign key to the other one.
func (r *dbmlReader) resolve(reference dbmlReference) {
	from, to := reference.from, reference.to
	if reference.sign == "<" {
		from, to = to, from
	}
	for _, place := range []*dbmlPlace{&from, &to} {
		if name, known := r.aliases[place.table]; known {
			place.table = name
		}
		if _, known := r.index[cleanName(place.table)]; !known {
			r.problem(reference.line, "there is no table %q", place.table)
			return
		}
	}
	relation := erd.Relation{
		From: erd.End{Entity: from.table, Attributes: from.columns, Cardinality: bounds(erd.LeastUnsaid, erd.Several)},
		To:   erd.End{Entity: to.table, Attributes: to.columns, Cardinality: bounds(r.least(from), erd.AtMostOne)},
	}
	switch reference.sign {
	case "-":
		relation.From.Cardinality = bounds(erd.LeastUnsaid, erd.AtMostOne)
	case "<>":
		relation.To.Cardinality = bounds(erd.LeastUnsaid, erd.Several)
	default:
		r.markForeign(from)
	}
	r.relate(reference.line, relation)
}

// least says whether a reference may be empty, where its columns tell.
func (r *dbmlReader) least(place dbmlPlace) erd.Least {
	entity := r.entity(0, place.table)
	for _, column := range place.columns {
		if attribute, known := entity.Attribute(cleanName(column)); !known || !attribute.Required && !attribute.Primary {
			return erd.LeastUnsaid
		}
	}
	return erd.AtLeastOne
}

func (r *dbmlReader) markForeign(place dbmlPlace) {
	entity := r.entity(0, place.table)
	for i := range entity.Attributes {
		if slices.Contains(place.columns, entity.Attributes[i].Name) {
			entity.Attributes[i].Foreign = true
		}
	}
}
