package openapi

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const small = `
openapi: 3.0.3
info: {title: Todos, version: "1"}
servers: [{url: "https://api.example.org/v1"}]
paths:
  /todos:
    post:
      summary: Create
      requestBody:
        required: true
        content:
          application/json:
            schema: {$ref: "#/components/schemas/New"}
            example: {title: Water, due: 2026-03-31}
      responses:
        201: {description: made, headers: {Location: {required: true, schema: {type: string}}}, content: {application/json: {schema: {$ref: "#/components/schemas/Todo"}}}}
        4XX: {description: wrong}
  /todos/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get:
      responses:
        "200": {description: one, content: {application/json: {schema: {$ref: "#/components/schemas/Todo"}}}}
components:
  schemas:
    New:
      type: object
      required: [title]
      properties:
        id: {type: integer, readOnly: true}
        title: {type: string, minLength: 1, maxLength: 20, pattern: \S}
        done: {type: boolean}
        due: {type: string, format: date, nullable: true}
        priority: {type: string, enum: [low, high]}
        rank: {type: integer, minimum: 1, maximum: 5}
    Todo:
      allOf:
        - {$ref: "#/components/schemas/New"}
        - {type: object, required: [id], properties: {id: {type: integer}, parent: {$ref: "#/components/schemas/Todo"}}}
`

func parse(t *testing.T, text string) *Document {
	t.Helper()
	document, err := Parse(t.Context(), "openapi.yaml", []byte(text))
	require.NoError(t, err)
	return document
}

func value(t *testing.T, text string) any {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var v any
	require.NoError(t, decoder.Decode(&v))
	return v
}

func TestParse(t *testing.T) {
	t.Parallel()
	d := parse(t, small)
	require.Empty(t, d.Broken)
	require.Empty(t, d.Problems)
	require.Equal(t, []string{"", "/v1"}, d.Bases)
	operation, ok, _ := d.Match("POST", "/v1/todos")
	require.True(t, ok)
	media, content, ok := operation.Body.JSON()
	require.True(t, ok)
	require.Equal(t, "application/json", media)
	require.Equal(t, []any{map[string]any{"title": "Water", "due": "2026-03-31"}}, content.Examples)
	made, ok := operation.Response(201)
	require.True(t, ok)
	require.Equal(t, []string{"Location"}, made.Headers)
	_, ok = operation.Response(422)
	require.True(t, ok)
	_, ok = operation.Response(500)
	require.False(t, ok)
	_, ok, known := d.Match("PATCH", "/todos/7?x=1")
	require.False(t, ok)
	require.True(t, known)
	usable, all := d.Usable()
	require.Equal(t, all, usable)
}

func TestVersions(t *testing.T) {
	t.Parallel()
	two := parse(t, `{"swagger":"2.0","info":{"title":"t","version":"1"},"basePath":"/api","paths":{"/todos":{"post":{
		"parameters":[{"in":"body","name":"todo","schema":{"$ref":"#/definitions/New"}}],
		"responses":{"201":{"description":"made","schema":{"$ref":"#/definitions/New"}}}}}},
		"definitions":{"New":{"type":"object","required":["title"],"properties":{"title":{"type":"string","example":"a"}}}}}`)
	require.Empty(t, two.Problems)
	operation, ok, _ := two.Match("POST", "/api/todos")
	require.True(t, ok)
	_, content, ok := operation.Body.JSON()
	require.True(t, ok)
	require.Equal(t, []any{map[string]any{"title": "a"}}, content.Examples)
	require.NotEmpty(t, content.Schema.Check(value(t, `{}`), Request))
	one := parse(t, `
openapi: 3.1.0
info: {title: t, version: "1"}
paths:
  /todos:
    get:
      responses:
        "200":
          description: all
          content:
            application/json:
              schema: {type: object, properties: {due: {type: [string, "null"]}, kind: {const: 7}, n: {type: number, exclusiveMinimum: 3}}}
`)
	require.Empty(t, one.Problems)
	response, _ := one.Operations[0].Response(200)
	schema := response.Content["application/json"].Schema
	require.Empty(t, schema.Check(value(t, `{"due":null,"kind":7.0,"n":3.1}`), Answer))
	require.Len(t, schema.Check(value(t, `{"due":1,"kind":8,"n":3}`), Answer), 3)
}

