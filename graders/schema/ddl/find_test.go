package ddl_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/schema/ddl"
)

// folder writes files and returns where they are.
func folder(tb testing.TB, files map[string]string) string {
	tb.Helper()
	dir := tb.TempDir()
	for name, text := range files {
		full := filepath.Join(dir, name)
		require.NoError(tb, os.MkdirAll(filepath.Dir(full), 0o755))
		require.NoError(tb, os.WriteFile(full, []byte(text), 0o644))
	}
	return dir
}

func find(tb testing.TB, files map[string]string) (ddl.Source, []string) {
	tb.Helper()
	source, err := ddl.Find(folder(tb, files))
	require.NoError(tb, err)
	var names []string
	for _, file := range source.Files {
		names = append(names, file.Path)
	}
	return source, names
}

const users, orders = "create table users (id int primary key);", "create table orders (id int, user_id int references users);"

func TestLayouts(t *testing.T) {
	t.Parallel()
	for name, each := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"one file of any name": {map[string]string{"My Shop.SQL": users, "README.md": "# x"}, []string{"My Shop.SQL"}},
		"another ending":       {map[string]string{"shop.ddl": users}, []string{"shop.ddl"}},
		"numbered files":       {map[string]string{"sql/10_b.sql": orders, "sql/9_a.sql": users}, []string{"sql/9_a.sql", "sql/10_b.sql"}},
		"golang-migrate": {
			map[string]string{"db/migrations/000001_a.up.sql": users, "db/migrations/000001_a.down.sql": "drop table users;", "db/migrations/000002_b.up.sql": orders},
			[]string{"db/migrations/000001_a.up.sql", "db/migrations/000002_b.up.sql"},
		},
		"Flyway": {
			map[string]string{"src/V1__a.sql": users, "src/V2__b.sql": orders, "src/U1__a.sql": "drop table users;", "src/R__v.sql": "create view v as select 1;"},
			[]string{"src/V1__a.sql", "src/V2__b.sql", "src/R__v.sql"},
		},
		"dbmate, with its dump": {
			map[string]string{"db/migrations/1_a.sql": "-- migrate:up\n" + users + "\n-- migrate:down\ndrop table users;", "db/schema.sql": users + "create table schema_migrations ();"},
			[]string{"db/migrations/1_a.sql"},
		},
		"Prisma": {
			map[string]string{"prisma/migrations/2_b/migration.sql": orders, "prisma/migrations/1_a/migration.sql": users, "prisma/schema.prisma": "model"},
			[]string{"prisma/migrations/1_a/migration.sql", "prisma/migrations/2_b/migration.sql"},
		},
		"files by their needs": {
			map[string]string{
				"a_orders.sql": orders, "b_users.sql": "create table users (id int, kind kind);", "indexes.sql": "create index on orders (user_id);",
				"z_types.sql": "create type kind as enum ('a');", "zz_extensions.sql": "create extension citext;",
			},
			[]string{"zz_extensions.sql", "z_types.sql", "b_users.sql", "a_orders.sql", "indexes.sql"},
		},
		"no seeds, no queries": {
			map[string]string{"schema.sql": users, "seed.sql": "insert into users values (1);", "queries.sql": "select 1;", "report.sql": "select 2;"},
			[]string{"schema.sql"},
		},
		"a twin for MySQL": {
			map[string]string{"a_mysql.sql": "create table `users` (id int auto_increment) engine=InnoDB; create table `more` (id int auto_increment);", "postgres.sql": users},
			[]string{"postgres.sql"},
		},
		"an older copy": {map[string]string{"old/shop.sql": users, "schema.sql": users + orders}, []string{"schema.sql"}},
		"one that includes": {
			map[string]string{"main.sql": `\i tables/users.sql` + "\n" + `\ir tables/orders.sql`, "tables/orders.sql": orders, "tables/users.sql": users},
			[]string{"main.sql"},
		},
		"what takehome.yaml names": {
			map[string]string{"takehome.yaml": "takehome: 1\nschema: [b.sql, db]\n", "a.sql": users, "b.sql": users, "db/2.sql": orders, "db/1.sql": "create type t as enum ();"},
			[]string{"b.sql", "db/1.sql", "db/2.sql"},
		},
		"nothing that takehome.yaml names": {map[string]string{"takehome.yaml": "schema: gone.sql", "a.sql": users}, []string{"a.sql"}},
		"in the text":                      {map[string]string{"README.md": "# shop\n```sql\n" + users + "\n```\n"}, []string{"README.md"}},
		"other people's":                   {map[string]string{"node_modules/x/schema.sql": users + orders, "schema.sql": users}, []string{"schema.sql"}},
		"only MySQL":                       {map[string]string{"dump.sql": "create table `users` (id int auto_increment) engine=InnoDB;"}, []string{"dump.sql"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, names := find(t, each.files)
			require.Equal(t, each.want, names)
		})
	}
}

