package schema

import (
	"fmt"
	"strings"

	"github.com/takehome-dev/takehome/graders/erd"
	"github.com/takehome-dev/takehome/graders/erd/drawing"
	"github.com/takehome-dev/takehome/graders/erd/notation"
	"github.com/takehome-dev/takehome/internal/takehome"
)

const (
	maxDifferences = 60       // that the report lists
	maxSource      = 64 << 10 // bytes of a drawing's text; nobody reads more
)

// exhibit shows the live schema beside the submission's own diagram, both drawn by us.
func (f diagramFacts) exhibit() takehome.Exhibit {
	missing := map[string]bool{}
	for _, table := range f.compared.Missing {
		missing[table] = true
	}
	exhibit := takehome.Exhibit{
		ID: "schema-diagram", Title: "Entity-relationship diagram",
		Note:     "The schema as Postgres describes it, in crow's foot notation.",
		Drawings: []takehome.Drawing{drawn("The schema as it is", f.live, missing)},
	}
	if !f.readable {
		return exhibit
	}
	exhibit.Note += " Below it is what could be read of " + f.best.Where() + ", drawn in the same way. A dashed outline marks a box that the other one lacks."
	unknown := map[string]bool{}
	for _, difference := range f.compared.Differences {
		if difference.Kind == erd.BoxWithoutTable {
			unknown[difference.Diagram] = true
		}
	}
	exhibit.Drawings = append(exhibit.Drawings, drawn("The submission's diagram: "+f.best.Where(), f.best.Model, unknown))
	table := takehome.Table{Title: "Differences", Columns: []string{"What", "In the diagram", "In the schema"}}
	for i, difference := range f.compared.Differences {
		if i == maxDifferences {
			table.Rows = append(table.Rows, []string{fmt.Sprintf("and %d more", len(f.compared.Differences)-i), "", ""})
			break
		}
		table.Rows = append(table.Rows, []string{string(difference.Kind), takehome.Line(difference.Diagram), takehome.Line(difference.Schema)})
	}
	if len(table.Rows) > 0 {
		exhibit.Tables = []takehome.Table{table}
	}
	return exhibit
}

func drawn(title string, model erd.Model, marked map[string]bool) takehome.Drawing {
	if len(model.Entities) > drawing.MaxBoxes {
		title += fmt.Sprintf(" (the first %d of %d)", drawing.MaxBoxes, len(model.Entities))
	}
	drawn := takehome.Drawing{Title: title, SVG: drawing.Draw(model, title, marked)}
	if source := strings.TrimSuffix(drawing.MermaidText(model), "\n"); len(source) <= maxSource {
		drawn.Source, drawn.Syntax = source, string(notation.Mermaid)
	}
	return drawn
}
