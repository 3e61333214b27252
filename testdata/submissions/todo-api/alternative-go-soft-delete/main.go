// Command server serves tasks. Deleted tasks are kept in the table and hidden from everybody.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	schema = `CREATE TABLE IF NOT EXISTS tasks (
		id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
		title text NOT NULL,
		details text NOT NULL,
		done boolean NOT NULL,
		archived_at timestamptz)`
	columns = "id, title, details, done"
)

type task struct {
	ID      int64  `json:"id"`
	Title   string `json:"title"`
	Details string `json:"details"`
	Done    bool   `json:"done"`
}

type fault struct {
	status  int
	Error   string `json:"error"`
	Message string `json:"message"`
}

type app struct{ db *pgxpool.Pool }

// reply is what a handler answers: a body, or a fault.
type reply struct {
	status   int
	body     any
	location string
}

func refuse(status int, code, message string) reply {
	return reply{status: status, body: fault{status, code, message}}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	db, err := pgxpool.New(ctx, os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatalf("DATABASE_URL: %v", err)
	}
	start, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if _, err := db.Exec(start, schema); err != nil {
		log.Fatalf("cannot use the database: %v", err)
	}
	port := os.Getenv("PORT")
	if port == "" {
		port = "8080"
	}
	server := &http.Server{Addr: ":" + port, Handler: &app{db}, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		drain, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(drain)
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}

// ServeHTTP splits the path by hand; there are only three kinds of it.
func (a *app) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 4*time.Second)
	defer cancel()
	r = r.WithContext(ctx)
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/"), "/")
	var answer reply
	switch {
	case parts[0] != "tasks" || len(parts) > 3 || len(parts) == 3 && parts[2] != "complete":
		answer = refuse(http.StatusNotFound, "NO_ROUTE", "there is nothing at this address")
	case len(parts) == 1:
		answer = choose(w, r, map[string]func() reply{
			"GET":  func() reply { return a.list(r) },
			"POST": func() reply { return a.create(r) },
		})
	default:
		answer = a.item(w, r, parts)
	}
	if answer.location != "" {
		w.Header().Set("Location", answer.location)
	}
	if answer.body == nil {
		w.WriteHeader(answer.status)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(answer.status)
	_ = json.NewEncoder(w).Encode(answer.body)
}

func (a *app) item(w http.ResponseWriter, r *http.Request, parts []string) reply {
	id, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil || id < 1 {
		return refuse(http.StatusNotFound, "NOT_FOUND", "there is no task with this id")
	}
	if len(parts) == 3 {
		return choose(w, r, map[string]func() reply{
			"POST": func() reply {
				return a.one(r, 200, "UPDATE tasks SET done = true WHERE id = $1 AND archived_at IS NULL RETURNING "+columns, id)
			},
		})
	}
	return choose(w, r, map[string]func() reply{
		"GET": func() reply {
			return a.one(r, 200, "SELECT "+columns+" FROM tasks WHERE id = $1 AND archived_at IS NULL", id)
		},
		"PUT":    func() reply { return a.replace(r, id) },
		"PATCH":  func() reply { return a.change(r, id) },
		"DELETE": func() reply { return a.archive(r, id) },
	})
}

func choose(w http.ResponseWriter, r *http.Request, handlers map[string]func() reply) reply {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if handle, known := handlers[method]; known {
		return handle()
	}
	var allowed []string
	for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		if handlers[method] != nil {
			allowed = append(allowed, method)
		}
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	if method == http.MethodOptions {
		return reply{status: http.StatusNoContent}
	}
	return refuse(http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED", "allowed: "+strings.Join(allowed, ", "))
}

func (a *app) list(r *http.Request) reply {
	limit := 100
	if given := r.URL.Query().Get("limit"); given != "" {
		parsed, err := strconv.Atoi(given)
		if err != nil || parsed < 1 {
			return refuse(http.StatusBadRequest, "BAD_LIMIT", "limit must be a positive whole number")
		}
		limit = min(parsed, 500)
	}
	before := int64(1<<63 - 1)
	if given := r.URL.Query().Get("cursor"); given != "" {
		parsed, err := strconv.ParseInt(given, 36, 64)
		if err != nil {
			return refuse(http.StatusBadRequest, "BAD_CURSOR", "cursor must be the next of an earlier page")
		}
		before = parsed
	}
	rows, err := a.db.Query(r.Context(),
		"SELECT "+columns+" FROM tasks WHERE id < $1 AND archived_at IS NULL ORDER BY id DESC LIMIT $2", before, limit)
	if err != nil {
		return unavailable(err)
	}
	items, err := pgx.CollectRows(rows, pgx.RowToStructByPos[task])
	if err != nil {
		return unavailable(err)
	}
	page := struct {
		Items []task  `json:"items"`
		Next  *string `json:"next"`
	}{Items: items}
	if len(items) == limit {
		page.Next = new(strconv.FormatInt(items[limit-1].ID, 36))
	}
	return reply{status: http.StatusOK, body: page}
}

func (a *app) create(r *http.Request) reply {
	sent, refusal := read(r, true)
	if refusal != nil {
		return *refusal
	}
	answer := a.one(r, http.StatusCreated,
		"INSERT INTO tasks (title, details, done) VALUES ($1, COALESCE($2, ''), COALESCE($3, false)) RETURNING "+columns,
		sent.Title, sent.Details, sent.Done)
	if created, ok := answer.body.(task); ok {
		answer.location = "/tasks/" + strconv.FormatInt(created.ID, 10)
	}
	return answer
}

func (a *app) replace(r *http.Request, id int64) reply {
	sent, refusal := read(r, true)
	if refusal != nil {
		return *refusal
	}
	return a.one(r, http.StatusOK, `UPDATE tasks SET title = $2, details = COALESCE($3, ''), done = COALESCE($4, false)
		WHERE id = $1 AND archived_at IS NULL RETURNING `+columns, id, sent.Title, sent.Details, sent.Done)
}

func (a *app) change(r *http.Request, id int64) reply {
	sent, refusal := read(r, false)
	if refusal != nil {
		return *refusal
	}
	return a.one(r, http.StatusOK, `UPDATE tasks SET title = COALESCE($2, title), details = COALESCE($3, details),
		done = COALESCE($4, done) WHERE id = $1 AND archived_at IS NULL RETURNING `+columns, id, sent.Title, sent.Details, sent.Done)
}

func (a *app) archive(r *http.Request, id int64) reply {
	var archived struct {
		ID         int64     `json:"id"`
		ArchivedAt time.Time `json:"archivedAt"`
	}
	err := a.db.QueryRow(r.Context(),
		"UPDATE tasks SET archived_at = now() WHERE id = $1 AND archived_at IS NULL RETURNING id, archived_at", id).
		Scan(&archived.ID, &archived.ArchivedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return refuse(http.StatusNotFound, "NOT_FOUND", "there is no task with this id")
	}
	if err != nil {
		return unavailable(err)
	}
	return reply{status: http.StatusOK, body: archived}
}

func (a *app) one(r *http.Request, status int, query string, args ...any) reply {
	rows, err := a.db.Query(r.Context(), query, args...)
	if err != nil {
		return unavailable(err)
	}
	found, err := pgx.CollectOneRow(rows, pgx.RowToStructByPos[task])
	if errors.Is(err, pgx.ErrNoRows) {
		return refuse(http.StatusNotFound, "NOT_FOUND", "there is no task with this id")
	}
	if err != nil {
		return unavailable(err)
	}
	return reply{status: status, body: found}
}

func unavailable(err error) reply {
	log.Println(err)
	return refuse(http.StatusServiceUnavailable, "UNAVAILABLE", "try again later")
}
