package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// shopTables are the big tables of the recorded plans.
var shopTables = []string{"orders", "order_lines"}

// read reads a recorded plan.
func read(t *testing.T, name string) Reading {
	t.Helper()
	explained, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	require.NoError(t, err)
	reading, err := Read(explained, Options{Title: name, SQL: queries[name], BigTables: shopTables})
	require.NoError(t, err)
	return reading
}

// Each plan was recorded from PostgreSQL 17 by TestRealPlansAddUp; the golden files were read by a person.
func TestRecordedPlansAreAsReviewed(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.json")
	require.NoError(t, err)
	require.Len(t, files, len(queries))
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		reading := read(t, name)
		requireAddsUp(t, reading, name)
		golden := filepath.Join("testdata", name+".golden")
		got := written(reading)
		if *update {
			require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		require.Equal(t, string(want), got, name)
	}
}

// written is a reading as text for a reviewer.
func written(r Reading) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s\n%+v\n", r.Plan.SQL, r.Counts)
	for _, fact := range r.Facts {
		fmt.Fprintf(&out, "fact: %s at %s: %s\n", fact.Kind, fact.Where, fact.Note)
	}
	writeNode(&out, r.Plan.Root, "")
	return out.String()
}

func writeNode(out *strings.Builder, n takehome.PlanNode, indent string) {
	fmt.Fprintf(out, "%s%s", indent, strings.TrimSpace(n.Part+" "+n.Kind))
	for _, each := range []string{n.Relation, n.Index, n.Condition} {
		if each != "" {
			fmt.Fprintf(out, " | %s", each)
		}
	}
	fmt.Fprintf(out, "\n%s    %.2f of %.2f rows, %d loops, %d processed, %d buffers, %d temp, %d per mille\n",
		indent, n.Actual, n.Estimated, n.Loops, n.Processed, n.Buffers, n.Temp, n.PerMille)
	for _, child := range n.Children {
		writeNode(out, child, indent+"  ")
	}
}

func TestFacts(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]FactKind{
		"scan": {BigScan}, "index-only": nil, "backward": nil, "spill": {Spill}, "unwarned": {Misestimate, BigScan},
	} {
		var kinds []FactKind
		for _, fact := range read(t, name).Facts {
			kinds = append(kinds, fact.Kind)
		}
		require.Subset(t, kinds, want, name)
		if want == nil {
			require.Empty(t, kinds, name)
		}
	}
}

// explained is a plan written by hand, for what a small server does not do.
func explained(t *testing.T, plan string) Reading {
	t.Helper()
	reading, err := Read([]byte(`[{"Plan": `+plan+`}]`), Options{BigTables: shopTables})
	require.NoError(t, err)
	return reading
}

func TestFactsThatAreNone(t *testing.T) {
	t.Parallel()
	for name, plan := range map[string]string{
		"a scan that a limit stopped at once": `{"Node Type": "Limit", "Actual Loops": 1, "Plans": [{"Node Type": "Seq Scan", "Relation Name": "orders", "Actual Rows": 20, "Actual Loops": 1, "Shared Hit Blocks": 1}]}`,
		"a scan that never ran":               `{"Node Type": "Seq Scan", "Relation Name": "orders", "Actual Loops": 0, "Shared Hit Blocks": 4000}`,
		"a scan of a small table":             `{"Node Type": "Seq Scan", "Relation Name": "countries", "Actual Rows": 9, "Actual Loops": 1, "Shared Hit Blocks": 4000}`,
		"a join that a limit stopped": `{"Node Type": "Limit", "Plan Rows": 20, "Actual Rows": 20, "Actual Loops": 1, "Plans": [
			{"Node Type": "Nested Loop", "Plan Rows": 90000, "Actual Rows": 20, "Actual Loops": 1}]}`,
		"a value that is absent": `{"Node Type": "Hash Join", "Plan Rows": 90000, "Actual Rows": 0, "Actual Loops": 1}`,
		"few rows":               `{"Node Type": "Hash Join", "Plan Rows": 1, "Actual Rows": 60, "Actual Loops": 1}`,
		"within a tenth":         `{"Node Type": "Hash Join", "Plan Rows": 1000, "Actual Rows": 9999, "Actual Loops": 1}`,
		"a join further down": `{"Node Type": "Hash Join", "Plan Rows": 1000, "Actual Rows": 1000, "Actual Loops": 1, "Plans": [
			{"Node Type": "Hash Join", "Plan Rows": 1, "Actual Rows": 9000, "Actual Loops": 1}]}`,
		"a join in a sub-plan": `{"Node Type": "Result", "Actual Rows": 1, "Actual Loops": 1, "Plans": [
			{"Node Type": "Hash Join", "Parent Relationship": "SubPlan", "Plan Rows": 1, "Actual Rows": 9000, "Actual Loops": 1}]}`,
	} {
		require.Empty(t, explained(t, plan).Facts, name)
	}
}