func TestWhatIsThereInstead(t *testing.T) {
	t.Parallel()
	for words, files := range map[string]map[string]string{
		"there is no file of SQL":                        {"README.md": "hello"},
		"the files of SQL create no table: q.sql":        {"q.sql": "select 1;"},
		"prisma/schema.prisma describes it for Prisma":   {"prisma/schema.prisma": "model User {}", "a.ts": ""},
		"shop.sql.gz is packed":                          {"shop.sql.gz": "x"},
		"there is only code, such as models.py":          {"models.py": "class User: pass"},
		"shop.dump is a dump that only pg_restore reads": {"shop.dump": "PGDMP"},
	} {
		source, names := find(t, files)
		require.Empty(t, names)
		require.Contains(t, source.Missing, words)
	}
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	utf := []byte("\xFF\xFE")
	for _, unit := range utf16.Encode([]rune(users + " -- ñ")) {
		utf = append(utf, byte(unit), byte(unit>>8))
	}
	source, _ := find(t, map[string]string{"a.sql": string(utf)})
	require.Equal(t, users+" -- ñ", source.Files[0].Text)
	require.Equal(t, []string{"a.sql: it is written in UTF-16, and was read as such"}, source.Notes)
	source, _ = find(t, map[string]string{"a.sql": users + " -- \xf1"})
	require.Equal(t, users+" -- ñ", source.Files[0].Text)
	source, _ = find(t, map[string]string{"a.sql": "\xEF\xBB\xBF" + users})
	require.Equal(t, users, source.Files[0].Text)
	require.Empty(t, source.Notes)
}

func TestCaps(t *testing.T) {
	t.Parallel()
	source, names := find(t, map[string]string{"a.sql": users, "big.sql": strings.Repeat("-- padding\n", 200_000)})
	require.Equal(t, []string{"a.sql"}, names)
	require.Equal(t, []string{"big.sql: larger than 2 MiB, and left out"}, source.Notes)
}

// A stranger's takehome.yaml never ends us.
func FuzzDeclared(f *testing.F) {
	f.Add("schema: [a.sql, ../../etc/passwd, db]")
	f.Add("schema: &a [*a, *a]\n")
	f.Add("schema: {a: b}")
	f.Add("a: &x [x,x]\nschema: [*x]\n---\nschema: a.sql")
	dir := folder(f, map[string]string{"a.sql": users, "db/1.sql": orders})
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<16 {
			return
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, "takehome.yaml"), []byte(text), 0o644))
		source, err := ddl.Find(dir)
		require.NoError(t, err)
		require.NotEmpty(t, source.Files)
	})
}

// Nor do the files of SQL themselves.
func FuzzFind(f *testing.F) {
	f.Add(users, orders)
	f.Add("\\i b.sql", "\\i a.sql")
	f.Add("create type t as enum ();", "\xFF\xFEa")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a)+len(b) > 1<<16 {
			return
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, "a.sql"), []byte(a), 0o644))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "b.sql"), []byte(b), 0o644))
		first, err := ddl.Find(dir)
		require.NoError(t, err)
		second, err := ddl.Find(dir)
		require.NoError(t, err)
		require.Equal(t, first, second)
	})
}
