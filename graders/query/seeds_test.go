package query

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/query/equivalence"
	"github.com/takehome-dev/takehome/graders/query/equivalence/tiny"
	"github.com/takehome-dev/takehome/internal/corpus"
	"github.com/takehome-dev/takehome/internal/sandbox/sandboxtest"
)

// handedIn is a submission of a corpus with its query.
type handedIn struct {
	corpus.Variant
	query string
}

// queriesOf are those of a challenge's corpus that are told apart, or not, by what they find.
func queriesOf(t *testing.T, challenge string) []handedIn {
	t.Helper()
	files := os.DirFS(filepath.Join("..", "..", "testdata", "submissions", challenge))
	variants, err := corpus.Load(files)
	require.NoError(t, err)
	var all []handedIn
	for _, variant := range variants {
		if variant.Role == corpus.RoleHostile || variant.Role == corpus.RoleMutant && !slices.Contains(variant.Fails, "Q01") {
			continue
		}
		dir := t.TempDir()
		require.NoError(t, variant.Materialise(files, dir))
		delivery, err := readDelivery(dir)
		require.NoError(t, err)
		all = append(all, handedIn{variant, delivery.query.Text})
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
			submissions := queriesOf(t, challenge)
			require.NotEmpty(t, submissions)
			latest := map[string]int{}
			for seed := range seeds {
				databases, err := maker.Make(t.Context(), strconv.Itoa(seed))
				require.NoError(t, err)
				cases, err := equivalence.Ask(t.Context(), ground, run.question(0), databases)
				require.NoError(t, err)
				for _, each := range submissions {
					verdict, err := equivalence.Small(t.Context(), ground, run.question(0), cases, each.query)
					require.NoError(t, err)
					if each.Role == corpus.RoleMutant {
						require.NotEqual(t, equivalence.Equal, verdict.Outcome, "%s survives seed %d", each.Name, seed)
						latest[each.Name] = max(latest[each.Name], verdict.Compared)
						continue
					}
					require.Equal(t, equivalence.Equal, verdict.Outcome, "%s, seed %d: %+v", each.Name, seed, verdict)
				}
			}
			t.Logf("databases until each was told apart, the most of all seeds: %v", latest)
		})
	}
}
