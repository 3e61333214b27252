package words_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/build/words"
)

func TestSplit(t *testing.T) {
	t.Parallel()
	for line, wanted := range map[string][]string{
		"":                        nil,
		"node server.js":          {"node", "server.js"},
		`sh -c "a && b"`:          {"sh", "-c", "a && b"},
		`a 'b "c"' "d 'e'"`:       {"a", `b "c"`, "d 'e'"},
		`a\ b "c\"d" 'e\f' "g\h"`: {"a b", `c"d`, `e\f`, `g\h`},
		"a\\\n b":                 {"a", "b"},
		`"" x`:                    {"", "x"},
		"a\tb\r\nc":               {"a", "b", "c"},
		`--x="$PORT" ${Y}`:        {"--x=$PORT", "${Y}"},
	} {
		got, err := words.Split(line)
		require.NoError(t, err, line)
		require.Equal(t, wanted, got, line)
	}
	for _, line := range []string{`"open`, `'open`, `a "b' c`} {
		_, err := words.Split(line)
		require.Error(t, err, line)
	}
}

func TestNeedsShell(t *testing.T) {
	t.Parallel()
	for line, needs := range map[string]bool{
		"node a.js --port 3000": false, "a 'b && $c'": false, `a "b; c"`: false, `a \$b`: false,
		"a && b": true, "a $PORT": true, `a "$PORT"`: true, "a | b": true, "a > b": true, "a `b`": true, "a *.js": true, "a; b": true, "a &": true,
	} {
		require.Equal(t, needs, words.NeedsShell(line), line)
	}
}

func TestCutAssignments(t *testing.T) {
	t.Parallel()
	assigned, rest := words.CutAssignments([]string{"A=1", "B=x y", "node", "C=2"})
	require.Equal(t, []string{"A=1", "B=x y"}, assigned)
	require.Equal(t, []string{"node", "C=2"}, rest)
}

func FuzzSplit(f *testing.F) {
	f.Add(`a "b c" 'd' \e`)
	f.Fuzz(func(t *testing.T, line string) {
		split, err := words.Split(line)
		if err == nil {
			require.LessOrEqual(t, len(split), len(line)+1)
		}
		_ = words.NeedsShell(line)
	})
}
