package schema

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/erd"
	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/sandbox/sandboxtest"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// drawnShop is what the diagrams of these tests show, or fail to.
var drawnShop = []string{
	`create schema sales`,
	`create type status as enum ('open', 'paid')`,
	`create table users (id bigint primary key, email varchar(255) not null unique, name text not null, created_at timestamptz not null default now())`,
	`create table profiles (user_id bigint primary key references users, bio text)`,
	`create table categories (id bigint primary key, parent_id bigint references categories, name text not null)`,
	`create table products (id bigint primary key, name text not null, price numeric(10,2) not null, created_by bigint references users)`,
	`create table product_categories (product_id bigint references products, category_id bigint references categories, created_at timestamptz, primary key (product_id, category_id))`,
	`create table sales.orders (id bigint primary key, user_id bigint not null references users, invoice_id bigint, status status not null, placed_at timestamptz not null default now())`,
	`create table sales.order_lines (order_id bigint references sales.orders, product_id bigint references products, quantity int not null, unit_price numeric(10,2) not null, primary key (order_id, product_id))`,
	`create table receipts (id bigint primary key, order_id bigint references sales.orders, voided boolean)`,
	`create unique index on receipts (order_id) where not voided`,
	`create table invoices (id bigint primary key, order_id bigint not null references sales.orders)`,
	`create unique index on invoices (order_id)`,
	`create table schema_migrations (version bigint primary key)`,
	`create view order_totals as select order_id, sum(quantity * unit_price) from sales.order_lines group by 1`,
}

const goodDiagram = `erDiagram
  users ||--o| profiles : has
  users ||--o{ orders : places
  orders ||--|{ order_lines : holds
  products ||--o{ order_lines : in
  products }o--o{ categories : in
  categories |o--o{ categories : below
  orders |o--o{ receipts : has
  orders ||--o| invoices : has
  orders ||..|| order_totals : sums
  users { bigint id PK
    text email
    text name }
  products { bigint id PK
    text name
    numeric price }
  categories { bigint id PK
    text name }
  orders { bigint id PK
    status status
    timestamptz placed_at }
  order_lines { bigint order_id PK
    bigint product_id PK
    int quantity
    numeric unit_price }
`

// graded is a grading of the shop with the given files, as far as the diagram needs it.
func graded(t *testing.T, schema live.Schema, files map[string]string) *grading {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o750))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	run := &grading{session: takehome.Session{Submission: takehome.Submission{Dir: dir}}, schema: schema}
	run.mapping = mapping.Find(schema, mapping.Override{})
	require.NoError(t, run.lookAtDiagram())
	return run
}

func ask(t *testing.T, run *grading, what string) script.Observation {
	t.Helper()
	observation, err := run.probeDiagramShows(t.Context(), &script.Probing{With: map[string]any{"what": what}})
	require.NoError(t, err)
	return observation
}

