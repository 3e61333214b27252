package schema_test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/challenges"
	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema"
	"github.com/takehome-dev/takehome/internal/sandbox/sandboxtest"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// goodShop passes every experiment.
const goodShop = `
CREATE EXTENSION citext;
CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email citext NOT NULL UNIQUE, password_hash text NOT NULL, full_name text, phone text, deleted_at timestamptz, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE categories (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parent_id bigint REFERENCES categories ON DELETE RESTRICT, name text NOT NULL, CHECK (parent_id <> id), UNIQUE NULLS NOT DISTINCT (parent_id, name));
CREATE TABLE products (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sku text NOT NULL UNIQUE, name text NOT NULL, description text, price numeric(12,2) NOT NULL CHECK (price >= 0), stock integer NOT NULL DEFAULT 0 CHECK (stock >= 0));
CREATE INDEX products_name ON products (name text_pattern_ops);
CREATE TABLE product_categories (product_id bigint NOT NULL REFERENCES products ON DELETE CASCADE, category_id bigint NOT NULL REFERENCES categories ON DELETE CASCADE, PRIMARY KEY (product_id, category_id));
CREATE INDEX product_categories_category ON product_categories (category_id);
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint NOT NULL REFERENCES users ON DELETE RESTRICT, status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'paid', 'shipped', 'cancelled')), placed_at timestamptz NOT NULL DEFAULT now(), shipping_postcode text);
CREATE INDEX orders_user ON orders (user_id, placed_at DESC);
CREATE INDEX orders_status ON orders (status, placed_at DESC);
CREATE TABLE order_items (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders ON DELETE CASCADE, product_id bigint NOT NULL REFERENCES products ON DELETE RESTRICT, quantity integer NOT NULL CHECK (quantity > 0), unit_price numeric(12,2) NOT NULL CHECK (unit_price >= 0), UNIQUE (order_id, product_id));
CREATE INDEX order_items_product ON order_items (product_id);
CREATE TABLE payments (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders, amount numeric(12,2) NOT NULL CHECK (amount >= 0));
CREATE TABLE reviews (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, product_id bigint NOT NULL REFERENCES products, user_id bigint NOT NULL REFERENCES users, rating smallint NOT NULL CHECK (rating BETWEEN 1 AND 5), body text);
CREATE TABLE addresses (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE, street text NOT NULL, city text NOT NULL, postal_code text NOT NULL);
`

// experiments are the checks that this file is about.
func experiments(check takehome.Check) bool {
	return slices.Contains([]string{"B", "N", "I"}, check.Group)
}

// loaded is the challenge's grader with the checks of our files.
func loaded(t *testing.T) *schema.Grader {
	t.Helper()
	files, err := fs.Sub(challenges.Files, "ecommerce-schema")
	require.NoError(t, err)
	_, grader, err := schema.Kind{}.Load(files, []string{"checks/relations.yaml", "checks/integrity.yaml", "checks/workload.yaml"})
	require.NoError(t, err)
	return grader.(*schema.Grader)
}

// bench is one lab for many schemas, which are applied one after the other.
type shopBench struct {
	lab    takehome.Lab
	grader *schema.Grader
}

func openBench(t *testing.T) *shopBench {
	t.Helper()
	return &shopBench{lab: sandboxtest.Open(t, nil), grader: loaded(t)}
}

// grade applies a schema to the emptied database and runs the checks that are kept.
func (b *shopBench) grade(t *testing.T, sql, design string, keep func(takehome.Check) bool) map[string]takehome.Finding {
	t.Helper()
	admin, err := database.Connect(t.Context(), b.lab, takehome.RoleAdmin, database.Options{Database: "postgres"})
	require.NoError(t, err)
	for _, name := range []string{"takehome_volume", "takehome_again"} {
		_, err = admin.Run(t.Context(), "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
		require.NoError(t, err)
	}
	require.NoError(t, admin.Close(t.Context()))
	owner, err := database.Connect(t.Context(), b.lab, takehome.RoleOwner, database.Options{})
	require.NoError(t, err)
	answer, err := owner.Run(t.Context(), `do $$ declare s text; begin
		for s in select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' loop execute format('drop schema %I cascade', s); end loop;
		create schema public; end $$`)
	require.NoError(t, err)
	require.Nil(t, answer.Refusal)
	require.NoError(t, owner.Close(t.Context()))
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "schema.sql"), []byte(sql), 0o600))
	if design != "" {
		require.NoError(t, os.WriteFile(filepath.Join(dir, "takehome.yaml"), []byte(design), 0o600))
	}
	started := time.Now()
	judgement, err := b.grader.Only(keep).Grade(t.Context(), takehome.Session{
		Submission: takehome.Submission{Dir: dir}, Lab: b.lab, Seed: "seed",
		Observe: func(event takehome.Event) {
			if event.Kind == takehome.CheckDone {
				t.Log(event.Check.ID, event.Finding.Verdict, event.Finding.Summary, time.Since(started).Round(time.Millisecond))
			}
		},
	})
	require.NoError(t, err)
	require.NotEmpty(t, judgement.Results)
	findings := map[string]takehome.Finding{}
	for _, result := range judgement.Results {
		findings[result.Check] = result.Finding
		for _, evidence := range judgement.Evidence[result.Check] {
			require.True(t, evidence.Query != nil || evidence.Note != nil)
		}
	}
	return findings
}

