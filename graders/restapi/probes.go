package restapi

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// probes lists the observations of this kind that data cannot describe. Without a run
// it serves to prove, when a challenge is loaded, that names and labels exist.
func probes(run *grading) map[string]script.Probe {
	all := map[string]script.Probe{}
	for _, part := range []map[string]script.Probe{
		run.startProbes(),
		run.resourceProbes(),
		run.ledgerProbes(),
		run.authProbes(),
		run.documentationProbes(),
		run.collectionProbes(),
		run.operationProbes(),
		run.outageProbes(),
		run.exposureProbes(),
		run.hostileProbes(),
		run.concurrencyProbes(),
	} {
		maps.Copy(all, part)
	}
	return all
}

func (r *grading) startProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"boot":              {Once: true, Labels: []string{"listens", "does_not_listen"}, Observe: r.probeBoot},
		readinessProbe:      {Labels: []string{"answers", "fails"}, Observe: r.probeReadiness},
		"port":              {Once: true, Labels: []string{"given", "fixed"}, Observe: r.probePort},
		"database_settings": {Labels: []string{"given", "fixed", "unused"}, Observe: r.probeDatabaseSettings},
		"first_create":      {Once: true, Labels: []string{"created", "no_table", "refused"}, Observe: r.probeFirstCreate},
		"restart_rows":      {Once: true, Labels: []string{"untouched", "changed", "does_not_start"}, Observe: r.probeRestartRows},
		"restart_items":     {Once: true, Labels: []string{"served", "lost", "does_not_start"}, Observe: r.probeRestartItems},
		"without_database": {Once: true, Labels: []string{
			"exits_saying_why", "exits_silently", "exits_as_if_well", "unavailable_then_recovers", "errors_then_recovers",
			"waits_saying_so", "waits_silently", "hangs", "works_without", "never_recovers",
		}, Observe: r.probeWithoutDatabase},
		"secrets": {Once: true, Labels: []string{"clean", "secret"}, Observe: r.probeSecrets},
	}
}

func (r *grading) resourceProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"empty_list":       {Once: true, Labels: []string{"array", "no_content", "null", "not_found", "something_else"}, Observe: r.probeEmptyList},
		"persisted":        {Labels: []string{"stored", "row_added", "absent"}, Observe: r.probePersisted},
		"representations":  {Labels: []string{"same", "different"}, Observe: r.probeRepresentations},
		"round_trip":       {Labels: []string{"measured"}, Shares: true, Observe: r.probeRoundTrip},
		"location":         {Labels: []string{"location", "link", "leads_nowhere", "none"}, Observe: r.probeLocation},
		"routes":           {Once: true, Labels: []string{"nouns", "id_in_query", "verbs"}, Observe: r.probeRoutes},
		"reading_is_safe":  {Labels: []string{"unchanged", "changed"}, Observe: r.probeReadingIsSafe},
		"bodiless_answers": {Labels: []string{"intact", "broken"}, Observe: r.probeBodilessAnswers},
	}
}

// ledgerProbes look at everything that was exchanged.
func (r *grading) ledgerProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"json_media_type":   {Once: true, Labels: []string{"always", "missing_on_errors", "missing"}, Observe: r.probeJSONMediaType},
		"errors_in_success": {Once: true, Labels: []string{"measured"}, Shares: true, Observe: r.probeErrorsInSuccess},
		"status_rules":      {Once: true, Labels: []string{"measured"}, Shares: true, Observe: r.probeStatusRules},
		"error_media":       {Once: true, Labels: []string{"json", "text_for_routing", "measured", "no_errors"}, Shares: true, Observe: r.probeErrorMedia},
		"error_shapes":      {Once: true, Labels: []string{"measured", "too_few"}, Shares: true, Observe: r.probeErrorShapes},
		"error_content":     {Once: true, Labels: []string{"coded", "message", "nothing", "no_errors"}, Observe: r.probeErrorContent},
		"leaks":             {Once: true, Labels: []string{"none", "measured", "secret"}, Shares: true, Observe: r.probeLeaks},
		"status_in_body":    {Once: true, Labels: []string{"equal", "different", "absent"}, Observe: r.probeStatusInBody},
		"distinct_causes":   {Once: true, Labels: []string{"measured", "too_few"}, Shares: true, Observe: r.probeDistinctCauses},
	}
}

