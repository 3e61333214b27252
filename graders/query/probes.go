package query

import (
	"context"
	"maps"

	"github.com/takehome-dev/takehome/graders/script"
)

// probes lists the observations of this kind. Without a run it serves to prove, when a
// challenge is loaded, that names and labels exist.
func probes(run *grading) map[string]script.Probe {
	all := map[string]script.Probe{}
	for _, part := range []map[string]script.Probe{
		run.deliveryProbes(),
	} {
		maps.Copy(all, part)
	}
	return all
}

// seen is an observation without figures.
func seen(label, detail string) script.Observation {
	return script.Observation{Label: label, Detail: detail}
}

func (r *grading) deliveryProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"query_file": {Once: true, Labels: []string{"one_statement", "several_statements", "no_statement", "absent"}, Observe: r.probeQueryFile},
	}
}

func (r *grading) probeQueryFile(context.Context, *script.Probing) (script.Observation, error) {
	return r.delivered.queryFile(), nil
}
