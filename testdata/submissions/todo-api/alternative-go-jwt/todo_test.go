package main

import (
	"strings"
	"testing"
)

func TestReadFields(t *testing.T) {
	for name, test := range map[string]struct{ body, code, field string }{
		"broken JSON":     {`{"title":`, "malformed_body", ""},
		"an array":        {`[{"title":"a"}]`, "malformed_body", ""},
		"null":            {`null`, "malformed_body", ""},
		"nothing":         {`{}`, "validation_failed", "title"},
		"title null":      {`{"title":null}`, "validation_failed", "title"},
		"title blank":     {`{"title":"  "}`, "validation_failed", "title"},
		"title too long":  {`{"title":"` + strings.Repeat("é", 201) + `"}`, "validation_failed", "title"},
		"NUL":             {`{"title":"a\u0000b"}`, "validation_failed", "title"},
		"completed text":  {`{"title":"a","completed":"yes"}`, "validation_failed", "completed"},
		"no such date":    {`{"title":"a","due_date":"2026-02-30"}`, "validation_failed", "due_date"},
		"priority case":   {`{"title":"a","priority":"High"}`, "validation_failed", "priority"},
		"title only":      {`{"title":"a"}`, "", ""},
		"unknown ignored": {`{"title":"a","id":7,"owner":"me"}`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			read, fault := readFields([]byte(test.body))
			if fault == nil {
				_, fault = read.complete()
			}
			switch {
			case fault == nil && test.code == "":
			case fault == nil:
				t.Fatal("accepted")
			case fault.Code != test.code:
				t.Fatalf("code %q, want %q", fault.Code, test.code)
			case test.field != "" && fault.Errors[0].Field != test.field:
				t.Fatalf("field %q, want %q", fault.Errors[0].Field, test.field)
			}
		})
	}
}
