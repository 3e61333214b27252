package dotenv_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/build/dotenv"
)

func TestParse(t *testing.T) {
	t.Parallel()
	const file = "# comment\r\nPORT=3000 # the port\nexport HOST = localhost\nQUOTED=\"a # b\"\nSINGLE='$PORT'\nEMPTY=\n" +
		"URL=postgres://${USER_NAME:-me}@${HOST}:$PORT/x\nPORT=4000\nNAME: yaml-like\nHASH=#x\nnot a pair\n=x\nCOST=$$5\n"
	require.Equal(t, []dotenv.Pair{
		{Name: "PORT", Value: "4000"},
		{Name: "HOST", Value: "localhost"},
		{Name: "QUOTED", Value: "a # b"},
		{Name: "SINGLE", Value: "$PORT"},
		{Name: "EMPTY", Value: ""},
		{Name: "URL", Value: "postgres://me@localhost:3000/x"},
		{Name: "NAME", Value: "yaml-like"},
		{Name: "HASH", Value: ""},
		{Name: "COST", Value: "$5"},
	}, dotenv.Parse(file))
}

func TestExpand(t *testing.T) {
	t.Parallel()
	known := map[string]string{"A": "1", "EMPTY": ""}
	lookup := func(name string) (string, bool) { value, ok := known[name]; return value, ok }
	for value, wanted := range map[string]string{
		"$A": "1", "${A}x": "1x", "${B}": "", "${B:-d}": "d", "${EMPTY:-d}": "d", "${EMPTY-d}": "", "${B-d}": "d", "${A:+y}": "y", "${B:+y}": "",
		"${B:?must be set}": "", "$$A": "$A", "${B:-${A}}": "1", "a$": "a$", "${": "${", "${A:-${B:-z}}": "1",
	} {
		require.Equal(t, wanted, dotenv.Expand(value, lookup), value)
	}
}

func TestReferencesDoNotDoubleWithoutEnd(t *testing.T) {
	t.Parallel()
	var file strings.Builder
	file.WriteString("A0=xxxxxxxxxx\n")
	for i := range 400 {
		name := strings.Repeat("A", i%40+1) + "B"
		file.WriteString(name + "=${A0}${A0}${" + name + "}${" + name + "}\n")
	}
	total := 0
	for _, pair := range dotenv.Parse(file.String()) {
		total += len(pair.Value)
	}
	require.Less(t, total, 1<<20)
}

func FuzzParse(f *testing.F) {
	f.Add("A=1\nB=${A:-${C}}\nexport D='x'")
	f.Fuzz(func(_ *testing.T, text string) { dotenv.Parse(text) })
}
