package main

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

//go:embed schema.sql
var schema string

// connectPatience is how long the program waits at start for a database that is still coming up.
const connectPatience = 5 * time.Second

var (
	errTaken       = errors.New("there is such a user")
	errNotFound    = errors.New("no such todo")
	errUnavailable = errors.New("the database cannot be reached")
)

const columns = "id, title, description, completed, due_date, priority, created_at, updated_at"

type store struct{ pool *pgxpool.Pool }

// openStore connects, waiting a little for a database that starts at the same time, and makes the table.
func openStore(ctx context.Context, databaseURL string) (*store, error) {
	config, err := pgxpool.ParseConfig(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL is not valid: %w", err)
	}
	config.MaxConns = 8
	config.ConnConfig.ConnectTimeout = 3 * time.Second
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("set up the connection pool: %w", err)
	}

	deadline := time.Now().Add(connectPatience)
	for {
		_, err = pool.Exec(ctx, schema)
		if err == nil {
			return &store{pool}, nil
		}
		if time.Now().After(deadline) {
			pool.Close()
			return nil, fmt.Errorf("prepare the database: %w", err)
		}
		select {
		case <-ctx.Done():
			pool.Close()
			return nil, ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}

func (s *store) close() { s.pool.Close() }

func (s *store) ping(ctx context.Context) error { return classify(s.pool.Ping(ctx)) }

func (s *store) list(ctx context.Context) ([]todo, error) {
	rows, err := s.pool.Query(ctx, "SELECT "+columns+" FROM todos WHERE user_id = $1 ORDER BY id", userOf(ctx))
	if err != nil {
		return nil, classify(err)
	}
	todos, err := pgx.CollectRows(rows, pgx.RowToStructByPos[todo])
	return todos, classify(err)
}

func (s *store) find(ctx context.Context, id int64) (todo, error) {
	return s.one(ctx, "SELECT "+columns+" FROM todos WHERE id = $1 AND user_id = $2", id, userOf(ctx))
}

func (s *store) insert(ctx context.Context, f fields) (todo, error) {
	return s.one(ctx, `INSERT INTO todos (title, description, completed, due_date, priority, user_id)
		VALUES ($1, $2, $3, $4, $5, $6) RETURNING `+columns,
		f.title, f.description, f.completed, f.dueDate, f.priority, userOf(ctx))
}

// replace writes every field; those that f lacks have been set to their defaults before.
func (s *store) replace(ctx context.Context, id int64, f fields) (todo, error) {
	return s.one(ctx, `UPDATE todos
		SET title = $2, description = $3, completed = $4, due_date = $5, priority = $6, updated_at = now()
		WHERE id = $1 AND user_id = $7 RETURNING `+columns,
		id, f.title, f.description, f.completed, f.dueDate, f.priority, userOf(ctx))
}

// change writes only the fields that are present in f, in one statement, so
// that two clients that change different fields do not undo each other.
func (s *store) change(ctx context.Context, id int64, f fields) (todo, error) {
	return s.one(ctx, `UPDATE todos
		SET title = COALESCE($2, title), description = COALESCE($3, description),
		    completed = COALESCE($4, completed), priority = COALESCE($5, priority),
		    due_date = CASE WHEN $6 THEN $7 ELSE due_date END, updated_at = now()
		WHERE id = $1 AND user_id = $8 RETURNING `+columns,
		id, f.title, f.description, f.completed, f.priority, f.hasDueDate, f.dueDate, userOf(ctx))
}

func (s *store) remove(ctx context.Context, id int64) error {
	tag, err := s.pool.Exec(ctx, "DELETE FROM todos WHERE id = $1 AND user_id = $2", id, userOf(ctx))
	if err == nil && tag.RowsAffected() == 0 {
		return errNotFound
	}
	return classify(err)
}

func (s *store) one(ctx context.Context, query string, args ...any) (todo, error) {
	rows, err := s.pool.Query(ctx, query, args...)
	if err != nil {
		return todo{}, classify(err)
	}
	found, err := pgx.CollectOneRow(rows, pgx.RowToStructByPos[todo])
	return found, classify(err)
}

func (s *store) insertUser(ctx context.Context, email string, hash []byte) (user, error) {
	made := user{Email: email, Role: "user"}
	err := s.pool.QueryRow(ctx, "INSERT INTO users (email, password_hash, role) VALUES ($1, $2, $3) RETURNING id", email, string(hash), made.Role).Scan(&made.ID)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "23505" {
		return user{}, errTaken
	}
	return made, classify(err)
}

func (s *store) findUser(ctx context.Context, email string) (user, error) {
	var found user
	var hash string
	err := s.pool.QueryRow(ctx, "SELECT id, email, role, password_hash FROM users WHERE email = $1", email).Scan(&found.ID, &found.Email, &found.Role, &hash)
	found.hash = []byte(hash)
	return found, classify(err)
}

// classify tells "no such row" and "no database" from a fault in a statement.
func classify(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, pgx.ErrNoRows) {
		return errNotFound
	}
	var refused *pgconn.PgError
	if !errors.As(err, &refused) {
		return fmt.Errorf("%w: %w", errUnavailable, err)
	}
	switch refused.Code[:2] {
	case "08", "28", "3D", "53", "57": // connection, login, no such database, resources, operator
		return fmt.Errorf("%w: %w", errUnavailable, err)
	}
	return err
}
