package dockerfile_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/build/dockerfile"
)

// FuzzWriter proves that no word of a submission can become an instruction: what BuildKit
// reads are the instructions that were meant, with the words that were given.
func FuzzWriter(f *testing.F) {
	for _, seed := range []string{
		"node", "a\nRUN evil", `a"]` + "\nRUN evil", "$(id) ${HOME} $X", `back\slash\`, "x\\\nRUN y", "<<EOF", "<<EOF\nEOF", "\u2028RUN x", "# escape=`",
		"\"", "'", "`", "[]", `["x"]`, "\r\nRUN x", "\x00", "\xff", "--mount=type=secret", strings.Repeat("x", 3000),
	} {
		f.Add(seed, "second")
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		if !dockerfile.SafeArgument(first) || !dockerfile.SafeArgument(second) {
			return // refused, and so never written
		}
		w := dockerfile.NewWriter()
		w.Line("FROM base:1")
		w.Run(first, second)
		w.Copy("1:1", "./", "a", "b")
		w.Command(first, second)
		parsed, err := parser.Parse(bytes.NewReader(w.Bytes()))
		require.NoError(t, err)
		var instructions []string
		for _, node := range parsed.AST.Children {
			instructions = append(instructions, node.Value)
			require.Empty(t, node.Heredocs)
			if node.Value == "RUN" || node.Value == "CMD" {
				require.True(t, node.Attributes["json"])
				require.Equal(t, first, node.Next.Value)
				require.Equal(t, second, node.Next.Next.Value)
				require.Nil(t, node.Next.Next.Next)
				require.Empty(t, node.Flags)
			}
		}
		require.Equal(t, []string{"FROM", "RUN", "COPY", "CMD"}, instructions)
	})
}

func TestSafePath(t *testing.T) {
	t.Parallel()
	for path, safe := range map[string]bool{
		"go.mod": true, "requirements/base.txt": true, "github.com/a/b/v2": true, "@scope/name": true, ".npmrc": true,
		"": false, "a b": false, "$x": false, "../x": false, "a/../b": false, "/abs": false, "--from=x": false, "a\nb": false, "a*": false, "a;b": false,
		"a//b": false, "x\\y": false, strings.Repeat("x", 300): false,
	} {
		require.Equal(t, safe, dockerfile.SafePath(path), path)
	}
}
