package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	titleLimit       = 200
	descriptionLimit = 2000
)

// todo is one row of the table and one item of the API. The order of the fields is that of columns.
type todo struct {
	ID          int64     `json:"id"`
	Title       string    `json:"title"`
	Description string    `json:"description"`
	Completed   bool      `json:"completed"`
	DueDate     *dateOnly `json:"due_date"`
	Priority    string    `json:"priority"`
	CreatedAt   time.Time `json:"created_at"`
	UpdatedAt   time.Time `json:"updated_at"`
}

// fields is what a client may write. A nil pointer means that the field was not sent.
type fields struct {
	title       *string
	description *string
	completed   *bool
	priority    *string
	dueDate     *dateOnly
	hasDueDate  bool // null is a value for due_date
}

// readFields reads a JSON object. Unknown properties, id and the timestamps among them, are ignored.
func readFields(body []byte) (fields, *problem) {
	var raw map[string]json.RawMessage
	if !json.Valid(body) {
		return fields{}, malformed("the request body is not valid JSON")
	}
	if err := json.Unmarshal(body, &raw); err != nil || raw == nil {
		return fields{}, malformed("the request body must be a JSON object")
	}
	var f fields
	var faults []fieldError
	note := func(field, code, message string) {
		faults = append(faults, fieldError{Field: field, Code: code, Message: field + " " + message})
	}

	if value, sent := raw["title"]; sent {
		title, ok := text(value)
		title = strings.TrimSpace(title)
		switch {
		case !ok:
			note("title", "type", "must be a string")
		case title == "":
			note("title", "blank", "must not be blank")
		case utf8.RuneCountInString(title) > titleLimit:
			note("title", "length", fmt.Sprintf("must have at most %d characters", titleLimit))
		case strings.ContainsRune(title, 0):
			note("title", "characters", "must not contain the NUL character")
		}
		f.title = &title
	}
	if value, sent := raw["description"]; sent {
		description, ok := text(value)
		switch {
		case !ok:
			note("description", "type", "must be a string")
		case utf8.RuneCountInString(description) > descriptionLimit:
			note("description", "length", fmt.Sprintf("must have at most %d characters", descriptionLimit))
		case strings.ContainsRune(description, 0):
			note("description", "characters", "must not contain the NUL character")
		}
		f.description = &description
	}
	if value, sent := raw["completed"]; sent {
		if err := json.Unmarshal(value, &f.completed); err != nil || f.completed == nil {
			note("completed", "type", "must be true or false")
		}
	}
	if value, sent := raw["priority"]; sent {
		priority, ok := text(value)
		if !ok || priority != "low" && priority != "medium" && priority != "high" {
			note("priority", "choice", "must be one of low, medium, high")
		}
		f.priority = &priority
	}
	if value, sent := raw["due_date"]; sent {
		f.hasDueDate = true
		if err := json.Unmarshal(value, &f.dueDate); err != nil {
			note("due_date", "date", "must be a date such as 2026-03-31, or null")
		}
	}
	if len(faults) > 0 {
		return fields{}, invalid(faults)
	}
	return f, nil
}

// complete is fields for a whole todo: title is required, the rest gets its default.
func (f fields) complete() (fields, *problem) {
	if f.title == nil {
		return fields{}, invalid([]fieldError{{Field: "title", Code: "required", Message: "title is required"}})
	}
	f.description = orDefault(f.description, "")
	f.completed = orDefault(f.completed, false)
	f.priority = orDefault(f.priority, "medium")
	return f, nil
}

func orDefault[T any](value *T, fallback T) *T {
	if value == nil {
		return &fallback
	}
	return value
}

// text reads a JSON string; null is not one.
func text(value json.RawMessage) (string, bool) {
	var read *string
	if err := json.Unmarshal(value, &read); err != nil || read == nil {
		return "", false
	}
	return *read, true
}
