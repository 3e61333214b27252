// Package database runs single SQL statements against a submission's Postgres, through its
// lab, as one of our roles. It stands below the graders that judge SQL, and knows nothing of
// what a statement is for.
//
// What the server refuses is an answer, and may be a finding; an error is ours. Answers are
// capped in rows, bytes and time, since a stranger's objects decide how long they are.
package database

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// Lab is the part of a takehome.Lab that leads to its database.
type Lab interface {
	Dial(ctx context.Context, network, address string) (net.Conn, error)
	Access(role takehome.Role) takehome.Access
}

// Config is how to log in through a lab. Nothing of the host's environment is in it.
func Config(lab Lab, access takehome.Access) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig("sslmode=disable")
	if err != nil {
		return nil, fmt.Errorf("make the configuration of a connection: %w", err)
	}
	config.Host, config.Port = "pod", 5432
	config.Database, config.User, config.Password = access.Database, access.User, access.Password
	config.LookupFunc = func(context.Context, string) ([]string, error) { return []string{"pod"}, nil }
	config.DialFunc = func(ctx context.Context, _, _ string) (net.Conn, error) {
		return lab.Dial(ctx, access.Network, access.Address)
	}
	config.Fallbacks, config.TLSConfig = nil, nil
	config.RuntimeParams = map[string]string{}
	return config, nil
}

// Options vary a connection.
type Options struct {
	// Database is another one than the submission's own.
	Database string
	// Settings are parameters of the session, "search_path". Our roles always have one that
	// a candidate's functions and operators are not on, unless it is set here.
	Settings map[string]string
	// Patience bounds one statement; 0 means 10 seconds.
	Patience time.Duration
	// MaxRows and MaxBytes bound one answer; 0 means 10,000 rows and 16 MiB.
	MaxRows  int
	MaxBytes int64
}

func (o Options) withDefaults() Options {
	if o.Patience <= 0 {
		o.Patience = 10 * time.Second
	}
	if o.MaxRows <= 0 {
		o.MaxRows = 10_000
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = 16 << 20
	}
	return o
}

// Connection is one session. It is not safe for concurrent use. A statement that did not
// end in time ends the session, and with it its transaction; the next one opens another.
type Connection struct {
	lab     Lab
	role    takehome.Role
	options Options
	conn    *pgconn.PgConn
	meter   *meter
}

// Connect opens a session of a role.
func Connect(ctx context.Context, lab Lab, role takehome.Role, options Options) (*Connection, error) {
	connection := &Connection{lab: lab, role: role, options: options.withDefaults()}
	if err := connection.open(ctx); err != nil {
		return nil, err
	}
	return connection, nil
}

func (c *Connection) open(ctx context.Context) error {
	access := c.lab.Access(c.role)
	if c.options.Database != "" {
		access.Database = c.options.Database
	}
	config, err := Config(c.lab, access)
	if err != nil {
		return err
	}
	if c.role != takehome.RoleOwner {
		// pg_temp is named last, or a temporary table would hide one of the catalog's.
		config.RuntimeParams["search_path"] = "pg_catalog, pg_temp"
	}
	maps.Copy(config.RuntimeParams, c.options.Settings)
	var first sync.Once
	var session *meter
	dial := config.DialFunc
	config.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		counted := &meter{Conn: conn}
		counted.left.Store(c.options.MaxBytes)
		first.Do(func() { session = counted }) // later ones only carry a request to cancel
		return counted, nil
	}
	c.conn, err = pgconn.ConnectConfig(ctx, &config.Config)
	if err != nil {
		return fmt.Errorf("connect to the database as %s: %w", c.role, err)
	}
	c.meter = session
	return nil
}

// Close ends the session.
func (c *Connection) Close(ctx context.Context) error {
	if c.conn == nil {
		return nil
	}
	return c.conn.Close(ctx)
}

// PID is the server's process of the session.
func (c *Connection) PID() uint32 { return c.conn.PID() }

// InTransaction reports whether a transaction block is open, be it failed or not.
func (c *Connection) InTransaction() bool {
	return c.conn != nil && !c.conn.IsClosed() && c.conn.TxStatus() != 'I'
}

