package database

import (
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// Answer is what one statement returned. Its texts are a stranger's bytes.
type Answer struct {
	Role      takehome.Role
	SQL       string
	Columns   []Column
	Rows      [][]Value
	Tag       string // "INSERT 0 1"
	Affected  int64
	Truncated bool     // there were more rows than are kept
	Refusal   *Refusal // nil: it was carried out
}

// Column is a column of an answer. Type is an OID of pg_type.
type Column struct {
	Name string
	Type uint32
}

// Value is one value in the text form that Postgres gives it.
type Value struct {
	Text string
	Null bool
}

// Refusal is why the server did not carry a statement out. A constraint that was violated
// is genuine when Constraint names one of the catalog and Where is empty: a RAISE in a
// candidate's trigger can forge every field but Where and Routine.
type Refusal struct {
	SQLState   string // PostgreSQL manual, appendix A
	Message    string
	Detail     string
	Hint       string
	Schema     string
	Table      string
	Column     string
	Constraint string
	Where      string // context: the functions that were running
	Routine    string // of the server's source
	Position   int    // in the statement, in characters from 1; 0: unknown

	TimedOut bool // we did not wait any longer
	TooMuch  bool // it sent more than we read
	Lost     bool // the session ended
}

func refusalOf(said *pgconn.PgError) *Refusal {
	return &Refusal{
		SQLState: said.Code, Message: said.Message, Detail: said.Detail, Hint: said.Hint,
		Schema: said.SchemaName, Table: said.TableName, Column: said.ColumnName, Constraint: said.ConstraintName,
		Where: said.Where, Routine: said.Routine, Position: int(said.Position),
		Lost: said.SeverityUnlocalized == "FATAL" || said.SeverityUnlocalized == "PANIC",
	}
}

// State is the SQLSTATE of the refusal, "" for a statement that was carried out.
func (a Answer) State() string {
	if a.Refusal == nil {
		return ""
	}
	return a.Refusal.SQLState
}

// Text is the value in a row and a column, "" for NULL and for what is not there.
func (a Answer) Text(row, column int) string {
	if row >= len(a.Rows) || column >= len(a.Rows[row]) {
		return ""
	}
	return a.Rows[row][column].Text
}

// maxShown is how many rows of an answer are shown as evidence.
const maxShown = 20

// Evidence shows statement and answer to a reader.
func (a Answer) Evidence() takehome.Evidence {
	query := &takehome.Query{Role: a.Role, SQL: takehome.Clean(a.SQL)}
	for _, column := range a.Columns {
		query.Columns = append(query.Columns, takehome.Line(column.Name))
	}
	for _, row := range a.Rows[:min(len(a.Rows), maxShown)] {
		cells := make([]string, len(row))
		for i, value := range row {
			cells[i] = takehome.Line(value.Text)
			if value.Null {
				cells[i] = "NULL"
			}
		}
		query.Rows = append(query.Rows, cells)
	}
	if a.Refusal != nil {
		query.SQLState, query.Message = a.Refusal.SQLState, takehome.Line(a.Refusal.Message)
	}
	return takehome.Evidence{Query: query}
}
