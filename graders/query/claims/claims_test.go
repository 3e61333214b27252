package claims

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/query/plan"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// said is the gist of a claim.
func said(c Claim) string {
	parts := []string{string(c.Form)}
	if c.Node != "" {
		parts = append(parts, string(c.Node))
	} else {
		parts = append(parts, string(c.Measure))
		if c.Form == Change {
			parts = append(parts, number(c.From)+">"+number(c.To))
		} else {
			parts = append(parts, number(c.To))
		}
	}
	if c.More {
		parts = append(parts, "more")
	}
	if c.Whose != Either {
		parts = append(parts, string(c.Whose))
	}
	return strings.Join(parts, " ")
}

func number(f Figure) string {
	text := strings.ReplaceAll(grouped(int64(f.Value)), ",", "")
	if f.Value != float64(int64(f.Value)) {
		text += "+"
	}
	switch {
	case f.AtLeast:
		text = ">=" + text
	case f.AtMost:
		text = "<=" + text
	case f.About:
		text = "~" + text
	}
	if f.Percent {
		text += "%"
	}
	return text
}

func TestReading(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"The query went from 4,086 to 411 buffers.":                       {"change buffers 4086>411"},
		"Buffers: 4,086 → 411":                                            {"change buffers 4086>411"},
		"- shared buffers drop from **4086** to `411`":                    {"change buffers 4086>411"},
		"buffers 4086 -> 411, time 40 ms -> 3 ms":                         {"change buffers 4086>411", "change time 40>3"},
		"It needs 12x fewer buffers now":                                  {"factor buffers 12"},
		"12 times fewer buffers":                                          {"factor buffers 12"},
		"buffers were reduced by a factor of 12":                          {"factor buffers 12"},
		"97 % fewer rows are processed":                                   {"factor rows 97%"},
		"cut buffer reads by over 90%":                                    {"factor buffers >=90%"},
		"The scan, which read 4,086 buffers, is gone":                     {"amount buffers 4086"},
		"it is 30x faster":                                                {"factor time 30"},
		"The given query reads 160k rows from orders":                     {"amount rows 160000 given"},
		"reads about 1.5 million rows":                                    {"amount rows ~1500000"},
		"order_lines has 1.5 million rows":                                nil,
		"The page shows the first 20 entries of 17 pages":                 nil,
		"now touches fewer than 500 buffers":                              {"amount buffers <=500 candidate"},
		"the subquery is executed 20,000 times":                           {"amount loops 20000"},
		"index only scan on orders":                                       {"present index only scan"},
		"The new plan uses an Index-Only Scan on `orders`":                {"present index only scan candidate"},
		"no longer spills to disk":                                        {"gone spill to disk"},
		"The sort no longer spills to disk":                               {"gone spill to disk"},
		"the hash join does not spill":                                    {"present hash join", "absent spill to disk"},
		"nothing spills to disk":                                          {"absent spill to disk"},
		"sequential scan on order_lines removed":                          {"gone sequential scan"},
		"The Seq Scan on order_lines is gone":                             {"gone sequential scan"},
		"sort removed":                                                    {"gone sort"},
		"the index removes the sort":                                      {"gone sort"},
		"there is no sort any more":                                       {"absent sort"},
		"the sort step is not needed":                                     {"absent sort"},
		"replaced the full table scan with a bitmap heap scan":            {"gone sequential scan", "present bitmap scan"},
		"a seq scan was replaced by an index scan":                        {"gone sequential scan", "present index scan"},
		"an index only scan replaces the sequential scan":                 {"present index only scan", "gone sequential scan"},
		"a hash join instead of a nested loop":                            {"present hash join", "gone nested loop"},
		"from a sequential scan to an index scan":                         {"gone sequential scan", "present index scan"},
		"the query is sorted by the sort key":                             nil,
		"If there were more rows it would read 160k rows with a seq scan": nil,
		"the planner estimated 160k rows":                                 nil,
		"The given query reads 160k rows while mine reads 2k rows":        {"amount rows 160000 given", "amount rows 2000 candidate"},
		"cost=12345":                         {"amount cost 12345"},
		"the cost went from 12345.67 to 100": {"change cost 12345+>100"},
		"runs in 40ms":                       {"amount time 40"},
		"4086 shared hit blocks":             {"amount buffers 4086"},
		"160 000 rows are scanned":           {"amount rows 160000"},
		"2024-05-01 was a Wednesday":         nil,
		"$1 and $2 are parameters":           nil,
	} {
		var got []string
		for _, claim := range Read(text) {
			got = append(got, said(claim))
		}
		require.Equal(t, want, got, text)
	}
}

