package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/report"
	"github.com/takehome-dev/takehome/internal/takehome"
)

const (
	submissions = "../../testdata/submissions/todo-api"
	reference   = submissions + "/reference-go"
	// underway is in the line of a check that is done soon after the start.
	underway = " A02 The collection answers soon"
)

// readReport reads a report strictly and proves that it follows its schema. The canonical
// part is returned as the bytes that are in the file.
func readReport(t *testing.T, path string) (takehome.Report, string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	read, err := report.Read(bytes.NewReader(raw))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(report.Schema()))
	require.NoError(t, err)
	require.NoError(t, compiler.AddResource("report.schema.json", schema))
	compiled, err := compiler.Compile("report.schema.json")
	require.NoError(t, err)
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	require.NoError(t, err)
	require.NoError(t, compiled.Validate(document))
	var parts map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(raw, &parts))
	return read, string(parts["canonical"])
}

func TestTheSameSubmissionIsGradedAlikeTwice(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var canonical [2]string
	for i := range canonical {
		out := t.TempDir()
		p := b.start("grade", reference, "--challenge", "todo-api", "--out", out)
		require.Equal(t, 0, p.wait(), p.told())
		require.Contains(t, p.told(), underway)
		require.NotContains(t, p.told(), "\x1b", "no escape sequences in a pipe")
		require.NotContains(t, p.told(), "\r")
		require.Contains(t, p.stdout.String(), "Total")
		require.NotContains(t, p.stdout.String(), "\x1b")
		require.FileExists(t, filepath.Join(out, "report.html"))
		var read takehome.Report
		read, canonical[i] = readReport(t, filepath.Join(out, "report.json"))
		require.Equal(t, takehome.Graded, read.Canonical.Status)
		require.Equal(t, "100.0", read.Canonical.Scorecard.Percent)
		for _, name := range []string{"docker API", "docker engine", "go", "image of Postgres", "image of the pod", "memory of the program"} {
			require.Condition(t, func() bool {
				return slices.ContainsFunc(read.Run.Environment, func(s takehome.Setting) bool { return s.Name == name && s.Value != "" })
			}, name)
		}
		b.requireNothingLeft()
	}
	require.Equal(t, canonical[0], canonical[1])

	// The files of the report have no room: what was seen is told, and the call did not end well.
	p := b.start("grade", reference, "--challenge", "todo-api", "--quiet", "--fail-under", "100", "--out", "/dev/null/reports")
	require.Equal(t, 2, p.wait(), p.told())
	require.Contains(t, p.stdout.String(), "Total")
	require.Contains(t, p.told(), "takehome: the report cannot be written to /dev/null/reports")
	require.Contains(t, p.told(), "owner: operator")
	b.requireNothingLeft()
}

func TestAScoreBelowTheThresholdIsExitCodeOne(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	p := b.start("grade", submissions+"/flawed-python", "-c", "todo-api", "--no-files", "-q", "--fail-under", "99")
	require.Equal(t, 1, p.wait(), p.told())
	require.Empty(t, p.told(), "quiet is quiet")
	require.NotContains(t, strings.ToLower(p.stdout.String()), "report.html", "no files were wanted")
	b.requireNothingLeft()
}

func TestWhatCannotBeBuiltIsToldInFewLines(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "notes.txt"), []byte("I would use Rust.\n"), 0o644))
	p := b.start("grade", dir, "-c", "todo-api", "--no-files")
	require.Equal(t, 0, p.wait(), p.told())
	require.Contains(t, p.stdout.String(), "Total is capped at 10 %: the program does not start")
	require.Regexp(t, `(?m)^. blocked  A01 failed, and \d+ more need it and could not be observed$`, p.told())
	require.Less(t, strings.Count(p.told(), "\n"), 20, p.told())
	b.requireNothingLeft()
}
