package mapping_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/schema/mapping"
)

// accuracy counts answers about roles.
type accuracy struct{ right, all, certainRight, certain, assessedRight, assessed int }

func (a accuracy) percent() float64 { return 100 * float64(a.right) / float64(a.all) }

func (a accuracy) String() string {
	return fmt.Sprintf("%d/%d right (%.1f %%), %d/%d at confidence 50, %d/%d at 80", a.right, a.all, a.percent(), a.assessedRight, a.assessed, a.certainRight, a.certain)
}

func (a *accuracy) count(right bool, confidence int) {
	one := 0
	if right {
		one = 1
	}
	a.all, a.right = a.all+1, a.right+one
	if confidence >= mapping.Assessed {
		a.assessed, a.assessedRight = a.assessed+1, a.assessedRight+one
	}
	if confidence >= mapping.Certain {
		a.certain, a.certainRight = a.certain+1, a.certainRight+one
	}
}

func measure(t *testing.T, corpus []labelled) (core, secondary accuracy) {
	t.Helper()
	for _, each := range corpus {
		found := mapping.Find(each.schema, mapping.Override{})
		for _, role := range mapping.Core() {
			if each.open[role] {
				continue
			}
			right := shown(found.Tables[role]) == each.roles[role]
			core.count(right, found.Tables[role].Confidence)
			if !right || found.Tables[role].Confidence < mapping.Assessed {
				t.Logf("%s: %s is %s at %d, labelled %s: %v", each.name, role, shown(found.Tables[role]), found.Tables[role].Confidence, each.roles[role], found.Tables[role].Reasons)
			}
		}
		for _, role := range mapping.Secondary() {
			wanted, labelled := each.roles[role]
			if !labelled {
				wanted = "-"
			}
			if each.open[role] || wanted == "-" && found.Tables[role].Absent {
				continue
			}
			right := shown(found.Tables[role]) == wanted
			secondary.count(right, found.Tables[role].Confidence)
			if !right {
				t.Logf("%s: %s is %s at %d, labelled %s: %v", each.name, role, shown(found.Tables[role]), found.Tables[role].Confidence, wanted, found.Tables[role].Reasons)
			}
		}
	}
	return core, secondary
}

func shown(choice mapping.Choice) string {
	if choice.Absent {
		return "-"
	}
	return choice.Table.String()
}

// The floors are those of the issue: 95 per cent of all roles, and every one of which the
// mapping is certain.
func TestRolesOfTheCorpus(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"tuned"} {
		core, secondary := measure(t, readCorpus(t, part))
		t.Logf("%s: core %s; secondary %s", part, core, secondary)
		require.GreaterOrEqual(t, core.percent(), 95.0, part)
		require.Equal(t, core.certain, core.certainRight, part)
	}
}
