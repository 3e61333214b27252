// Command tasks is a REST API for tasks. Every reply is an envelope with success and data or error.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const schema = `CREATE TABLE IF NOT EXISTS tasks (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	title text NOT NULL,
	notes text NOT NULL DEFAULT '',
	completed boolean NOT NULL DEFAULT false,
	due_date date,
	created_at timestamptz NOT NULL DEFAULT clock_timestamp())`

const columns = `id::text, title, notes, completed, to_char(due_date, 'YYYY-MM-DD'), created_at`

type task struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	Notes     string    `json:"notes"`
	Completed bool      `json:"completed"`
	DueDate   *string   `json:"dueDate"`
	CreatedAt time.Time `json:"createdAt"`
}

// apiError is the error part of the envelope.
type apiError struct {
	status  int
	Code    string            `json:"code"`
	Message string            `json:"message"`
	Fields  map[string]string `json:"fields"`
}

func (e *apiError) Error() string { return e.Message }

func fail(status int, code, message string) *apiError {
	return &apiError{status, code, message, map[string]string{}}
}

var errNoTask = fail(http.StatusNotFound, "NOT_FOUND", "no task with this id")

type envelope struct {
	Success bool      `json:"success"`
	Data    any       `json:"data,omitempty"`
	Error   *apiError `json:"error,omitempty"`
}

type server struct{ db *pgxpool.Pool }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	url := os.Getenv("DATABASE_URL")
	if url == "" {
		log.Fatal("DATABASE_URL is not set")
	}
	db, err := pgxpool.New(ctx, url)
	if err != nil {
		log.Fatalf("DATABASE_URL: %v", err)
	}
	start, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if _, err := db.Exec(start, schema); err != nil {
		log.Fatalf("cannot create the table: %v", err)
	}
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	api := &http.Server{Addr: ":" + port, Handler: (&server{db}).routes(), ReadTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = api.Shutdown(drain)
	}()
	log.Println("listening on", api.Addr)
	if err := api.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}

func (s *server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/tasks", answer(http.StatusOK, s.list))
	mux.HandleFunc("POST /api/v1/tasks", answer(http.StatusCreated, s.create))
	mux.HandleFunc("GET /api/v1/tasks/{id}", answer(http.StatusOK, s.get))
	mux.HandleFunc("PUT /api/v1/tasks/{id}", answer(http.StatusOK, s.replace))
	mux.HandleFunc("PATCH /api/v1/tasks/{id}", answer(http.StatusOK, s.change))
	mux.HandleFunc("DELETE /api/v1/tasks/{id}", answer(http.StatusNoContent, s.remove))
	return mux
}

func answer(success int, run func(http.ResponseWriter, *http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 4*time.Second)
		defer cancel()
		data, err := run(w, r.WithContext(ctx))
		status, body := success, envelope{Success: true, Data: data}
		if err != nil {
			known := fail(http.StatusServiceUnavailable, "UNAVAILABLE", "try again later")
			if !errors.As(err, &known) {
				log.Printf("%s %q: %v", r.Method, r.URL.Path, err)
			}
			status, body = known.status, envelope{Error: known}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if status != http.StatusNoContent {
			_ = json.NewEncoder(w).Encode(body)
		}
	}
}

func (s *server) list(_ http.ResponseWriter, r *http.Request) (any, error) {
	rows, err := s.db.Query(r.Context(), "SELECT "+columns+" FROM tasks ORDER BY created_at DESC, id LIMIT 500")
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[task])
}

func (s *server) one(r *http.Request, query string, args ...any) (task, error) {
	rows, err := s.db.Query(r.Context(), query+" RETURNING "+columns, args...)
	if err != nil {
		return task{}, err
	}
	found, err := pgx.CollectOneRow(rows, pgx.RowToStructByPos[task])
	if errors.Is(err, pgx.ErrNoRows) {
		return task{}, errNoTask
	}
	return found, err
}

func (s *server) create(w http.ResponseWriter, r *http.Request) (any, error) {
	sent, err := read(w, r, true)
	if err != nil {
		return nil, err
	}
	created, err := s.one(r, "INSERT INTO tasks (title, notes, completed, due_date) VALUES ($1, $2, $3, $4::text::date)",
		sent.Title, sent.Notes, sent.Completed, sent.DueDate)
	if err != nil {
		return nil, err
	}
	w.Header().Set("Location", "/api/v1/tasks/"+created.ID)
	return created, nil
}

func (s *server) get(_ http.ResponseWriter, r *http.Request) (any, error) {
	id, err := taskID(r)
	if err != nil {
		return nil, err
	}
	rows, err := s.db.Query(r.Context(), "SELECT "+columns+" FROM tasks WHERE id = $1", id)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectOneRow(rows, pgx.RowToStructByPos[task])
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, errNoTask
	}
	return found, err
}

func (s *server) replace(w http.ResponseWriter, r *http.Request) (any, error) {
	id, err := taskID(r)
	if err != nil {
		return nil, err
	}
	sent, err := read(w, r, true)
	if err != nil {
		return nil, err
	}
	return s.one(r, "UPDATE tasks SET title = $2, notes = $3, completed = $4, due_date = $5::text::date WHERE id = $1",
		id, sent.Title, sent.Notes, sent.Completed, sent.DueDate)
}

func (s *server) change(w http.ResponseWriter, r *http.Request) (any, error) {
	id, err := taskID(r)
	if err != nil {
		return nil, err
	}
	sent, err := read(w, r, false)
	if err != nil {
		return nil, err
	}
	return s.one(r, `UPDATE tasks SET title = COALESCE($2, title), notes = COALESCE($3, notes),
		completed = COALESCE($4, completed), due_date = CASE WHEN $6 THEN $5::text::date ELSE due_date END WHERE id = $1`,
		id, sent.Title, sent.Notes, sent.Completed, sent.DueDate, sent.hasDueDate)
}

func (s *server) remove(_ http.ResponseWriter, r *http.Request) (any, error) {
	id, err := taskID(r)
	if err != nil {
		return nil, err
	}
	_, err = s.one(r, "DELETE FROM tasks WHERE id = $1", id)
	return nil, err
}

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

func taskID(r *http.Request) (string, error) {
	id := r.PathValue("id")
	if !uuid.MatchString(id) {
		return "", fail(http.StatusBadRequest, "INVALID_ID", "the id must be a UUID")
	}
	return id, nil
}

// input has pointers so that a field that was not sent can be told from its zero value.
type input struct {
	Title     *string `json:"title"`
	Notes     *string `json:"notes"`
	Completed *bool   `json:"completed"`
	DueDate   *string `json:"dueDate"`

	hasDueDate bool // null takes the date away
}

func read(w http.ResponseWriter, r *http.Request, whole bool) (input, error) {
	if media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); strings.TrimSpace(media) != "application/json" {
		return input{}, fail(http.StatusUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", "send application/json")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<17))
	if err != nil {
		return input{}, fail(http.StatusRequestEntityTooLarge, "TOO_LARGE", "the body is too large")
	}
	var sent input
	var wrong *json.UnmarshalTypeError
	var object map[string]json.RawMessage
	err = json.Unmarshal(body, &sent)
	if errors.As(err, &wrong) && wrong.Field != "" {
		return input{}, invalid(wrong.Field, "has the wrong type")
	}
	if err != nil || json.Unmarshal(body, &object) != nil || object == nil {
		return input{}, fail(http.StatusBadRequest, "MALFORMED", "the body must be a JSON object")
	}
	for field, value := range object {
		if string(value) == "null" && field != "dueDate" {
			return input{}, invalid(field, "must not be null")
		}
	}
	_, sent.hasDueDate = object["dueDate"]
	if whole && sent.Title == nil {
		return input{}, invalid("title", "is required")
	}
	if sent.Title != nil {
		*sent.Title = strings.TrimSpace(*sent.Title)
		if length := utf8.RuneCountInString(*sent.Title); length < 1 || length > 200 {
			return input{}, invalid("title", "must have 1 to 200 characters")
		}
	}
	for field, text := range map[string]*string{"title": sent.Title, "notes": sent.Notes} {
		if text != nil && strings.ContainsRune(*text, 0) {
			return input{}, invalid(field, "must not contain NUL")
		}
	}
	if sent.DueDate != nil {
		if _, err := time.Parse(time.DateOnly, *sent.DueDate); err != nil {
			return input{}, invalid("dueDate", "must be a date such as 2026-03-31")
		}
	}
	if whole && sent.Notes == nil {
		sent.Notes = new("")
	}
	if whole && sent.Completed == nil {
		sent.Completed = new(false)
	}
	return sent, nil
}

func invalid(field, reason string) error {
	refused := fail(http.StatusBadRequest, "VALIDATION", field+" "+reason)
	refused.Fields[field] = reason
	return refused
}