func TestReadingADocument(t *testing.T) {
	t.Parallel()
	document := strings.Join([]string{
		"# Slow query", "", "## Before", "", "It reads 160k rows of orders", "and spills to disk.", "",
		"## After", "", "* 411 buffers", "* a nested loop", "",
		"```", "Seq Scan on orders (cost=0.00..4086.00 rows=160000)", "Buffers: shared hit=99999", "```", "",
		"| | before | after | gain |", "|---|---:|---:|---|", "| buffers | 4,086 | 411 | 10x |", "| time | 40 ms | 3 ms | |", "",
		"| | buffers | temp blocks |", "|---|---|---|", "| given | 4,086 | 91 |", "| mine | 411 | 0 |", "",
		"| | optimised | original |", "|---|---|---|", "| rows | 5 | 50 |",
	}, "\n")
	var got []string
	for _, claim := range Read(document) {
		got = append(got, said(claim))
	}
	require.Equal(t, []string{
		"amount rows 160000 given", "present spill to disk given",
		"amount buffers 411 candidate", "present nested loop candidate",
		"change buffers 4086>411", "change time 40>3",
		"amount buffers 4086 given", "amount temporary blocks 91 given", "amount buffers 411 candidate", "amount temporary blocks 0 candidate",
		"change rows 50>5",
	}, got)
}

// measured is what the recorded plans of package plan count: a nested loop with 337 buffers
// against a CTE with 57, and a spill against an index only scan.
func measured(t *testing.T) Measured {
	t.Helper()
	read := func(name string) plan.Reading {
		explained, err := os.ReadFile(filepath.Join("..", "plan", "testdata", name+".json"))
		require.NoError(t, err)
		reading, err := plan.Read(explained, plan.Options{BigTables: []string{"orders", "order_lines"}})
		require.NoError(t, err)
		return reading
	}
	return Measured{
		Given:     []Run{{"shop_4, common", read("unwarned")}, {"shop_8, common", read("spill")}},
		Candidate: []Run{{"shop_4, common", read("cte")}, {"shop_8, common", read("index-only")}},
	}
}

func TestChecking(t *testing.T) {
	t.Parallel()
	figures := measured(t)
	for text, want := range map[string]Verdict{
		"from 337 to 57 buffers":                                  True,
		"from 320 to 60 buffers":                                  True, // within a tenth, or three
		"from 337 to 20 buffers":                                  False,
		"buffers dropped from 57 to 337":                          False,
		"6x fewer buffers":                                        True,
		"2,000x fewer buffers":                                    False,
		"at least 5x fewer buffers":                               True,
		"83 % fewer buffers":                                      True,
		"20 % fewer buffers":                                      False,
		"more than 50 % fewer buffers":                            True,
		"the given query scans 20,000 rows of orders":             True,
		"the given query scans 80k rows of order_lines":           True,
		"the given query scans 80k rows of orders":                False,
		"it processes 39.7 million rows":                          True,
		"it processes 5 million rows":                             False,
		"the original reads 433 buffers from order_lines":         True,
		"the sort writes 4,644 temp blocks":                       True,
		"no temporary blocks: 0 temp blocks after":                True,
		"the new query needs 9 temp blocks":                       False,
		"index only scan on order_lines":                          True,
		"index only scan on orders":                               False,
		"my query does an index scan on orders":                   True, // a bitmap scan uses an index
		"the given query does an index scan":                      False,
		"sequential scan on order_lines removed":                  True,
		"sequential scan on customers is gone":                    True,
		"the index scan is gone":                                  False,
		"the sort is gone":                                        True,
		"no merge join":                                           True,
		"no hash join any more":                                   True,
		"it no longer spills to disk":                             True,
		"the nested loop is replaced by a hash join":              True,
		"the nested loop is executed 19,793 times":                True,
		"30x faster":                                              NotCheckable,
		"cost fell from 9000 to 12":                               NotCheckable,
		"shared hit 300 buffers":                                  NotCheckable,
		"it reads 250 buffers more or less than anybody can tell": False,
	} {
		claims := Read(text)
		require.NotEmpty(t, claims, text)
		verdicts := figures.Check(claims)
		require.Equal(t, want, verdicts[0].Verdict, "%s: %+v", text, verdicts)
		require.NotEmpty(t, verdicts[0].Figure, text)
	}
}

func TestFiguresOfAVerdict(t *testing.T) {
	t.Parallel()
	figures := measured(t)
	for text, want := range map[string]string{
		"from 337 to 57 buffers":         "from 337 to 57 buffers (shop_4, common)",
		"index only scan on order_lines": "Index Only Scan on order_lines by order_lines_order_id (shop_8, common)",
		"the index scan is gone":         "the given query has no index scan",
		"12,000 buffers":                 "761 for the given and 4 for the candidate's query (shop_8, common)",
		"merge join":                     "no merge join in any plan that we measured",
	} {
		require.Equal(t, want, figures.Check(Read(text))[0].Figure, text)
	}
	require.Equal(t, NotCheckable, Measured{}.Check(Read("from 1 to 2 buffers"))[0].Verdict)
}

