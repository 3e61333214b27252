// Package todo keeps todos in Postgres and serves them over HTTP.
package todo

import (
	"context"
	"database/sql"
	"errors"
)

// ErrNotFound means that no todo has the id.
var ErrNotFound = errors.New("no such todo")

// Todo is one thing to do. Its id is a number in the database and a string for clients.
type Todo struct {
	ID       int64  `json:"id,string"`
	Title    string `json:"title"`
	Done     bool   `json:"done"`
	Priority string `json:"priority"`
}

// Change says what to write; nil leaves a column as it is.
type Change struct {
	Title    *string
	Done     *bool
	Priority *string
}

// Store is the table of todos.
type Store struct{ db *sql.DB }

// NewStore returns a store on db.
func NewStore(db *sql.DB) *Store { return &Store{db} }

// Migrate makes the table where there is none.
func (s *Store) Migrate(ctx context.Context) error {
	_, err := s.db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS todos (
		id bigserial PRIMARY KEY,
		title text NOT NULL,
		done boolean NOT NULL DEFAULT false,
		priority text NOT NULL DEFAULT 'normal')`)
	return err
}

// All returns the todos, newest first.
func (s *Store) All(ctx context.Context) ([]Todo, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT id, title, done, priority FROM todos ORDER BY id DESC")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	todos := []Todo{}
	for rows.Next() {
		var t Todo
		if err := rows.Scan(&t.ID, &t.Title, &t.Done, &t.Priority); err != nil {
			return nil, err
		}
		todos = append(todos, t)
	}
	return todos, rows.Err()
}

// Find returns one todo.
func (s *Store) Find(ctx context.Context, id int64) (Todo, error) {
	return s.one(ctx, "SELECT id, title, done, priority FROM todos WHERE id = $1", id)
}

// Insert adds a todo. What c lacks gets the default of the table.
func (s *Store) Insert(ctx context.Context, c Change) (Todo, error) {
	return s.one(ctx, `INSERT INTO todos (title, done, priority) VALUES ($1, COALESCE($2, false), COALESCE($3, 'normal'))
		RETURNING id, title, done, priority`, c.Title, c.Done, c.Priority)
}

// Replace writes all columns. What c lacks gets its default.
func (s *Store) Replace(ctx context.Context, id int64, c Change) (Todo, error) {
	return s.one(ctx, `UPDATE todos SET title = $2, done = COALESCE($3, false), priority = COALESCE($4, 'normal') WHERE id = $1
		RETURNING id, title, done, priority`, id, c.Title, c.Done, c.Priority)
}

// Update writes only what c has.
func (s *Store) Update(ctx context.Context, id int64, c Change) (Todo, error) {
	return s.one(ctx, `UPDATE todos SET title = COALESCE($2, title), done = COALESCE($3, done), priority = COALESCE($4, priority)
		WHERE id = $1 RETURNING id, title, done, priority`, id, c.Title, c.Done, c.Priority)
}

// Delete removes a todo.
func (s *Store) Delete(ctx context.Context, id int64) error {
	_, err := s.one(ctx, "DELETE FROM todos WHERE id = $1 RETURNING id, title, done, priority", id)
	return err
}

func (s *Store) one(ctx context.Context, query string, args ...any) (Todo, error) {
	var t Todo
	err := s.db.QueryRowContext(ctx, query, args...).Scan(&t.ID, &t.Title, &t.Done, &t.Priority)
	if errors.Is(err, sql.ErrNoRows) {
		return Todo{}, ErrNotFound
	}
	return t, err
}
