package restapi

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/apidocs"
	"github.com/takehome-dev/takehome/graders/openapi"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// documentationProbes look at what the candidate documents, and compare it with what the program does.
func (r *grading) documentationProbes() map[string]script.Probe {
	return map[string]script.Probe{
		"readme":                 {Once: true, Labels: []string{"measured", "none"}, Shares: true, Observe: r.probeReadme},
		"endpoint_documentation": {Once: true, Labels: []string{"openapi", "complete", "partial", "unreadable", "none"}, Observe: r.probeEndpointDocumentation},
		"document":               {Once: true, Labels: []string{"valid", "measured", "unreadable", "absent"}, Shares: true, Observe: r.probeDocument},
		"documented_routes":      {Once: true, Labels: []string{"measured", "unused", "absent"}, Shares: true, Observe: r.probeDocumentedRoutes},
		"existing_operations":    {Once: true, Labels: []string{"measured", "absent"}, Shares: true, Observe: r.probeExistingOperations},
		"conformance":            {Once: true, Labels: []string{"measured", "unused", "absent"}, Shares: true, Observe: r.probeConformance},
		"request_examples":       {Once: true, Labels: []string{"measured", "absent"}, Shares: true, Observe: r.probeRequestExamples},
		"schema_negative":        {Once: true, Labels: []string{"measured", "absent"}, Shares: true, Observe: r.probeSchemaNegative},
		"schema_positive":        {Once: true, Labels: []string{"measured", "too_loose", "unspecified", "absent"}, Shares: true, Observe: r.probeSchemaPositive},
		"documented_errors":      {Once: true, Labels: []string{"measured", "absent"}, Shares: true, Observe: r.probeDocumentedErrors},
		"curl_examples":          {Once: true, Labels: []string{"measured", "absent"}, Shares: true, Observe: r.probeCurlExamples},
		"described_operations":   {Once: true, Labels: []string{"measured", "absent"}, Shares: true, Observe: r.probeDescribedOperations},
	}
}

// documentation is what the binding read, or what the files alone tell where the program never ran.
func (r *grading) documentation(ctx context.Context) (contract, error) {
	if r.binding != nil {
		return r.binding.contract, nil
	}
	return readContract(ctx, r.session.Submission.Dir)
}

// measured is an observation of a share, with what was lost in words that are the same in every run.
func measured(good, all int, fine string, lost []string) script.Observation {
	observation := script.Observation{Label: "measured", Share: takehome.Frac(int64(good), int64(max(all, 1))), Detail: fine}
	if len(lost) > 0 {
		observation.Detail = several(lost)
	}
	return observation
}

const maxNamed = 4

func several(lost []string) string {
	lost = distinct(lost)
	if len(lost) > maxNamed {
		return strings.Join(lost[:maxNamed], "; ") + fmt.Sprintf("; and %d more", len(lost)-maxNamed)
	}
	return strings.Join(lost, "; ")
}

var (
	runCommand  = regexp.MustCompile(`(?im)\b(docker[- ]compose|docker (?:build|run)|podman|npm (?:ci|start|run|install|i)|npx |pnpm |yarn |bun |deno |node [\w./]|python3? |pip3? install|uvicorn|gunicorn|flask run|fastapi |poetry |uv run|go run|go build|cargo |mvn|mvnw|gradle|gradlew|java -jar|bundle |rails s|php |composer |dotnet |make |mix |just )`)
	settingName = regexp.MustCompile(`\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b|\bPORT\b|\.env\b`)
	testCommand = regexp.MustCompile(`(?im)(\bnpm (?:run )?t(?:est)?\b|\byarn test|\bpnpm test|\bbun test|\bnode --test|\bgo test|\bpytest|\bunittest|\btox\b|\bcargo test|\bmvnw? .*(?:test|verify)|\bgradlew? .*test|\bmake .*test|\brspec|\brails test|\bphpunit|\bdotnet test|\bmix test|\bjest\b|\bvitest\b|\bmocha\b|\bnewman\b|\bhurl\b|^#+ .*\btest|\btests?\b[^\n]{0,60}\brun\b|\brun\b[^\n]{0,60}\btests?\b)`)
)