func TestEstimateFarOffAboveABlockingNode(t *testing.T) {
	t.Parallel()
	facts := explained(t, `{"Node Type": "Limit", "Plan Rows": 20, "Actual Rows": 20, "Actual Loops": 1, "Plans": [
		{"Node Type": "Sort", "Plan Rows": 90000, "Actual Rows": 20, "Actual Loops": 1, "Plans": [
			{"Node Type": "Nested Loop", "Join Type": "Left", "Plan Rows": 90000, "Actual Rows": 45, "Actual Loops": 1}]}]}`).Facts
	require.Equal(t, []Fact{{Kind: Misestimate, Where: "Nested Loop Left Join", Note: "estimated 90,000 rows where 45 came"}}, facts)
}

// Up to PostgreSQL 16 an InitPlan is named by its parameter, which $12 is not.
func TestInitPlanIsPaidByWhoAsksForIt(t *testing.T) {
	t.Parallel()
	for name, pair := range map[string][2]string{
		"16": {"InitPlan 1 (returns $1)", "(total > $1)"}, "17": {"InitPlan 1", "(total > (InitPlan 1).col1)"},
	} {
		root := explained(t, `{"Node Type": "Limit", "Actual Loops": 1, "Shared Hit Blocks": 1000, "Plans": [
			{"Node Type": "Aggregate", "Parent Relationship": "InitPlan", "Subplan Name": "`+pair[0]+`", "Actual Loops": 1, "Shared Hit Blocks": 300},
			{"Node Type": "Nested Loop", "Parent Relationship": "Outer", "Actual Loops": 1, "Shared Hit Blocks": 1000, "Plans": [
				{"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Filter": "(id = $12)", "Actual Loops": 1, "Shared Hit Blocks": 500},
				{"Node Type": "Seq Scan", "Parent Relationship": "Inner", "Filter": "`+pair[1]+`", "Actual Loops": 1, "Shared Hit Blocks": 400}]}]}`).Plan.Root
		require.Equal(t, int64(0), root.Buffers, name)
		require.Equal(t, int64(300), root.Children[0].Buffers, name)
		require.Equal(t, int64(100), root.Children[1].Buffers, name)
		require.Equal(t, int64(500), root.Children[1].Children[0].Buffers, name)
		require.Equal(t, int64(100), root.Children[1].Children[1].Buffers, name)
	}
}

