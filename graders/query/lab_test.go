package query

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/sandbox/sandboxtest"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// tea is a small challenge with a data set of its own: orders of tea at three sizes.
func tea() fstest.MapFS {
	rows := func(n string) *fstest.MapFile {
		return &fstest.MapFile{Data: []byte(`insert into leaf select n, 'leaf ' || n, case when n % 7 > 0 then n % 50 end from generate_series(1, 400) n;
insert into cup select n, 1 + (n * 37) % 400, n % 3, timestamptz '2024-01-01 00:00+00' + n * interval '1 minute' from generate_series(1, ` + n + `) n;
`)}
	}
	return fstest.MapFS{
		"data/schema.sql": {Data: []byte(`create table leaf (id int primary key, name text not null, rank int);
create table cup (id int primary key, leaf_id int not null references leaf, size int not null, brewed_at timestamptz not null);
`)},
		"data/tea_1.sql": rows("10000"), "data/tea_2.sql": rows("20000"), "data/tea_4.sql": rows("40000"),
		"given.sql": {Data: []byte(`-- the cups of each leaf
select l.id, l.name, (select count(*) from cup c where c.leaf_id = l.id and c.size = 1) as cups
from leaf l
where l.rank not in (select rank from leaf where id = $1)
order by cups desc, l.id;
`)},
		"good.sql": {Data: []byte(`select l.id, l.name, coalesce(c.cups, 0) as cups
from leaf l
left join (select leaf_id, count(*) as cups from cup where size = 1 group by leaf_id) c on c.leaf_id = l.id
where l.rank not in (select rank from leaf where id = $1)
order by cups desc, l.id;
`)},
		"indexes.sql": {Data: []byte("create index cup_leaf on cup (size, leaf_id);\n")},
		"writes.sql": {Data: []byte(`insert into cup select 1000000 + n, n, 1, timestamptz '2025-01-01 00:00+00' from generate_series(1, 200) n;
delete from cup where id between 1 and 600 and id % 3 = 0;
update cup set brewed_at = timestamptz '2025-01-01 00:00+00' where id between 1 and 600;
`)},
		"query.yaml": {Data: []byte(`dataset: data
query: given.sql
parameters:
  types: [int]
  sets:
    - {name: common, values: [1]}
    - {name: no rank, values: [7]}
    - {name: absent, values: [0]}
order: [{column: cups, descending: true}, {column: id}]
reference: {query: good.sql, indexes: indexes.sql}
big_tables: [cup]
scales: [tea_1, tea_2, tea_4]
tiny:
  databases: 60
  tables:
    leaf: {rows: [0, 5], columns: {rank: {values: ["1", "2"], null_percent: 30}}}
    cup: {rows: [0, 6], columns: {size: {values: ["1", "2"]}}}
  parameters: [{values: ["1", "2", "3"]}]
writes: writes.sql
budget: {storage_percent: 60, write_factor: 3}
allow: [index, extended_statistics]
`)},
	}
}

// checkFiles are those of the kind that every challenge lists.
func checkFiles() []string {
	return []string{"deliverables.yaml", "equivalence.yaml", "work.yaml", "plan.yaml", "economy.yaml", "written.yaml"}
}

// loadTea loads the challenge as the catalog does.
func loadTea(t *testing.T) ([]takehome.Check, takehome.Grader) {
	t.Helper()
	files := tea()
	var names []string
	for _, name := range checkFiles() {
		text, err := embedded.ReadFile("kind/" + name)
		require.NoError(t, err)
		files["kind/"+name] = &fstest.MapFile{Data: text}
		names = append(names, "kind/"+name)
	}
	checks, grader, err := Kind{}.Load(files, names)
	require.NoError(t, err)
	return checks, grader
}

func teaGrader(t *testing.T) *Grader {
	t.Helper()
	_, grader := loadTea(t)
	made, ok := grader.(*Grader)
	require.True(t, ok)
	made.dataset.MemoryBytes = 128 << 20
	made.patience.clock = time.Minute // a busy machine is no reason to show no time
	return made
}

// grade judges a submission of the given files in a lab of its own.
func grade(t *testing.T, grader *Grader, files map[string]string) (map[string]takehome.Finding, takehome.Judgement) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	lab := sandboxtest.Open(t, grader.Equipment().Dataset)
	judgement, err := grader.Grade(t.Context(), takehome.Session{Submission: takehome.Submission{Dir: dir}, Lab: lab, Seed: "tea"})
	require.NoError(t, err)
	findings := map[string]takehome.Finding{}
	for _, result := range judgement.Results {
		findings[result.Check] = result.Finding
	}
	return findings, judgement
}

