package query

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

func TestATaskIsReadWithItsSQL(t *testing.T) {
	t.Parallel()
	task, err := LoadTask(tea())
	require.NoError(t, err)
	require.True(t, task.MayRewrite())
	require.Equal(t, "tea_4", task.Largest())
	require.Contains(t, task.Given, "the cups of each leaf")
	require.Equal(t, []string{"common", "no rank", "absent"}, []string{task.sets()[0].Name, task.sets()[1].Name, task.sets()[2].Name})
	made, schema, err := dataset(tea(), task.Spec)
	require.NoError(t, err)
	require.Len(t, made.Databases, 3)
	require.Len(t, schema, 1)
	require.Equal(t, "data/schema.sql", made.Databases[2].Scripts[0].File)

	changed := tea()
	changed["data/tea_4.sql"] = &fstest.MapFile{Data: []byte("-- nothing\n")}
	other, _, err := dataset(changed, task.Spec)
	require.NoError(t, err)
	require.NotEqual(t, made.Digest, other.Digest)
}

func TestWhatIsWrongWithATaskIsTheAuthors(t *testing.T) {
	t.Parallel()
	for problem, change := range map[string][2]string{
		`unknown field "querry"`:                     {"query: given.sql", "querry: given.sql"},
		"query and reference.query are needed":       {"query: given.sql", "query: ''"},
		`there is no file "gone.sql" in the package`: {"query: given.sql", "query: gone.sql"},
		"at least two prepared databases":            {"[tea_1, tea_2, tea_4]", "[tea_1]"},
		`"Tea" is no name of a database`:             {"[tea_1, tea_2, tea_4]", "[Tea, tea_2]"},
		"there is no file data/tea_8.sql":            {"[tea_1, tea_2, tea_4]", "[tea_1, tea_8]"},
		"at least three sets":                        {"    - {name: absent, values: [0]}\n", ""},
		"set common has 2 values for 1 parameters":   {"values: [1]}", "values: [1, 2]}"},
		`set "common" needs a name of its own`:       {"name: absent", "name: common"},
		`"int; drop" is no type`:                     {"types: [int]", `types: ["int; drop"]`},
		`there is no permission "view"`:              {"[index, extended_statistics]", "[index, view]"},
		"budget needs storage_percent":               {"storage_percent: 60", "storage_percent: 0"},
		"null_percent is from 0 to 100":              {"null_percent: 30", "null_percent: 300"},
		"rows must be the least and the most":        {"rows: [0, 5]", "rows: [5, 0]"},
		"neither the shared one nor a folder":        {"dataset: data", "dataset: shops"},
		`dataset shop has no database "tea_1"`:       {"dataset: data", "dataset: shop"},
		"tiny.parameters has 2 domains for 1":        {`[{values: ["1", "2", "3"]}]`, `[{values: ["1"]}, {values: ["2"]}]`},
	} {
		files := tea()
		text := string(files[specFile].Data)
		require.Contains(t, text, change[0])
		files[specFile] = &fstest.MapFile{Data: []byte(strings.Replace(text, change[0], change[1], 1))}
		_, _, err := Kind{}.Load(files, nil)
		require.ErrorContains(t, err, problem)
		require.Equal(t, takehome.Author, takehome.OwnerOf(err), problem)
	}
}

func TestTheFileNearestToTheRootCounts(t *testing.T) {
	t.Parallel()
	patterns := names()
	for name, want := range map[string]string{
		"query.sql": "query", "Query.SQL": "query", "optimized_query.sql": "query", "query-optimised.sql": "query",
		"indexes.sql": "indexes", "INDICES.sql": "indexes", "index.sql": "indexes", "settings.sql": "settings",
		"EXPLANATION.md": "explanation", "explanation.txt": "explanation", "given.sql": "", "my_query.sql.bak": "", "README.md": "notes", "solution.txt": "notes",
	} {
		for kind, pattern := range patterns {
			require.Equal(t, kind == want, pattern.MatchString(name), "%s as %s", name, kind)
		}
	}
}
