package rows

import (
	"slices"

	"github.com/takehome-dev/takehome/graders/schema/live"
)

// plan is how rows of one table are made: for every column a list of choices, and where
// in it we are. What worked is where the next row begins.
type plan struct {
	table  live.Table
	mined  map[string]mined
	unique map[string]bool // columns of a unique index
	slots  []*slot
	walks  map[string]*walk // by what was refused
	clash  int              // how often a key was taken
}

// slot is one column of a plan.
type slot struct {
	column  live.Column
	choices []choice
	at      int
}

func (s *slot) choice() choice { return s.choices[s.at] }

// to moves to the first choice of another kind; false where there is none.
func (s *slot) to(wanted func(choice) bool) bool {
	at := slices.IndexFunc(s.choices, wanted)
	if at >= 0 {
		s.at = at
	}
	return at >= 0
}

func (b *Bench) plan(table live.Table) *plan {
	if made, ok := b.plans[table.Name]; ok {
		return made
	}
	made := &plan{table: table, mined: map[string]mined{}, unique: map[string]bool{}, walks: map[string]*walk{}}
	for _, index := range table.Indexes {
		for _, name := range index.Columns {
			if index.Unique && name != "" {
				made.unique[name] = true
			}
		}
		if index.Unique && index.Expression != "" {
			for _, column := range table.Columns {
				made.unique[column.Name] = made.unique[column.Name] || mentions(index.Expression, column.Name)
			}
		}
	}
	for _, column := range table.Columns {
		made.mined[column.Name] = mine(b.demands(table, column))
		slot := &slot{column: column}
		if refers(table, column.Name) {
			slot.choices = []choice{{kind: choiceParent}}
			if !column.NotNull {
				slot.choices = append(slot.choices, null())
			}
			if column.Default != "" || column.Identity || column.Generated {
				slot.choices = append(slot.choices, leave())
			}
		} else {
			slot.choices = made.choices(column, b.schema.Enums)
		}
		made.slots = append(made.slots, slot)
	}
	b.plans[table.Name] = made
	return made
}

// maxSuggestions is how many values of a column are suggested.
const maxSuggestions = 12

// Suggestions are values that a column may have, by its type and its constraints. Whether
// it may is for Postgres to say.
func (b *Bench) Suggestions(name live.Name, column string) []string {
	table, ok := b.schema.Table(name)
	if !ok {
		return nil
	}
	slot := b.plan(table).slot(column)
	if slot == nil {
		return nil
	}
	var texts []string
	for _, choice := range slot.choices {
		if choice.kind == choiceValue && len(texts) < maxSuggestions {
			texts = append(texts, choice.value(1))
		}
	}
	return texts
}

// demands are the texts of the constraints that speak of a column.
func (b *Bench) demands(table live.Table, column live.Column) []string {
	var definitions []string
	for _, check := range table.Checks {
		if slices.Contains(check.Columns, column.Name) {
			definitions = append(definitions, check.Definition)
		}
	}
	for name, depth := column.Domain, 0; name != nil && depth < 4; depth++ {
		at := slices.IndexFunc(b.schema.Domains, func(d live.Domain) bool { return d.Name == *name })
		if at < 0 {
			break
		}
		definitions = append(definitions, b.schema.Domains[at].Checks...)
		name = nil
	}
	return definitions
}

// refers reports whether a column is part of a foreign key.
func refers(table live.Table, column string) bool {
	return slices.ContainsFunc(table.ForeignKeys, func(key live.ForeignKey) bool { return slices.Contains(key.Columns, column) })
}

func (p *plan) slot(name string) *slot {
	for _, slot := range p.slots {
		if slot.column.Name == name {
			return slot
		}
	}
	return nil
}

// walk goes through the combinations of several lists, those near their heads first: two
// columns that must differ are found in a few steps, whichever of them comes first.
type walk struct {
	slots []*slot
	sum   int
	turn  int // within the combinations of this sum
}

// maxSum is how far down the lists a walk goes.
const maxSum = 60

// step moves the slots to the next combination; false after the last.
func (w *walk) step() bool {
	for w.sum <= maxSum {
		places, ok := combination(w.slots, w.sum, w.turn)
		if !ok {
			w.sum, w.turn = w.sum+1, 0
			continue
		}
		w.turn++
		moved := false
		for i, slot := range w.slots {
			moved = moved || slot.at != places[i]
			slot.at = places[i]
		}
		if moved {
			return true
		}
	}
	return false
}

// combination is the turn-th way to choose one of each list so that the places add up to sum.
func combination(slots []*slot, sum, turn int) ([]int, bool) {
	places := make([]int, len(slots))
	var search func(i, left int) bool
	search = func(i, left int) bool {
		if i == len(slots)-1 {
			if left >= len(slots[i].choices) {
				return false
			}
			places[i] = left
			turn--
			return turn < 0
		}
		for at := min(left, len(slots[i].choices)-1); at >= 0; at-- {
			places[i] = at
			if search(i+1, left-at) {
				return true
			}
		}
		return false
	}
	if len(slots) == 0 {
		return nil, false
	}
	return places, search(0, sum)
}
