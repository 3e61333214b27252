package query

import (
	"fmt"

	"github.com/takehome-dev/takehome/graders/query/work"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

func (r *grading) economyProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"storage":   once(r.probeStorage, labelMeasured),
		"writes":    once(r.probeWrites, labelMeasured, "refused", "none"),
		"heap_only": once(r.probeHeapOnly, "kept", "lost", "none"),
	}
}

func (r *grading) probeStorage(*script.Probing) script.Observation {
	grown := max(r.storage-r.base.storage, 0)
	return script.Observation{
		Label: labelMeasured, Fault: "storage",
		Share: work.Within(grown*100, r.base.storage*int64(r.task.Budget.StoragePercent)),
		Detail: fmt.Sprintf("%s %% more room than before, the budget is %d %%",
			percent(grown, r.base.storage), r.task.Budget.StoragePercent),
	}
}

// percent writes part/whole in per cent with one digit.
func percent(part, whole int64) string {
	if whole == 0 {
		return "0.0"
	}
	return takehome.Frac(100*part, whole).Decimal(1)
}

// times writes after/before with two digits.
func times(after, before int64) string {
	return takehome.Frac(after, max(before, 1)).Decimal(2)
}

func (r *grading) probeWrites(*script.Probing) script.Observation {
	switch {
	case r.task.WriteBatch == "":
		return seen("none", "")
	case r.refused != nil:
		return script.Observation{Label: "refused", Detail: takehome.Line(work.Tell(r.refused.Refusal))}
	}
	before, after, factor := r.base.writes, r.writes, int64(r.task.Budget.WriteFactor)
	// The budget of a factor of 2 is as much again as before: the cost is what came on top.
	wal := work.Within(after.WAL-before.WAL, before.WAL*(factor-1))
	blocks := work.Within(after.Buffers-before.Buffers, before.Buffers*(factor-1))
	return script.Observation{
		Label: labelMeasured, Share: wal.Min(blocks), Fault: "writes",
		Detail: fmt.Sprintf("the same writes cost %s times the log and %s times the blocks, the budget is %d times",
			times(after.WAL, before.WAL), times(after.Buffers, before.Buffers), factor),
	}
}

func (r *grading) probeHeapOnly(*script.Probing) script.Observation {
	before, after := r.base.writes, r.writes
	switch {
	case r.task.WriteBatch == "" || before.HOT == 0:
		return seen("none", "")
	case r.refused == nil && 2*after.HOT < before.HOT:
		return seen("lost", fmt.Sprintf("%d of %d updates touch no index, %d did before", after.HOT, after.Updates, before.HOT))
	}
	return seen("kept", fmt.Sprintf("%d updates touched no index, %d do now", before.HOT, after.HOT))
}
