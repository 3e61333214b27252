package schema

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/schema/live"
	"github.com/takehome-dev/takehome/graders/schema/mapping"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/sandbox/sandboxtest"
	"github.com/takehome-dev/takehome/internal/sqlscript"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// goodShop has nothing that a probe of the catalog would find.
const goodShop = `
create table public.users (id bigint generated always as identity primary key, email text not null unique, full_name text not null, password_hash text not null, created_at timestamptz not null default now());
create table public.categories (id bigint generated always as identity primary key, name text not null unique, parent_id bigint references public.categories);
create table public.products (id bigint generated always as identity primary key, sku text not null unique, name text not null, description text, price numeric(12,2) not null, stock int not null default 0, is_active boolean not null default true);
create table public.product_categories (product_id bigint not null references public.products, category_id bigint not null references public.categories, primary key (product_id, category_id));
create table public.orders (id bigint generated always as identity primary key, user_id bigint not null references public.users, status text not null check (status in ('open', 'paid')), placed_at timestamptz not null default now(), shipping_street text not null, shipping_city text not null);
create table public.order_items (id bigint generated always as identity primary key, order_id bigint not null references public.orders, product_id bigint not null references public.products, quantity int not null, unit_price numeric(12,2) not null);
create index parents on public.categories (parent_id);
create index buyers on public.orders (user_id, placed_at desc);
create index carts on public.order_items (order_id);
create index sold on public.order_items (product_id);`

