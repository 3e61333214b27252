package query

import (
	"fmt"
	"strings"

	"github.com/takehome-dev/takehome/graders/query/plan"
	"github.com/takehome-dev/takehome/graders/query/work"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

func (r *grading) workProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"work":      once(r.probeWork, labelMeasured, "refused"),
		"growth":    once(r.probeGrowth, labelMeasured, "refused"),
		"plan_fact": once(r.probePlanFact, "none", "found"),
	}
}

// stopped tells an execution that came to nothing.
func (r *grading) stopped() (script.Observation, bool) {
	refused := r.got.refusal(r.task.Scales)
	if refused == nil {
		return script.Observation{}, false
	}
	return seen("refused", fmt.Sprintf("with the parameters %s: %s", refused.Set, takehome.Line(work.Tell(*refused.Refusal)))), true
}

func (r *grading) probeWork(*script.Probing) script.Observation {
	if observation, stopped := r.stopped(); stopped {
		return observation
	}
	worst := r.task.workShare(r.got, r.base)
	return script.Observation{
		Label: labelMeasured, Share: worst.share, Fault: "work",
		Detail: fmt.Sprintf("worst with the parameters %s (%s plan): work of %s, a good solution %s, the given query %s, in rows of which a block counts 100",
			worst.set, worst.mode, work.Grouped(worst.work), work.Grouped(worst.reference), work.Grouped(worst.given)),
		Evidence: []takehome.Evidence{tableNote(r.workTable())},
	}
}

func (r *grading) probeGrowth(*script.Probing) script.Observation {
	if observation, stopped := r.stopped(); stopped {
		return observation
	}
	steepest, name, set := r.task.exponent(r.got)
	reference, _, _ := r.task.exponent(r.base.reference)
	given, _, _ := r.task.exponent(r.base.given)
	detail := fmt.Sprintf("the work grows with the power %s of the data", work.Decimal(steepest))
	if steepest > 0 {
		detail += fmt.Sprintf(" (%s, parameters %s)", name, set)
	}
	return script.Observation{
		Label: labelMeasured, Share: work.GrowthShare(steepest, reference, given), Fault: "growth",
		Detail:   detail + fmt.Sprintf("; a good solution %s, the given query %s", work.Decimal(reference), work.Decimal(given)),
		Evidence: []takehome.Evidence{tableNote(r.growthTable())},
	}
}

// probePlanFact looks for a fact in the plans at the full size that the reference's plan for
// the same parameters does not have.
func (r *grading) probePlanFact(at *script.Probing) script.Observation {
	kinds := map[string]plan.FactKind{"scan": plan.BigScan, "spill": plan.Spill, "estimate": plan.Misestimate}
	name, _ := at.With["fact"].(string)
	kind := kinds[name]
	var lines []string
	for _, measured := range r.got[r.task.Largest()] {
		if measured.Mode != work.Literal || measured.Refusal != nil {
			continue
		}
		reference, _ := r.base.reference.at(r.task.Largest(), measured.Set, measured.Mode)
		for _, fact := range measured.Reading.Facts {
			if fact.Kind == kind && !excused(reference.Reading, fact) {
				lines = append(lines, fmt.Sprintf("%s, parameters %s: %s", fact.Where, measured.Set, fact.Note))
			}
		}
	}
	if len(lines) == 0 {
		return seen("none", "")
	}
	return script.Observation{
		Label: "found", Detail: lines[0],
		Evidence: []takehome.Evidence{note("in the plans at the full size", strings.Join(lines, "\n"))},
	}
}

// excused reports whether the reference's plan has the same fact.
func excused(reference plan.Reading, fact plan.Fact) bool {
	for _, own := range reference.Facts {
		if own.Kind == fact.Kind && own.Table == fact.Table {
			return true
		}
	}
	return false
}
