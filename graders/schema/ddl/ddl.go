// Package ddl finds the SQL of a submission and applies it to the empty database of a lab,
// statement by statement, as the owner. It stands at the beginning of the grading of a
// schema: what it hands on is what happened, in words that help the author of the SQL.
//
// The SQL is never given to psql, which runs programs of the host when a script tells it to.
package ddl

import (
	"fmt"

	"github.com/takehome-dev/takehome/graders/database"
)

// Source is the SQL of a submission.
type Source struct {
	Files  []File // in the order in which they are applied
	Layout string // how they were recognised: "7 numbered files in db/migrations"
	// Versioned tells that the files are migrations, each of which is applied once.
	Versioned bool
	Notes     []string // what was left out, and why
	// Missing says what is there instead, where there is no SQL at all.
	Missing string

	all map[string]File // every file of SQL, for those that include another
}

// File is one file of SQL, or the SQL of a Markdown file.
type File struct {
	Path string // inside the submission
	Text string // UTF-8
	Line int    // of the file, on which Text begins
}

// Result is how the SQL of a submission was applied.
type Result struct {
	Source Source
	Steps  []Step
	Notes  []string // what was left out, mended or recognised
	// Dialect is another system that the SQL is written for, "MySQL"; "" where Postgres
	// took it, or nothing tells.
	Dialect string
	Signs   []string // by which Dialect is recognised
}

// Step is one statement that was sent, and what the server answered.
type Step struct {
	File    string
	Line    int // of the statement's first word, or of the place that the server points at
	Number  int // within the file, from 1
	Of      int // statements of the file
	SQL     string
	Refusal *database.Refusal // nil: it was carried out
	Said    string            // the server's words, without names that vary; "" where they may vary
	Meaning string            // of a refusal, in words for the author
}

// Where names the place of a step: "schema.sql, statement 3 of 12, line 20".
func (s Step) Where() string {
	return fmt.Sprintf("%s, statement %d of %d, line %d", s.File, s.Number, s.Of, s.Line)
}

// Why says why a step was refused: "42P01: relation "a" does not exist; the table is made
// further down, or nowhere".
func (s Step) Why() string {
	if s.Refusal == nil {
		return ""
	}
	why := s.Refusal.SQLState
	if s.Said != "" {
		why += ", " + s.Said
	}
	if s.Meaning != "" {
		why += ": " + s.Meaning
	}
	return why
}

// Refused lists the statements that were not carried out.
func (r Result) Refused() []Step {
	var refused []Step
	for _, step := range r.Steps {
		if step.Refusal != nil {
			refused = append(refused, step)
		}
	}
	return refused
}
