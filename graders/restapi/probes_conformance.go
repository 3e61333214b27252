package restapi

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/graders/openapi"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// everywhere are statuses that servers and frameworks give of themselves to requests that
// nobody would document: wrong methods and media types, overlong input, limits of rate.
var everywhere = []int{
	http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusRequestTimeout, http.StatusLengthRequired,
	http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong, http.StatusUnsupportedMediaType, http.StatusExpectationFailed,
	http.StatusUpgradeRequired, http.StatusPreconditionRequired, http.StatusTooManyRequests, http.StatusRequestHeaderFieldsTooLarge,
}

// aspect is what an answer is compared in.
type aspect string

const (
	aspectStatus  aspect = "status"
	aspectMedia   aspect = "media type"
	aspectSchema  aspect = "schema"
	aspectHeaders aspect = "headers"
)

// tally counts, for one aspect of one operation, the distinct statuses that keep to the document.
type tally struct{ statuses, wrong map[int]bool }

// probeConformance compares every recorded answer with the document. One wrong schema is
// one loss, however many answers show it: what counts is the share of statuses that keep
// to the document, for each operation and aspect.
func (r *grading) probeConformance(_ context.Context, at *script.Probing) (script.Observation, error) {
	c := r.binding.contract
	if !c.useful() {
		return seen("absent", "there is no OpenAPI document"), nil
	}
	elsewhere, _ := at.With["leave_out"].([]any)
	tallies := map[string]*tally{}
	words := map[string]string{}
	var evidence []takehome.Evidence
	for _, e := range at.Ledger.Checked() {
		if !e.Answered() || slices.Contains(elsewhere, any(e.Check)) || !comparable(e) {
			continue
		}
		operation, ok, _ := c.document.Match(e.Request.Method, e.Request.Path)
		if !ok {
			continue
		}
		for kind, deviation := range compare(operation, e) {
			key := operation.Path + "\x00" + operation.Method + "\x00" + string(kind)
			if tallies[key] == nil {
				tallies[key] = &tally{map[int]bool{}, map[int]bool{}}
			}
			tallies[key].statuses[e.Status] = true
			if deviation == nil || tallies[key].wrong[e.Status] {
				continue
			}
			tallies[key].wrong[e.Status] = true
			words[key+"\x00"+strconv.Itoa(e.Status)] = operation.Method + " " + takehome.Line(operation.Path) + ": " + deviation.words
			if len(evidence) < 6 {
				evidence = append(evidence, e.Evidence(deviation.differences))
			}
		}
	}
	if len(tallies) == 0 {
		return seen("unused", "no answer belongs to a documented operation"), nil
	}
	share := takehome.None()
	for _, key := range sortedKeys(tallies) {
		one := tallies[key]
		share = share.Add(takehome.Frac(int64(len(one.statuses)-len(one.wrong)), int64(len(one.statuses))))
	}
	var lost []string
	for _, key := range sortedKeys(words) {
		lost = append(lost, words[key])
	}
	observation := measured(0, 1, "every answer is as the document says", lost)
	observation.Share, observation.Evidence = share.Div(takehome.Frac(int64(len(tallies)), 1)), evidence
	return observation, nil
}

// comparable leaves out what no document speaks of.
func comparable(e *script.Exchange) bool {
	method := e.Request.Method
	return method != http.MethodHead && method != http.MethodOptions && method != "RAW" &&
		e.Status < 500 && e.Status/100 != 1 && e.Status/100 != 3 && !slices.Contains(everywhere, e.Status) &&
		!strings.Contains(e.Request.Path, "%") && !strings.Contains(e.Request.Path, "..")
}

type deviation struct {
	words       string
	differences []takehome.Difference
}

// compare looks at one answer: the aspects that apply, with what is wrong in each.
func compare(operation openapi.Operation, e *script.Exchange) map[aspect]*deviation {
	found := map[aspect]*deviation{}
	response, documented := operation.Response(e.Status)
	if !documented {
		if !understood(operation, e.Status) {
			found[aspectStatus] = &deviation{strconv.Itoa(e.Status) + " is not documented", []takehome.Difference{
				{Where: "status", Wanted: "one that is documented", Got: strconv.Itoa(e.Status)},
			}}
		}
		return found
	}
	found[aspectStatus] = nil
	for _, name := range response.Headers {
		if _, counted := found[aspectHeaders]; !counted {
			found[aspectHeaders] = nil
		}
		if e.Header.Get(name) == "" {
			found[aspectHeaders] = &deviation{"the header " + takehome.Line(name) + " of " + strconv.Itoa(e.Status) + " is missing", []takehome.Difference{
				{Where: "header " + takehome.Line(name), Wanted: "present", Got: "absent"},
			}}
		}
	}
	if len(e.Body) == 0 {
		return found
	}
	media := e.Header.Get("Content-Type")
	content, accepted := openapi.Accepts(response.Content, media)
	if !accepted {
		// An error that is documented in words only is documented.
		if len(response.Content) > 0 || e.Success() {
			found[aspectMedia] = &deviation{"the body of " + strconv.Itoa(e.Status) + " is not documented as " + takehome.Line(media), []takehome.Difference{
				{Where: "header Content-Type", Wanted: strings.Join(sortedKeys(response.Content), " or "), Got: takehome.Line(media)},
			}}
		}
		return found
	}
	found[aspectMedia] = nil
	value, err := e.JSON()
	if err != nil || !content.Schema.Known() {
		return found
	}
	found[aspectSchema] = nil
	if violations := content.Schema.Check(value, openapi.Answer); len(violations) > 0 {
		first := violations[0]
		found[aspectSchema] = &deviation{
			"the body of " + strconv.Itoa(e.Status) + " is not as documented at " + orRoot(takehome.Line(generalised(first.Pointer))),
			differences(violations),
		}
	}
	return found
}

// understood lets pass what the document says in other words: 400 for a documented 422
// and the reverse (RFC 9110 leaves that choice), and refusals of a secured operation.
func understood(operation openapi.Operation, status int) bool {
	has := func(code int) bool {
		_, ok := operation.Response(code)
		return ok
	}
	switch status {
	case http.StatusBadRequest, http.StatusUnprocessableEntity:
		return has(http.StatusBadRequest) || has(http.StatusUnprocessableEntity)
	case http.StatusGone:
		return has(http.StatusNotFound)
	case http.StatusUnauthorized, http.StatusForbidden:
		return operation.Secured
	}
	return false
}

// generalised writes the indexes of arrays as *, so that a summary is the same in every run.
func generalised(pointer string) string {
	segments := strings.Split(pointer, "/")
	for i, segment := range segments {
		if _, err := strconv.Atoi(segment); err == nil {
			segments[i] = "*"
		}
	}
	return strings.Join(segments, "/")
}

func differences(violations []openapi.Violation) []takehome.Difference {
	var list []takehome.Difference
	for _, violation := range violations[:min(len(violations), 8)] {
		list = append(list, takehome.Difference{Where: orRoot(takehome.Line(violation.Pointer)), Wanted: takehome.Line(violation.Wanted), Got: takehome.Line(violation.Got)})
	}
	return list
}