func TestDiagramOfALiveSchema(t *testing.T) {
	t.Parallel()
	lab := sandboxtest.Open(t, nil)
	owner, err := database.Connect(t.Context(), lab, takehome.RoleOwner, database.Options{})
	require.NoError(t, err)
	for _, sql := range drawnShop {
		answer, err := owner.Run(t.Context(), sql)
		require.NoError(t, err)
		require.Nil(t, answer.Refusal, sql)
	}
	probe, err := database.Connect(t.Context(), lab, takehome.RoleProbe, database.Options{})
	require.NoError(t, err)
	schema, err := live.Read(t.Context(), probe)
	require.NoError(t, err)

	t.Run("cardinalities", func(t *testing.T) {
		t.Parallel()
		model := diagramOf(schema, mapping.Find(schema, mapping.Override{}))
		got := map[string]string{}
		for _, relation := range model.Relations {
			got[relation.From.Entity+"."+relation.From.Attributes[0]] = relation.From.Cardinality.String() + " – " + relation.To.Cardinality.String()
			require.Equal(t, relation.From.Attributes[0] == "created_by", relation.Optional)
		}
		require.Equal(t, map[string]string{
			"categories.parent_id": "?..* – 0..1", "invoices.order_id": "?..1 – 1", "product_categories.category_id": "?..* – 1",
			"product_categories.product_id": "?..* – 1", "products.created_by": "?..* – 0..1", "profiles.user_id": "?..1 – 1",
			"receipts.order_id": "?..* – 0..1", "sales.order_lines.order_id": "?..* – 1", "sales.order_lines.product_id": "?..* – 1",
			"sales.orders.user_id": "?..* – 1", "sales.orders.invoice_id": "?..* – ?..1",
		}, got)
		users, known := model.Entity("users")
		require.True(t, known)
		require.True(t, users.Core)
		require.Equal(t, "varchar(255)", users.Attributes[1].Type)
		require.Contains(t, model.Others, "order_totals")
	})

	for _, test := range []struct {
		name  string
		files map[string]string
		label string
		lost  map[string]string // aspect to its share, where it is not 1
	}{
		{"a good one", map[string]string{"docs/erd.mmd": goodDiagram}, "readable", nil},
		{"none", map[string]string{"README.md": "# Shop"}, "absent", nil},
		{"a picture", map[string]string{"docs/erd.png": "PNG"}, "picture", nil},
		{"one that cannot be read", map[string]string{"erd.mmd": "erDiagram\n|||"}, "unreadable", nil},
		{"one of something else", map[string]string{"deps.dot": "digraph { main -> http }"}, "unrelated", nil},
		{"one with errors", map[string]string{"erd.mmd": goodDiagram + "  what is this?\n"}, "with_errors", nil},
		{"the best of several", map[string]string{"a.dot": "digraph { users -> orders }", "z.mmd": goodDiagram}, "readable", nil},
		{
			"one that was left behind",
			map[string]string{"erd.mmd": "erDiagram\n users ||--o{ orders : places\n"},
			"readable",
			map[string]string{"entities": "2/5", "relations": "2/9", "columns": "1/23", "tables": "2/9"},
		},
		{
			"one with boxes that are not there",
			map[string]string{"erd.mmd": goodDiagram + " users ||--o{ wishlists : keeps\n users ||--o{ reviews : writes\n"},
			"readable",
			map[string]string{"entities": "8/9", "relations": "8/9"},
		},
		{
			"one that says the wrong cardinality",
			map[string]string{"erd.mmd": "erDiagram\n users }o--o{ orders : places\n orders ||--|| order_lines : hold\n"},
			"readable",
			map[string]string{"cardinality": "1/2", "entities": "6/11", "relations": "2/5", "columns": "1/23", "tables": "1/3"},
		},
		{
			"one that says what it leaves out", map[string]string{
				"erd.mmd":   goodDiagram[:len("erDiagram\n")] + goodDiagram[len("erDiagram\n  users ||--o| profiles : has\n"):],
				"DESIGN.md": "The diagram does not show profiles, which are of no interest.",
			}, "readable", nil,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			run := graded(t, schema, test.files)
			observation, err := run.probeDiagram(t.Context(), nil)
			require.NoError(t, err)
			require.Equal(t, test.label, observation.Label, observation.Detail)
			require.Len(t, run.out.Exhibits, 1)
			if !run.diagram.readable {
				require.Equal(t, "picture", ask(t, run, "entities").Label)
				require.Len(t, run.out.Exhibits[0].Drawings, 1)
				return
			}
			require.Len(t, run.out.Exhibits[0].Drawings, 2)
			for _, what := range []string{"entities", "relations", "cardinality", "columns", "tables"} {
				shown := ask(t, run, what)
				want := test.lost[what]
				if want == "" {
					want = "1"
				}
				require.Equal(t, want, shown.Share.String(), "%s: %s %v", what, shown.Detail, run.diagram.differences(run.diagram.aspects()[what].kinds))
			}
		})
	}
}

func TestEnoughIsEnough(t *testing.T) {
	t.Parallel()
	run := &grading{diagram: diagramFacts{readable: true, compared: erd.Comparison{Columns: erd.Share{Good: 2, All: 4}}}}
	for enough, want := range map[string]string{"1": "1/2", "4/5": "5/8", "1/2": "1", "1/4": "1"} {
		observation, err := run.probeDiagramShows(t.Context(), &script.Probing{With: map[string]any{"what": "columns", "enough": enough}})
		require.NoError(t, err)
		require.Equal(t, want, observation.Share.String())
	}
	for _, with := range []map[string]any{{"what": "colour"}, {"what": "columns", "enough": "0"}, {"what": "columns", "enough": "most"}} {
		_, err := run.probeDiagramShows(t.Context(), &script.Probing{With: with})
		require.Error(t, err)
	}
}
