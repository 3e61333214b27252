package query

import (
	"fmt"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/query/work"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// exhibit adds what is worth looking at: the plans side by side, and what was counted.
func (r *grading) exhibit() {
	if plans, ok := r.plans(); ok {
		r.out.Exhibits = append(r.out.Exhibits, plans)
	}
	if said, ok := r.claimsExhibit(); ok {
		r.out.Exhibits = append(r.out.Exhibits, said)
	}
	r.out.Exhibits = append(r.out.Exhibits, takehome.Exhibit{
		ID: "counted-work", Title: "What was counted",
		Note:   "Blocks, rows and temporary blocks, the same in every run. Work is rows, and 100 for each block.",
		Tables: []takehome.Table{r.workTable(), r.growthTable(), r.economyTable()},
	})
	if time, ok := r.timeExhibit(); ok {
		r.out.Exhibits = append(r.out.Exhibits, time)
	}
	if example := r.small.Counterexample; example != nil {
		r.out.Exhibits = append(r.out.Exhibits, takehome.Exhibit{
			ID: "counterexample", Title: "The smallest database that tells the queries apart",
			Note:   "Both queries were run on these rows. " + r.small.Reason,
			Tables: append(slices.Clone(example.Tables), answers(r.small.Right, r.small.Got)...),
		})
	}
}

func answers(tables ...*takehome.Table) []takehome.Table {
	var made []takehome.Table
	for _, table := range tables {
		if table != nil {
			made = append(made, *table)
		}
	}
	return made
}

// plans are those at the largest scale for the parameters that counted.
func (r *grading) plans() (takehome.Exhibit, bool) {
	set := r.setToShow().Name
	exhibit := takehome.Exhibit{
		ID: "plans", Title: "The plans at the full size, parameters " + takehome.Line(set),
		Note: "The bar is a node's own share of the plan's work. Begin where it is widest.",
	}
	for _, of := range []figures{r.base.given, r.got} {
		if measured, ok := of.at(r.task.Largest(), set, work.Literal); ok && measured.Refusal == nil {
			exhibit.Plans = append(exhibit.Plans, measured.Reading.Plan)
		}
	}
	return exhibit, len(exhibit.Plans) > 0
}

// setToShow are the parameters that counted.
func (r *grading) setToShow() work.Set {
	sets := r.task.sets()
	counted := r.task.workShare(r.got, r.base).set
	return sets[max(0, slices.IndexFunc(sets, func(set work.Set) bool { return set.Name == counted }))]
}

// workTable is what each query needed at the largest scale.
func (r *grading) workTable() takehome.Table {
	table := takehome.Table{
		Title:   "Work at the full size",
		Columns: []string{"parameters", "plan", "query", "blocks", "rows", "temporary blocks", "work"},
	}
	for _, set := range r.task.sets() {
		for _, mode := range r.task.modes() {
			for _, query := range []struct {
				name string
				of   figures
			}{{"as it was given", r.base.given}, {"yours", r.got}, {"yours, without settings", r.bare}} {
				measured, ok := query.of.at(r.task.Largest(), set.Name, mode)
				if !ok {
					continue
				}
				row := []string{takehome.Line(set.Name), string(mode), query.name}
				if measured.Refusal != nil {
					table.Rows = append(table.Rows, append(row, "–", "–", "–", takehome.Line(work.Tell(*measured.Refusal))))
					continue
				}
				counts := measured.Reading.Counts
				table.Rows = append(table.Rows, append(row, work.Grouped(counts.Buffers), work.Grouped(counts.Rows), work.Grouped(counts.Temp), work.Grouped(measured.Work())))
			}
		}
	}
	return table
}

// growthTable is how the work grows over the scales.
func (r *grading) growthTable() takehome.Table {
	table := takehome.Table{Title: "Work over the sizes", Columns: []string{"query", "parameters"}}
	for i := range r.task.Scales {
		table.Columns = append(table.Columns, fmt.Sprintf("%d N", 1<<i))
	}
	for _, query := range []struct {
		name string
		of   figures
	}{{"as it was given", r.base.given}, {"yours", r.got}} {
		for _, set := range r.task.sets() {
			row := []string{query.name, takehome.Line(set.Name)}
			for _, scale := range r.task.Scales {
				cell := "–"
				if measured, ok := query.of.at(scale, set.Name, work.Literal); ok && measured.Refusal == nil {
					cell = work.Grouped(measured.Work())
				}
				row = append(row, cell)
			}
			table.Rows = append(table.Rows, row)
		}
	}
	return table
}

// economyTable is what the submission's DDL costs.
func (r *grading) economyTable() takehome.Table {
	table := takehome.Table{Title: "What the indexes cost", Columns: []string{"what", "before", "after"}}
	row := func(what string, before, after int64) {
		table.Rows = append(table.Rows, []string{what, work.Grouped(before), work.Grouped(after)})
	}
	row("tables and indexes at the full size, KiB", r.base.storage>>10, r.storage>>10)
	if r.task.WriteBatch != "" && r.refused == nil {
		row("log of the batch of writes, bytes", r.base.writes.WAL, r.writes.WAL)
		row("blocks of the batch of writes", r.base.writes.Buffers, r.writes.Buffers)
		row("updates that touch no index", r.base.writes.HOT, r.writes.HOT)
	}
	return table
}

// attribution tells what the settings brought and what the rest.
func (r *grading) attribution() []takehome.Evidence {
	var lines []string
	for _, set := range r.task.sets() {
		with, ok := r.got.at(r.task.Largest(), set.Name, work.Literal)
		without, also := r.bare.at(r.task.Largest(), set.Name, work.Literal)
		if ok && also && with.Refusal == nil && without.Refusal == nil {
			lines = append(lines, fmt.Sprintf("parameters %s: work of %s with the settings, %s without",
				takehome.Line(set.Name), work.Grouped(with.Work()), work.Grouped(without.Work())))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return []takehome.Evidence{note("what the settings brought", strings.Join(lines, "\n"))}
}

// tableNote shows a table as evidence.
func tableNote(table takehome.Table) takehome.Evidence {
	lines := []string{strings.Join(table.Columns, " | ")}
	for _, row := range table.Rows {
		lines = append(lines, strings.Join(row, " | "))
	}
	return note(table.Title, strings.Join(lines, "\n"))
}