func only(ids ...string) func(takehome.Check) bool {
	return func(check takehome.Check) bool { return slices.Contains(ids, check.ID) }
}

// TestGoodShop: nothing is taken from a schema without a flaw.
func TestGoodShop(t *testing.T) {
	t.Parallel()
	bench := openBench(t)
	for id, finding := range bench.grade(t, goodShop, "", experiments) {
		require.Equal(t, takehome.Pass, finding.Verdict, "%s: %s", id, finding.Summary)
	}
}

// flaws are changes of the good shop, with the checks that must not pass, and how.
var flaws = []struct {
	name   string
	edits  []string // old, new, old, new, …
	design string   // takehome.yaml
	want   map[string]string
}{
	{"emails repeat", []string{"email citext NOT NULL UNIQUE", "email citext NOT NULL"}, "", map[string]string{"B01": "fail", "B02": "fail"}},
	{"case matters", []string{"email citext", "email text"}, "", map[string]string{"B01": "pass", "B02": "fail"}},
	{"capitals refused", []string{"email citext NOT NULL UNIQUE", "email text NOT NULL UNIQUE CHECK (email = lower(email))"}, "", map[string]string{"B01": "pass", "B02": "pass"}},
	{"unique while not deleted", []string{
		"email citext NOT NULL UNIQUE", "email text NOT NULL",
		"CREATE TABLE categories", "CREATE UNIQUE INDEX ON users (lower(email)) WHERE deleted_at IS NULL; CREATE TABLE categories",
	}, "", map[string]string{"B01": "pass", "B02": "pass", "B03": "pass"}},
	{"login only", []string{"email citext NOT NULL UNIQUE", "email citext NOT NULL, username text NOT NULL UNIQUE"}, "", map[string]string{"B01": "partial"}},
	{"email may be missing", []string{"email citext NOT NULL UNIQUE", "email citext UNIQUE"}, "", map[string]string{"B03": "fail", "B01": "pass"}},
	{"phone is enough", []string{"email citext NOT NULL UNIQUE", "email citext UNIQUE, CHECK (email IS NOT NULL OR phone IS NOT NULL)"}, "", map[string]string{"B03": "pass"}},
	{"nameless products", []string{"name text NOT NULL, description", "name text, description"}, "", map[string]string{"B04": "fail"}},
	{"negative prices", []string{"price numeric(12,2) NOT NULL CHECK (price >= 0), stock", "price numeric(12,2) NOT NULL, stock"}, "", map[string]string{"B05": "fail"}},
	{"price domain", []string{
		"CREATE TABLE products", "CREATE DOMAIN amount AS numeric(12,2) CHECK (VALUE >= 0); CREATE TABLE products",
		"price numeric(12,2) NOT NULL CHECK (price >= 0), stock", "price amount NOT NULL, stock",
	}, "", map[string]string{"B05": "pass", "B21": "pass"}},
	{"price trigger", []string{
		"price numeric(12,2) NOT NULL CHECK (price >= 0), stock", "price numeric(12,2) NOT NULL, stock",
		"CREATE TABLE payments", `CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.price < 0 THEN RAISE EXCEPTION 'negative price'; END IF; RETURN NEW; END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON products FOR EACH ROW EXECUTE FUNCTION guard(); CREATE TABLE payments`,
	}, "", map[string]string{"B05": "pass"}},
	{"price trigger for new rows alone", []string{
		"price numeric(12,2) NOT NULL CHECK (price >= 0), stock", "price numeric(12,2) NOT NULL, stock",
		"CREATE TABLE payments", `CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.price < 0 THEN RAISE EXCEPTION 'negative price'; END IF; RETURN NEW; END $$;
CREATE TRIGGER guard BEFORE INSERT ON products FOR EACH ROW EXECUTE FUNCTION guard(); CREATE TABLE payments`,
	}, "", map[string]string{"B05": "fail"}},
	{"a trigger that lies to the owner", []string{
		"price numeric(12,2) NOT NULL CHECK (price >= 0), stock", "price numeric(12,2) NOT NULL, stock",
		"CREATE TABLE payments", `CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.price < 0 AND current_user = (SELECT tableowner FROM pg_tables WHERE tablename = 'products') THEN RAISE check_violation USING CONSTRAINT = 'products_stock_check'; END IF; RETURN NEW; END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON products FOR EACH ROW EXECUTE FUNCTION guard(); CREATE TABLE payments`,
	}, "", map[string]string{"B05": "fail"}},
	{"a rule that swallows orders", []string{
		"CREATE TABLE payments", "CREATE RULE quiet AS ON INSERT TO orders DO INSTEAD NOTHING; CREATE TABLE payments",
	}, "", map[string]string{"N19": "fail", "B10": "blocked", "B15": "blocked"}},
	{"row security that lets nobody in", []string{
		"CREATE TABLE payments", "ALTER TABLE orders ENABLE ROW LEVEL SECURITY; ALTER TABLE orders FORCE ROW LEVEL SECURITY; CREATE TABLE payments",
	}, "", map[string]string{"N19": "fail", "B10": "blocked", "B05": "pass"}},
	{"zero of something", []string{"quantity > 0", "quantity >= 0"}, "", map[string]string{"B06": "fail", "B07": "pass"}},
	{"any quantity", []string{"quantity integer NOT NULL CHECK (quantity > 0)", "quantity integer NOT NULL"}, "", map[string]string{"B06": "fail/unchecked", "B07": "fail/unchecked"}},
	{"returns as negative lines", []string{"quantity > 0", "quantity <> 0"}, "assume: {negative_lines: true}", map[string]string{"B06": "pass", "B07": "pass"}},
	{"negative stock", []string{" CHECK (stock >= 0)", ""}, "", map[string]string{"B08": "fail", "B25": "fail"}},
	{"backorders", []string{" CHECK (stock >= 0)", ""}, "assume: {backorders: true}", map[string]string{"B08": "pass"}},
	{"equal lines", []string{", UNIQUE (order_id, product_id)", ""}, "", map[string]string{"B09": "fail"}},
	{"numbered lines", []string{", UNIQUE (order_id, product_id)", ", line_no int NOT NULL, UNIQUE (order_id, line_no)"}, "", map[string]string{"B09": "pass"}},
	{"orders go with the user", []string{"REFERENCES users ON DELETE RESTRICT", "REFERENCES users ON DELETE CASCADE"}, "", map[string]string{"B10": "fail"}},
	{"orders without their user", []string{"user_id bigint NOT NULL REFERENCES users ON DELETE RESTRICT", "user_id bigint REFERENCES users ON DELETE SET NULL"}, "", map[string]string{"B10": "pass", "N09": "pass"}},
	{"orders of anybody", []string{"user_id bigint NOT NULL REFERENCES users ON DELETE RESTRICT", "user_id bigint NOT NULL"}, "", map[string]string{"N09": "fail/no_foreign_key", "B10": "fail/no_foreign_key"}},
	{"sold lines go with the product", []string{"REFERENCES products ON DELETE RESTRICT", "REFERENCES products ON DELETE CASCADE"}, "", map[string]string{"B11": "fail"}},
	{"lines of anything", []string{"product_id bigint NOT NULL REFERENCES products ON DELETE RESTRICT", "product_id bigint NOT NULL"}, "", map[string]string{"N07": "fail/no_foreign_key", "B11": "fail/no_foreign_key", "I03": "pass"}},
	{"lines of no order", []string{"order_id bigint NOT NULL REFERENCES orders ON DELETE CASCADE", "order_id bigint REFERENCES orders ON DELETE SET NULL"}, "", map[string]string{"B12": "fail", "N08": "pass"}},
	{"lines of any order", []string{"order_id bigint NOT NULL REFERENCES orders ON DELETE CASCADE", "order_id bigint NOT NULL"}, "", map[string]string{"N08": "fail/no_foreign_key", "B12": "fail/no_foreign_key"}},
	{
		"one category",
		[]string{"sku text NOT NULL UNIQUE", "sku text NOT NULL UNIQUE, category_id bigint NOT NULL REFERENCES categories ON DELETE CASCADE", dropTable("product_categories"), ""},
		"",
		map[string]string{"N03": "fail", "B13": "fail", "N10": "pass", "I03": "partial"},
	},
	{
		"one category, stated",
		[]string{"sku text NOT NULL UNIQUE", "sku text NOT NULL UNIQUE, category_id bigint REFERENCES categories ON DELETE SET NULL", dropTable("product_categories"), ""},
		"assume: {product_category: one_to_many}",
		map[string]string{"N03": "partial", "B13": "pass"},
	},
	{"any category", []string{"category_id bigint NOT NULL REFERENCES categories ON DELETE CASCADE", "category_id bigint NOT NULL"}, "", map[string]string{"N10": "fail/no_foreign_key"}},
	{"one category by its key", []string{"PRIMARY KEY (product_id, category_id)", "PRIMARY KEY (product_id)"}, "", map[string]string{"N03": "fail"}},
	{"flat categories", []string{"parent_id bigint REFERENCES categories ON DELETE RESTRICT, name text NOT NULL, CHECK (parent_id <> id), UNIQUE NULLS NOT DISTINCT (parent_id, name)", "name text NOT NULL UNIQUE"}, "", map[string]string{"N04": "fail", "B16": "not_applicable", "B19": "pass"}},
	{"flat categories, stated", []string{"parent_id bigint REFERENCES categories ON DELETE RESTRICT, name text NOT NULL, CHECK (parent_id <> id), UNIQUE NULLS NOT DISTINCT (parent_id, name)", "name text NOT NULL"}, "assume: {flat_categories: true}", map[string]string{"N04": "partial", "B19": "fail"}},
	{"categories of themselves", []string{", CHECK (parent_id <> id)", ""}, "", map[string]string{"B16": "fail"}},
	{"top categories twice", []string{"UNIQUE NULLS NOT DISTINCT", "UNIQUE"}, "", map[string]string{"B19": "partial"}},
	{"prices that follow", []string{
		"unit_price numeric(12,2) NOT NULL CHECK (unit_price >= 0)", "unit_price numeric(12,2) NOT NULL DEFAULT 0 CHECK (unit_price >= 0)",
		"CREATE TABLE payments", `CREATE FUNCTION follow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE order_items SET unit_price = NEW.price WHERE product_id = NEW.id; RETURN NULL; END $$;
CREATE TRIGGER follow AFTER UPDATE ON products FOR EACH ROW EXECUTE FUNCTION follow(); CREATE TABLE payments`,
	}, "", map[string]string{"B14": "fail"}},
	{"no price of the line", []string{", unit_price numeric(12,2) NOT NULL CHECK (unit_price >= 0)", ""}, "", map[string]string{"B14": "fail/no_price"}},
	{"any status", []string{" CHECK (status IN ('pending', 'paid', 'shipped', 'cancelled'))", ""}, "", map[string]string{"B15": "fail/open_status"}},
	{"status enum", []string{
		"CREATE TABLE orders", "CREATE TYPE order_status AS ENUM ('pending', 'paid', 'shipped'); CREATE TABLE orders",
		"status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'paid', 'shipped', 'cancelled'))", "status order_status NOT NULL DEFAULT 'pending'",
	}, "", map[string]string{"B15": "pass"}},
	{"status table", []string{
		"CREATE TABLE orders", "CREATE TABLE order_statuses (id smallint PRIMARY KEY, name text NOT NULL UNIQUE); INSERT INTO order_statuses VALUES (1, 'pending'), (2, 'paid'); CREATE TABLE orders",
		"status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'paid', 'shipped', 'cancelled'))", "status_id smallint NOT NULL DEFAULT 1 REFERENCES order_statuses",
		"orders (status, placed_at DESC)", "orders (status_id, placed_at DESC)",
	}, "", map[string]string{"B15": "pass", "B17": "pass", "I03": "pass"}},
	{"orders without defaults", []string{"DEFAULT 'pending' CHECK", "CHECK", "placed_at timestamptz NOT NULL DEFAULT now()", "placed_at timestamptz NOT NULL"}, "", map[string]string{"B17": "partial"}},
	{"orders that may lack everything", []string{"status text NOT NULL DEFAULT 'pending' CHECK", "status text CHECK", "placed_at timestamptz NOT NULL DEFAULT now()", "placed_at timestamptz"}, "", map[string]string{"B17": "fail"}},
	{"any rating", []string{" CHECK (rating BETWEEN 1 AND 5)", ""}, "", map[string]string{"B18": "fail"}},
	{"no worst rating", []string{"rating BETWEEN 1 AND 5", "rating <= 5"}, "", map[string]string{"B18": "partial"}},
	{"negative payments", []string{" CHECK (amount >= 0)", ""}, "", map[string]string{"B20": "fail"}},
	{"small prices", []string{"price numeric(12,2) NOT NULL CHECK (price >= 0), stock", "price numeric(6,2) NOT NULL CHECK (price >= 0), stock"}, "", map[string]string{"B21": "fail"}},
	{"whole prices", []string{"price numeric(12,2) NOT NULL CHECK (price >= 0), stock", "price numeric(12,1) NOT NULL CHECK (price >= 0), stock"}, "", map[string]string{"B21": "fail"}},
	{"float prices", []string{"price numeric(12,2) NOT NULL CHECK (price >= 0), stock", "price float8 NOT NULL CHECK (price >= 0), stock"}, "", map[string]string{"B21": "not_applicable", "B05": "pass"}},
	{"cents", []string{"price numeric(12,2) NOT NULL CHECK (price >= 0), stock", "price_cents bigint NOT NULL CHECK (price_cents >= 0), stock"}, "", map[string]string{"B21": "pass", "B05": "pass", "B14": "pass"}},
	{"short texts", []string{"name text NOT NULL, description", "name varchar(50) NOT NULL, description", "email citext NOT NULL UNIQUE", "email varchar(60) NOT NULL UNIQUE"}, "", map[string]string{"B22": "fail"}},
	{"numbers for phones", []string{"phone text", "phone bigint", "postal_code text NOT NULL", "postal_code integer NOT NULL"}, "", map[string]string{"B23": "fail"}},
	{"local times", []string{"placed_at timestamptz", "placed_at timestamp"}, "", map[string]string{"B24": "fail"}},
	{"local times, stated", []string{"placed_at timestamptz", "placed_at timestamp"}, "assume: {timestamps_utc: true}", map[string]string{"B24": "partial"}},
	{"copies of the category", []string{"sku text NOT NULL UNIQUE", "sku text NOT NULL UNIQUE, category_id bigint REFERENCES categories, category_name text"}, "", map[string]string{"N14": "fail"}},
	{"tables that wait for each other", []string{
		"created_at timestamptz NOT NULL DEFAULT now());", "created_at timestamptz NOT NULL DEFAULT now(), last_order bigint NOT NULL);",
		"CREATE TABLE payments", "ALTER TABLE users ADD FOREIGN KEY (last_order) REFERENCES orders; CREATE TABLE payments",
	}, "", map[string]string{"N19": "fail"}},
	{"no index for the orders of a user", []string{"CREATE INDEX orders_user ON orders (user_id, placed_at DESC);", ""}, "", map[string]string{"I03": "partial", "I04": "fail"}},
	{"an index for the orders of a user alone", []string{"orders (user_id, placed_at DESC)", "orders (user_id)"}, "", map[string]string{"I03": "pass", "I04": "fail"}},
	{"an index that nothing uses", []string{"CREATE INDEX products_name", "CREATE INDEX products_stock ON products (stock); CREATE INDEX products_name"}, "", map[string]string{"I07": "partial"}},
}

