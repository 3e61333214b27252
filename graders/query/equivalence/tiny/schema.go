package tiny

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// schema is what the catalog declares about the tables of a namespace, parents first.
type schema []*table

type table struct {
	oid     string
	name    string // as it is shown
	columns []*column
	keys    [][]int // each a set of columns whose values together are unique
	refs    []reference
	checks  []check // of more than one column
}

type column struct {
	name     string
	sqlType  string // format_type: "numeric(10,2)"
	base     string // pg_type.typname, domains followed: "int4"
	category string // pg_type.typcategory of base
	labels   []string
	nullable bool
	made     bool // by Postgres: a generated column
	omitted  bool // its default is good enough, since we know no value of its type
	checks   []string
}

type reference struct {
	from    *table
	columns []int
	target  *table
	keys    []int
}

type check struct {
	columns    []int
	expression string
}

func (t *table) place(name string) int {
	return slices.IndexFunc(t.columns, func(each *column) bool { return each.name == name })
}

func (s schema) table(oid string) *table {
	for _, each := range s {
		if each.oid == oid {
			return each
		}
	}
	return nil
}

// reader asks the catalog. A refusal is ours: these are statements of ours about tables of ours.
type reader struct{ session *database.Connection }

func (r reader) ask(ctx context.Context, sql string, arguments ...any) ([][]database.Value, error) {
	answer, err := r.session.Run(ctx, sql, arguments...)
	if err != nil {
		return nil, err
	}
	if answer.Refusal != nil || answer.Truncated {
		return nil, fmt.Errorf("read the catalog: %s: %s", answer.State(), refusalMessage(answer))
	}
	return answer.Rows, nil
}

func refusalMessage(answer database.Answer) string {
	if answer.Refusal == nil {
		return "it is too long"
	}
	return takehome.Line(answer.Refusal.Message)
}

const (
	tablesSQL = `select c.oid, c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition order by c.relname`

	columnsSQL = `select a.attrelid, a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), b.typname, b.typcategory,
  a.attnotnull or t.typnotnull, a.attgenerated <> '', a.atthasdef or a.attidentity <> '',
  coalesce((select pg_catalog.string_agg(e.enumlabel, chr(10) order by e.enumsortorder) from pg_catalog.pg_enum e where e.enumtypid = b.oid), '')
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_type t on t.oid = a.atttypid
join pg_catalog.pg_type b on b.oid = case when t.typtype = 'd' then t.typbasetype else t.oid end
where n.nspname = $1 and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped order by a.attrelid, a.attnum`

	constraintsSQL = `select x.conrelid, x.contype, pg_catalog.array_to_string(x.conkey, ' '), x.confrelid, pg_catalog.array_to_string(x.confkey, ' '),
  case when x.contype = 'c' then pg_catalog.pg_get_expr(x.conbin, x.conrelid) else '' end
from pg_catalog.pg_constraint x join pg_catalog.pg_class c on c.oid = x.conrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and x.contype in ('p', 'u', 'f', 'c') order by c.relname, x.conname`

	uniqueSQL = `select i.indrelid, pg_catalog.array_to_string((i.indkey::int2[])[0:i.indnkeyatts - 1], ' ')
from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where n.nspname = $1 and i.indisunique and i.indpred is null and i.indexprs is null order by c.relname, i.indexrelid::regclass::text`
)

// readSchema reads the tables of a namespace.
func readSchema(ctx context.Context, ask reader, namespace string) (schema, error) {
	var found schema
	rows, err := ask.ask(ctx, tablesSQL, namespace)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		found = append(found, &table{oid: row[0].Text, name: row[1].Text})
	}
	places := map[string]int{} // of a column, by table and number
	if rows, err = ask.ask(ctx, columnsSQL, namespace); err != nil {
		return nil, err
	}
	for _, row := range rows {
		owner := found.table(row[0].Text)
		if owner == nil {
			continue // of a partition
		}
		places[row[0].Text+"."+row[1].Text] = len(owner.columns)
		each := &column{
			name: row[2].Text, sqlType: row[3].Text, base: row[4].Text, category: row[5].Text,
			nullable: row[6].Text == "f", made: row[7].Text == "t",
		}
		each.omitted = row[8].Text == "t" // until a value is known
		if row[9].Text != "" {
			each.labels = strings.Split(row[9].Text, "\n")
		}
		owner.columns = append(owner.columns, each)
	}
	if err := found.readConstraints(ctx, ask, namespace, places); err != nil {
		return nil, err
	}
	return found.parentsFirst(), nil
}

func (s schema) readConstraints(ctx context.Context, ask reader, namespace string, places map[string]int) error {
	at := func(owner, numbers string) []int {
		var found []int
		for number := range strings.FieldsSeq(numbers) {
			if place, ok := places[owner+"."+number]; ok {
				found = append(found, place)
			}
		}
		return found
	}
	rows, err := ask.ask(ctx, constraintsSQL, namespace)
	if err != nil {
		return err
	}
	for _, row := range rows {
		owner, kind, columns := s.table(row[0].Text), row[1].Text, at(row[0].Text, row[2].Text)
		switch {
		case owner == nil:
		case kind == "f":
			if target := s.table(row[3].Text); target != nil {
				owner.refs = append(owner.refs, reference{from: owner, columns: columns, target: target, keys: at(row[3].Text, row[4].Text)})
			}
		case kind == "c" && len(columns) == 1:
			owner.columns[columns[0]].checks = append(owner.columns[columns[0]].checks, row[5].Text)
		case kind == "c":
			owner.checks = append(owner.checks, check{columns: columns, expression: row[5].Text})
		}
	}
	// Keys are read from their indexes, which unique indexes without a constraint have as well.
	if rows, err = ask.ask(ctx, uniqueSQL, namespace); err != nil {
		return err
	}
	for _, row := range rows {
		if owner := s.table(row[0].Text); owner != nil {
			owner.keys = append(owner.keys, at(row[0].Text, row[1].Text))
		}
	}
	return nil
}

// parentsFirst sorts the tables so that each comes after those it refers to; where
// references go round in a circle, by name.
func (s schema) parentsFirst() schema {
	var ordered schema
	for len(ordered) < len(s) {
		before := len(ordered)
		for _, each := range s {
			if !slices.Contains(ordered, each) && each.ready(ordered) {
				ordered = append(ordered, each)
			}
		}
		if len(ordered) > before {
			continue
		}
		for _, each := range s {
			if !slices.Contains(ordered, each) {
				ordered = append(ordered, each)
				break
			}
		}
	}
	return ordered
}

func (t *table) ready(made schema) bool {
	for _, ref := range t.refs {
		if ref.target != t && !slices.Contains(made, ref.target) {
			return false
		}
	}
	return true
}

// Quote quotes an identifier (PostgreSQL manual 4.1.1).
func Quote(identifier string) string { return `"` + strings.ReplaceAll(identifier, `"`, `""`) + `"` }

// Literal writes a value as a constant of SQL (PostgreSQL manual 4.1.2).
func Literal(value database.Value) string {
	if value.Null {
		return "NULL"
	}
	text := strings.ReplaceAll(strings.ReplaceAll(value.Text, "\x00", ""), `'`, `''`)
	if strings.Contains(text, `\`) {
		return ` E'` + strings.ReplaceAll(text, `\`, `\\`) + `'`
	}
	return `'` + text + `'`
}
