package schema

import (
	"context"
	"fmt"

	"github.com/takehome-dev/takehome/graders/script"
)

// completenessProbes look at whether everything is there that the brief asks for.
func (r *grading) completenessProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"applied": {Once: true, Labels: []string{"all", "some", "nothing"}, Observe: r.probeApplied},
	}
}

func (r *grading) probeApplied(context.Context, *script.Probing) (script.Observation, error) {
	refused := len(r.applied.Refused())
	switch {
	case len(r.schema.Tables) == 0:
		return seen("nothing", "no table came of it"), nil
	case refused > 0:
		return seen("some", fmt.Sprintf("%d of %d statements are refused", refused, len(r.applied.Steps))), nil
	}
	return seen("all", fmt.Sprintf("%d statements", len(r.applied.Steps))), nil
}
