package rows

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMine(t *testing.T) {
	t.Parallel()
	found := mine([]string{
		`CHECK (((status)::text = ANY ((ARRAY['open'::character varying, 'it''s'::character varying])::text[])))`,
		`CHECK (((code ~ '^[A-Z]{2}\d$'::text) AND (code !~ '[x]'::text) AND (url ~~ 'https://%'::text)))`,
		`CHECK (((n >= 5) AND (n <= (95)::smallint) AND (rate > '-0.5'::numeric)))`,
		`CHECK ((num_nonnulls(a, b) = 1))`,
	})
	require.Equal(t, []string{"open", "it's", "-0.5"}, found.texts)
	require.Equal(t, []string{"https://%"}, found.likes)
	require.Len(t, found.patterns, 1)
	require.Subset(t, found.numbers, []string{"5", "95", "-0.5", "1"})
	require.True(t, found.nullness)
}

func TestSampleMatches(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{
		`^[A-Z]{3}-[0-9]{4}$`, `^[^@\s]+@[^@\s]+\.[a-z]{2,}$`, `^\+[1-9]\d{6,14}$`, `^(red|green|#[0-9a-f]{6})$`, `^[[:alpha:]]{2,5}$`, `a+b*c?`,
	} {
		found := mine([]string{"CHECK (x ~ '" + pattern + "'::text)"})
		require.Len(t, found.patterns, 1, pattern)
		for n := range 20 {
			require.Regexp(t, pattern, sample(found.patterns[0], n, n%2 == 0))
		}
	}
}

// FuzzMine: texts of constraints are a stranger's.
func FuzzMine(f *testing.F) {
	f.Add(`CHECK ((code ~ '^[A-Z]{2}\d$'::text))`, 1)
	f.Add(`CHECK ((x ~~ '%\'))`, 3)
	f.Add(`CHECK ((x ~ '((((a{1000}){1000}'))`, 3)
	f.Fuzz(func(t *testing.T, definition string, n int) {
		found := mine([]string{definition})
		require.LessOrEqual(t, len(found.texts)+len(found.numbers)+len(found.patterns)+len(found.likes), 4*maxMined)
		for _, pattern := range found.patterns {
			require.Less(t, len(sample(pattern, n, true)), 4096+2*len(definition))
		}
		for _, text := range found.likes {
			_ = like(text, n)
		}
	})
}

func TestWalkGoesThroughEveryCombination(t *testing.T) {
	t.Parallel()
	slots := []*slot{{choices: fixed("a", "b", "c")}, {choices: fixed("x", "y")}}
	going := &walk{slots: slots}
	seen := map[[2]int]bool{{0, 0}: true}
	for going.step() {
		seen[[2]int{slots[0].at, slots[1].at}] = true
	}
	require.Len(t, seen, 6)
	require.False(t, (&walk{}).step())
}
