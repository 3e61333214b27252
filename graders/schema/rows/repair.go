package rows

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/live"
)

// repair changes the choices by what Postgres says against them; false where there is
// nothing left to change. The states are of the PostgreSQL manual, appendix A.
func (m *making) repair(ctx context.Context, said database.Refusal) bool {
	if said.Where != "" && !strings.HasPrefix(said.SQLState, "22") {
		return m.raised(said)
	}
	switch said.SQLState {
	case "23514":
		return m.checked(ctx, said)
	case "23502":
		return m.missing(said)
	case "23505", "23P01":
		return m.taken(said)
	case "428C9": // a generated column, or an identity that is not to be set
		slot := m.plan.slot(said.Column)
		return slot != nil && slot.to(func(c choice) bool { return c.kind == choiceLeave })
	}
	if strings.HasPrefix(said.SQLState, "22") {
		return m.unreadable(said)
	}
	return m.raised(said)
}

// free lists the slots of columns that may be changed.
func (m *making) free(names ...string) []*slot {
	var slots []*slot
	for _, slot := range m.plan.slots {
		_, asked := m.with[slot.column.Name]
		_, promised := m.promise[slot.column.Name]
		if !asked && !promised && len(slot.choices) > 1 && slices.Contains(names, slot.column.Name) {
			slots = append(slots, slot)
		}
	}
	return slots
}

func (m *making) columns(wanted func(live.Column) bool) []string {
	var names []string
	for _, column := range m.plan.table.Columns {
		if wanted(column) {
			names = append(names, column.Name)
		}
	}
	return names
}

// walk goes to the next combination of columns.
func (m *making) walk(why string, names []string) bool {
	going, ok := m.plan.walks[why]
	if !ok {
		going = &walk{slots: m.free(names...)}
		m.plan.walks[why] = going
	}
	return going.step()
}

// checked: a CHECK, of the table or of a domain, or no partition for the row.
func (m *making) checked(ctx context.Context, said database.Refusal) bool {
	for _, check := range m.plan.table.Checks {
		if check.Name == said.Constraint {
			names := check.Columns
			if len(names) == 0 { // over the whole row
				names = m.columns(func(c live.Column) bool { return mentions(check.Definition, c.Name) })
			}
			return m.walk(check.Name, names)
		}
	}
	if said.Constraint == "" {
		return m.noPartition(ctx, said)
	}
	of := m.columns(func(c live.Column) bool { return c.Domain != nil && mentions(said.Message, c.Domain.Name) })
	if len(of) == 0 {
		of = m.columns(func(c live.Column) bool { return c.Domain != nil })
	}
	return m.walk(said.Constraint, of)
}

var partitionKey = regexp.MustCompile(`^Partition key of the failing row contains \((.*?)\) = `)

// noPartition: the bounds of the partitions are the values that there are.
func (m *making) noPartition(ctx context.Context, said database.Refusal) bool {
	match := partitionKey.FindStringSubmatch(said.Detail)
	if match == nil {
		return false
	}
	var names []string
	for name := range strings.SplitSeq(match[1], ", ") {
		names = append(names, strings.Trim(name, `"`))
	}
	if _, known := m.bounds[m.plan.table.Name]; !known {
		m.bounds[m.plan.table.Name] = m.readBounds(ctx)
		bounds := fixed(mine(m.bounds[m.plan.table.Name]).texts...)
		for _, slot := range m.free(names...) {
			slot.choices = slices.Insert(slot.choices, slot.at+1, bounds...)
		}
		for _, name := range names { // a slot that had one choice alone
			if slot := m.plan.slot(name); slot != nil && len(slot.choices) == 1 {
				slot.choices = append(slot.choices, bounds...)
			}
		}
	}
	return m.walk("partition", names)
}

// readBounds reads the bounds of a table's partitions from the catalog.
func (m *making) readBounds(ctx context.Context) []string {
	answer, err := m.guarded(ctx, `SELECT pg_catalog.pg_get_expr(c.relpartbound, c.oid) FROM pg_catalog.pg_class c
 JOIN pg_catalog.pg_partition_tree(`+Literal(Text(m.plan.table.SQL()))+`) p ON p.relid = c.oid
 WHERE c.relpartbound IS NOT NULL ORDER BY c.relname LIMIT 50`)
	if err != nil {
		return nil
	}
	var bounds []string
	for i := range answer.Rows {
		bounds = append(bounds, answer.Text(i, 0))
	}
	return bounds
}

