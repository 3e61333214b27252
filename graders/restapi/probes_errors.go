package restapi

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// probeErrorMedia: errors are machine-readable.
func (r *grading) probeErrorMedia(_ context.Context, at *script.Probing) (script.Observation, error) {
	all := r.errors(at)
	if len(all) == 0 {
		return seen("no_errors", "no request was answered with an error"), nil
	}
	framework := routing(at)
	var bare, routed []*script.Exchange
	for _, e := range all {
		if e.LooksLikeJSON() {
			continue
		}
		if slices.Contains(framework, e.Check) {
			routed = append(routed, e)
		} else {
			bare = append(bare, e)
		}
	}
	switch {
	case len(bare) == 0 && len(routed) == 0:
		return seen("json", "every error is JSON"), nil
	case len(bare) == 0:
		return script.Observation{Label: "text_for_routing", Detail: "errors of the router are no JSON", Evidence: shown(routed), Fault: "error_media"}, nil
	default:
		return script.Observation{
			Label: "measured", Share: takehome.Frac(int64(len(all)-len(bare)-len(routed)), int64(len(all))),
			Detail: "errors are no JSON", Evidence: shown(bare), Fault: "error_media",
		}, nil
	}
}

// kinds finds one error answer for each kind of error that the check names.
func (r *grading) kinds(at *script.Probing) map[string]*script.Exchange {
	found := map[string]*script.Exchange{}
	named, _ := at.With["kinds"].(map[string]any)
	for _, kind := range sortedKeys(named) {
		check, _ := named[kind].(string)
		for _, e := range at.Ledger.Of(check) {
			if e.Answered() && e.Status >= 400 && e.Status < 500 && e.Request.Method != http.MethodHead && found[kind] == nil {
				found[kind] = e
			}
		}
	}
	return found
}

// probeErrorShapes: errors of different kinds have one shape. An extension member (the
// list of fields of a validation error) does not make another shape (RFC 9457 3.2).
func (r *grading) probeErrorShapes(_ context.Context, at *script.Probing) (script.Observation, error) {
	kinds := r.kinds(at)
	if len(kinds) < 2 {
		return seen("too_few", "too few kinds of errors were answered with an error"), nil
	}
	shapes := map[string][]string{}
	for kind, e := range kinds {
		shapes[kind] = shapeOf(e)
	}
	best, agreeing := 0, []string(nil)
	for _, kind := range sortedKeys(shapes) {
		var alike []string
		for _, other := range sortedKeys(shapes) {
			if overlap(shapes[kind], shapes[other]) {
				alike = append(alike, other)
			}
		}
		if len(alike) > best {
			best, agreeing = len(alike), alike
		}
	}
	observation := script.Observation{
		Label: "measured", Share: takehome.Frac(int64(best), int64(len(kinds))), Detail: "errors of all kinds have one shape",
	}
	if best < len(kinds) {
		observation.Detail = "errors have different shapes"
		observation.Fault = "error_shape"
		for _, kind := range sortedKeys(kinds) {
			if !slices.Contains(agreeing, kind) || len(observation.Evidence) == 0 {
				observation.Evidence = append(observation.Evidence, kinds[kind].Evidence(nil))
			}
		}
	}
	return observation, nil
}

// shapeOf lists the names of an error body, those of an inner "error" object with it.
// A body that is no JSON object has a shape of its own.
func shapeOf(e *script.Exchange) []string {
	value, err := e.JSON()
	object, ok := value.(map[string]any)
	if err != nil || !ok {
		return []string{"(" + e.Media() + ")"}
	}
	var names []string
	for _, key := range sortedKeys(object) {
		names = append(names, key)
		if inner, ok := object[key].(map[string]any); ok && key == "error" {
			for _, innerKey := range sortedKeys(inner) {
				names = append(names, key+"/"+innerKey)
			}
		}
	}
	return names
}

// overlap is true when four fifths of the smaller set are in the larger one.
func overlap(a, b []string) bool {
	common := 0
	for _, name := range a {
		if slices.Contains(b, name) {
			common++
		}
	}
	smaller := min(len(a), len(b))
	return smaller > 0 && common*5 >= smaller*4
}

