package apidocs

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRoutes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]Route{
		"| `GET /todos?limit=50` | a page |":                        {{"GET", "/todos"}},
		"| GET PUT DELETE | `/api/v1/tasks/{uuid}` | one |":         {{"GET", "/api/v1/tasks/{id}"}, {"PUT", "/api/v1/tasks/{id}"}, {"DELETE", "/api/v1/tasks/{id}"}},
		"| /todos | GET, POST | all |":                              {{"GET", "/todos"}, {"POST", "/todos"}},
		"`GET /a`, `POST /a`, and `PUT`, `PATCH` on `/a/{id}`.":     {{"GET", "/a"}, {"POST", "/a"}, {"PUT", "/a/{id}"}, {"PATCH", "/a/{id}"}},
		"- `POST /tasks/{id}/complete` is short for a `PATCH`":      {{"POST", "/tasks/{id}/complete"}},
		"- `GET|PUT|PATCH|DELETE /api/todo/<id>`":                   {{"GET", "/api/todo/{id}"}, {"PUT", "/api/todo/{id}"}, {"PATCH", "/api/todo/{id}"}, {"DELETE", "/api/todo/{id}"}},
		"### DELETE http://localhost:3000/todos/:todoId":            {{"DELETE", "/todos/{id}"}},
		"the API on http://localhost:4000, and/or PATCH afterwards": nil,
	} {
		require.Equal(t, want, Routes(text), text)
	}
	require.True(t, Route{"GET", "/todos"}.Matches("GET", "/api/v1/todos"))
	require.False(t, Route{"GET", "/"}.Matches("GET", "/api"))
	require.False(t, Route{"GET", "/todos"}.Matches("POST", "/todos"))
}

func TestCurls(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]*Example{
		"    curl -i localhost:8080/todos":             {Method: "GET", Path: "/todos"},
		"$ curl -sX DELETE http://localhost/a/1 # 204": {Method: "DELETE", Path: "/a/1", Expected: []int{204}},
		"curl -X POST \\\n  http://127.0.0.1:3000/todos \\\n  -H 'Content-Type: application/json' \\\n  -d '{\n \"a\": \"it'\\''s\"}' | jq .": {
			Method: "POST", Path: "/todos", Headers: [][2]string{{"Content-Type", "application/json"}}, HasBody: true, Body: []byte("{\n \"a\": \"it's\"}"),
		},
		`curl --json "{\"a\": 1}" $BASE/todos/$ID`:             {Method: "POST", Path: "/todos/{ID}", Headers: [][2]string{{"Content-Type", "application/json"}}, HasBody: true, Body: []byte(`{"a": 1}`)},
		`curl "http://localhost:8000/todos?a=1&b=2"`:           {Method: "GET", Path: "/todos?a=1&b=2"},
		"call `curl localhost:3000/todos/<id>` then":           {Method: "GET", Path: "/todos/{id}"},
		`curl localhost/a -d a=b`:                              {Method: "POST", Path: "/a", Headers: [][2]string{{"Content-Type", "application/x-www-form-urlencoded"}}, HasBody: true, Body: []byte("a=b")},
		"curl localhost/a -d @/etc/passwd":                     nil,
		"curl localhost/$(reboot)":                             nil,
		"curl localhost/`id`":                                  nil,
		"curl https://raw.githubusercontent.com/x":             nil,
		"curl --proxy http://x localhost/a":                    nil,
		"curl -H \"Authorization: Bearer $TOKEN\" localhost/a": nil,
		"curl localhost/a localhost/b":                         nil,
		"curl 'localhost/a":                                    nil,
	} {
		found := Curls(text)
		if want == nil {
			require.Empty(t, found, text)
			continue
		}
		require.Equal(t, []Example{*want}, found, text)
	}
	after := Curls("```\ncurl localhost/a/0\n```\n\n```\nHTTP/1.1 404 Not Found\n```\n")
	require.Equal(t, []int{404}, after[0].Expected)
}

func TestCollections(t *testing.T) {
	t.Parallel()
	require.Equal(t, []Example{
		{Method: "GET", Path: "/todos"},
		{Method: "PUT", Path: "/todos/{{id}}", Headers: [][2]string{{"Content-Type", "application/json"}}, HasBody: true, Body: []byte("{\n\"a\": 1\n}")},
	}, HTTPFile("@host = localhost:3000\n@base = http://{{host}}\n### all\nGET {{base}}/todos\n\n### one\nPUT {{base}}/todos/{{id}} HTTP/1.1\nContent-Type: application/json\n\n{\n\"a\": 1\n}\n"))
	require.Equal(t, []Example{{Method: "POST", Path: "/todos", HasBody: true, Body: []byte(`{"a":1}`), Expected: []int{201}}},
		HTTPFile("POST http://localhost:3000/todos\n{\"a\":1}\nHTTP 201\n[Asserts]\njsonpath \"$.id\" exists\n"))
	require.Equal(t, []Example{{Method: "DELETE", Path: "/todos/{{id}}"}}, Bruno("meta {\n  name: x\n}\n\ndelete {\n  url: {{baseUrl}}/todos/{{id}}\n}\n"))
	require.Equal(t, []Example{{Method: "POST", Path: "/todos", Headers: [][2]string{{"A", "b"}}, HasBody: true, Body: []byte("{}")}, {Method: "GET", Path: "/todos/:id"}},
		Postman(`{"info":{"schema":"x"},"item":[{"item":[{"request":{"method":"post","header":[{"key":"A","value":"b"}],"body":{"raw":"{}"},"url":"{{u}}/todos"}}]},{"request":{"method":"GET","url":{"raw":"http://localhost:1/todos/:id"}}}]}`))
	require.Empty(t, Postman(`{"item": 7}`))
}

func TestRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "README.md"), []byte("GET /todos\n\n    curl localhost:80/todos/17\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "r.http"), []byte("POST http://localhost/todos\n"), 0o600))
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(dir, "passwd.md")))
	docs, err := Read(dir)
	require.NoError(t, err)
	require.Equal(t, []string{"README.md"}, docs.Readmes)
	require.Equal(t, []Route{{"GET", "/todos"}, {"GET", "/todos/{id}"}}, docs.Routes)
	require.Equal(t, []Route{{"POST", "/todos"}}, docs.Collected)
	require.Equal(t, []string{"r.http"}, docs.Collections)
	require.Len(t, docs.Curls, 1)
}

func FuzzProse(f *testing.F) {
	f.Add("curl -X POST \"localhost/$A\" -d '{}' \\\n -H \"a: b\"\nGET /todos/{id}")
	f.Add("### x\nPOST {{a}}/b\nA: b\n\n{}\n")
	f.Add(`{"item":[{"request":{"method":"GET","url":"{{a}}/b"}}]}`)
	f.Add("get {\n url: {{a}}/b\n}")
	f.Fuzz(func(t *testing.T, text string) {
		Routes(text)
		for _, example := range Curls(text) {
			require.NotContains(t, example.Path, "\n")
			require.Equal(t, byte('/'), example.Path[0])
		}
		HTTPFile(text)
		Bruno(text)
		Postman(text)
	})
}