// probeReadme: a README, how to run, the settings, how to test.
func (r *grading) probeReadme(ctx context.Context, _ *script.Probing) (script.Observation, error) {
	documentation, err := r.documentation(ctx)
	if err != nil {
		return script.Observation{}, err
	}
	docs := documentation.docs
	if len(docs.Readmes) == 0 {
		return seen("none", "there is no README"), nil
	}
	var lost []string
	for _, item := range []struct {
		has  bool
		what string
	}{
		{len(strings.Fields(docs.Readme)) >= 15, "what the project is"},
		{runCommand.MatchString(docs.Readme), "how to run it"},
		{settingName.MatchString(docs.Readme), "which environment variables it reads"},
		{testCommand.MatchString(docs.Readme), "how to test it"},
	} {
		if !item.has {
			lost = append(lost, item.what)
		}
	}
	const items = 4
	observation := measured(items-len(lost), items, "says how to run, set up and test it", nil)
	if len(lost) > 0 {
		observation.Detail = "does not say " + strings.Join(lost, ", nor ")
	}
	return observation, nil
}

// probeEndpointDocumentation finds the best form in which endpoints are documented.
func (r *grading) probeEndpointDocumentation(ctx context.Context, _ *script.Probing) (script.Observation, error) {
	c, err := r.documentation(ctx)
	if err != nil {
		return script.Observation{}, err
	}
	if c.useful() {
		return seen("openapi", c.name()), nil
	}
	routes := slices.Concat(c.docs.Routes, c.docs.Collected)
	used := r.operationsInUse()
	known := 0
	for _, at := range used {
		if slices.ContainsFunc(routes, func(route apidocs.Route) bool { return route.Matches(at.method, at.path) }) {
			known++
		}
	}
	const few = 4 // routes that make a table without a program to compare it with
	switch {
	case len(used) > 0 && known == len(used), len(used) == 0 && len(routes) >= few:
		return seen("complete", "every operation is in "+c.form()), nil
	case known > 0, len(used) == 0 && len(routes) > 0:
		return seen("partial", "only some operations are in "+c.form()), nil
	case c.unreadable != "":
		return script.Observation{
			Label: "unreadable", Detail: "there is an OpenAPI document that no program can read",
			Evidence: note("why the document cannot be read", c.unreadable),
		}, nil
	}
	return seen("none", "no endpoint is documented"), nil
}

// form says in what other form than OpenAPI endpoints are documented.
func (c contract) form() string {
	if len(c.docs.Collected) >= len(c.docs.Routes) && len(c.docs.Collections) > 0 {
		return "a collection of requests"
	}
	return "the README"
}

func note(title, text string) []takehome.Evidence {
	return []takehome.Evidence{{Note: &takehome.Note{Title: title, Text: takehome.Quote([]byte(text), takehome.QuoteBody)}}}
}

// operationsInUse lists the routes that binding confirmed, each once, ordered.
func (r *grading) operationsInUse() []route {
	if r.binding == nil {
		return nil
	}
	seen := map[string]bool{}
	var used []route
	for _, op := range sortedKeys(r.binding.routes) {
		at := r.binding.routes[op]
		at.path, _, _ = strings.Cut(at.path, "?")
		if key := at.method + " " + at.path; !seen[key] {
			seen[key] = true
			used = append(used, at)
		}
	}
	return used
}

// probeDocument: the document is one, and its operations can be used.
func (r *grading) probeDocument(ctx context.Context, _ *script.Probing) (script.Observation, error) {
	c, err := r.documentation(ctx)
	if err != nil {
		return script.Observation{}, err
	}
	switch {
	case c.document == nil && c.unreadable != "":
		return script.Observation{Label: "unreadable", Detail: "the OpenAPI document cannot be read", Evidence: note("why the document cannot be read", c.unreadable)}, nil
	case c.document == nil:
		return seen("absent", "there is no OpenAPI document"), nil
	}
	usable, all := c.document.Usable()
	if usable == all {
		return seen("valid", "the document is valid"), nil
	}
	observation := measured(usable, all, "", nil)
	if len(c.document.Operations) == 0 {
		observation.Share = takehome.None()
	}
	observation.Detail = "the document is not valid"
	if len(c.document.Broken) > 0 {
		observation.Detail = fmt.Sprintf("%d of %d operations cannot be used", len(c.document.Broken), len(c.document.Broken)+len(c.document.Operations))
	}
	observation.Evidence = note("what is wrong with "+takehome.Line(c.document.Source), strings.Join(slices.Concat(c.document.Broken, c.document.Problems), "\n"))
	return observation, nil
}

