package sandbox

import (
	"context"
	"errors"
	"testing"

	"github.com/docker/docker/api/types/image"
	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/sandbox/postgres"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// teaShop is a data set of two databases with a table that is just large enough for ANALYZE
// to draw a sample of it by default.
func teaShop(second string) takehome.Dataset {
	schema := takehome.Script{File: "tea/schema.sql", SQL: "create table leaf (\n  id int primary key,\n  origin text not null\n);\n"}
	return takehome.Dataset{
		Name: "tea", Digest: "sha256:tea", MemoryBytes: 64 << 20,
		Databases: []takehome.PreparedDatabase{
			{Name: "tea_1", Scripts: []takehome.Script{schema, {File: "tea/tea_1.sql", SQL: "insert into leaf select n, 'Assam ' || n % 900 from generate_series(1, 40000) n;\n"}}},
			{Name: "tea_2", Scripts: []takehome.Script{schema, {File: "tea/tea_2.sql", SQL: second}}},
		},
	}
}

const goodTea = "copy leaf from stdin;\n1\tUji\n2\tKandy\n\\.\n"

func TestADataSetIsLoadedOnceAndThereFromTheStart(t *testing.T) {
	t.Parallel()
	dataset := teaShop(goodTea)
	engine := connect(t)
	told := 0
	tell := func(string) { told++ }
	require.NoError(t, engine.PrepareDataset(t.Context(), dataset, tell))
	made, err := engine.datasetImage(t.Context(), dataset, tell)
	require.NoError(t, err)
	t.Cleanup(func() {
		_, _ = engine.cli.ImageRemove(context.WithoutCancel(t.Context()), made.id, image.RemoveOptions{Force: true}) // another test may use it
	})
	afterFirst := told
	again := connect(t)
	require.NoError(t, again.PrepareDataset(t.Context(), dataset, tell))
	require.Equal(t, afterFirst, told, "another runner finds it by its digest")

	lab := open(t, again, LabSpec{Dataset: &dataset})
	for database, want := range map[string]int{"tea_1": 40000, "tea_2": 2} {
		access := lab.Access(takehome.RoleOwner)
		access.Database = database
		owner, err := login(t, lab, access, "")
		require.NoError(t, err)
		var count int
		require.NoError(t, owner.QueryRow(t.Context(), `select count(*) from leaf`).Scan(&count))
		require.Equal(t, want, count)
		_, err = owner.Exec(t.Context(), `create index on leaf (origin)`)
		require.NoError(t, err, "the submission's role owns what was loaded")
		if database != "tea_1" {
			continue
		}
		// Every row is read for the statistics: 40,000 rows, and no sample of 30,000.
		var distinct float64
		var histogram int
		require.NoError(t, owner.QueryRow(t.Context(),
			`select n_distinct, cardinality(most_common_vals) from pg_stats where tablename = 'leaf' and attname = 'origin'`).Scan(&distinct, &histogram))
		require.InDelta(t, 900, distinct, 0.1)
		require.LessOrEqual(t, histogram, 100, "in the usual detail")
	}
	probe := lab.Access(takehome.RoleProbe)
	probe.Database = "tea_2"
	conn, err := login(t, lab, probe, "")
	require.NoError(t, err)
	var origin string
	require.NoError(t, conn.QueryRow(t.Context(), `select origin from public.leaf where id = 2`).Scan(&origin))
	require.Equal(t, "Kandy", origin)
	require.Equal(t, int64(0), count(t, mustLogin(t, lab, takehome.RoleOwner).QueryRow(t.Context(), `select count(*) from pg_tables where schemaname = 'public'`).Scan), "the submission's own database stays empty")
}

func count(t *testing.T, scan func(...any) error) (n int64) {
	t.Helper()
	require.NoError(t, scan(&n))
	return n
}

func TestSQLOfADataSetThatDoesNotRunIsTheAuthors(t *testing.T) {
	t.Parallel()
	engine := connect(t)
	for second, want := range map[string]string{
		"insert into leaf\nvalues (1, 'Uji'), (1, 'Uji');\n": `tea/tea_2.sql:2: duplicate key value violates unique constraint "leaf_pkey"`,
		"select 1;\n\nselect * from cups;\n":                 `tea/tea_2.sql:3: relation "cups" does not exist`,
		"create extension plpython3u;\n":                     `tea/tea_2.sql:1: `,
	} {
		err := engine.PrepareDataset(t.Context(), teaShop(second), nil)
		fault, ok := errors.AsType[*takehome.Fault](err)
		require.True(t, ok, "%v", err)
		require.Equal(t, takehome.Author, fault.Owner)
		require.Contains(t, fault.Summary, want)
	}
	wrong := teaShop(goodTea)
	wrong.Databases[1].Name = "Tea 2"
	require.Equal(t, takehome.Author, takehome.OwnerOf(engine.PrepareDataset(t.Context(), wrong, nil)))
}

func TestTheDigestOfADataSetIsOverAllThatMakesIt(t *testing.T) {
	t.Parallel()
	first := postgres.DatasetDigest("sha256:a", teaShop(goodTea))
	require.Equal(t, first, postgres.DatasetDigest("sha256:a", teaShop(goodTea)))
	require.NotEqual(t, first, postgres.DatasetDigest("sha256:b", teaShop(goodTea)))
	require.NotEqual(t, first, postgres.DatasetDigest("sha256:a", teaShop(goodTea+"\n")))
}
