package tiny

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Source is what databases are made for.
type Source struct {
	// Namespace holds the tables; "" means public.
	Namespace string
	Spec      Spec
	// Types and Sets are the types of the query's parameters and the values that the
	// challenge measures with.
	Types []string
	Sets  [][]database.Value
	// Query is the query as given: the constants in it are where predicates turn.
	Query string
}

// Maker makes databases for one schema.
type Maker struct {
	source     Source
	session    *database.Connection
	schema     schema
	pools      map[*column]pool
	parameters []pool
}

// New reads the tables and what they demand, and makes sure that there are values that they
// accept. It has to be called before a candidate's DDL is run in the database of the session,
// which is asked again by Make. A fault of the author's is a *takehome.Fault.
func New(ctx context.Context, session *database.Connection, source Source) (*Maker, error) {
	if source.Namespace == "" {
		source.Namespace = "public"
	}
	maker := &Maker{source: source, session: session, pools: map[*column]pool{}}
	var err error
	if maker.schema, err = readSchema(ctx, reader{session}, source.Namespace); err != nil {
		return nil, err
	}
	if len(maker.schema) == 0 {
		return nil, fault("there are no tables in the schema %s", source.Namespace)
	}
	if err := maker.compareSpec(); err != nil {
		return nil, err
	}
	if err := maker.fillPools(ctx); err != nil {
		return nil, err
	}
	return maker, maker.fillParameters()
}

func fault(format string, values ...any) error {
	return &takehome.Fault{
		Owner: takehome.Author, Summary: "tiny databases: " + fmt.Sprintf(format, values...),
		Hint: "mend the part tiny of query.yaml",
	}
}

// compareSpec makes sure that what an author says speaks of something.
func (m *Maker) compareSpec() error {
	for _, name := range slices.Sorted(maps.Keys(m.source.Spec.Tables)) {
		said := m.source.Spec.Tables[name]
		at := slices.IndexFunc(m.schema, func(each *table) bool { return each.name == name })
		if at < 0 {
			return fault("there is no table %s", name)
		}
		if n := len(said.Rows); n != 0 && (n != 2 || said.Rows[0] < 0 || said.Rows[1] < max(1, said.Rows[0])) {
			return fault("%s: rows are two numbers, at least and at most", name)
		}
		for _, column := range slices.Sorted(maps.Keys(said.Columns)) {
			place := m.schema[at].place(column)
			if place < 0 {
				return fault("there is no column %s.%s", name, column)
			}
			for _, ref := range m.schema[at].refs {
				if slices.Contains(ref.columns, place) && len(said.Columns[column].Values) > 0 {
					return fault("%s.%s takes its values from the table it refers to; say null_percent at most", name, column)
				}
			}
		}
	}
	return nil
}

// hints are the values at which predicates turn.
func (m *Maker) hints() []string {
	hints := literals(m.source.Query)
	for _, set := range m.source.Sets {
		for _, value := range set {
			if !value.Null {
				hints = append(hints, value.Text)
			}
		}
	}
	for _, said := range m.source.Spec.Parameters {
		hints = append(hints, said.Values...)
	}
	return hints
}

func (m *Maker) fillPools(ctx context.Context) error {
	hints, ask := m.hints(), reader{m.session}
	for _, each := range m.schema {
		said := m.source.Spec.Tables[each.name]
		for _, column := range each.columns {
			if column.made {
				continue
			}
			domain := said.Columns[column.name]
			wanted := poolOf(column, domain, hints)
			if wanted.empty() {
				m.pools[column] = wanted
				continue
			}
			valid, err := accepted(ctx, ask, wanted.all(), column)
			if err != nil {
				return fmt.Errorf("look for values of %s.%s: %w", each.name, column.name, err)
			}
			if len(domain.Values) > 0 && len(valid) < len(slices.Compact(slices.Sorted(slices.Values(domain.Values)))) {
				return fault("%s.%s does not accept each of the values %s", each.name, column.name, strings.Join(domain.Values, ", "))
			}
			m.pools[column] = wanted.keep(valid)
		}
		if err := m.able(each); err != nil {
			return err
		}
	}
	return nil
}

// accepted tells how Postgres writes those values that a column takes.
func accepted(ctx context.Context, ask reader, values []string, of *column) (map[string]string, error) {
	values = slices.Compact(slices.Sorted(slices.Values(values)))
	rows, err := ask.ask(ctx, validSQL(values, of.sqlType))
	if err != nil {
		return nil, err
	}
	var readable []string
	for _, row := range rows {
		at, err := strconv.Atoi(row[0].Text)
		if err != nil || at >= len(values) {
			return nil, fmt.Errorf("read the number of a value: %q", row[0].Text)
		}
		readable = append(readable, values[at])
	}
	valid := map[string]string{}
	if len(readable) == 0 {
		return valid, nil
	}
	if rows, err = ask.ask(ctx, checkedSQL(readable, of)); err != nil {
		return nil, err
	}
	for _, row := range rows {
		at, err := strconv.Atoi(row[0].Text)
		if err != nil || at >= len(readable) {
			return nil, fmt.Errorf("read the number of a value: %q", row[0].Text)
		}
		valid[readable[at]] = row[1].Text
	}
	return valid, nil
}

// able makes sure that every column of a table gets a value from somewhere.
func (m *Maker) able(owner *table) error {
	for place, column := range owner.columns {
		known := column.made || !m.pools[column].empty() || owner.surrogate(place)
		for _, ref := range owner.refs {
			known = known || slices.Contains(ref.columns, place)
		}
		switch {
		case known:
			column.omitted = false
		case !column.omitted && !column.nullable:
			return fault("%s.%s: say which values of the type %s it may have", owner.name, column.name, column.sqlType)
		}
	}
	return nil
}

func (m *Maker) fillParameters() error {
	if n := len(m.source.Spec.Parameters); n != 0 && n != len(m.source.Types) {
		return fault("%d domains for %d parameters", n, len(m.source.Types))
	}
	for i, sqlType := range m.source.Types {
		var said Domain
		if len(m.source.Spec.Parameters) > 0 {
			said = m.source.Spec.Parameters[i]
		}
		made := pool{near: said.Values, closed: true}
		if said.NullPercent != nil {
			made.nullPercent = *said.NullPercent
		}
		if len(said.Values) == 0 {
			for _, set := range m.source.Sets {
				if i < len(set) && !set[i].Null && !slices.Contains(made.near, set[i].Text) {
					made.near = append(made.near, set[i].Text)
				}
			}
			// A number is likely to be a key, and the keys of small databases are small. Every
			// other value is one that the challenge asks with: a rewrite may rely on a day
			// that begins at midnight.
			if family(sqlType) == "integer" {
				made.hard, made.closed = []string{"1", "2", "3"}, false
			}
		}
		if made.empty() {
			return fault("say which values the parameter $%d may have", i+1)
		}
		m.parameters = append(m.parameters, made)
	}
	return nil
}
