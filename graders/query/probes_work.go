package query

import (
	"fmt"

	"github.com/takehome-dev/takehome/graders/query/work"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

func (r *grading) workProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"work":   once(r.probeWork, labelMeasured, "refused"),
		"growth": once(r.probeGrowth, labelMeasured, "refused"),
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
	given := work.Grouped(worst.given)
	if worst.slowest > worst.given {
		given += " (" + work.Grouped(worst.slowest) + " at its worst)"
	}
	return script.Observation{
		Label: labelMeasured, Share: worst.share, Fault: "work",
		Detail: fmt.Sprintf("worst with the parameters %s (%s plan): work of %s, a good solution %s, the given query %s, in rows of which a block counts 100",
			worst.set, worst.mode, work.Grouped(worst.work), work.Grouped(worst.reference), given),
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
