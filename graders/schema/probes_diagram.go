package schema

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/erd"
	"github.com/takehome-dev/takehome/graders/erd/notation"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// diagramProbes look at the entity-relationship diagram.
func (r *grading) diagramProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"diagram": {Once: true, Labels: []string{"readable", "with_errors", "unreadable", "unrelated", "picture", "absent"}, Observe: r.probeDiagram},
		// with what: entities, relations, cardinality, columns or tables; and enough, the share
		// that earns everything (1 where it is left out).
		"diagram_shows": {Once: true, Labels: []string{"measured", "picture"}, Shares: true, Observe: r.probeDiagramShows},
	}
}

func (r *grading) probeDiagram(context.Context, *script.Probing) (script.Observation, error) {
	facts := r.diagram
	switch {
	case facts.readable && len(facts.best.Problems) > 0:
		observation := seen("with_errors", fmt.Sprintf("%s: %s", facts.best.Where(), facts.best.Problems[0]))
		observation.Evidence = []takehome.Evidence{problemsOf(facts.best)}
		return observation, nil
	case facts.readable:
		return seen("readable", fmt.Sprintf("%s, %s with %d entities and %d relations",
			facts.best.Where(), facts.best.Syntax.Title(), len(facts.best.Entities), len(facts.best.Relations))), nil
	case len(facts.found.Pictures) > 0:
		return seen("picture", strings.Join(facts.found.Pictures, ", ")), nil
	case len(facts.found.Diagrams) > 0:
		first := facts.found.Diagrams[0]
		if len(first.Entities) > 0 {
			return seen("unrelated", "of what "+first.Where()+" draws, nothing is a table"), nil
		}
		observation := seen("unreadable", first.Where()+" holds no entity")
		if len(first.Problems) > 0 {
			observation.Detail = first.Where() + ": " + first.Problems[0].String()
			observation.Evidence = []takehome.Evidence{problemsOf(first)}
		}
		return observation, nil
	}
	return seen("absent", "no file and no block of Markdown holds a diagram, and there is no picture of one"), nil
}

// problemsOf is what could not be read of a diagram, as evidence.
func problemsOf(diagram notation.Diagram) takehome.Evidence {
	var lines []string
	for _, problem := range diagram.Problems {
		lines = append(lines, problem.String())
	}
	return filesNote("Lines of "+diagram.Where()+" that cannot be read", lines)
}

func filesNote(title string, lines []string) takehome.Evidence {
	return takehome.Evidence{Note: &takehome.Note{
		Title: title, Text: takehome.Quote([]byte(strings.Join(lines, "\n")), takehome.QuoteBody), OfFiles: true,
	}}
}

// aspect is one thing about a diagram that is measured.
type aspect struct {
	share  takehome.Fraction
	detail string
	kinds  []erd.Kind // of the differences that lose it
}

func (f diagramFacts) aspects() map[string]aspect {
	c := f.compared
	overlap := func(o erd.Overlap, there, drawn string) string {
		return fmt.Sprintf("%d of %d %s are drawn, among %d %s", o.Both, o.Live, there, o.Drawn, drawn)
	}
	return map[string]aspect{
		"entities":    {c.Entities.F1(), overlap(c.Entities, "tables", "boxes"), []erd.Kind{erd.TableNotDrawn, erd.BoxWithoutTable}},
		"relations":   {c.Relations.F1(), overlap(c.Relations, "relations between tables", "lines"), []erd.Kind{erd.KeyNotDrawn, erd.LineWithoutKey}},
		"cardinality": {c.Cardinality.Fraction(), fmt.Sprintf("%d of %d facts about the ends of lines agree", c.Cardinality.Good, c.Cardinality.All), []erd.Kind{erd.OtherCardinality}},
		"columns":     {c.Columns.Fraction(), fmt.Sprintf("%d of %d keys and main columns of the core tables are shown", c.Columns.Good, c.Columns.All), []erd.Kind{erd.ColumnNotDrawn, erd.KeyNotMarked}},
		"tables":      {c.Tables.Fraction(), fmt.Sprintf("%d of %d tables appear", c.Tables.Good, c.Tables.All), []erd.Kind{erd.TableNotDrawn}},
	}
}

func (r *grading) probeDiagramShows(_ context.Context, at *script.Probing) (script.Observation, error) {
	if !r.diagram.readable {
		return seen("picture", "only a person can read the diagram"), nil
	}
	what, _ := at.With["what"].(string)
	measured, known := r.diagram.aspects()[what]
	if !known {
		return script.Observation{}, fmt.Errorf("a diagram shows no %q", what)
	}
	enough := takehome.Full()
	if stated, ok := at.With["enough"].(string); ok {
		var err error
		if enough, err = takehome.ParseFraction(stated); err != nil || enough.Sign() <= 0 {
			return script.Observation{}, fmt.Errorf("%q is not a share that can be enough", stated)
		}
	}
	observation := script.Observation{
		Label: "measured", Detail: measured.detail, Share: measured.share.Div(enough).Min(takehome.Full()),
	}
	if lines := r.diagram.differences(measured.kinds); len(lines) > 0 {
		observation.Evidence = []takehome.Evidence{filesNote("Differences between "+r.diagram.best.Where()+" and the schema", lines)}
	}
	return observation, nil
}

// differences are those of some kinds, in words.
func (f diagramFacts) differences(kinds []erd.Kind) []string {
	var lines []string
	for _, difference := range f.compared.Differences {
		if !slices.Contains(kinds, difference.Kind) {
			continue
		}
		line := string(difference.Kind) + ": " + takehome.Line(difference.Diagram)
		if difference.Diagram != "" && difference.Schema != "" {
			line += ", in the schema "
		}
		lines = append(lines, line+takehome.Line(difference.Schema))
	}
	return lines
}
