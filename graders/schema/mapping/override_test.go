package mapping_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
)

func readOverride(t *testing.T, files map[string]string) mapping.Override {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	override, err := mapping.ReadOverride(dir)
	require.NoError(t, err)
	return override
}

func TestReadOverride(t *testing.T) {
	t.Parallel()
	override := readOverride(t, map[string]string{
		"design.md": "---\nversion: 1\ntables: {user: crm.members, category: absent}\n" +
			"columns:\n  product.price: {table: item_variants, column: list_price, unit: major}\n  order.total: orders.sum\n" +
			"assume: {product-category: one_to_many, guest_checkout: true, zones: 3}\n---\n# Design\n",
		"takehome.yaml": "takehome: 1\nschema: [a.sql]\ntables: {user: members}\n",
	})
	require.Empty(t, override.Notes)
	require.Equal(t, map[mapping.Role]mapping.Stated[string]{
		mapping.User:     {Value: "members", Source: mapping.SourceDeclared},
		mapping.Category: {Value: mapping.Nothing, Source: mapping.SourceDesign},
	}, override.Tables)
	require.Equal(t, mapping.StatedColumn{Table: "item_variants", Column: "list_price", Unit: mapping.Major, Source: mapping.SourceDesign},
		override.Columns[mapping.Product][mapping.Price])
	require.Equal(t, mapping.StatedColumn{Table: "orders", Column: "sum", Source: mapping.SourceDesign}, override.Columns[mapping.Order][mapping.Total])
	require.Equal(t, mapping.Statements{
		"product_category": {Value: "one_to_many", Source: mapping.SourceDesign},
		"guest_checkout":   {Value: true, Source: mapping.SourceDesign},
		"zones":            {Value: 3, Source: mapping.SourceDesign},
	}, override.Assume)
}

func TestUnusableStatementsAreTold(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ yaml, note string }{
		"not a mapping":    {"tables: [a]", "takehome.yaml: tables must be a mapping and is ignored"},
		"unknown role":     {"tables: {usr: a}", `takehome.yaml: there is no role "usr" (did you mean "user"?)`},
		"table as list":    {"tables: {user: [a]}", "takehome.yaml: tables.user must be the name of a table and is ignored"},
		"no field":         {"columns: {product: a}", "takehome.yaml: columns.product must name a role and a field, such as product.price"},
		"unknown field":    {"columns: {product.colour: a}", `takehome.yaml: the role product has no field "colour"`},
		"unknown unit":     {"columns: {product.price: {column: a, unit: euro}}", "takehome.yaml: columns.product.price needs table, column and, of money, unit: major or minor"},
		"assumption":       {"assume: {guest_checkout: {really: yes}}", "takehome.yaml: assume.guest_checkout must be true, false, a number or a text, and is ignored"},
		"too large":        {"#" + strings.Repeat("x", 300<<10), "takehome.yaml is too large and is ignored"},
		"recursive anchor": {"assume: &a {x: *a}", "takehome.yaml: assume.x must be true, false, a number or a text, and is ignored"},
	} {
		override := readOverride(t, map[string]string{"takehome.yaml": test.yaml})
		require.Equal(t, []string{test.note}, override.Notes, name)
	}
	require.Len(t, readOverride(t, map[string]string{"takehome.yaml": "tables: {"}).Notes, 1)
	require.Empty(t, readOverride(t, map[string]string{"DESIGN.md": "# No front matter\ntables: {\n"}).Notes)
	require.Empty(t, readOverride(t, nil).Tables)
}

func TestAStatementOutsideOfTheSubmissionIsNotRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "secret.yaml")
	require.NoError(t, os.WriteFile(outside, []byte("tables: {user: secret}"), 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "takehome.yaml")))
	override, err := mapping.ReadOverride(dir)
	require.NoError(t, err)
	require.Equal(t, []string{"takehome.yaml cannot be read and is ignored"}, override.Notes)
}

// shop finds a schema of the corpus.
func shop(t *testing.T, name string) live.Schema {
	t.Helper()
	for _, each := range readCorpus(t, "tuned") {
		if each.name == name {
			return each.schema
		}
	}
	require.Fail(t, "no such schema", name)
	return live.Schema{}
}

func TestStatedTablesAreUsedWhereTheyAreBelievable(t *testing.T) {
	t.Parallel()
	obfuscated := shop(t, "obfuscated")
	for name, test := range map[string]struct {
		yaml   string
		role   mapping.Role
		table  string
		source string
		note   string
	}{
		"used":           {"tables: {category: t3}", mapping.Category, "t3", mapping.SourceDeclared, ""},
		"any case":       {"tables: {category: PUBLIC.T3}", mapping.Category, "t3", mapping.SourceDeclared, ""},
		"absent":         {"tables: {category: absent}", mapping.Category, "-", mapping.SourceDeclared, ""},
		"unknown":        {"tables: {category: t9}", mapping.Category, "t3", mapping.SourceFound, "takehome.yaml: there is no table t9 for the role category"},
		"far-fetched":    {"tables: {order_line: t1}", mapping.OrderLine, "t5", mapping.SourceFound, "takehome.yaml: nothing about t1 looks like the role order_line; what was found is used instead"},
		"the same twice": {"tables: {order: t4, order_line: t4}", mapping.OrderLine, "t5", mapping.SourceFound, ""},
	} {
		found := mapping.Find(obfuscated, readOverride(t, map[string]string{"takehome.yaml": test.yaml}))
		require.Equal(t, test.table, shown(found.Tables[test.role]), name)
		require.Equal(t, test.source, found.Tables[test.role].Source, name)
		if test.note != "" {
			require.Equal(t, []string{test.note}, found.Notes, name)
		}
		if test.source != mapping.SourceFound {
			require.True(t, found.Confident(test.role), name)
		}
	}
}

func TestStatedColumns(t *testing.T) {
	t.Parallel()
	schema := shop(t, "everything")
	found := mapping.Find(schema, readOverride(t, map[string]string{"takehome.yaml": "columns:\n  product.price: {table: product_variants, column: price, unit: minor}\n" +
		"  order.total: nothing\n  user.email: nowhere.email\n"}))
	require.Equal(t, mapping.ColumnChoice{
		Table: live.Name{Schema: "public", Name: "product_variants"}, Column: "price", Unit: mapping.Minor, Reason: "stated in takehome.yaml",
	}, found.Columns[mapping.Product][mapping.Price])
	require.Equal(t, "quantity", found.Columns[mapping.Product][mapping.Stock].Column)
	require.Equal(t, []string{
		"takehome.yaml: columns.user.email: there is no table nowhere",
		"takehome.yaml: columns.order.total: orders has no column nothing",
	}, found.Notes)
}

func FuzzReadOverride(f *testing.F) {
	f.Add([]byte("---\ntables: {user: a}\nassume: {a: 1}\n---\n"), []byte("columns: {product.price: {table: a, column: b, unit: minor}}"))
	f.Add([]byte("---\n&a [*a]\n---\n"), []byte("tables: &x {user: *x}"))
	f.Fuzz(func(t *testing.T, design, declared []byte) {
		override := readOverride(t, map[string]string{"DESIGN.md": string(design), "takehome.yaml": string(declared)})
		found := mapping.Find(live.Schema{Tables: []live.Table{{Name: live.Name{Schema: "public", Name: "a"}}}}, override)
		found.Entries()
	})
}
