package mapping

import (
	"strings"

	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// farFetched is how much worse than the best joint choice, in thousandths, a stated table
// may make it. Beyond that the statement points away from what is plainly there.
const farFetched = 1500

// pin takes the stated tables of the core that are believable: the candidate knows the
// schema best, and may not send the checks to a table where there is nothing to find.
func (m *Mapping) pin(shapes []shape, override Override, free solution) map[Role]int {
	pinned := map[Role]int{}
	for _, role := range Core() {
		stated, is := override.Tables[role]
		if !is {
			continue
		}
		at, found := tableNamed(shapes, stated.Value)
		if !found {
			m.Notes = append(m.Notes, unknownTable(role, stated))
			continue
		}
		alone := newSolver(shapes, map[Role]int{role: at}).solve()
		if free.score-alone.score > farFetched {
			m.Notes = append(m.Notes, stated.Source+": nothing about "+takehome.Line(stated.Value)+" looks like the role "+string(role)+"; what was found is used instead")
			continue
		}
		pinned[role] = at
	}
	if clash := sharedTable(pinned); clash != "" {
		m.Notes = append(m.Notes, "two roles are stated to be the same table ("+clash+"); what was found is used instead")
		return map[Role]int{}
	}
	return pinned
}

func sharedTable(pinned map[Role]int) string {
	seen := map[int]Role{}
	for _, role := range Core() {
		at, is := pinned[role]
		if !is || at == nobody {
			continue
		}
		if before, twice := seen[at]; twice {
			return string(before) + ", " + string(role)
		}
		seen[at] = role
	}
	return ""
}

func unknownTable(role Role, stated Stated[string]) string {
	return stated.Source + ": there is no table " + takehome.Line(stated.Value) + " for the role " + string(role)
}

// table is the stated table of a secondary role.
func (o Override) table(shapes []shape, role Role) (at int, source string, is bool) {
	stated, is := o.Tables[role]
	if !is {
		return 0, "", false
	}
	at, found := tableNamed(shapes, stated.Value)
	return at, stated.Source, found
}

// tableNamed finds a table by "schema.table" or, where that is unambiguous, by its name.
func tableNamed(shapes []shape, name string) (int, bool) {
	if strings.EqualFold(name, Nothing) {
		return nobody, true
	}
	matches := []func(live.Name) bool{
		func(n live.Name) bool { return n.Schema+"."+n.Name == name },
		func(n live.Name) bool { return n.Name == name },
		func(n live.Name) bool {
			return strings.EqualFold(n.Schema+"."+n.Name, name) || strings.EqualFold(n.Name, name)
		},
	}
	for _, match := range matches {
		at, count := 0, 0
		for i := range shapes {
			if match(shapes[i].table.Name) {
				at, count = i, count+1
			}
		}
		if count == 1 {
			return at, true
		}
	}
	return 0, false
}

// stateColumns takes the stated columns that exist and can hold what they are said to hold.
func (m *Mapping) stateColumns(shapes []shape, override Override) {
	for _, role := range append(Core(), Secondary()...) {
		for _, field := range fieldsOf(override.Columns[role]) {
			stated := override.Columns[role][field]
			label := stated.Source + ": columns." + string(role) + "." + string(field)
			choice, known := m.Tables[role]
			if !known || choice.Absent {
				m.Notes = append(m.Notes, label+": the role has no table")
				continue
			}
			s := shapeOf(shapes, choice.Table)
			if stated.Table != "" {
				at, found := tableNamed(shapes, stated.Table)
				if !found || at == nobody {
					m.Notes = append(m.Notes, label+": there is no table "+takehome.Line(stated.Table))
					continue
				}
				s = &shapes[at]
			}
			column, found := s.column(stated.Column)
			if !found {
				m.Notes = append(m.Notes, label+": "+s.table.String()+" has no column "+takehome.Line(stated.Column))
				continue
			}
			if !mayHold(role, field, column) {
				m.Notes = append(m.Notes, label+": a column of type "+takehome.Line(column.Type)+" cannot be that")
				continue
			}
			made := ColumnChoice{Table: s.table.Name, Column: column.Name, Reason: "stated in " + stated.Source}
			if isMoney(role, field) {
				made.Unit = moneyUnit(column)
				if stated.Unit != "" {
					made.Unit = stated.Unit
				}
			}
			m.Columns[role][field] = made
		}
	}
}

// mayHold reports whether a column's type can hold a field.
func mayHold(role Role, field Field, column columnShape) bool {
	for _, rule := range append(rules(role), everywhere()...) {
		if rule.field != field {
			continue
		}
		switch rule.kind {
		case number, money:
			return column.number() || column.Base == "money" || column.text()
		case moment:
			return column.moment() || column.text()
		case text:
			return column.text() || column.Category == "U" || column.Category == "E"
		case mark:
			return column.moment() || column.flag() || column.number() || column.text()
		case anything, state:
		}
	}
	return true
}

func isMoney(role Role, field Field) bool {
	for _, rule := range rules(role) {
		if rule.field == field {
			return rule.kind == money
		}
	}
	return false
}