func TestCheck(t *testing.T) {
	t.Parallel()
	d := parse(t, small)
	operation, _, _ := d.Match("POST", "/todos")
	_, content, _ := operation.Body.JSON()
	created, _ := operation.Response(201)
	answer := created.Content["application/json"].Schema
	for text, pointers := range map[string][]string{
		`{"title":"a"}`:                        nil,
		`{"title":"a","due":null,"extra":[1]}`: nil,
		`{}`:                                   {"/title"},
		`{"title":1}`:                          {"/title"},
		`{"title":" "}`:                        {"/title"},
		`{"title":"a","priority":"urgent"}`:    {"/priority"},
		`{"title":"a","rank":6}`:               {"/rank"},
		`{"title":"a","rank":1.0}`:             nil,
		`{"title":"a","rank":1e999999999}`:     {"/rank"},
		`{"title":"a","due":"31.3.2026"}`:      {"/due"},
		`[]`:                                   {""},
	} {
		var got []string
		for _, violation := range content.Schema.Check(value(t, text), Request) {
			got = append(got, violation.Pointer)
		}
		require.Equal(t, pointers, got, text)
	}
	require.Empty(t, answer.Check(value(t, `{"id":1,"title":"a","parent":{"id":2,"title":"b"}}`), Answer))
	require.Len(t, answer.Check(value(t, `{"title":"a","parent":{"id":"x","title":"b"}}`), Answer), 3)
}

func TestCasesAreWhatTheySay(t *testing.T) {
	t.Parallel()
	d := parse(t, small)
	operation, _, _ := d.Match("POST", "/todos")
	_, content, _ := operation.Body.JSON()
	good, ok := value(t, `{"title":"Water","done":false,"priority":"low","rank":2}`).(map[string]any)
	require.True(t, ok)
	random := func() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }
	negative := content.Schema.Negative(good, random())
	require.Len(t, negative, maxCases)
	require.Equal(t, negative, content.Schema.Negative(good, random()), "the same seed makes the same cases")
	for _, one := range negative {
		require.NotEmpty(t, content.Schema.Check(one.Body, Request), one.What)
	}
	positive := content.Schema.Positive(good, random())
	require.NotEmpty(t, positive)
	for _, one := range positive {
		require.Empty(t, content.Schema.Check(one.Body, Request), one.What)
	}
	require.Empty(t, content.Schema.Negative(map[string]any{}, random()), "no mutation of what is wrong already")
}

func TestBrokenDocuments(t *testing.T) {
	t.Parallel()
	_, err := Parse(t.Context(), "x", []byte("openapi: 3.0.0\npaths: {"))
	require.Error(t, err)
	require.NotErrorIs(t, err, ErrOther)
	for _, other := range []string{"", "a: 1", "[]", `{"name":"x","paths":{"a":1}}`, "\x00\x01", "name: {"} {
		_, err := Parse(t.Context(), "x", []byte(other))
		require.ErrorIs(t, err, ErrOther, other)
	}
	d := parse(t, strings.Replace(small, "    Todo:\n", "    Other:\n", 1))
	require.Len(t, d.Broken, 2)
	require.True(t, d.Documents("GET", "/todos/1"), "badly documented is documented")
	require.False(t, d.Documents("PUT", "/todos/1"))
	d = parse(t, strings.Replace(small, "info: {title: Todos, version: \"1\"}\n", "", 1))
	require.Empty(t, d.Broken)
	usable, all := d.Usable()
	require.Equal(t, all-1, usable)
	d = parse(t, `
openapi: 3.0.0
info: {title: t, version: "1"}
paths:
  /todos: {$ref: ./paths/todos.yaml}
  /other:
    get: {responses: {"200": {$ref: "https://example.org/r.yaml"}}}
`)
	require.Len(t, d.Outside, 2)
	require.True(t, d.Documents("DELETE", "/todos"))
	require.Empty(t, d.Broken)
}

