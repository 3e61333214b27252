package query

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/query/plan"
	"github.com/takehome-dev/takehome/graders/query/work"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// planProbes observe the plans at the full size.
func (r *grading) planProbes() map[string]script.Probe {
	return map[string]script.Probe{
		// with: {fact: scan}, spill or estimate
		"plan_fact": {Once: true, Labels: []string{"none", "found"}, Observe: func(_ context.Context, at *script.Probing) (script.Observation, error) {
			return r.planFact(at.With["fact"])
		}},
	}
}

// factKinds are what a check calls the kinds of facts.
func factKinds() map[string]plan.FactKind {
	return map[string]plan.FactKind{"scan": plan.BigScan, "spill": plan.Spill, "estimate": plan.Misestimate}
}

// sighting is a fact and where it was seen.
type sighting struct {
	plan.Fact
	set  string
	mode work.Mode
}

func (s sighting) words() string {
	words := s.Where + ": " + s.Note + ", with the parameters " + takehome.Line(s.set)
	if s.mode == work.Generic {
		words += " and a plan for any value"
	}
	return words
}

// planFact looks for facts of one kind in all plans at the full size. What the reference's
// own plans have as well, for any values, is no fault: the data asks for it.
func (r *grading) planFact(name any) (script.Observation, error) {
	kind, ok := factKinds()[fmt.Sprint(name)]
	if !ok {
		return script.Observation{}, fmt.Errorf("plan_fact: %v is none of scan, spill, estimate", name)
	}
	if refused := r.got.refusal(r.task.Scales); refused != nil {
		return seen("found", "the query does not come to an end, so that there is no plan to look at"), nil
	}
	excused := r.sightings(r.base.reference, kind)
	found := slices.DeleteFunc(r.sightings(r.got, kind), func(each sighting) bool {
		return slices.ContainsFunc(excused, func(other sighting) bool { return other.Table == each.Table })
	})
	if len(found) == 0 {
		return seen("none", ""), nil
	}
	observation := seen("found", factDetail(found[0]))
	var lines []string
	for _, each := range found {
		lines = append(lines, each.words())
	}
	observation.Evidence = []takehome.Evidence{note("seen in the plans at the full size", strings.Join(lines, "\n"))}
	return observation, nil
}

// factDetail names the first sighting without the names that the candidate chose.
func factDetail(of sighting) string {
	switch of.Kind {
	case plan.BigScan:
		return of.Table + " is read as a whole with the parameters " + takehome.Line(of.set)
	case plan.Spill:
		return "temporary files are written with the parameters " + takehome.Line(of.set)
	case plan.Misestimate:
	}
	return of.Note + " with the parameters " + takehome.Line(of.set)
}

// sightings are the facts of a kind at the full size, in the order of the measurements. An
// estimate is only looked at where the planner knew the values.
func (r *grading) sightings(of figures, kind plan.FactKind) []sighting {
	var found []sighting
	for _, measured := range of[r.task.Largest()] {
		if kind == plan.Misestimate && measured.Mode == work.Generic {
			continue
		}
		for _, fact := range measured.Reading.Facts {
			if fact.Kind == kind {
				found = append(found, sighting{fact, measured.Set, measured.Mode})
			}
		}
	}
	return found
}