// TestCatalogProbes changes the good shop in one place each, in a transaction that is
// rolled back, and asks one probe what it sees.
func TestCatalogProbes(t *testing.T) {
	t.Parallel()
	lab := sandboxtest.Open(t, nil)
	connection, err := database.Connect(t.Context(), lab, takehome.RoleOwner, database.Options{
		Settings: map[string]string{"search_path": "pg_catalog, pg_temp"},
	})
	require.NoError(t, err)
	run := func(t *testing.T, sql string) {
		t.Helper()
		for _, statement := range sqlscript.Statements(sql) {
			answer, err := connection.Run(t.Context(), statement.Text)
			require.NoError(t, err)
			require.Nil(t, answer.Refusal, statement.Text)
		}
	}
	const assume = "assume "
	for _, each := range []struct {
		probe string
		with  map[string]any
		// after is SQL that changes the good shop, or "assume NAME" for a stated decision.
		after map[string]string // change to label
	}{
		{"role", map[string]any{"role": "user", "assumption": "external_users"}, map[string]string{
			"": "found", "drop table public.users cascade": "absent",
		}},
		{"categories", nil, map[string]string{
			"": "table",
			"drop table public.categories cascade; drop table public.product_categories; alter table public.products add category text check (category in ('a'))": "closed_set",
			"drop table public.categories cascade; drop table public.product_categories; alter table public.products add category text":                           "free_text",
			"drop table public.categories cascade; drop table public.product_categories":                                                                          "absent",
		}},
		{"order_lines", nil, map[string]string{"": "linked", "alter table public.order_items drop column order_id": "unlinked"}},
		{"link", nil, map[string]string{
			"": "linked", "alter table public.orders drop column user_id": "none",
			"alter table public.orders drop column user_id; alter table public.orders add guest_email text": "guests",
		}},
		{"holds", map[string]any{"of": []any{"product.stock or variant.stock or inventory"}, "assumption": "made_to_order"}, map[string]string{
			"": "all", "alter table public.products drop column stock": "none", assume + "made_to_order; alter table public.products drop column stock": "stated",
		}},
		{"holds", map[string]any{"of": []any{"product.product_name", "product.description or product.sku"}}, map[string]string{
			"": "all", "alter table public.products drop column description; alter table public.products drop column sku": "some",
		}},
		{"sale_price", nil, map[string]string{
			"": "unit_price", "alter table public.order_items drop column unit_price": "none",
			"alter table public.order_items rename column unit_price to line_total": "line_total",
		}},
		{"order_time", nil, map[string]string{
			"": "always_set", "alter table public.orders drop column placed_at": "none",
			"alter table public.orders alter placed_at drop default, alter placed_at drop not null": "may_be_empty",
		}},
		{"order_address", map[string]any{"never_sent": "digital_goods", "never_changed": "immutable_addresses"}, map[string]string{
			"": "copy", "alter table public.orders drop column shipping_street, drop column shipping_city": "none",
			assume + "digital_goods; alter table public.orders drop column shipping_street, drop column shipping_city":                                                                                                                                                                                                        "stated",
			"alter table public.orders drop column shipping_street, drop column shipping_city; create table public.addresses (id bigint primary key, user_id bigint references public.users, street text, city text, postal_code text)":                                                                                       "customers",
			"alter table public.orders drop column shipping_street, drop column shipping_city; create table public.addresses (id bigint primary key, user_id bigint references public.users, street text, city text, postal_code text); alter table public.orders add shipping_address_id bigint references public.addresses": "reference",
		}},
		{"repeating_groups", nil, map[string]string{
			"": "none", "alter table public.products add image1 text, add image2 text": "found",
			"alter table public.users add phone1 text, add phone2 text": "contacts", "alter table public.products add image1 text": "none",
			"alter table public.products add md5_1 text, add md5_2 text": "none",
		}},
		{"hidden_relations", nil, map[string]string{
			"": "none", "alter table public.products add category_ids bigint[]": "found", "alter table public.orders add items jsonb": "found",
			"alter table public.products add tags text[]": "tags", "alter table public.products add attributes jsonb": "none",
			"alter table public.products add tags text[]; create index on public.products using gin (tags)":                "none",
			"create table public.order_events (id int primary key, order_id bigint references public.orders, items jsonb)": "none",
		}},
		{"undeclared_keys", nil, map[string]string{
			"": "none", "create table public.reviews (id int primary key, product_id bigint, user_id bigint references public.users, rating int)": "one",
			"create table public.reviews (id int primary key, product_id bigint, user_id bigint, rating int)": "several",
			"alter table public.order_items drop constraint order_items_product_id_fkey":                      "elsewhere",
		}},
		{"link_tables", nil, map[string]string{
			"": "keyed", "alter table public.product_categories drop constraint product_categories_pkey": "unkeyed", "drop table public.product_categories": "none",
			"alter table public.product_categories drop constraint product_categories_pkey; alter table public.product_categories add id int primary key; create unique index on public.product_categories (category_id, product_id)": "keyed",
		}},
		{"key_types", nil, map[string]string{
			"": "same", "alter table public.order_items alter product_id type int": "widened", "alter table public.order_items add sku varchar(20) references public.products (sku)": "different",
		}},
		{"copied_users", nil, map[string]string{
			"": "none", "alter table public.orders add email text": "found", "alter table public.orders add shipping_email text": "none",
			"alter table public.orders add email text, alter user_id drop not null": "none",
		}},
		{"derived_totals", map[string]any{"assumption": "stored_totals"}, map[string]string{
			"": "none", "alter table public.orders add total numeric(12,2)": "plain", assume + "stored_totals; alter table public.orders add total numeric(12,2)": "stated",
			"alter table public.order_items add line_total numeric(12,2) generated always as (quantity * unit_price) stored":                                                                                                                                             "generated",
			"alter table public.order_items add line_total numeric(12,2), add check (line_total = quantity * unit_price)":                                                                                                                                                "maintained",
			"alter table public.orders add total numeric(12,2); create function public.sum_up() returns trigger language plpgsql as 'begin return new; end'; create trigger keep_total after insert on public.order_items for each row execute function public.sum_up()": "maintained",
		}},
		{"polymorphic", nil, map[string]string{
			"": "none", "create table public.favourites (id int primary key, target_type text, target_id bigint)": "found",
			"create table public.audit_log (id int primary key, target_type text, target_id bigint)": "none",
		}},
		{"isolated_tables", nil, map[string]string{
			"": "none", "create table public.gadgets (id int primary key, label text)": "aside", "create table public.settings (key text primary key, value text)": "none",
		}},
		{"subtypes", nil, map[string]string{
			"": "none", "create table public.user_profiles (id int primary key, user_id bigint references public.users)": "unkeyed",
			"create table public.user_profiles (user_id bigint primary key references public.users)": "keyed",
		}},
		{"primary_keys", nil, map[string]string{
			"": "none", "alter table public.order_items drop constraint order_items_pkey": "one", "create table public.audit_log (line text)": "none",
			"alter table public.users add unique (created_at, email); alter table public.orders drop constraint orders_pkey cascade; alter table public.order_items drop constraint order_items_pkey": "several",
			"alter table public.product_categories drop constraint product_categories_pkey; create unique index on public.product_categories (category_id, product_id)":                               "none",
		}},
		{"parallel_keys", nil, map[string]string{
			"": "none", "alter table public.orders add foreign key (user_id) references public.users on delete cascade": "found",
		}},
		{"price_versions", nil, map[string]string{
			"": "none", "create table public.product_prices (product_id bigint references public.products, price numeric(12,2), valid_from timestamptz, valid_to timestamptz, primary key (product_id, valid_from))": "found",
		}},
		{"money_types", nil, map[string]string{
			"": "exact", "alter table public.products alter price type float8": "inexact", "alter table public.order_items alter unit_price type money": "inexact",
			"alter table public.orders add shipping_cost real": "aside", "alter table public.products add weight real": "exact", "alter table public.products alter price type int": "exact",
		}},
		{"time_zones", map[string]any{"assumption": "timestamps_in_utc"}, map[string]string{
			"": "zoned", "alter table public.orders alter placed_at type timestamp": "measured", assume + "timestamps_in_utc; alter table public.orders alter placed_at type timestamp": "stated",
			"alter table public.orders alter placed_at type date; alter table public.users drop column created_at": "none",
		}},
		{"dates_as_text", nil, map[string]string{"": "none", "alter table public.orders add shipped_at text": "found", "alter table public.orders add shipped_on date": "none", "alter table public.users add date_format text": "none"}},
		{"narrow_keys", nil, map[string]string{"": "none", "alter table public.orders alter id type int": "found"}},
		{"uuids_as_text", nil, map[string]string{"": "none", "alter table public.users add uuid char(36)": "found", "alter table public.users add uuid uuid": "none", "alter table public.users add code varchar(36)": "none"}},
		{"flags", nil, map[string]string{"": "none", "alter table public.products add is_new int": "found", "alter table public.products add active char(1)": "found"}},
		{"open_sets", nil, map[string]string{"": "none", "alter table public.users add role text": "measured"}},
		{"default_length", nil, map[string]string{
			"": "none", "alter table public.products alter name type varchar(255), alter description type varchar(255), alter sku type varchar(255); alter table public.users alter email type varchar(255), alter full_name type varchar(255), alter password_hash type varchar(255); alter table public.orders alter shipping_street type varchar(255)": "found",
		}},
		{"quantity_type", nil, map[string]string{
			"": "exact", "alter table public.order_items alter quantity type real": "inexact", "alter table public.order_items alter quantity type numeric(9,3)": "exact",
			"alter table public.order_items drop column quantity": "absent",
		}},
		{"padded_text", nil, map[string]string{"": "none", "alter table public.users alter full_name type char(60)": "found", "alter table public.products add currency char(3)": "none"}},
		{"passwords", nil, map[string]string{
			"": "hashed", "alter table public.users rename password_hash to password": "wide", "alter table public.users drop column password_hash": "none",
			"alter table public.users rename password_hash to password; alter table public.users alter password type varchar(30)": "narrow",
			"alter table public.users rename password_hash to password; comment on column public.users.password is 'argon2id'":    "hashed",
		}},
		{"unlogged", nil, map[string]string{"": "none", "drop table public.order_items; create unlogged table public.order_items (order_id bigint references public.orders, product_id bigint references public.products, quantity int, unit_price numeric(12,2), primary key (order_id, product_id))": "found"}},
		{"redundant_indexes", nil, map[string]string{
			"": "none", "create index on public.users (email)": "one", "create index on public.orders (user_id)": "one", "create index on public.users (email) where email <> ''": "none",
			"create index on public.users (email); create index on public.products (sku)": "several", "create index on public.orders (user_id, placed_at)": "none",
			"create index on public.products (name); create index on public.products (name)": "one", "create unique index on public.users (email)": "one",
		}},
		{"index_budget", nil, map[string]string{
			"": "within", "create index on public.users (id, email); create index on public.users (full_name); create index on public.users (created_at); create index on public.users (password_hash)": "over",
		}},
		{"lone_flags", nil, map[string]string{
			"": "none", "create index on public.products (is_active)": "found", "create index on public.orders (status)": "found",
			"create index on public.products (is_active) where is_active": "none", "create index on public.orders (status, placed_at)": "none",
		}},
		{"text_search", nil, map[string]string{
			"": "none", "create index on public.products using gin (to_tsvector('simple', name))": "found",
		}},
	} {
		t.Run(each.probe, func(t *testing.T) {
			for change, label := range each.after {
				run(t, "rollback; begin;"+goodShop) // of a case that failed
				statements := mapping.Statements{}
				if len(change) > len(assume) && change[:len(assume)] == assume {
					stated := sqlscript.Statements(change)[0].Text[len(assume):]
					statements[stated] = mapping.Statement{Value: true, Source: mapping.SourceDesign}
					change = change[len(assume)+len(stated)+1:]
				}
				run(t, change)
				schema, err := live.Read(t.Context(), connection)
				require.NoError(t, err)
				run(t, "rollback")
				graded := &grading{schema: schema, mapping: mapping.Find(schema, mapping.Override{Assume: statements}), words: mapping.ShopWords()}
				observation, err := probes(graded)[each.probe].Observe(t.Context(), &script.Probing{With: each.with})
				require.NoError(t, err)
				require.Equal(t, label, observation.Label, "%s: %s", change, observation.Detail)
			}
		})
	}
}
