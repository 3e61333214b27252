package mapping

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// Entries are the mapping for the report, with its reasons: every role that was found, its
// columns, and what the candidate states.
func (m Mapping) Entries() []takehome.BindingEntry {
	var made []takehome.BindingEntry
	for _, role := range append(Core(), Secondary()...) {
		choice, known := m.Tables[role]
		if !known || choice.Absent && choice.Source == SourceFound && slices.Contains(Secondary(), role) {
			continue
		}
		made = append(made, m.entry(role, choice))
		for _, field := range fieldsOf(m.Columns[role]) {
			column := m.Columns[role][field]
			value := column.Column
			if column.Table != choice.Table {
				value = column.Table.String() + "." + value
			}
			if column.Unit != "" {
				value += " (" + column.Unit + " units)"
			}
			made = append(made, takehome.BindingEntry{
				Name: string(role) + "." + string(field), Value: takehome.Line(value), Source: takehome.Line(column.Reason), Confidence: choice.Confidence,
			})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(m.Statements)) {
		statement := m.Statements[name]
		made = append(made, takehome.BindingEntry{
			Name: "assumption " + name, Value: takehome.Line(fmt.Sprint(statement.Value)), Source: statement.Source, Confidence: 100,
		})
	}
	return made
}

func (m Mapping) entry(role Role, choice Choice) takehome.BindingEntry {
	value := choice.Table.String()
	if choice.Absent {
		value = "none"
	}
	source := choice.Source
	switch {
	case choice.Source != SourceFound:
	case choice.Confidence < Assessed:
		source = "unsure, not relied on"
	case choice.Confidence < Certain:
		source = "assumed"
	}
	if len(choice.Reasons) > 0 {
		source += ": " + strings.Join(choice.Reasons, "; ")
	}
	return takehome.BindingEntry{Name: string(role), Value: takehome.Line(value), Source: takehome.Line(source), Confidence: choice.Confidence}
}

// fieldsOf lists the fields of a role, sorted.
func fieldsOf[T any](columns map[Field]T) []Field { return slices.Sorted(maps.Keys(columns)) }
