package manifest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/build/manifest"
)

func TestReadAll(t *testing.T) {
	t.Parallel()
	start, notes := manifest.Read(`
takehome: 1
start:
  folder: ./backend/
  dockerfile: docker/Dockerfile
  command: node "my server.js" --port {listen}
  port: "3000"
  port_env: PORT
  db_env: [A_URL, B_URL]
  env: {LOG: debug, N: 5, YES: true, NOTHING: }
  migrate: npm run migrate
  ready: /health
todo: {collection: /x}
`)
	require.Empty(t, notes)
	require.Equal(t, manifest.Start{
		Folder: "backend", Dockerfile: "docker/Dockerfile", Command: []string{"node", "my server.js", "--port", "{listen}"}, Port: 3000,
		PortEnv: []string{"PORT"}, DatabaseEnv: []string{"A_URL", "B_URL"},
		Env:     []manifest.Variable{{Name: "LOG", Value: "debug"}, {Name: "N", Value: "5"}, {Name: "YES", Value: "true"}, {Name: "NOTHING", Value: ""}},
		Migrate: manifest.Migrate{Given: true, Command: []string{"npm", "run", "migrate"}}, Ready: "/health",
	}, start)
}

func TestMigrateForms(t *testing.T) {
	t.Parallel()
	for text, wanted := range map[string]manifest.Migrate{
		"start: {}":                                     {},
		"start: {migrate: }":                            {Given: true},
		"start: {migrate: null}":                        {Given: true},
		"start: {migrate: none}":                        {Given: true},
		"start: {migrate: false}":                       {Given: true},
		"start: {migrate: []}":                          {Given: true},
		"start: {migrate: [alembic, upgrade, head]}":    {Given: true, Command: []string{"alembic", "upgrade", "head"}},
		"start: {migrate: {files: schema.sql}}":         {Given: true, Files: []string{"schema.sql"}},
		"start: {migrate: {files: [a, b], command: x}}": {Given: true, Files: []string{"a", "b"}, Command: []string{"x"}},
	} {
		start, notes := manifest.Read(text)
		require.Empty(t, notes, text)
		require.Equal(t, wanted, start.Migrate, text)
	}
}

func TestNotesInsteadOfErrors(t *testing.T) {
	t.Parallel()
	for text, note := range map[string]string{
		"start: [":                         "takehome.yaml was left out: it is not valid YAML",
		"start: text":                      `takehome.yaml:1: "start" has to be a map`,
		"takehome: 2":                      `takehome.yaml:1: format "2" is not known`,
		"start:\n  comand: x":              `takehome.yaml:2: unknown key "start.comand" (did you mean "command"?)`,
		"start: {prot: 1}":                 `(did you mean "port"?)`,
		"start: {zzz: 1}":                  "known are folder, dockerfile",
		"start: {port: high}":              `"port" has to be a number`,
		"start: {port: 70000}":             `"port" has to be a number`,
		"start: {folder: ../x}":            `"folder" has to be a path inside the submission`,
		"start: {dockerfile: /etc/passwd}": `"dockerfile" has to be a path inside the submission`,
		"start: {folder: [a]}":             `"folder" has to be a path`,
		"start: {command: \"a 'b\"}":       `"command" cannot be split into words: a quote is not closed`,
		"start: {command: a && b}":         `write it out: command: [sh, -c, "a && b"]`,
		"start: {command: {a: b}}":         `"command" has to be a text or a list`,
		"start: {port_env: \"A B\"}":       `"A B" is not the name of an environment variable`,
		"start: {env: [A]}":                `"env" has to be a map`,
		"start: {env: {\"A=B\": 1}}":       `is not the name of an environment variable`,
		"start: {env: {A: [1]}}":           `the value of "A" has to be a text`,
		"start: {ready: health}":           `"ready" has to be a path`,
		"start: {migrate: {file: x}}":      `unknown key "start.migrate.file"`,
		"start: {env: {\"A\\nB\": 1}}":     `is not the name`,
	} {
		_, notes := manifest.Read(text)
		require.Len(t, notes, 1, text)
		require.Contains(t, notes[0], note, text)
		require.NotContains(t, notes[0], "\n")
	}
}

func FuzzRead(f *testing.F) {
	f.Add("start: {command: [a], env: {A: b}, migrate: {files: [x]}, port_env: [P]}")
	f.Fuzz(func(t *testing.T, text string) {
		_, notes := manifest.Read(text)
		for _, note := range notes {
			require.NotContains(t, note, "\n")
		}
	})
}
