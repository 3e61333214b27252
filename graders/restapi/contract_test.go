package restapi

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/challenges"
	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// oddDocument describes an API that no probing would find.
const oddDocument = `{"openapi":"3.0.0","info":{"title":"t","version":"1"},"servers":[{"url":"/ablage"}],"paths":{
"/notizen":{"get":{"responses":{"200":{"description":"all"}}},"post":{"requestBody":{"content":{"application/json":{"schema":{
"type":"object","required":["inhalt","fach"],"properties":{"inhalt":{"type":"string"},"fach":{"type":"string","enum":["oben","unten"]}}}}}},
"responses":{"201":{"description":"made"}}}},
"/notizen/{nr}":{"parameters":[{"name":"nr","in":"path","required":true,"schema":{"type":"integer"}}],"get":{"responses":{"200":{"description":"one"}}}}}}`

func odd() *animal {
	subject := plain()
	subject.base, subject.text = "/ablage/notizen", "inhalt"
	subject.refuse = func(sent map[string]any) (string, any) {
		if sent["fach"] != "oben" && sent["fach"] != "unten" {
			return "fach", map[string]any{"message": "nope"}
		}
		return "", nil
	}
	return subject
}

func bindIn(t *testing.T, handler http.Handler, files map[string]string) (*Binding, *script.Client, *script.Ledger) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	dir := t.TempDir()
	for file, text := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600))
	}
	ledger := &script.Ledger{}
	client := script.NewClient(pod{server.Listener.Addr().String()}, "pod:8080", ledger)
	t.Cleanup(client.Close)
	binding, _, err := bind(t.Context(), client, resourceOfTodos(t), dir, "seed")
	require.NoError(t, err)
	return binding, client, ledger
}

func TestTheDocumentProposesAndTheProgramConfirms(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		files  map[string]string
		served map[string]string // path to what is served there
		source string
	}{
		"in the repository":   {map[string]string{"api.json": oddDocument}, nil, "the OpenAPI document api.json"},
		"served":              {nil, map[string]string{"/openapi.json": oddDocument}, "the OpenAPI document at /openapi.json"},
		"named in the code":   {map[string]string{"app.js": "app.use('/intern/api-docs-v2', docs)"}, map[string]string{"/intern/api-docs-v2": oddDocument}, "the OpenAPI document at /intern/api-docs-v2"},
		"linked from a page":  {nil, map[string]string{"/docs": `<html><script>SwaggerUIBundle({url: 'spec/v7.json'})</script>`, "/spec/v7.json": oddDocument}, "the OpenAPI document at /spec/v7.json"},
		"embedded in a page":  {nil, map[string]string{"/api-docs": `<html><script src="./swagger-ui-init.js">`, "/swagger-ui-init.js": `var options = {"swaggerDoc": ` + oddDocument + `, "x": 1};`}, "the OpenAPI document at /swagger-ui-init.js"},
		"broken and then one": {map[string]string{"openapi.yaml": "openapi: 3.0.0\npaths: {"}, map[string]string{"/openapi.json": oddDocument}, "the OpenAPI document at /openapi.json"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			subject := odd()
			binding, client, _ := bindIn(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if text, ok := test.served[r.URL.Path]; ok {
					_, _ = w.Write([]byte(text))
					return
				}
				subject.ServeHTTP(w, r)
			}), test.files)
			require.Equal(t, "/ablage/notizen", binding.collection)
			require.True(t, binding.creates)
			for _, entry := range binding.entries {
				if entry.Name == "collection" {
					require.Equal(t, test.source, entry.Source)
				}
			}
			useBinding(t, client, binding)
		})
	}
}

func TestAWrongDocumentDoesNoHarm(t *testing.T) {
	t.Parallel()
	subject := plain()
	subject.refuse = func(sent map[string]any) (string, any) {
		if _, ok := sent["fach"]; ok {
			return "fach", map[string]any{"message": "unknown property"}
		}
		return "", nil
	}
	document := strings.ReplaceAll(strings.ReplaceAll(oddDocument, "/notizen", "/todos"), "inhalt", "title")
	binding, client, _ := bindIn(t, subject, map[string]string{"openapi.json": document})
	require.Equal(t, "/todos", binding.collection)
	require.Empty(t, binding.extra)
	useBinding(t, client, binding)
}

const plainDocument = `
openapi: 3.0.3
info: {title: Todos, version: "1"}
paths:
  /todos:
    get:
      summary: all
      responses:
        "200": {description: all, content: {application/json: {schema: {type: array, items: {$ref: "#/components/schemas/Todo"}}}}}
    post:
      summary: make
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/New"}, example: {title: Water}}}}
      responses:
        "201": {description: made, headers: {Location: {required: true, schema: {type: string}}}, content: {application/json: {schema: {$ref: "#/components/schemas/Todo"}}}}
        "400": {$ref: "#/components/responses/Error"}
  /todos/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get:
      summary: one
      responses:
        "200": {description: one, content: {application/json: {schema: {$ref: "#/components/schemas/Todo"}}}}
        "404": {$ref: "#/components/responses/Error"}
    put:
      summary: replace
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/New"}}}}
      responses:
        "200": {description: now, content: {application/json: {schema: {$ref: "#/components/schemas/Todo"}}}}
        "400": {$ref: "#/components/responses/Error"}
        "404": {$ref: "#/components/responses/Error"}
    delete:
      summary: delete
      responses:
        "204": {description: gone}
        "404": {$ref: "#/components/responses/Error"}
components:
  responses:
    Error: {description: wrong, content: {application/json: {schema: {type: object, required: [message]}}}}
  schemas:
    New: {type: object, required: [title], properties: {title: {type: string, minLength: 1}}}
    Todo: {type: object, required: [id, title], properties: {id: {type: integer}, title: {type: string}}}
`