// Every document here once was, or could be, a way to stop a reader.
func TestHostileDocuments(t *testing.T) {
	t.Parallel()
	var bomb strings.Builder
	bomb.WriteString("a0: &a0 [x,x,x,x,x,x,x,x,x]\n")
	for i := 1; i < 9; i++ {
		fmt.Fprintf(&bomb, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 9), ","))
	}
	var tangle strings.Builder
	for i := range 14 {
		fmt.Fprintf(&tangle, "    S%d: {type: object, properties: {", i)
		for j := range 14 {
			fmt.Fprintf(&tangle, "p%d: {$ref: '#/components/schemas/S%d'}, ", j, j)
		}
		tangle.WriteString("}}\n")
	}
	frame := "openapi: 3.0.0\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {responses: {200: {description: x, content: {application/json: {schema: {$ref: '#/components/schemas/S0'}}}}}}}}\n"
	for name, text := range map[string]string{
		"alias bomb":      "openapi: 3.0.0\npaths: {}\n" + bomb.String(),
		"deep":            `{"openapi":"3.0.0","paths":{},"x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "}",
		"large":           "openapi: 3.0.0\nx: " + strings.Repeat("a", MaxDocument),
		"tangled":         frame + "components:\n  schemas:\n" + tangle.String(),
		"itself":          frame + "components: {schemas: {S0: {$ref: '#/components/schemas/S0'}}}",
		"allOf itself":    frame + "components: {schemas: {S0: {allOf: [{$ref: '#/components/schemas/S0'}]}}}",
		"the document":    frame + "components: {schemas: {S0: {$ref: '#'}}}",
		"anyOf of anyOf":  frame + "components: {schemas: {S0: {anyOf: [{$ref: '#/components/schemas/S1'}, {$ref: '#/components/schemas/S1'}]}, S1: {not: {$ref: '#/components/schemas/S0'}}}}",
		"a long pattern":  frame + "components: {schemas: {S0: {type: string, pattern: '" + strings.Repeat("(a{1,1000}){1,1000}", 40) + "'}}}",
		"numbers as keys": "openapi: 3.0.0\npaths: {1: 2, true: {get: 5}}",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			document, err := Parse(ctx, "x", []byte(text))
			if err != nil {
				require.NotErrorIs(t, err, context.DeadlineExceeded)
				return
			}
			for _, operation := range document.Operations {
				for _, response := range operation.Responses {
					for _, content := range response.Content {
						content.Schema.Check(map[string]any{"p0": map[string]any{}}, Answer)
						content.Schema.Negative(map[string]any{}, rand.New(rand.NewPCG(1, 1)))
						content.Schema.Positive(map[string]any{}, rand.New(rand.NewPCG(1, 1)))
					}
				}
			}
		})
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	write("docs/api.yaml", small)
	write("node_modules/x/openapi.yaml", small)
	write("package.json", `{"openapi":"3.0.0"}`)
	write("config.yaml", "openapi: yes")
	write("broken/swagger.yml", "swagger: '2.0'\npaths: {")
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(dir, "link.yaml")))
	found, err := Find(t.Context(), dir)
	require.NoError(t, err)
	require.Len(t, found, 2)
	require.Equal(t, "broken/swagger.yml", found[0].Source)
	require.Error(t, found[0].Err)
	require.Equal(t, "docs/api.yaml", found[1].Source)
	require.Len(t, found[1].Document.Operations, 2)
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(small), []byte(`{"title":"a"}`))
	f.Add([]byte(`{"openapi":"3.1.0","info":{"title":"","version":""},"paths":{"/a":{"post":{"requestBody":{"content":{"application/json":{"schema":{"type":["string"]}}}},"responses":{"default":{"description":""}}}}}}`), []byte(`1`))
	f.Add([]byte(`{"swagger":"2.0","paths":{"/a":{"get":{"parameters":[{"in":"body","schema":{"$ref":"#/a"}}],"responses":{"200":{}}}}},"a":{"$ref":"#/a"}}`), []byte(`[]`))
	f.Fuzz(func(t *testing.T, data, body []byte) {
		document, err := Parse(t.Context(), "x", data)
		if err != nil {
			return
		}
		var sent any
		_ = json.Unmarshal(body, &sent)
		object, _ := sent.(map[string]any)
		random := rand.New(rand.NewPCG(1, 1))
		for _, operation := range document.Operations {
			_, content, _ := operation.Body.JSON()
			content.Schema.Check(sent, Request)
			for _, one := range content.Schema.Negative(object, random) {
				require.NotEmpty(t, content.Schema.Check(one.Body, Request))
			}
			content.Schema.Positive(object, random)
			document.Match(operation.Method, operation.Path)
		}
	})
}