func text(files fstest.MapFS, name string) string { return string(files[name].Data) }

// automatic are the checks that a program decides, the written part left out.
func automatic() []string {
	return []string{"D01", "D02", "Q01", "Q02", "W01", "S01", "P01", "P02", "P03", "X01", "X02", "X03", "X04", "C01"}
}

func TestAReferenceHasFullMarksTwiceTheSame(t *testing.T) {
	t.Parallel()
	grader := teaGrader(t)
	submission := map[string]string{"sql/Query.SQL": text(tea(), "good.sql"), "Indexes.sql": text(tea(), "indexes.sql")}
	first, judgement := grade(t, grader, submission)
	for _, id := range automatic() {
		require.Equal(t, takehome.Pass, first[id].Verdict, "%s: %s", id, first[id].Summary)
	}
	require.Equal(t, takehome.Fail, first["D03"].Verdict, "no document: its own points are lost")
	_, again := grade(t, grader, submission) // which has its baseline already
	require.Equal(t, judgement.Results, again.Results)
	require.Equal(t, counted(judgement), counted(again))
	require.Equal(t, "time", judgement.Exhibits[2].ID)
	require.Regexp(t, `^[0-9.e+]+ and [0-9.e+]+$`, judgement.Exhibits[2].Tables[0].Rows[0][3])
	var plans int
	for _, exhibit := range judgement.Exhibits {
		plans += len(exhibit.Plans)
	}
	require.Equal(t, 2, plans, "the given query and the candidate's side by side")
}

// counted are the exhibits but for the time, which is another one in each run.
func counted(judgement takehome.Judgement) []takehome.Exhibit {
	return slices.DeleteFunc(slices.Clone(judgement.Exhibits), func(each takehome.Exhibit) bool { return each.ID == "time" })
}

