// Package ddl finds the SQL of a submission and applies it to the empty database of a lab,
// statement by statement, as the owner. It stands at the beginning of the grading of a
// schema: what it hands on is what happened, in words that help the author of the SQL.
//
// The SQL is never given to psql, which runs programs of the host when a script tells it to.
package ddl

import "github.com/takehome-dev/takehome/graders/database"

// Source is the SQL of a submission, in the order in which it is applied.
type Source struct {
	Files  []File
	Layout string // how it was recognised: "numbered migrations in db/migrations"
	Notes  []string
}

// File is one file of SQL.
type File struct {
	Path string // inside the submission
	Text string
}

// Result is how the SQL of a submission was applied.
type Result struct {
	Source Source
	Steps  []Step
	Notes  []string // what was left out, mended or recognised
}

// Step is one statement and what the server answered.
type Step struct {
	File    string
	Line    int // of its first word, from 1
	Number  int // within the file, from 1
	Of      int // statements of the file
	SQL     string
	Refusal *database.Refusal // nil: it was carried out
	Meaning string            // of a refusal, in words for the author
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
