package query

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The checks of this kind are shared by all its challenges, so that no single corpus has to
// prove them; together they must.
func TestEveryCheckOfTheKindHasAMutant(t *testing.T) {
	t.Parallel()
	expectations, err := filepath.Glob(filepath.Join("..", "..", "testdata", "submissions", "slow-query*", "*", "expect.yaml"))
	require.NoError(t, err)
	fails := regexp.MustCompile(`(?m)^fails: \[(.*)\]`)
	killers := map[string]int{}
	for _, name := range expectations {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		for _, match := range fails.FindAllStringSubmatch(string(text), -1) {
			for id := range strings.SplitSeq(match[1], ",") {
				killers[strings.TrimSpace(id)]++
			}
		}
	}
	require.NotEmpty(t, killers)
	checks, _ := loadTea(t)
	require.NotEmpty(t, checks)
	for _, check := range checks {
		require.True(t, check.Review || killers[check.ID] > 0, "no mutant fails %s: %s", check.ID, check.Title)
		require.True(t, check.Shared)
	}
}