func TestTableShowsEveryClaim(t *testing.T) {
	t.Parallel()
	table := Table(measured(t).Check(Read("From 337 to 57 buffers. 30x faster.")))
	require.Equal(t, takehome.Table{
		Title: "Claims", Columns: []string{"The explanation says", "Verdict", "We measured"},
		Rows: [][]string{
			{"From 337 to 57 buffers", "true", "from 337 to 57 buffers (shop_4, common)"},
			{"30x faster", "not checkable", "time is not what we judge by"},
		},
	}, table)
}

func TestTableQuotesASentenceOnce(t *testing.T) {
	t.Parallel()
	table := Table(measured(t).Check(Read("It went from 337 to 57 buffers by an index only scan on order_lines.")))
	require.Equal(t, [][]string{
		{"It went from 337 to 57 buffers by an index only scan on order_lines", "true", "from 337 to 57 buffers (shop_4, common)"},
		{"″", "true", "Index Only Scan on order_lines by order_lines_order_id (shop_8, common)"},
	}, table.Rows)
}

func TestLongDocumentsAreCut(t *testing.T) {
	t.Parallel()
	require.Len(t, Read(strings.Repeat("- from 4,086 to 411 buffers\n", 50_000)), maxClaims)
	require.Empty(t, Read(strings.Repeat("word ", 100_000)+"\n- from 4,086 to 411 buffers"))
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"from 4,086 to 411 buffers", "12x fewer buffers → 3", "| a | b |\n|---|---|\n| buffers | 1 | 2 |", "```\nx", "1,2,3.4.5e9k%", "sort\u202e removed",
		"no longer spills. The Seq Scan is replaced by", "# After\n~~~\n", "from 1", "|", "\xff 12\xffx fewer rows", strings.Repeat("9", 400) + " buffers",
	} {
		f.Add(text)
	}
	figures := Measured{Given: []Run{{"a", plan.Reading{}}}, Candidate: []Run{{"a", plan.Reading{}}}}
	f.Fuzz(func(t *testing.T, text string) {
		claims := Read(text)
		require.LessOrEqual(t, len(claims), maxClaims)
		for _, each := range figures.Check(claims) {
			require.Equal(t, takehome.Line(each.Quote), each.Quote)
			require.NotEmpty(t, each.Form)
			require.NotEmpty(t, string(each.Measure)+string(each.Node))
			require.Contains(t, []Verdict{True, False, NotCheckable}, each.Verdict)
		}
		require.Equal(t, claims, Read(text))
	})
}

func TestLookingAtAnExplanation(t *testing.T) {
	t.Parallel()
	const template = "# Explanation\n\n## What was slow, and why\n\nWhich parts of the plan did most of the work, a Seq Scan perhaps?\n\n| | before | after |\n|---|---|---|\n| blocks | | |\n"
	plan := "```\n%s  (cost=0.00..433.00 rows=8 width=4) (actual rows=8 loops=1)\n  Buffers: shared hit=433\n  ->  Index Scan on x  (cost=0.1..2 rows=1) (actual rows=1 loops=1)\n```\n"
	one, two := strings.ReplaceAll(plan, "%s", "Aggregate"), strings.ReplaceAll(plan, "%s", "Seq Scan on order_lines")
	for name, each := range map[string]struct {
		text                 string
		letters              int
		comparison, analysis bool
	}{
		"the template alone":   {template, 0, false, false},
		"nothing":              {"", 0, false, false},
		"words":                {template + "\nIt was slow.\n", 9, false, false},
		"a node":               {"Der Seq Scan liest alles.", 20, false, true},
		"a table":              {strings.Replace(template, "| blocks | | |", "| blocks | 4,086 | 411 |", 1), 6, true, false},
		"one plan":             {one, 0, false, true},
		"two plans":            {one + "\n" + two, 0, true, true},
		"amounts of both":      {"The original needs 400 buffers. Mine needs 40 buffers.", 39, true, false},
		"amounts of one alone": {"The original needs 400 buffers. It reads 40 buffers.", 37, false, false},
		"another script":       {"遅い", 6, false, false},
	} {
		survey := Look(each.text, template)
		require.Equal(t, each.letters, survey.Letters, name)
		require.Equal(t, each.comparison, survey.Comparison, "%s: %+v", name, survey)
		require.Equal(t, each.analysis, survey.Analysis, name)
	}
}