// Run sends exactly one statement: a second one behind a semicolon is a syntax error. The
// arguments are sent as text; nil is NULL.
func (c *Connection) Run(ctx context.Context, sql string, arguments ...any) (Answer, error) {
	return c.perform(ctx, sql, func(ctx context.Context) (Answer, error) {
		reader := c.conn.ExecParams(ctx, sql, texts(arguments), nil, nil, nil)
		return c.read(ctx, reader)
	})
}

// Load sends the rows of a COPY … FROM stdin, in the text format of COPY.
func (c *Connection) Load(ctx context.Context, sql string, rows net.Buffers) (Answer, error) {
	return c.perform(ctx, sql, func(ctx context.Context) (Answer, error) {
		tag, err := c.conn.CopyFrom(ctx, &rows, sql)
		return Answer{Tag: tag.String(), Affected: tag.RowsAffected()}, err
	})
}

// perform bounds a statement.
func (c *Connection) perform(ctx context.Context, sql string, do func(context.Context) (Answer, error)) (Answer, error) {
	if c.conn.IsClosed() {
		if err := c.open(ctx); err != nil {
			return Answer{}, err
		}
	}
	c.meter.left.Store(c.options.MaxBytes)
	bounded, cancel := context.WithTimeout(ctx, c.options.Patience)
	defer cancel()
	answer, err := do(bounded)
	answer.Role, answer.SQL = c.role, sql
	if err == nil {
		return answer, nil
	}
	return c.ended(ctx, bounded, answer, err)
}

// ended sorts out what ended a statement.
func (c *Connection) ended(ctx, bounded context.Context, answer Answer, err error) (Answer, error) {
	if said, ok := errors.AsType[*pgconn.PgError](err); ok {
		answer.Refusal = refusalOf(said)
		return answer, nil
	}
	if ctx.Err() != nil {
		return answer, fmt.Errorf("run a statement: %w", ctx.Err())
	}
	if fault, ok := errors.AsType[*takehome.Fault](err); ok {
		return answer, fault
	}
	// Whatever else ends a session is done with; its server process may still be at it.
	_ = c.conn.Close(context.WithoutCancel(bounded))
	switch {
	case bounded.Err() != nil:
		answer.Refusal = &Refusal{SQLState: "57014", Message: fmt.Sprintf("it did not end within %s", c.options.Patience), TimedOut: true}
	case errors.Is(err, errTooLong):
		answer.Refusal = &Refusal{SQLState: "54000", Message: fmt.Sprintf("it sends more than %d bytes", c.options.MaxBytes), TooMuch: true}
	default:
		answer.Refusal = &Refusal{SQLState: "08006", Message: "the server ended the connection", Lost: true}
	}
	return answer, nil
}

// read takes the rows of an answer, up to the cap. More than that ends the session, since
// there is no other way to stop a server that sends.
func (c *Connection) read(ctx context.Context, reader *pgconn.ResultReader) (Answer, error) {
	var answer Answer
	for _, field := range reader.FieldDescriptions() {
		answer.Columns = append(answer.Columns, Column{Name: field.Name, Type: field.DataTypeOID})
	}
	for reader.NextRow() {
		if len(answer.Columns) == 0 {
			for _, field := range reader.FieldDescriptions() {
				answer.Columns = append(answer.Columns, Column{Name: field.Name, Type: field.DataTypeOID})
			}
		}
		if len(answer.Rows) == c.options.MaxRows {
			answer.Truncated = true
			return answer, c.conn.Close(ctx)
		}
		var row []Value
		for _, raw := range reader.Values() {
			row = append(row, Value{Text: string(raw), Null: raw == nil})
		}
		answer.Rows = append(answer.Rows, row)
	}
	tag, err := reader.Close()
	answer.Tag, answer.Affected = tag.String(), tag.RowsAffected()
	return answer, err
}

func texts(arguments []any) [][]byte {
	values := make([][]byte, len(arguments))
	for i, argument := range arguments {
		switch value := argument.(type) {
		case nil:
		case Value:
			if !value.Null {
				values[i] = []byte(value.Text)
			}
		default:
			values[i] = fmt.Append([]byte{}, value)
		}
	}
	return values
}

var errTooLong = errors.New("the answer is too long")

// meter ends a connection over which too much comes: notices are not bounded by rows.
type meter struct {
	net.Conn
	left atomic.Int64
}

func (m *meter) Read(p []byte) (int, error) {
	if m.left.Load() <= 0 {
		return 0, errTooLong
	}
	n, err := m.Conn.Read(p)
	m.left.Add(-int64(n))
	return n, err
}
