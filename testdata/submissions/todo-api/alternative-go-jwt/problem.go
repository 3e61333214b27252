package main

import (
	"encoding/json"
	"net/http"
	"strings"
)

// problem is the body of every error (RFC 9457).
type problem struct {
	Type   string       `json:"type"`
	Title  string       `json:"title"`
	Status int          `json:"status"`
	Detail string       `json:"detail"`
	Code   string       `json:"code"`
	Errors []fieldError `json:"errors,omitempty"`
}

// fieldError says what is wrong with one field of a request body.
type fieldError struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (p *problem) Error() string { return p.Code + ": " + p.Detail }

func (p *problem) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/problem+json")
	if p.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "5")
	}
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

func newProblem(status int, code, detail string) *problem {
	return &problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

func malformed(detail string) *problem {
	return newProblem(http.StatusBadRequest, "malformed_body", detail)
}

func invalid(faults []fieldError) *problem {
	messages := make([]string, len(faults))
	for i, fault := range faults {
		messages[i] = fault.Message
	}
	p := newProblem(http.StatusBadRequest, "validation_failed", strings.Join(messages, "; "))
	p.Errors = faults
	return p
}
