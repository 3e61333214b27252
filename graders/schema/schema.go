// Package schema grades submissions that are the schema of a database. It stands between
// the lab and the results: it applies the submission's SQL as its owner, reads what came of
// it from the catalog, finds out which table plays which part, and runs the challenge's
// checks with the step engine of graders/script.
//
// Nothing is judged by the text of the SQL. A check looks at the catalog, or changes one
// property of a valid row and accepts only the right refusal of a genuine constraint.
package schema

import (
	"io/fs"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Kind loads the files of checks of a schema challenge.
type Kind struct{}

// Name is what challenge.yaml calls it.
func (Kind) Name() string { return "schema" }

// Load reads a package's checks, in the order of the files, and makes their grader.
func (Kind) Load(files fs.FS, checkFiles []string) ([]takehome.Check, takehome.Grader, error) {
	checks, words, err := script.LoadAll(files, checkFiles, probes(nil))
	if err != nil {
		return nil, nil, err
	}
	return words, &Grader{checks: checks}, nil
}

// Grader judges submissions to one challenge.
type Grader struct {
	checks []script.Check // in the order in which they run
}

// Only is the grader of the checks that are kept, in the same order.
func (g *Grader) Only(keep func(takehome.Check) bool) takehome.Grader {
	kept := *g
	kept.checks = script.Only(g.checks, keep)
	return &kept
}

// Equipment says that nothing but an empty database is needed.
func (g *Grader) Equipment() takehome.Equipment { return takehome.Equipment{} }