func TestWhatASubmissionGetsWrongIsAFinding(t *testing.T) {
	t.Parallel()
	grader := teaGrader(t)
	_, _ = grade(t, grader, nil) // the baseline, with all the time it needs
	endless := *grader
	endless.patience = patience{query: 2 * time.Second, ddl: time.Minute, small: time.Second}
	good, indexes := text(tea(), "good.sql"), text(tea(), "indexes.sql")
	type want struct {
		check   string
		verdict takehome.Verdict
		fault   string
		summary string
	}
	for name, test := range map[string]struct {
		files map[string]string
		wants []want
	}{
		"nothing": {nil, []want{{"D01", takehome.Fail, "no_query", "no query.sql"}, {"W01", takehome.Blocked, "", "D01"}, {"X02", takehome.Pass, "", ""}}},
		"the query as it was given": {map[string]string{"query.sql": text(tea(), "given.sql")}, []want{
			{"Q01", takehome.Pass, "", "60 comparisons"}, {"W01", takehome.Fail, "work", "worst with"}, {"X02", takehome.Pass, "", ""},
		}},
		"several statements": {map[string]string{"query.sql": good + "; delete from cup"}, []want{{"D01", takehome.Fail, "several_statements", "2 statements"}}},
		"a syntax error":     {map[string]string{"query.sql": "select *\nfrom leaf\nwhere where id = $1"}, []want{{"D01", takehome.Fail, "no_query", `at or near "where" in line 3`}}},
		"a setting from within the query": {map[string]string{"query.sql": strings.Replace(good, "where l.rank", "where set_config('work_mem', '1GB', true) <> '' and l.rank", 1), "indexes.sql": indexes}, []want{
			{"D01", takehome.Fail, "no_query", "permission denied for function set_config"}, {"W01", takehome.Blocked, "", ""},
		}},
		"work behind the plan": {map[string]string{"query.sql": strings.Replace(good, "where l.rank", "where query_to_xml('select 1 from ' || 'cup', true, true, '') is not null and l.rank", 1)}, []want{
			{"D01", takehome.Fail, "no_query", "permission denied for function query_to_xml"}, {"W01", takehome.Blocked, "", ""},
		}},
		"a query that writes": {map[string]string{"query.sql": "delete from cup where id = $1 returning id, 'x' as name, 1 as cups"}, []want{
			{"Q01", takehome.Fail, "wrong_result", ""}, {"W01", takehome.Blocked, "", ""},
		}},
		"a query that never ends": {map[string]string{"query.sql": strings.Replace(good, "left join", "cross join (select pg_sleep(3600)) z left join", 1)}, []want{
			{"Q01", takehome.Fail, "wrong_result", ""}, {"W01", takehome.Blocked, "", "Q01"},
		}},
		"another result": {map[string]string{"query.sql": strings.Replace(good, "left join", "join", 1), "indexes.sql": indexes}, []want{
			{"Q01", takehome.Fail, "wrong_result", ""}, {"W01", takehome.Blocked, "", "Q01"}, {"X02", takehome.Pass, "", ""},
		}},
		"a value in the place of a parameter": {map[string]string{"query.sql": "EXPLAIN ANALYZE\n" + strings.Replace(good, "$1", "7", 1)}, []want{
			{"D01", takehome.Pass, "", ""}, {"Q01", takehome.Fail, "wrong_result", "the query never mentions $1"},
		}},
		"what was written to try it out": {map[string]string{
			"query.sql":   "\\timing on\nPREPARE q (int) AS\n" + good + "EXPLAIN (ANALYZE) EXECUTE q (1);\nDEALLOCATE q;",
			"indexes.sql": "BEGIN;\nDROP INDEX IF EXISTS cup_leaf;\n" + indexes + "COMMIT;\nCREATE EXTENSION IF NOT EXISTS pg_stat_statements;\nANALYZE;",
		}, []want{{"D01", takehome.Pass, "", ""}, {"D02", takehome.Pass, "", ""}, {"X01", takehome.Pass, "", ""}, {"Q01", takehome.Pass, "", ""}, {"W01", takehome.Pass, "", ""}}},
		"indexes beside the query": {map[string]string{"query.sql": indexes + good}, []want{
			{"D01", takehome.Pass, "", ""}, {"D02", takehome.Pass, "", "1 of 1"}, {"X01", takehome.Pass, "", ""}, {"W01", takehome.Pass, "", ""},
		}},
		"an explanation by another name": {map[string]string{
			"query.sql": good, "indexes.sql": indexes, "EXPLANATION.md": "# Explanation\n\n## What I changed\n",
			"README.md": strings.Repeat("The correlated subquery counted the cups of each leaf anew, one sequential scan per leaf. Now one aggregate does it. ", 4),
		}, []want{{"D03", takehome.Pass, "", ""}}},
		"an index of the data set is dropped": {map[string]string{"query.sql": good, "indexes.sql": "drop index leaf_pkey;"}, []want{
			{"X01", takehome.Fail, "not_allowed", "does not allow dropping"},
		}},
		"DDL that is refused": {map[string]string{"query.sql": good, "indexes.sql": indexes + "create index on saucer (id);"}, []want{
			{"D02", takehome.Partial, "ddl", `relation "saucer" does not exist`}, {"W01", takehome.Pass, "", ""},
		}},
		"what is not allowed": {map[string]string{"query.sql": "select * from answer", "indexes.sql": "create materialized view answer as select 1"}, []want{
			{"X01", takehome.Fail, "not_allowed", "a view is not allowed"}, {"D01", takehome.Fail, "no_query", `relation "answer" does not exist`},
		}},
		"tampering": {map[string]string{"query.sql": good, "indexes.sql": indexes + "delete from cup;"}, []want{
			{"X01", takehome.Fail, "tampering", "line 2"}, {"Q02", takehome.Pass, "", ""},
		}},
		"settings": {map[string]string{"query.sql": "set work_mem = '8MB';\n" + good, "indexes.sql": indexes, "settings.sql": "set enable_seqscan = off;"}, []want{
			{"C01", takehome.Fail, "forbidden_setting", "enable_seqscan"}, {"D01", takehome.Pass, "", ""}, {"W01", takehome.Pass, "", ""},
		}},
		"indexes without end": {map[string]string{"query.sql": good, "indexes.sql": strings.Repeat("create index on cup (brewed_at, leaf_id, size, id);\n", 8)}, []want{
			{"X02", takehome.Fail, "storage", "the budget is 60 %"},
			{"X03", takehome.Partial, "writes", "the budget is 3 times"},
			{"X04", takehome.Fail, "hot_updates", ""},
		}},
		"a unique index that refuses writes": {map[string]string{"query.sql": good, "indexes.sql": "create unique index on cup (leaf_id, size, brewed_at);"}, []want{
			{"Q01", takehome.Fail, "wrong_result", ""},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			by := grader
			if strings.Contains(test.files["query.sql"], "pg_sleep") {
				by = &endless // it never ends, however long it is waited for
			}
			findings, _ := grade(t, by, test.files)
			for _, want := range test.wants {
				found := findings[want.check]
				require.Equal(t, want.verdict, found.Verdict, "%s: %s", want.check, found.Summary)
				require.Equal(t, want.fault, found.Fault, "%s: %s", want.check, found.Summary)
				require.Contains(t, found.Summary, want.summary)
			}
		})
	}
}