// seen is an observation without figures.
func seen(label, detail string) script.Observation {
	return script.Observation{Label: label, Detail: detail}
}

func (r *grading) probeBoot(context.Context, *script.Probing) (script.Observation, error) {
	if r.boot.Listening {
		return seen("listens", "the program started and listens"), nil
	}
	why := "the program does not listen"
	observation := script.Observation{Label: "does_not_listen", Detail: why}
	if broken := r.boot.Breakdown; broken != nil {
		observation.Detail = broken.Phase + ": " + broken.Reason
		observation.Evidence = []takehome.Evidence{{Note: &takehome.Note{Title: "last lines of the " + broken.Phase, Text: broken.Log}}}
	}
	return observation, nil
}

// readinessProbe is the name of the probe that looks whether the program answers.
const readinessProbe = "readiness"

func (r *grading) probeReadiness(ctx context.Context, at *script.Probing) (script.Observation, error) {
	if r.mute {
		return seen("fails", fmt.Sprintf("no request is answered for %.0f seconds", readiness.Seconds())), nil
	}
	deadline := time.Now().Add(readiness)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		reply, err := at.Client.Do(ctx, script.Request{Method: http.MethodGet, Path: r.binding.Path("collection"), NoBody: true, Name: script.List})
		if err != nil {
			return script.Observation{}, err
		}
		if reply.Answered() && reply.Status < 500 {
			return seen("answers", reply.Describe()), nil
		}
		ended, err := r.ended(ctx, reply)
		if err != nil {
			return script.Observation{}, err
		}
		if ended || reply.Answered() || time.Now().After(deadline) {
			return seen("fails", reply.Describe()), nil
		}
		select {
		case <-ctx.Done():
			return script.Observation{}, ctx.Err()
		case <-tick.C:
		}
	}
}

func (r *grading) probePort(context.Context, *script.Probing) (script.Observation, error) {
	if r.boot.PortBy == takehome.PortGiven {
		return seen("given", "listens on the port it was given"), nil
	}
	return seen("fixed", "listens on a port of its own and ignores the one it was given"), nil
}

func (r *grading) probeDatabaseSettings(ctx context.Context, at *script.Probing) (script.Observation, error) {
	// Pools open lazily, so the count of now says more than that of the start.
	used, err := at.Lab.Connections(ctx)
	if err != nil {
		return script.Observation{}, err
	}
	switch {
	case used.Given > 0:
		return seen("given", "connects to the database it was given"), nil
	case used.Other > 0:
		return seen("fixed", "connects to a host that is written down in the repository, not to the one it was given"), nil
	default:
		return seen("unused", "never connects to the database it was given"), nil
	}
}

func (r *grading) probeFirstCreate(ctx context.Context, at *script.Probing) (script.Observation, error) {
	if r.binding.creates {
		return seen("created", "the first create works on an empty database"), nil
	}
	for _, exchange := range at.Ledger.All() {
		if strings.Contains(string(exchange.Body), "does not exist") && strings.Contains(string(exchange.Body), "relation") {
			return seen("no_table", "the table does not exist"), nil
		}
	}
	log, err := at.Lab.Logs(ctx, takehome.QuoteBody)
	if err != nil {
		return script.Observation{}, err
	}
	if strings.Contains(log.Shown, "does not exist") && strings.Contains(log.Shown, "relation") || strings.Contains(log.Shown, "UndefinedTable") {
		return seen("no_table", "the table does not exist"), nil
	}
	return seen("refused", "no request creates an item"), nil
}
