package query

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/plan"
	"github.com/takehome-dev/takehome/graders/query/work"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// recorded is a plan that package plan recorded from a real server.
func recorded(t *testing.T, name string, mode work.Mode) work.Measurement {
	t.Helper()
	explained, err := os.ReadFile(filepath.Join("plan", "testdata", name+".json"))
	require.NoError(t, err)
	reading, err := plan.Read(explained, plan.Options{BigTables: []string{"orders", "order_lines"}})
	require.NoError(t, err)
	return work.Measurement{Set: "common", Mode: mode, Reading: reading}
}

// measuredRun is a run of which everything was measured: each query by the names of plans.
func measuredRun(given, reference, got []work.Measurement) *grading {
	task := Task{Spec: Spec{Scales: []string{"shop_8"}}}
	return &grading{Grader: &Grader{task: task}, measured: measured{
		base: baseline{given: figures{"shop_8": given}, reference: figures{"shop_8": reference}}, got: figures{"shop_8": got},
	}}
}

func TestPlanFact(t *testing.T) {
	t.Parallel()
	one := func(name string) []work.Measurement {
		return []work.Measurement{recorded(t, name, work.Literal)}
	}
	for name, each := range map[string]struct {
		reference, got []work.Measurement
		fact           string
		want           script.Observation
	}{
		"an index": {one("index-only"), one("index-only"), "scan", seen("none", "")},
		"a scan":   {one("index-only"), one("scan"), "scan", seen("found", "order_lines is read as a whole with the parameters common")},
		"a scan that the reference needs as well":  {one("scan"), one("scan"), "scan", seen("none", "")},
		"a scan of another table than the excused": {one("scan"), one("offset"), "scan", seen("found", "orders is read as a whole with the parameters common")},
		"a spill":                             {one("scan"), one("spill"), "spill", seen("found", "temporary files are written with the parameters common")},
		"a spill that the reference has":      {one("offset"), one("spill"), "spill", seen("none", "")},
		"an estimate":                         {one("scan"), one("unwarned"), "estimate", seen("found", "estimated 1 rows where 19,793 came with the parameters common")},
		"an estimate of a plan for any value": {one("scan"), []work.Measurement{recorded(t, "unwarned", work.Generic)}, "estimate", seen("none", "")},
		"a query that does not end": {
			one("scan"),
			[]work.Measurement{{Set: "common", Refusal: &database.Refusal{TimedOut: true}}},
			"scan",
			seen("found", "the query does not come to an end, so that there is no plan to look at"),
		},
	} {
		observed, err := measuredRun(nil, each.reference, each.got).planFact(each.fact)
		require.NoError(t, err)
		if each.want.Label == "found" && len(each.got) > 0 && each.got[0].Refusal == nil {
			require.NotEmpty(t, observed.Evidence, name)
		}
		observed.Evidence = nil
		require.Equal(t, each.want, observed, name)
	}
	_, err := measuredRun(nil, nil, nil).planFact("speed")
	require.ErrorContains(t, err, "none of scan, spill, estimate")
}

func TestExplanationProbes(t *testing.T) {
	t.Parallel()
	template, err := embedded.ReadFile("kind/EXPLANATION.md")
	require.NoError(t, err)
	const long = "\nThe filter on amount had no index at all, so the server had to read the table from its first block to its last one and throw nearly everything away again. " +
		"I made an index that begins with the column of the condition and holds the amount as well, so that the table itself is not needed any more. " +
		"I also tried a partial index and did not keep it, since the condition changes with every call of the report.\n"
	for name, each := range map[string]struct {
		text                            *string
		explanation, claims, comparison string
		share                           takehome.Fraction
		detail                          string
	}{
		"no file":      {nil, "absent", "absent", "absent", takehome.None(), "there is no EXPLANATION.md"},
		"the template": {new(string(template)), "absent", "absent", "absent", takehome.None(), "there is no EXPLANATION.md"},
		"a note":       {new("Added an index."), "short", "none", "neither", takehome.None(), "it names no figure and no part of a plan that can be checked"},
		"all true": {
			new(string(template) + long + "It went from 433 to 4 buffers. The Seq Scan on order_lines is gone."),
			"full", "measured", "both", takehome.Full(), "2 of 2 claims are true",
		},
		"half true": {
			new(long + "It went from 433 to 4 buffers, and from 80,000 to 2 rows."),
			"full", "measured", "figures", takehome.Frac(1, 2), "1 of 2 claims are true; not so: It went from 433 to 4 buffers, and from 80,000 to 2 rows",
		},
		"one slip of four": {
			new(long + "From 433 to 4 buffers. The Seq Scan on order_lines is gone. It uses an index only scan. There is a merge join."),
			"full", "measured", "both", takehome.Full(), "3 of 4 claims are true; not so: There is a merge join",
		},
		"only time": {new(long + "It takes 3 ms instead of 40 ms."), "full", "none", "neither", takehome.None(), "it names no figure and no part of a plan that can be checked"},
	} {
		run := measuredRun([]work.Measurement{recorded(t, "scan", work.Literal)}, nil, []work.Measurement{recorded(t, "index-only", work.Literal)})
		if each.text != nil {
			run.delivered.Explanation = File{Path: "EXPLANATION.md", Text: *each.text}
		}
		explanation, err := run.explanation()
		require.NoError(t, err)
		require.Equal(t, each.explanation, explanation.Label, name)
		checked, err := run.claims()
		require.NoError(t, err)
		require.Equal(t, each.claims, checked.Label, name)
		require.Equal(t, each.detail, checked.Detail, name)
		require.Zero(t, each.share.Cmp(checked.Share), "%s: %s", name, checked.Share)
		comparison, err := run.comparison()
		require.NoError(t, err)
		require.Equal(t, each.comparison, comparison.Label, name)
		exhibit, shown := run.claimsExhibit()
		require.Equal(t, len(exhibit.Tables) > 0, shown, name)
	}
}

// Without a measurement nothing can be said to be false.
func TestClaimsAboutAQueryThatWasNotMeasured(t *testing.T) {
	t.Parallel()
	run := measuredRun(nil, nil, nil)
	run.delivered.Explanation = File{Path: "EXPLANATION.md", Text: "From 433 to 4 buffers."}
	checked, err := run.claims()
	require.NoError(t, err)
	require.Equal(t, "none", checked.Label)
}
