package restapi

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// errors lists every answer of the run with a client error, HEAD left out: it has no body.
func (r *grading) errors(at *script.Probing) []*script.Exchange {
	return slices.DeleteFunc(at.Ledger.Checked(), func(e *script.Exchange) bool {
		return !e.Answered() || e.Status < 400 || e.Status >= 500 || e.Request.Method == http.MethodHead || e.Request.Method == "RAW"
	})
}

// shown makes evidence of the first exchanges that prove a finding.
func shown(exchanges []*script.Exchange) []takehome.Evidence {
	var evidence []takehome.Evidence
	for _, exchange := range exchanges[:min(len(exchanges), 3)] {
		evidence = append(evidence, exchange.Evidence(nil))
	}
	return evidence
}

// probeJSONMediaType: every body that is JSON says so (RFC 9110 8.3).
func (r *grading) probeJSONMediaType(_ context.Context, at *script.Probing) (script.Observation, error) {
	var onErrors, onSuccess []*script.Exchange
	for _, e := range at.Ledger.Checked() {
		if !e.Answered() || !e.LooksLikeJSON() || e.Media() == "json" || e.Media() == "problem" || e.Request.Method == "RAW" {
			continue
		}
		if e.Status >= 400 {
			onErrors = append(onErrors, e)
		} else {
			onSuccess = append(onSuccess, e)
		}
	}
	switch {
	case len(onSuccess) > 0:
		return script.Observation{Label: "missing", Detail: "JSON is sent as another media type", Evidence: shown(onSuccess)}, nil
	case len(onErrors) > 0:
		return script.Observation{Label: "missing_on_errors", Detail: "JSON errors are sent as another media type", Evidence: shown(onErrors)}, nil
	default:
		return seen("always", "every JSON body says that it is JSON"), nil
	}
}

// probeErrorsInSuccess: no 2xx carries an error.
func (r *grading) probeErrorsInSuccess(_ context.Context, at *script.Probing) (script.Observation, error) {
	negative, lying := map[string]bool{}, map[string]bool{}
	var evidence []*script.Exchange
	for _, e := range at.Ledger.Checked() {
		if e.Negative {
			negative[e.Check] = true
		}
		if e.Success() && e.CarriesError() {
			lying[e.Check], negative[e.Check] = true, true
			evidence = append(evidence, e)
		}
	}
	observation := script.Observation{
		Label: "measured", Share: takehome.Full(), Detail: "no success carries an error", Evidence: shown(evidence),
	}
	if len(lying) > 0 {
		observation.Share = takehome.Frac(int64(len(negative)-len(lying)), int64(len(negative)))
		observation.Detail = "errors are sent with a status of success, in the checks " + strings.Join(sortedKeys(lying), ", ")
		observation.Fault = "error_in_success"
	}
	return observation, nil
}

// probeStatusRules: four rules of RFC 9110 over every answer.
func (r *grading) probeStatusRules(_ context.Context, at *script.Probing) (script.Observation, error) {
	broken := map[string][]*script.Exchange{}
	for _, e := range at.Ledger.Checked() {
		if !e.Answered() || e.Request.Method == "RAW" {
			continue
		}
		created := e.Status == http.StatusCreated
		switch {
		case e.Status < 100 || e.Status > 599:
			broken["a status outside of 100 to 599"] = append(broken["a status outside of 100 to 599"], e)
		case created && slices.Contains([]string{http.MethodGet, http.MethodPatch, http.MethodDelete}, e.Request.Method):
			broken["201 where nothing is created"] = append(broken["201 where nothing is created"], e)
		case created && e.Request.Method == http.MethodPut && e.Request.Name == script.Replace && !e.Negative:
			broken["201 for replacing what exists"] = append(broken["201 for replacing what exists"], e)
		case e.Status == http.StatusUnauthorized && e.Header.Get("WWW-Authenticate") == "":
			broken["401 without WWW-Authenticate"] = append(broken["401 without WWW-Authenticate"], e)
		}
	}
	const rules = 4
	observation := script.Observation{Label: "measured", Share: takehome.Frac(rules-int64(len(broken)), rules), Detail: "every status means what it says"}
	if len(broken) > 0 {
		names := sortedKeys(broken)
		observation.Detail = strings.Join(names, ", ")
		observation.Evidence = shown(broken[names[0]])
	}
	return observation, nil
}

// routing are the names of checks whose errors a framework makes: unknown routes and methods.
func routing(at *script.Probing) []string {
	listed, _ := at.With["routing"].([]any)
	names := make([]string, 0, len(listed))
	for _, name := range listed {
		if text, ok := name.(string); ok {
			names = append(names, text)
		}
	}
	return names
}