// documentationOf runs the checks of group K on the plain animal.
func documentationOf(t *testing.T, files map[string]string) map[string]takehome.Finding {
	t.Helper()
	subject := plain()
	subject.update = []string{"PUT"}
	binding, client, ledger := bindIn(t, subject, files)
	data, err := challenges.Files.ReadFile("todo-api/checks/documentation.yaml")
	require.NoError(t, err)
	file, err := script.Load("documentation.yaml", data, probes(nil))
	require.NoError(t, err)
	run := &grading{Grader: &Grader{resource: resourceOfTodos(t)}, binding: binding}
	run.runner = &script.Runner{
		Client: client, Ledger: ledger, Shape: binding, Seed: "seed", Store: &script.Store{},
		Owners: run.resource.Operations, Results: map[string]takehome.Finding{},
	}
	run.runner.Probes = probes(run)
	for _, check := range file.Checks {
		finding, _, err := run.runner.Run(t.Context(), check)
		require.NoError(t, err, check.ID)
		run.runner.Results[check.ID] = finding
	}
	return run.runner.Results
}

const fullReadme = "# Todos\n\nKeeps todos in Postgres, over HTTP, for everybody who likes to have a list of things.\n\n    docker compose up\n\nReads `DATABASE_URL`. `go test ./...` runs the tests.\n\n    curl localhost:8080/todos/1\n"

func TestDocumentationChecks(t *testing.T) {
	t.Parallel()
	table := fullReadme + "\n| `GET /todos` | `POST /todos` | `GET`, `PUT`, `DELETE /todos/{id}` |\n"
	edit := func(find, replace string) map[string]string {
		require.Contains(t, plainDocument, find)
		return map[string]string{"README.md": fullReadme, "openapi.yaml": strings.Replace(plainDocument, find, replace, 1)}
	}
	for name, test := range map[string]struct {
		files map[string]string
		lost  map[string]string // checks without full credit, with what they earn; n/a where they do not apply
	}{
		"everything": {edit("Todos", "Todos"), map[string]string{}},
		"nothing": {map[string]string{"main.go": "package main"}, map[string]string{
			"K01": "0", "K02": "0", "K04": "0", "K03": "n/a", "K05": "n/a", "K06": "n/a", "K07": "n/a", "K08": "n/a", "K09": "n/a", "K10": "n/a", "K11": "n/a", "K12": "n/a",
		}},
		"a table": {map[string]string{"README.md": table}, map[string]string{
			"K02": "4/5", "K03": "n/a", "K06": "n/a", "K07": "n/a", "K08": "n/a", "K09": "n/a", "K10": "n/a", "K12": "n/a",
		}},
		"half a table": {map[string]string{"README.md": strings.ReplaceAll(table, "`PUT`, `DELETE", "`BREW`, `DELETE")}, map[string]string{
			"K02": "2/5", "K04": "4/5", "K03": "n/a", "K06": "n/a", "K07": "n/a", "K08": "n/a", "K09": "n/a", "K10": "n/a", "K12": "n/a",
		}},
		"a README that says how to run": {map[string]string{"README.md": "Start it with `docker compose up` and be happy, it really needs nothing else at all, I promise.", "openapi.yaml": plainDocument}, map[string]string{"K01": "1/2", "K11": "n/a"}},
		"an operation is missing":       {edit("    delete:\n", "    x-delete:\n"), map[string]string{"K04": "4/5"}},
		"an operation too many":         {edit("  /todos/{id}:\n", "  /stats:\n    get: {summary: s, responses: {\"200\": {description: s}}}\n  /todos/{id}:\n"), map[string]string{"K05": "5/6"}},
		"another type":                  {edit("{id: {type: integer}, title", "{id: {type: string}, title"), map[string]string{"K06": "6/7"}},
		"a refused example":             {edit("example: {title: Water}", "example: {title: \"\"}"), map[string]string{"K07": "0"}},
		"more is required":              {edit("required: [title], properties: {title: {type: string, minLength: 1}}", "required: [title, description], properties: {title: {type: string, minLength: 1}, description: {type: string}}"), map[string]string{"K08": "3/5"}},
		"nothing is said of the body":   {edit("New: {type: object, required: [title], properties: {title: {type: string, minLength: 1}}}", "New: {type: object}"), map[string]string{"K08": "n/a", "K09": "0"}},
		"no program can read it": {map[string]string{"README.md": fullReadme, "openapi.yaml": "openapi: 3.0.0\npaths: {"}, map[string]string{
			"K02": "2/5", "K03": "0", "K04": "1/5", "K06": "n/a", "K07": "n/a", "K08": "n/a", "K09": "n/a", "K10": "n/a", "K12": "n/a",
		}},
		"one of five without words":   {edit("      summary: delete\n", ""), map[string]string{}},
		"three of five without words": {map[string]string{"README.md": fullReadme, "openapi.yaml": strings.NewReplacer("      summary: all\n", "", "      summary: one\n", "", "      summary: make\n", "").Replace(plainDocument)}, map[string]string{"K12": "1/2"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := map[string]string{}
			for id, finding := range documentationOf(t, test.files) {
				switch finding.Verdict {
				case takehome.NotApplicable, takehome.NotAssessed:
					got[id] = "n/a"
				default:
					if !finding.Credit.IsFull() {
						got[id] = finding.Credit.String()
					}
				}
			}
			require.Equal(t, test.lost, got)
		})
	}
}
