package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

//go:embed openapi.yaml
var openAPI []byte

const (
	bodyLimit = 64 << 10
	// databaseTime is how long one request may wait for the database.
	databaseTime = 4 * time.Second
)

type api struct {
	store *store
	log   *slog.Logger
}

func newAPI(store *store, users *accounts, log *slog.Logger) http.Handler {
	a := &api{store, log}
	mux := http.NewServeMux()
	mux.Handle("/todos", a.resource(methods{"GET": users.guard(a.list), "POST": users.guard(a.create)}))
	mux.Handle("/todos/{id}", a.resource(methods{
		"GET": users.guard(a.get), "PUT": users.guard(a.replace), "PATCH": users.guard(a.change), "DELETE": users.guard(a.remove),
	}))
	mux.Handle("/auth/register", a.resource(methods{"POST": users.register}))
	mux.Handle("/auth/login", a.resource(methods{"POST": users.login}))
	mux.Handle("/healthz", a.resource(methods{"GET": a.health}))
	mux.Handle("/openapi.yaml", a.resource(methods{"GET": a.document}))
	mux.Handle("/", a.handler(func(http.ResponseWriter, *http.Request) error {
		return newProblem(http.StatusNotFound, "route_not_found", "there is nothing at this address")
	}))
	return a.logged(exactPaths(mux))
}

// exactPaths answers 404 to paths that the mux would clean up and redirect.
func exactPaths(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "//") || strings.Contains(r.URL.Path, "/.") {
			newProblem(http.StatusNotFound, "route_not_found", "there is nothing at this address").write(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (a *api) list(w http.ResponseWriter, r *http.Request) error {
	todos, err := a.store.list(r.Context())
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, todos)
}

func (a *api) create(w http.ResponseWriter, r *http.Request) error {
	wanted, err := wholeTodo(w, r)
	if err != nil {
		return err
	}
	created, err := a.store.insert(r.Context(), wanted)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/todos/"+strconv.FormatInt(created.ID, 10))
	return reply(w, http.StatusCreated, created)
}

func (a *api) get(w http.ResponseWriter, r *http.Request) error {
	id, err := todoID(r)
	if err != nil {
		return err
	}
	found, err := a.store.find(r.Context(), id)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, found)
}

func (a *api) replace(w http.ResponseWriter, r *http.Request) error {
	id, err := todoID(r)
	if err != nil {
		return err
	}
	wanted, err := wholeTodo(w, r)
	if err != nil {
		return err
	}
	replaced, err := a.store.replace(r.Context(), id, wanted)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, replaced)
}

func (a *api) change(w http.ResponseWriter, r *http.Request) error {
	id, err := todoID(r)
	if err != nil {
		return err
	}
	body, err := readBody(w, r, "application/json", "application/merge-patch+json")
	if err != nil {
		return err
	}
	wanted, fault := readFields(body)
	if fault != nil {
		return fault
	}
	changed, err := a.store.change(r.Context(), id, wanted)
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, changed)
}

func (a *api) remove(w http.ResponseWriter, r *http.Request) error {
	id, err := todoID(r)
	if err != nil {
		return err
	}
	if err := a.store.remove(r.Context(), id); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (a *api) health(w http.ResponseWriter, r *http.Request) error {
	if err := a.store.ping(r.Context()); err != nil {
		return err
	}
	return reply(w, http.StatusOK, map[string]string{"status": "ok"})
}

func (a *api) document(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/yaml")
	_, err := w.Write(openAPI)
	return err
}

var idPattern = regexp.MustCompile(`^[1-9][0-9]*$`)

func todoID(r *http.Request) (int64, error) {
	given := r.PathValue("id")
	if !idPattern.MatchString(given) {
		return 0, newProblem(http.StatusBadRequest, "invalid_id", "the id of a todo is a positive whole number")
	}
	id, err := strconv.ParseInt(given, 10, 64)
	if err != nil {
		return 0, errNotFound // larger than any id that Postgres hands out
	}
	return id, nil
}

func wholeTodo(w http.ResponseWriter, r *http.Request) (fields, error) {
	body, err := readBody(w, r, "application/json")
	if err != nil {
		return fields{}, err
	}
	sent, fault := readFields(body)
	if fault != nil {
		return fields{}, fault
	}
	whole, fault := sent.complete()
	if fault != nil {
		return fields{}, fault
	}
	return whole, nil
}

func readBody(w http.ResponseWriter, r *http.Request, accepted ...string) ([]byte, error) {
	given, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	known := false
	for _, media := range accepted {
		known = known || given == media
	}
	if !known {
		w.Header().Set("Accept-"+strings.ToUpper(r.Method[:1])+strings.ToLower(r.Method[1:]), strings.Join(accepted, ", "))
		return nil, newProblem(http.StatusUnsupportedMediaType, "unsupported_media_type",
			"the Content-Type must be "+strings.Join(accepted, " or "))
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, bodyLimit))
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, newProblem(http.StatusRequestEntityTooLarge, "body_too_large", "the request body may have at most 64 KiB")
	}
	if err != nil {
		return nil, malformed("the request body could not be read")
	}
	return body, nil
}

func reply(w http.ResponseWriter, status int, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, err = w.Write(append(body, '\n'))
	return err
}

// handler runs a handler that may fail, within databaseTime, and writes its error as a problem.
func (a *api) handler(run func(http.ResponseWriter, *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), databaseTime)
		defer cancel()
		err := run(w, r.WithContext(ctx))
		var known *problem
		switch {
		case err == nil:
		case errors.As(err, &known):
			known.write(w)
		case errors.Is(err, errNotFound):
			newProblem(http.StatusNotFound, "todo_not_found", "there is no todo with this id").write(w)
		case errors.Is(err, errUnavailable):
			a.log.Error("database unavailable", "method", r.Method, "path", r.URL.Path, "error", err)
			newProblem(http.StatusServiceUnavailable, "database_unavailable", "the database cannot be reached, try again later").write(w)
		default:
			a.log.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
			newProblem(http.StatusInternalServerError, "internal_error", "something went wrong on our side").write(w)
		}
	})
}