func TestKindsAreNamedAsExplainDoes(t *testing.T) {
	t.Parallel()
	for plan, want := range map[string]string{
		`{"Node Type": "Aggregate", "Strategy": "Hashed"}`:                              "HashAggregate",
		`{"Node Type": "Aggregate", "Strategy": "Sorted", "Partial Mode": "Finalize"}`:  "Finalize GroupAggregate",
		`{"Node Type": "Aggregate", "Strategy": "Plain", "Partial Mode": "Simple"}`:     "Aggregate",
		`{"Node Type": "Aggregate", "Strategy": "Mixed"}`:                               "MixedAggregate",
		`{"Node Type": "Hash Join", "Join Type": "Anti"}`:                               "Hash Anti Join",
		`{"Node Type": "Hash Join", "Join Type": "Inner"}`:                              "Hash Join",
		`{"Node Type": "Nested Loop", "Join Type": "Inner"}`:                            "Nested Loop",
		`{"Node Type": "Nested Loop", "Join Type": "Semi"}`:                             "Nested Loop Semi Join",
		`{"Node Type": "SetOp", "Strategy": "Hashed", "Command": "Except"}`:             "HashSetOp Except",
		`{"Node Type": "ModifyTable", "Operation": "Delete"}`:                           "Delete",
		`{"Node Type": "Index Scan", "Scan Direction": "Backward", "Index Name": "pk"}`: "Index Scan Backward",
	} {
		require.Equal(t, want, explained(t, plan).Plan.Root.Kind)
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "null", "[]", "[{}]", `{"Plan": {}}`, `[{"Plan": {}}, {"Plan": {}}]`, `[{"Plan": {"Plan Rows": 1e999}}]`, `[{"Plan": {}}] x`, `[{"Plan": null}]`} {
		_, err := Read([]byte(text), Options{})
		require.Error(t, err, text)
		require.NotErrorIs(t, err, ErrTooLong)
	}
	for _, text := range []string{
		strings.Repeat(" ", maxBytes+1),
		`[{"Plan": {"Plans": [` + strings.Repeat("{},", maxNodes) + `{}]}}]`,
	} {
		_, err := Read([]byte(text), Options{})
		require.ErrorIs(t, err, ErrTooLong)
	}
}

func TestLongAndDeepPlansAreCutForTheReader(t *testing.T) {
	t.Parallel()
	wide := explained(t, `{"Plans": [`+strings.Repeat(`{"Actual Rows": 1, "Actual Loops": 1},`, 999)+`{"Actual Rows": 1, "Actual Loops": 1}]}`)
	require.Equal(t, int64(1000), wide.Counts.Rows, "all of it is counted")
	require.Len(t, wide.Plan.Root.Children, maxDrawn-1)
	require.Equal(t, []string{"not shown: 801 more nodes below"}, wide.Plan.Root.Notes)
	deep := explained(t, strings.Repeat(`{"Plans": [`, 1000)+`{}`+strings.Repeat(`]}`, 1000))
	depth := 0
	for at := deep.Plan.Root; len(at.Children) > 0; at = at.Children[0] {
		depth++
	}
	require.Equal(t, maxDeep, depth)
}

func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.json")
	require.NoError(f, err)
	for _, file := range files {
		explained, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(explained)
	}
	f.Add([]byte(`[{"Plan": {"Plan Rows": -1, "Actual Rows": 1e300, "Actual Loops": 9e18, "Plans": [null, {"Parent Relationship": "InitPlan", "Subplan Name": "CTE "}]}}]`))
	f.Fuzz(func(t *testing.T, explained []byte) {
		reading, err := Read(explained, Options{Title: "x", SQL: string(explained), BigTables: shopTables})
		if err != nil {
			require.Empty(t, reading)
			return
		}
		for _, each := range reading.Operations {
			for _, count := range []int64{each.Own.Buffers, each.Own.Rows, each.Own.Temp, each.Own.WAL, each.Returned, each.Loops} {
				require.GreaterOrEqual(t, count, int64(0))
			}
		}
		requireClean(t, reading.Plan.Root)
		_, err = json.Marshal(reading.Plan)
		require.NoError(t, err)
	})
}

// requireClean checks every text that a stranger could have chosen.
func requireClean(t *testing.T, n takehome.PlanNode) {
	t.Helper()
	for _, text := range append([]string{n.Kind, n.Part, n.Relation, n.Index, n.Condition}, n.Notes...) {
		require.Equal(t, takehome.Clean(text), text)
		require.NotContains(t, text, "\n")
	}
	require.GreaterOrEqual(t, n.PerMille, 0)
	require.LessOrEqual(t, n.PerMille, 1000)
	for _, child := range n.Children {
		requireClean(t, child)
	}
}

func TestErrorsAreTold(t *testing.T) {
	t.Parallel()
	_, err := Read([]byte(`[{"Plan": {"Plan Rows": "many"}}]`), Options{})
	_, ok := errors.AsType[*json.UnmarshalTypeError](err)
	require.True(t, ok)
}
