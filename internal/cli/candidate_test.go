package cli_test

import (
	"io/fs"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/challenges"
	"github.com/takehome-dev/takehome/internal/build/manifest"
	"github.com/takehome-dev/takehome/internal/catalog"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Every line of the starter's takehome.yaml is right when its comment sign is taken away.
func TestTheCommentedStarterIsRight(t *testing.T) {
	t.Parallel()
	text, err := fs.ReadFile(challenges.Files, "todo-api/starter/takehome.yaml")
	require.NoError(t, err)
	_, notes := manifest.Read(string(text))
	require.Empty(t, notes, "as it is handed out")
	open := regexp.MustCompile(`(?m)^# ((?:start|todo):| +[a-z_]+: )`).ReplaceAllString(string(text), "$1")
	require.Contains(t, open, "\nstart:\n  folder: backend")
	start, notes := manifest.Read(open)
	require.Empty(t, notes)
	require.Equal(t, "backend", start.Folder)
	require.Equal(t, 3000, start.Port)
	require.True(t, start.Migrate.Given)
}

// What a candidate's own run knows of is all but the hidden checks.
func TestCandidatesRunAllButTheHiddenChecks(t *testing.T) {
	t.Parallel()
	loaded, err := catalog.New(challenges.Files, kinds()).Load("todo-api")
	require.NoError(t, err)
	open, hidden, err := loaded.ForCandidate()
	require.NoError(t, err)
	require.Positive(t, hidden)
	require.Len(t, open.Challenge.Rubric.Checks, len(loaded.Challenge.Rubric.Checks)-hidden)
	kinds := map[takehome.Visibility]int{}
	for _, check := range loaded.Challenge.Rubric.Checks {
		kinds[check.Visibility]++
	}
	require.Greater(t, kinds[takehome.Public], kinds[takehome.Hinted])
	require.Greater(t, kinds[takehome.Hinted], kinds[takehome.Hidden])
	for _, core := range []string{"A01", "B01", "B02", "B05", "B07", "B10", "I01", "I02", "D01", "D11", "C06", "E02"} {
		check, known := open.Challenge.Rubric.Check(core)
		require.True(t, known, core)
		require.Equal(t, takehome.Public, check.Visibility, core)
	}
	judgement, err := open.Grader.Grade(t.Context(), takehome.Session{Submission: takehome.Submission{Dir: t.TempDir()}, Breakdown: &takehome.Breakdown{Phase: "build", Reason: "it does not compile"}})
	require.NoError(t, err)
	require.Len(t, judgement.Results, len(open.Challenge.Rubric.Checks), "hidden checks are not even in the results")
}
