package script

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Store is the submission's database as the probe role sees it: it may read everything
// and own nothing, so that nothing a candidate made can act with rights of ours.
type Store struct {
	lab        database.Lab
	role       takehome.Role
	connection *pgx.Conn
	places     []Place // where items were found to be kept
}

// Place is a column of a table.
type Place struct{ Schema, Table, Column string }

// String writes schema.table.column.
func (p Place) String() string { return takehome.Line(p.Schema + "." + p.Table + "." + p.Column) }

// NewStore makes a Store. It connects when it is first used.
func NewStore(lab takehome.Lab) *Store {
	return &Store{lab: lab, role: takehome.RoleProbe}
}

// Close ends the connection.
func (s *Store) Close(ctx context.Context) error {
	if s.connection == nil {
		return nil
	}
	return s.connection.Close(ctx)
}

const (
	maxQueryRows = 50
	maxColumns   = 200
	queryLimit   = 5 * time.Second
)

func (s *Store) connect(ctx context.Context) (*pgx.Conn, error) {
	if s.connection != nil && !s.connection.IsClosed() {
		return s.connection, nil
	}
	config, err := database.Config(s.lab, s.lab.Access(s.role))
	if err != nil {
		return nil, err
	}
	// Functions and operators that a candidate put into public must not answer for Postgres.
	config.RuntimeParams["search_path"] = "pg_catalog, pg_temp"
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	connection, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to the submission's database as %s: %w", s.role, err)
	}
	s.connection = connection
	return connection, nil
}

// Query runs one statement of ours and keeps at most 50 rows. A SQLSTATE is part of
// the answer, not an error.
func (s *Store) Query(ctx context.Context, sql string, arguments ...any) (takehome.Query, error) {
	return s.query(ctx, maxQueryRows, sql, arguments...)
}

func (s *Store) query(ctx context.Context, limit int, sql string, arguments ...any) (takehome.Query, error) {
	answer := takehome.Query{Role: takehome.RoleProbe, SQL: sql}
	ctx, cancel := context.WithTimeout(ctx, queryLimit)
	defer cancel()
	connection, err := s.connect(ctx)
	if err != nil {
		return answer, err
	}
	rows, err := connection.Query(ctx, sql, arguments...)
	if err != nil {
		return s.refused(answer, err)
	}
	defer rows.Close()
	for _, field := range rows.FieldDescriptions() {
		answer.Columns = append(answer.Columns, takehome.Line(field.Name))
	}
	for rows.Next() && len(answer.Rows) < limit {
		var row []string
		for _, raw := range rows.RawValues() {
			cell := "NULL"
			if raw != nil {
				cell = takehome.Line(string(raw))
			}
			row = append(row, cell)
		}
		answer.Rows = append(answer.Rows, row)
	}
	rows.Close()
	if err := rows.Err(); err != nil {
		return s.refused(answer, err)
	}
	return answer, nil
}

func (s *Store) refused(answer takehome.Query, err error) (takehome.Query, error) {
	if refusal, ok := errors.AsType[*pgconn.PgError](err); ok {
		answer.SQLState, answer.Message = refusal.Code, takehome.Line(refusal.Message)
		return answer, nil
	}
	return answer, fmt.Errorf("query the submission's database: %w", err)
}

// textColumns lists where a text can be kept: every column of a candidate's table
// whose type is text-like or JSON.
const textColumns = `select n.nspname, c.relname, a.attname
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attribute a on a.attrelid = c.oid
join pg_catalog.pg_type t on t.oid = a.atttypid
where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'
and (t.typcategory in ('S', 'U') or t.typtype = 'd' or t.typname in ('json', 'jsonb', 'xml', 'bytea') or t.typcategory = 'A')
order by n.nspname collate "C", c.relname collate "C", a.attnum`

// Find lists the columns in which a text is kept. The query that is returned as
// evidence is the one that found it, or the list of columns that were searched.
func (s *Store) Find(ctx context.Context, text string) ([]Place, takehome.Query, error) {
	columns, err := s.query(ctx, maxColumns, textColumns)
	if err != nil {
		return nil, columns, err
	}
	evidence := takehome.Query{Role: takehome.RoleProbe, SQL: columns.SQL, Columns: columns.Columns, Rows: columns.Rows}
	var found []Place
	for _, row := range columns.Rows {
		place := Place{row[0], row[1], row[2]}
		sql := fmt.Sprintf("select count(*) from %s.%s where %s::text like $1",
			pgx.Identifier{place.Schema}.Sanitize(), pgx.Identifier{place.Table}.Sanitize(), pgx.Identifier{place.Column}.Sanitize())
		answer, err := s.Query(ctx, sql, "%"+likeEscape(text)+"%")
		if err != nil {
			return nil, answer, err
		}
		if answer.SQLState == "" && len(answer.Rows) == 1 && answer.Rows[0][0] != "0" {
			found, evidence = append(found, place), answer
		}
	}
	return found, evidence, nil
}

func likeEscape(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

// userTables lists the tables that are not Postgres's own.
const userTables = `select n.nspname, c.relname
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p') and not c.relispartition
and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_'
order by n.nspname collate "C", c.relname collate "C"`

// Total counts the rows of all of the candidate's tables.
func (s *Store) Total(ctx context.Context) (int64, error) {
	tables, err := s.query(ctx, maxColumns, userTables)
	if err != nil {
		return 0, err
	}
	total := int64(0)
	for _, row := range tables.Rows {
		rows, _, err := s.rows(ctx, pgx.Identifier{row[0], row[1]}.Sanitize())
		if err != nil {
			return 0, err
		}
		total += rows
	}
	return total, nil
}

// rows counts one table. It reports false where the table cannot be counted.
func (s *Store) rows(ctx context.Context, table string) (count int64, known bool, err error) {
	answer, err := s.Query(ctx, "select count(*) from "+table)
	if err != nil || answer.SQLState != "" || len(answer.Rows) != 1 {
		return 0, false, err
	}
	if count, err = strconv.ParseInt(answer.Rows[0][0], 10, 64); err != nil {
		return 0, false, fmt.Errorf("read a count of rows: %w", err)
	}
	return count, true, nil
}

// Keep tells the store where items live, for Count.
func (s *Store) Keep(places []Place) { s.places = places }

// Places lists where items were found to be kept.
func (s *Store) Places() []Place { return s.places }

// Count counts the rows of the tables in which items live. It reports false while no
// such table is known.
func (s *Store) Count(ctx context.Context) (rows int64, known bool, err error) {
	tables := map[string]bool{}
	for _, place := range s.places {
		tables[pgx.Identifier{place.Schema, place.Table}.Sanitize()] = true
	}
	for _, table := range sortedKeys(tables) {
		count, counted, err := s.rows(ctx, table)
		if err != nil || !counted {
			return 0, false, err
		}
		rows += count
	}
	return rows, len(tables) > 0, nil
}