// probeErrorContent: an error has a message for people and a code for programs.
func (r *grading) probeErrorContent(_ context.Context, at *script.Probing) (script.Observation, error) {
	kinds := r.kinds(at)
	if len(kinds) == 0 {
		return seen("no_errors", "no request was answered with an error"), nil
	}
	coded, worded := 0, 0
	for _, e := range kinds {
		message, code := errorContent(e)
		if message != "" {
			worded++
			if code {
				coded++
			}
		}
	}
	switch {
	case coded*5 >= len(kinds)*4:
		return seen("coded", "errors have a message and a stable code or type"), nil
	case worded*5 >= len(kinds)*4:
		return seen("message", "errors have a message, and no stable code or type"), nil
	default:
		observation := script.Observation{Label: "nothing", Detail: "errors have no message", Fault: "error_media"}
		for _, kind := range sortedKeys(kinds) {
			observation.Evidence = append(observation.Evidence, kinds[kind].Evidence(nil))
			break
		}
		return observation, nil
	}
}

var messageNames = []string{"message", "detail", "title", "error", "msg", "description", "error_description", "errors", "reason"}

// errorContent reads message and code of an error body, wherever in it the error is:
// {"error": {…}}, {"fault": {…}}.
func errorContent(e *script.Exchange) (message string, coded bool) {
	value, err := e.JSON()
	object, ok := value.(map[string]any)
	if err != nil || !ok {
		return "", false
	}
	if inner, ok := object["error"].(map[string]any); ok {
		object = inner
	}
	message, coded = contentOf(object, e.Media() == "problem")
	for _, name := range sortedKeys(object) {
		if inner, ok := object[name].(map[string]any); ok && message == "" {
			message, coded = contentOf(inner, coded)
		}
	}
	return message, coded
}

func contentOf(object map[string]any, coded bool) (message string, _ bool) {
	for _, name := range []string{"code", "type", "error_code", "errorCode", "slug"} {
		if text, ok := object[name].(string); ok && text != "" && text != "about:blank" {
			coded = true
		}
		if _, ok := object[name].(json.Number); ok {
			coded = true
		}
	}
	if text, ok := object["error"].(string); ok && object["message"] != nil && !strings.Contains(text, " ") {
		coded = true // {"error": "NotFound", "message": "…"}
	}
	for _, name := range messageNames {
		switch text := object[name].(type) {
		case string:
			return text, coded
		case []any, map[string]any:
			if text := script.Show(text); len(text) > 2 {
				return text, coded
			}
		}
	}
	return "", coded
}

// probeStatusInBody: a status in the body equals the one on the wire.
func (r *grading) probeStatusInBody(_ context.Context, at *script.Probing) (script.Observation, error) {
	stated := false
	for _, e := range r.errors(at) {
		value, err := e.JSON()
		object, ok := value.(map[string]any)
		if err != nil || !ok {
			continue
		}
		code, states := script.StatedStatus(object)
		stated = stated || states
		if states && code != e.Status {
			return script.Observation{Label: "different", Detail: "the status in the body is not the one of the answer", Evidence: shown([]*script.Exchange{e})}, nil
		}
	}
	if !stated {
		return seen("absent", "errors do not repeat the status"), nil
	}
	return seen("equal", "the status in the body is the one of the answer"), nil
}

var variable = regexp.MustCompile(`[0-9]+`)

// probeDistinctCauses: different causes are told apart.
func (r *grading) probeDistinctCauses(_ context.Context, at *script.Probing) (script.Observation, error) {
	kinds := r.kinds(at)
	if len(kinds) < 2 {
		return seen("too_few", "too few kinds of errors were answered with an error"), nil
	}
	texts := map[string]bool{}
	for _, e := range kinds {
		texts[variable.ReplaceAllString(string(e.Body), "")] = true
	}
	observation := script.Observation{Label: "measured", Share: takehome.Full(), Detail: "different causes have different messages"}
	if len(texts) < len(kinds) {
		// One text for all tells nothing at all.
		observation.Share = takehome.Frac(int64(len(texts)-1), int64(len(kinds)-1))
		observation.Detail = "different causes have the same message"
		observation.Evidence = shown(slices.Collect(maps.Values(kinds)))
	}
	return observation, nil
}
