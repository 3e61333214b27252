package query

import (
	"embed"
	"io/fs"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

//go:embed kind
var embedded embed.FS

// Kind loads the query part of a challenge package: query.yaml, its SQL and the files of checks.
type Kind struct{}

// Name is what challenge.yaml calls it.
func (Kind) Name() string { return "query" }

// Files are what every package of this kind sees in its folder kind/: the rubric and the
// checks that all of them share, and the shop for a candidate's own machine.
func (Kind) Files() (fs.FS, error) { return fs.Sub(embedded, "kind") }

// Load reads a package's task and checks, in the order of the files, and makes their grader.
func (Kind) Load(files fs.FS, checkFiles []string) ([]takehome.Check, takehome.Grader, error) {
	task, err := LoadTask(files)
	if err != nil {
		return nil, nil, err
	}
	grader := &Grader{task: task, memo: &memo{}, patience: usualPatience()}
	if grader.dataset, grader.schema, err = dataset(files, task.Spec); err != nil {
		return nil, nil, err
	}
	var words []takehome.Check
	grader.checks, words, err = script.LoadAll(files, checkFiles, probes(nil))
	return words, grader, err
}

// Grader judges submissions to one challenge.
type Grader struct {
	task    Task
	dataset *takehome.Dataset
	schema  []takehome.Script // makes the tables of the data set, empty
	checks  []script.Check    // in the order in which they run
	memo    *memo

	patience patience
}

// Only is the grader of the checks that are kept, in the same order.
func (g *Grader) Only(keep func(takehome.Check) bool) takehome.Grader {
	kept := *g
	kept.checks = script.Only(g.checks, keep)
	return &kept
}

// Equipment says that a query challenge runs no program, on databases that are prepared.
func (g *Grader) Equipment() takehome.Equipment { return takehome.Equipment{Dataset: g.dataset} }
