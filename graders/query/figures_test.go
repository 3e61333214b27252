package query

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/query/plan"
	"github.com/takehome-dev/takehome/graders/query/work"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// worked are measurements at the largest scale, with so many blocks for each set.
func worked(blocks map[string]int64) figures {
	var made []work.Measurement
	for _, set := range []string{"common", "absent"} {
		made = append(made, work.Measurement{Set: set, Mode: work.Literal, Reading: plan.Reading{Counts: plan.Counts{Buffers: blocks[set]}}})
	}
	return figures{"tea_4": made}
}

func TestTheWorstSetCountsOnOneScale(t *testing.T) {
	t.Parallel()
	task := teaGrader(t).task
	task.Scales = []string{"tea_4"}
	task.Parameters = Parameters{}
	for _, name := range []string{"common", "absent"} {
		task.Parameters.Sets = append(task.Parameters.Sets, ParameterSet{Name: name})
	}
	base := baseline{given: worked(map[string]int64{"common": 64_000, "absent": 2000}), reference: worked(map[string]int64{"common": 1000, "absent": 100})}
	for name, test := range map[string]struct {
		got  map[string]int64
		set  string
		want takehome.Fraction
	}{
		"as good as the reference":      {map[string]int64{"common": 1000, "absent": 100}, "common", takehome.Full()},
		"nothing done":                  {map[string]int64{"common": 64_000, "absent": 2000}, "common", takehome.None()},
		"an absent value is still read": {map[string]int64{"common": 1000, "absent": 1600}, "absent", takehome.Frac(59, 100)},
		"both are halfway":              {map[string]int64{"common": 8000, "absent": 100}, "common", takehome.Frac(53, 100)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := task.workShare(worked(test.got), base)
			require.Equal(t, test.want.Decimal(2), found.share.Decimal(2))
			require.Equal(t, test.set, found.set)
		})
	}
}
