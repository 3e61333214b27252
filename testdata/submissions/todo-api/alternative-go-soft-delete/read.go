package main

import (
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"
)

// sent is what a client may write. Nil means that a field was not sent.
type sent struct {
	Title, Details *string
	Done           *bool
}

// read reads a whole task or a part of one, or says what is wrong with it.
func read(r *http.Request, whole bool) (sent, *reply) {
	bad := func(status int, code, message string) (sent, *reply) {
		return sent{}, new(refuse(status, code, message))
	}
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media != "application/json" {
		return bad(http.StatusUnsupportedMediaType, "NOT_JSON", "send application/json")
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, 1<<16))
	if err != nil {
		return bad(http.StatusRequestEntityTooLarge, "BODY", "the body is too large or was cut off")
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) != nil || object == nil {
		return bad(http.StatusBadRequest, "BODY", "the body must be a JSON object")
	}
	var s sent
	for _, field := range []struct {
		name   string
		target any
	}{{"title", &s.Title}, {"details", &s.Details}, {"done", &s.Done}} {
		value, given := object[field.name]
		if given && (string(value) == "null" || json.Unmarshal(value, field.target) != nil) {
			return bad(http.StatusBadRequest, strings.ToUpper(field.name)+"_TYPE", field.name+" has the wrong type")
		}
	}
	if s.Title == nil && whole {
		return bad(http.StatusBadRequest, "TITLE_REQUIRED", "title is required")
	}
	if s.Title != nil {
		if length := utf8.RuneCountInString(strings.TrimSpace(*s.Title)); length == 0 || length > 150 {
			return bad(http.StatusBadRequest, "TITLE_LENGTH", "title must have 1 to 150 characters")
		}
	}
	for _, text := range []*string{s.Title, s.Details} {
		if text != nil && strings.ContainsRune(*text, 0) {
			return bad(http.StatusBadRequest, "NUL", "title and details must not contain NUL")
		}
	}
	return s, nil
}