// dropTable is the statement of the good shop that makes a table, with its index.
func dropTable(name string) string {
	from := strings.Index(goodShop, "CREATE TABLE "+name)
	to := from
	for range 2 {
		to += strings.Index(goodShop[to:], ";\n") + 2
	}
	return goodShop[from:to]
}

// TestFlaws: each flaw is found by its check; designs that are as good are not punished.
func TestFlaws(t *testing.T) {
	t.Parallel()
	bench := openBench(t)
	proven, ran := map[string]bool{}, 0
	for _, flaw := range flaws {
		t.Run(flaw.name, func(t *testing.T) {
			sql := goodShop
			for i := 0; i+1 < len(flaw.edits); i += 2 {
				require.Contains(t, sql, flaw.edits[i])
				sql = strings.Replace(sql, flaw.edits[i], flaw.edits[i+1], 1)
			}
			found := bench.grade(t, sql, flaw.design, only(slices.Sorted(maps.Keys(flaw.want))...))
			for id, want := range flaw.want {
				verdict, fault, hasFault := strings.Cut(want, "/")
				require.Equal(t, verdict, string(found[id].Verdict), "%s: %s", id, found[id].Summary)
				if hasFault {
					require.Equal(t, fault, found[id].Fault, id)
				}
				if verdict == "fail" || verdict == "partial" {
					proven[id] = true
				}
			}
			ran++
		})
	}
	if t.Failed() || ran < len(flaws) { // with -run, some are left out
		return
	}
	for id := range bench.grade(t, goodShop, "", func(check takehome.Check) bool { return experiments(check) && check.Group != "I" }) {
		require.True(t, proven[id], "no flaw proves that %s can be lost", id)
	}
}
