// Package graders lists the kinds of challenges. A list is a registry: a new kind is a
// package beside this file and one line in it.
package graders

import (
	"io/fs"

	"github.com/takehome-dev/takehome/graders/query"
	"github.com/takehome-dev/takehome/graders/restapi"
	"github.com/takehome-dev/takehome/graders/schema"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Kind reads what belongs to one kind of challenge in a package.
type Kind interface {
	Name() string
	Load(files fs.FS, checkFiles []string) ([]takehome.Check, takehome.Grader, error)
}

// Kinds lists all kinds.
func Kinds() []Kind {
	return []Kind{restapi.Kind{}, schema.Kind{}, query.Kind{}}
}
