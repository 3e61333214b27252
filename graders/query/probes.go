package query

import (
	"context"
	"maps"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// probes lists the observations of this kind. Without a run it serves to prove, when a
// challenge is loaded, that names and labels exist. All of them speak of what was measured
// before the first check, so that looking again shows nothing new.
func probes(run *grading) map[string]script.Probe {
	all := map[string]script.Probe{}
	for _, part := range []map[string]script.Probe{
		run.deliveryProbes(), run.resultProbes(), run.workProbes(), run.planProbes(), run.economyProbes(), run.explanationProbes(),
	} {
		maps.Copy(all, part)
	}
	return all
}

// once is a probe that computes from what was measured.
func once(observe func(at *script.Probing) script.Observation, labels ...string) script.Probe {
	return script.Probe{
		Once: true, Labels: labels, Shares: labels[0] == labelMeasured,
		Observe: func(_ context.Context, at *script.Probing) (script.Observation, error) { return observe(at), nil },
	}
}

// labelMeasured is the first label of a probe that measures a share.
const labelMeasured = "measured"

// seen is an observation without figures.
func seen(label, detail string) script.Observation {
	return script.Observation{Label: label, Detail: detail}
}

// note is a piece of evidence in words.
func note(title, text string) takehome.Evidence {
	return takehome.Evidence{Note: &takehome.Note{Title: title, Text: takehome.Quote([]byte(text), takehome.QuoteBody)}}
}

// ofFiles is a note about nothing but the submission's own files.
func ofFiles(title, text string) takehome.Evidence {
	made := note(title, text)
	made.Note.OfFiles = true
	return made
}
