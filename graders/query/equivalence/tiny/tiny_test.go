package tiny

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/database"
)

func TestLiterals(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"it's", "10", "2.5", "2024-05-01"}, literals(`select t1.a from t1 where b = 'it''s' and c > 10 and d < 2.5 and e >= date '2024-05-01' and f = $2 limit $1`))
}

func TestHintsAreSurrounded(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"10", "9", "11", "2.5", "2.49", "2.51"}[:3], numbersNear([]string{"10", "x", "1e9"}))
	require.Equal(t, []string{"2.50", "2.49", "2.51"}, numbersNear([]string{"2.5"}))
	require.Equal(t, []string{"paid", "PAID", "paid "}, textsNear([]string{"paid", "2024-05-01", ""}))
	require.Equal(t, []string{"abc", "xabcx", "abcx", "%abc%", "%ABC%", "%abc% "}, textsNear([]string{"%abc%"}))
	near := formatted(instantsNear([]string{"2024-02-10"}), time.RFC3339Nano)
	for _, instant := range []string{
		"2024-02-10T00:00:00Z", "2024-02-09T23:59:59.999999Z", "2024-02-11T00:00:00Z", "2024-02-10T23:59:59.5Z",
		"2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z", "2024-02-29T23:59:59.999999Z",
	} {
		require.Contains(t, near, instant)
	}
}

// parentAndChild is a schema as the catalog would give it.
func parentAndChild() schema {
	parent := &table{name: "parent", keys: [][]int{{0}}, columns: []*column{
		{name: "id", base: "int8", category: "N", sqlType: "bigint"}, {name: "name", base: "text", category: "S", sqlType: "text", nullable: true},
	}}
	child := &table{name: "child", keys: [][]int{{0, 1}}, columns: []*column{
		{name: "parent_id", base: "int8", category: "N", sqlType: "bigint"},
		{name: "no", base: "int4", category: "N", sqlType: "integer"},
		{name: "above", base: "int8", category: "N", sqlType: "bigint", nullable: true},
	}}
	child.refs = []reference{{from: child, columns: []int{0}, target: parent, keys: []int{0}}}
	return schema{parent, child}
}

func testMaker(spec Spec) *Maker {
	maker := &Maker{source: Source{Spec: spec, Types: []string{"bigint"}}, schema: parentAndChild(), pools: map[*column]pool{}, parameters: []pool{{near: []string{"1", "2"}}}}
	for _, each := range maker.schema {
		for _, column := range each.columns {
			maker.pools[column] = poolOf(column, spec.Tables[each.name].Columns[column.name], []string{"paid", "3"})
		}
	}
	return maker
}

func TestDatabasesKeepKeysAndReferences(t *testing.T) {
	t.Parallel()
	made, err := testMaker(Spec{}).Make(t.Context(), "seed")
	require.NoError(t, err)
	require.Len(t, made, DefaultDatabases)
	require.Zero(t, made[0].Rows(), "the first is as small as it may be")
	var empty, childless, nulls, largest int
	for _, each := range made {
		parents, children := each.tables[0].rows, each.tables[1].rows
		ids, pairs, used := map[string]bool{}, map[[2]string]bool{}, map[string]bool{}
		for _, row := range parents {
			require.False(t, ids[row[0].Text], "a key twice")
			ids[row[0].Text] = true
			if row[1].Null {
				nulls++
			}
		}
		for _, row := range children {
			pair := [2]string{row[0].Text, row[1].Text}
			require.False(t, pairs[pair], "a key twice")
			require.True(t, ids[row[0].Text], "a reference to nothing")
			pairs[pair], used[row[0].Text] = true, true
		}
		largest = max(largest, len(parents))
		if len(parents) == 0 {
			empty++
		} else if len(used) < len(parents) {
			childless++
		}
	}
	require.Equal(t, 6, largest)
	require.Greater(t, empty, 5)
	require.Greater(t, childless, 50)
	require.Greater(t, nulls, 50)
}

func TestASeedMakesTheSameDatabases(t *testing.T) {
	t.Parallel()
	first, err := testMaker(Spec{}).Make(t.Context(), "a")
	require.NoError(t, err)
	again, err := testMaker(Spec{}).Make(t.Context(), "a")
	require.NoError(t, err)
	other, err := testMaker(Spec{}).Make(t.Context(), "b")
	require.NoError(t, err)
	differ := 0
	for i := range first {
		require.Equal(t, first[i].Script(), again[i].Script())
		require.Equal(t, first[i].Parameters, again[i].Parameters)
		if first[i].Script() != other[i].Script() {
			differ++
		}
	}
	require.Greater(t, differ, 150)
}

func TestWithoutARowGoesWhatRefersToIt(t *testing.T) {
	t.Parallel()
	maker := testMaker(Spec{Tables: map[string]Table{"parent": {Rows: []int{2, 3}}, "child": {Rows: []int{3, 6}}}})
	made, err := maker.Make(t.Context(), "seed")
	require.NoError(t, err)
	for _, each := range made {
		smaller := each.Without(0, 0)
		require.Len(t, smaller.tables[0].rows, len(each.tables[0].rows)-1)
		gone := each.tables[0].rows[0][0].Text
		for _, row := range smaller.tables[1].rows {
			require.NotEqual(t, gone, row[0].Text)
		}
		require.Equal(t, each.Rows(), each.Sizes()[0]+each.Sizes()[1], "the larger one is left as it was")
	}
}

func TestLiteralAndCell(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{`'it''s'`, ` E'a\\b'`, `NULL`}, []string{
		Literal(database.Value{Text: "it's"}), Literal(database.Value{Text: `a\b`}), Literal(database.Value{Null: true}),
	})
	require.Equal(t, []string{"NULL", "''", "'a '", "'NULL'", "a", `\u{1B}`}, []string{
		Cell(database.Value{Null: true}), Cell(database.Value{}), Cell(database.Value{Text: "a "}), Cell(database.Value{Text: "NULL"}), Cell(database.Value{Text: "a"}),
		Cell(database.Value{Text: "\x1b"}),
	})
}

func FuzzHints(f *testing.F) {
	f.Add("select 'x''y', 10, $1 from t where a = '%b%' and c > '2024-05-01'")
	f.Add("'''''")
	f.Fuzz(func(_ *testing.T, sql string) {
		hints := literals(sql)
		numbersNear(hints)
		textsNear(hints)
		instantsNear(hints)
	})
}