// probeDocumentedRoutes: what the run used with success is documented.
func (r *grading) probeDocumentedRoutes(_ context.Context, at *script.Probing) (script.Observation, error) {
	c := r.binding.contract
	routes := slices.Concat(c.docs.Routes, c.docs.Collected)
	if !c.useful() && len(routes) == 0 {
		return seen("absent", "no endpoint is documented"), nil
	}
	var lost []string
	good, all := 0, 0
	for _, used := range r.operationsInUse() {
		works := slices.ContainsFunc(at.Ledger.All(), func(e *script.Exchange) bool {
			return e.Success() && e.Request.Method == used.method && r.isAt(used.path, e.Request.Path)
		})
		if !works {
			continue
		}
		all++
		documented := false
		if c.useful() {
			documented = c.document.Documents(used.method, strings.ReplaceAll(used.path, "{id}", "1"))
		} else {
			documented = slices.ContainsFunc(routes, func(route apidocs.Route) bool { return route.Matches(used.method, used.path) })
		}
		if documented {
			good++
		} else {
			lost = append(lost, used.method+" "+takehome.Line(used.path)+" is not documented")
		}
	}
	if all == 0 {
		return seen("unused", "no operation works"), nil
	}
	return measured(good, all, "every operation that works is documented", lost), nil
}

// isAt reports whether a request went to a route of the binding.
func (r *grading) isAt(template, path string) bool {
	path, _, _ = strings.Cut(path, "?")
	head, tail, item := strings.Cut(template, "{id}")
	if !item {
		return strings.TrimSuffix(path, "/") == strings.TrimSuffix(template, "/")
	}
	rest, begins := strings.CutPrefix(path, head)
	middle, ends := strings.CutSuffix(rest, tail)
	return begins && ends && middle != "" && !strings.Contains(middle, "/")
}

// probeDocumentedErrors: operations that write say how they refuse.
func (r *grading) probeDocumentedErrors(ctx context.Context, _ *script.Probing) (script.Observation, error) {
	c, err := r.documentation(ctx)
	if err != nil || !c.useful() {
		return seen("absent", "there is no OpenAPI document"), err
	}
	var lost []string
	good, all := 0, 0
	for _, operation := range c.document.Operations {
		if !slices.Contains([]string{http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}, operation.Method) {
			continue
		}
		all += 2
		refuses, described := documentsErrors(operation)
		switch name := operation.Method + " " + takehome.Line(operation.Path); {
		case !refuses:
			lost = append(lost, name+" documents no error")
		case !described:
			good++
			lost = append(lost, name+" does not say what its errors look like")
		default:
			good += 2
		}
	}
	if all == 0 {
		return seen("absent", "the document has no operation that writes"), nil
	}
	return measured(good, all, "operations that write document their errors", lost), nil
}

func documentsErrors(operation openapi.Operation) (refuses, described bool) {
	for status, response := range operation.Responses {
		if !strings.HasPrefix(status, "4") && status != "default" {
			continue
		}
		refuses = true
		for _, content := range response.Content {
			described = described || content.Schema.Known() || len(content.Examples) > 0
		}
	}
	return refuses, described
}

// probeDescribedOperations: four of five operations say in words what they do.
func (r *grading) probeDescribedOperations(ctx context.Context, _ *script.Probing) (script.Observation, error) {
	c, err := r.documentation(ctx)
	if err != nil || !c.useful() {
		return seen("absent", "there is no OpenAPI document"), err
	}
	var lost []string
	for _, operation := range c.document.Operations {
		if operation.Summary == "" && operation.Description == "" {
			lost = append(lost, operation.Method+" "+takehome.Line(operation.Path)+" is not described")
		}
	}
	all := len(c.document.Operations)
	good := all - len(lost)
	if good*10 >= all*8 {
		return measured(1, 1, "operations are described", nil), nil
	}
	return measured(good*10, all*8, "", lost), nil
}
