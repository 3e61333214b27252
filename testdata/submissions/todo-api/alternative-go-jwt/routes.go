package main

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// methods are the methods of one resource. HEAD comes with GET, OPTIONS with any.
type methods map[string]func(http.ResponseWriter, *http.Request) error

func (m methods) allow() string {
	allowed := []string{http.MethodOptions}
	for method := range m {
		allowed = append(allowed, method)
		if method == http.MethodGet {
			allowed = append(allowed, http.MethodHead)
		}
	}
	slices.Sort(allowed)
	return strings.Join(allowed, ", ")
}

// registered are the methods of RFC 9110 and RFC 5789: anything else is not implemented at all.
var registered = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"}

func (a *api) resource(m methods) http.Handler {
	return a.handler(func(w http.ResponseWriter, r *http.Request) error {
		method := r.Method
		if method == http.MethodHead {
			method = http.MethodGet
		}
		if run, known := m[method]; known {
			return run(w, r)
		}
		w.Header().Set("Allow", m.allow())
		if method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return nil
		}
		if !slices.Contains(registered, method) {
			return newProblem(http.StatusNotImplemented, "method_not_implemented", "this server does not know the method")
		}
		return newProblem(http.StatusMethodNotAllowed, "method_not_allowed", "the method is not one of "+m.allow())
	})
}

// statusWriter remembers the status for the log.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// logged writes one line per request and turns a panic into an error reply.
func (a *api) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		seen := &statusWriter{w, http.StatusOK}
		defer func() {
			if cause := recover(); cause != nil {
				a.log.Error("panic", "cause", cause)
				newProblem(http.StatusInternalServerError, "internal_error", "something went wrong on our side").write(seen)
			}
			a.log.Info("request", "method", r.Method, "path", r.URL.Path, "status", seen.status,
				"ms", time.Since(started).Milliseconds())
		}()
		next.ServeHTTP(seen, r)
	})
}
