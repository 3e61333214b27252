package schema

import (
	"maps"

	"github.com/takehome-dev/takehome/graders/script"
)

// probes lists the observations of this kind. Without a run it serves to prove, when a
// challenge is loaded, that names and labels exist.
func probes(run *grading) map[string]script.Probe {
	all := map[string]script.Probe{}
	for _, part := range []map[string]script.Probe{
		run.completenessProbes(),
		run.normalisationProbes(),
		run.typeProbes(),
		run.indexProbes(),
		run.diagramProbes(),
		run.integrityProbes(),
		run.deletionProbes(),
		run.valueProbes(),
		run.relationProbes(),
		run.workloadProbes(),
	} {
		maps.Copy(all, part)
	}
	return all
}

// seen is an observation without figures.
func seen(label, detail string) script.Observation {
	return script.Observation{Label: label, Detail: detail, Specific: true}
}
