package query

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/equivalence"
	"github.com/takehome-dev/takehome/graders/query/equivalence/tiny"
	"github.com/takehome-dev/takehome/internal/authored"
	"github.com/takehome-dev/takehome/internal/sandbox/sandboxtest"
	"github.com/takehome-dev/takehome/internal/sqlscript"
)

// handedIn is what the seeds are tried on: the query of a submission of the corpus.
type handedIn struct {
	Role, Of, Status            string
	Edits                       []struct{ File, Find, Replace string }
	Fails, Radius, Caps, Remove []string
	Score                       map[string]float64

	name, query string
}

// corpusOf reads the queries that were handed in to a challenge.
func corpusOf(t *testing.T, challenge string) []handedIn {
	t.Helper()
	folder := filepath.Join("..", "..", "testdata", "submissions", challenge)
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	var all []handedIn
	for _, entry := range entries {
		data, err := os.ReadFile(filepath.Join(folder, entry.Name(), "expect.yaml"))
		require.NoError(t, err)
		made := handedIn{name: entry.Name()}
		require.NoError(t, authored.Decode(entry.Name(), data, &made))
		text, err := os.ReadFile(filepath.Join(folder, entry.Name(), "query.sql"))
		if os.IsNotExist(err) && made.Of != "" {
			text, err = os.ReadFile(filepath.Join(folder, made.Of, "query.sql"))
		}
		if os.IsNotExist(err) {
			continue
		}
		require.NoError(t, err)
		made.query = string(text)
		for _, edit := range made.Edits {
			if edit.File == "query.sql" {
				made.query = strings.Replace(made.query, edit.Find, edit.Replace, 1)
			}
		}
		all = append(all, made)
	}
	return all
}

// seeds are how many TestSeedsDecideNothing tries; each takes about ten seconds for a challenge.
const seeds = 2

// TestSeedsDecideNothing holds every query of the corpora against small databases of several
// seeds: a wrong rewrite is told apart with each of them, and a good one with none. The seed
// of a run is a hash of what is graded, so that luck would be a candidate's.
func TestSeedsDecideNothing(t *testing.T) {
	t.Parallel()
	shipped := shippedTasks(t)
	ground := prepareGround(t, sandboxtest.Open(t, nil))
	for challenge, task := range shipped {
		t.Run(challenge, func(t *testing.T) { // one after the other: they share the tables
			run := &grading{Grader: &Grader{task: task}}
			maker, err := tiny.New(t.Context(), ground, run.source())
			require.NoError(t, err)
			submissions := slices.DeleteFunc(corpusOf(t, challenge), func(each handedIn) bool {
				return each.Role == "hostile" || each.Role == "mutant" && !slices.Contains(each.Fails, "Q01")
			})
			latest := map[string]int{}
			for seed := range seeds {
				databases, err := maker.Make(t.Context(), strconv.Itoa(seed))
				require.NoError(t, err)
				cases, err := equivalence.Ask(t.Context(), ground, run.question(0), databases)
				require.NoError(t, err)
				for _, each := range submissions {
					verdict := compareOnce(t, ground, run, cases, each)
					if each.Role == "mutant" {
						require.NotEqual(t, equivalence.Equal, verdict.Outcome, "%s survives seed %d", each.name, seed)
						latest[each.name] = max(latest[each.name], verdict.Compared)
						continue
					}
					require.Equal(t, equivalence.Equal, verdict.Outcome, "%s, seed %d: %+v", each.name, seed, verdict)
				}
			}
			t.Logf("databases until each was told apart, the most of all seeds: %v", latest)
		})
	}
}

func compareOnce(t *testing.T, ground *database.Connection, run *grading, cases []equivalence.Case, of handedIn) equivalence.Verdict {
	t.Helper()
	var delivery Delivery
	delivery.Query.Statements = sqlscript.Statements(of.query)
	delivery.part()
	verdict, err := equivalence.Small(t.Context(), ground, run.question(0), cases, delivery.query.Text)
	require.NoError(t, err)
	return verdict
}
