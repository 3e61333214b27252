package todo

import (
	"context"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"strconv"
	"strings"
	"time"
)

type handler struct{ store *Store }

// NewHandler serves the todos of a store.
func NewHandler(store *Store) http.Handler {
	h := &handler{store}
	mux := http.NewServeMux()
	mux.HandleFunc("/todos", h.collection)
	mux.HandleFunc("/todos/{id}", h.item)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		writeError(w, refusal{http.StatusNotFound, "no_such_route", "there is nothing here"})
	})
	return mux
}

// refusal is an error that is the client's doing.
type refusal struct {
	status        int
	code, message string
}

func (r refusal) Error() string { return r.message }

func (h *handler) collection(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 4*time.Second)
	defer cancel()
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		todos, err := h.store.All(ctx)
		write(w, http.StatusOK, map[string]any{"todos": todos}, err)
	case http.MethodPost:
		change, err := readChange(w, r, true)
		var created Todo
		if err == nil {
			created, err = h.store.Insert(ctx, change)
		}
		if err == nil {
			w.Header().Set("Location", "/todos/"+strconv.FormatInt(created.ID, 10))
		}
		write(w, http.StatusCreated, created, err)
	default:
		refuseMethod(w, r, "GET, HEAD, POST, OPTIONS")
	}
}

func (h *handler) item(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 4*time.Second)
	defer cancel()
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil || id < 1 {
		writeError(w, ErrNotFound)
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		found, err := h.store.Find(ctx, id)
		write(w, http.StatusOK, found, err)
	case http.MethodPut, http.MethodPatch:
		change, err := readChange(w, r, r.Method == http.MethodPut)
		var changed Todo
		switch {
		case err != nil:
		case r.Method == http.MethodPut:
			changed, err = h.store.Replace(ctx, id, change)
		default:
			changed, err = h.store.Update(ctx, id, change)
		}
		write(w, http.StatusOK, changed, err)
	case http.MethodDelete:
		if err := h.store.Delete(ctx, id); err != nil {
			writeError(w, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	default:
		refuseMethod(w, r, "GET, HEAD, PUT, PATCH, DELETE, OPTIONS")
	}
}

func refuseMethod(w http.ResponseWriter, r *http.Request, allow string) {
	w.Header().Set("Allow", allow)
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	writeError(w, refusal{http.StatusMethodNotAllowed, "method_not_allowed", "use one of " + allow})
}

func readChange(w http.ResponseWriter, r *http.Request, whole bool) (Change, error) {
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		return Change{}, refusal{http.StatusUnsupportedMediaType, "not_json", "send application/json"}
	}
	var object map[string]json.RawMessage
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16))
	if err := decoder.Decode(&object); err != nil || object == nil || decoder.More() {
		return Change{}, refusal{http.StatusBadRequest, "bad_json", "the body must be a JSON object"}
	}
	var change Change
	for field, target := range map[string]any{"title": &change.Title, "done": &change.Done, "priority": &change.Priority} {
		value, sent := object[field]
		if sent && (string(value) == "null" || json.Unmarshal(value, target) != nil) {
			return Change{}, refusal{http.StatusBadRequest, "wrong_type", field + " has the wrong type"}
		}
	}
	return change, check(change, whole)
}

func check(change Change, whole bool) error {
	if change.Title == nil && whole {
		return refusal{http.StatusBadRequest, "missing_field", "title is required"}
	}
	if change.Title != nil {
		if strings.TrimSpace(*change.Title) == "" || len(*change.Title) > 1000 || strings.ContainsRune(*change.Title, 0) {
			return refusal{http.StatusBadRequest, "bad_title", "title must have 1 to 1000 bytes, not all of them space"}
		}
	}
	if p := change.Priority; p != nil && *p != "low" && *p != "normal" && *p != "high" {
		return refusal{http.StatusBadRequest, "bad_priority", "priority must be low, normal or high"}
	}
	return nil
}

func write(w http.ResponseWriter, status int, value any, err error) {
	if err != nil {
		writeError(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

func writeError(w http.ResponseWriter, err error) {
	var known refusal
	switch {
	case errors.As(err, &known):
	case errors.Is(err, ErrNotFound):
		known = refusal{http.StatusNotFound, "not_found", "no such todo"}
	default:
		log.Println(err)
		known = refusal{http.StatusServiceUnavailable, "unavailable", "try again later"}
	}
	body := map[string]any{"error": map[string]string{"code": known.code, "message": known.message}}
	write(w, known.status, body, nil)
}