// missing: a NULL where none may be.
func (m *making) missing(said database.Refusal) bool {
	names := []string{said.Column}
	if said.Column == "" { // by a domain
		names = m.columns(func(c live.Column) bool { return c.Domain != nil && mentions(said.Message, c.Domain.Name) })
	}
	moved := false
	for _, slot := range m.free(names...) {
		kind := slot.choice().kind
		if kind == choiceNull || kind == choiceLeave {
			moved = slot.to(func(c choice) bool { return c.kind == choiceParent || c.kind == choiceValue }) || moved
		}
	}
	return moved
}

// afterClashes is when a default that yields what is taken is no longer waited for: a
// sequence that stands behind the rows of a script catches up.
const afterClashes = 3

// taken: a unique key, or an exclusion constraint.
func (m *making) taken(said database.Refusal) bool {
	if m.plan.clash++; m.plan.clash > afterClashes {
		m.serial += 1000 // the script's own rows may be numbered as ours are
	}
	names := m.keyColumns(said.Constraint)
	if len(names) == 0 {
		names = m.columns(func(live.Column) bool { return true })
	}
	moved := false
	for _, slot := range m.free(names...) {
		switch now := slot.choice(); {
		case now.kind == choiceValue && now.wide:
			moved = true // the next number is another value
		case now.kind == choiceLeave && m.plan.clash < afterClashes:
			moved = true
		case now.kind == choiceLeave && slot.column.Category == "N":
			moved = slot.to(func(c choice) bool { return c.wide && len(c.value(1)) > 3 }) || moved
		}
	}
	for _, name := range names {
		if _, asked := m.with[name]; !asked && refers(m.plan.table, name) {
			m.forget()
			moved = true
		}
	}
	return moved || m.walk("key "+said.Constraint, names)
}

// keyColumns are the columns of a unique index, by its name.
func (m *making) keyColumns(name string) []string {
	for _, index := range m.plan.table.Indexes {
		if index.Name != name {
			continue
		}
		var names []string
		for _, column := range index.Columns {
			if column != "" {
				names = append(names, column)
			}
		}
		if index.Expression != "" {
			names = append(names, m.columns(func(c live.Column) bool { return mentions(index.Expression, c.Name) })...)
		}
		return names
	}
	return nil
}

// adopt takes the row that a trigger of another table has made already: the profile of a
// user, the stock of a product. Its key consists of references alone.
func (m *making) adopt(ctx context.Context, said database.Refusal, given Values) (Row, bool, error) {
	if said.SQLState != "23505" || said.Where != "" {
		return Row{}, false, nil
	}
	names := m.keyColumns(said.Constraint)
	if len(names) == 0 || m.draft || m.plan.clash < 1 {
		return Row{}, false, nil // the first time, other parents may do
	}
	with := Values{}
	for _, name := range names {
		value, known := given[name]
		if !known || !refers(m.plan.table, name) {
			return Row{}, false, nil
		}
		with[name] = value
	}
	for _, name := range slices.Sorted(maps.Keys(m.with)) {
		with[name] = m.with[name]
	}
	return m.Find(ctx, m.plan.table.Name, with, nil)
}

// unreadable: a text that is no value of the type, or does not fit. The message names the
// type, not the column.
func (m *making) unreadable(said database.Refusal) bool {
	names := m.columns(func(c live.Column) bool {
		return mentions(said.Message, c.Type) || mentions(said.Message, c.Base) || c.Enum != nil && mentions(said.Message, c.Enum.Name)
	})
	if len(m.free(names...)) == 0 {
		category := map[string]string{"22001": "S", "22003": "N", "22007": "D", "22008": "D"}[said.SQLState]
		names = m.columns(func(c live.Column) bool { return category == "" || c.Category == category })
	}
	moved := false
	for _, slot := range m.free(names...) {
		if slot.choice().kind == choiceValue && slot.at+1 < len(slot.choices) {
			slot.at++
			moved = true
		}
	}
	return moved
}

// raised: a rule in a function. It may name the columns that it is about.
func (m *making) raised(said database.Refusal) bool {
	names := m.columns(func(c live.Column) bool { return !refers(m.plan.table, c.Name) && mentions(said.Message, c.Name) })
	if len(m.free(names...)) == 0 {
		names = m.columns(func(c live.Column) bool {
			return !refers(m.plan.table, c.Name) && (c.NotNull || c.Default != "") && !c.Identity
		})
	}
	return m.walk("raised", names)
}

// mentions reports whether a word stands in a text by itself.
func mentions(text, word string) bool {
	if word == "" {
		return false
	}
	for from := 0; ; {
		at := strings.Index(text[from:], word)
		if at < 0 {
			return false
		}
		at += from
		before := at == 0 || !wordByte(text[at-1])
		end := at + len(word)
		if before && (end == len(text) || !wordByte(text[end])) {
			return true
		}
		from = at + 1
	}
}

func wordByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c >= 0x80
}
