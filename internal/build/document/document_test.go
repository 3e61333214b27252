package document_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/build/document"
)

func TestParse(t *testing.T) {
	t.Parallel()
	root, err := document.Parse("a: &d {x: 1, y: null}\nb:\n  <<: *d\n  x: 2\nlist: [p, {q: r}, 5]\n")
	require.NoError(t, err)
	require.Equal(t, "1", root.Get("a", "x").Text())
	require.Equal(t, "2", root.Get("b", "x").Text(), "a map's own key wins over a merged one")
	require.Equal(t, document.Null, root.Get("b", "y").Kind)
	require.Equal(t, []string{"p", "5"}, root.Get("list").Texts())
	require.Equal(t, "r", root.Get("list").Items()[1].Get("q").Text())
	require.False(t, root.Get("a", "x", "deeper", "still").Has())
	require.Equal(t, 4, root.Get("b").Entries()[0].Line)
}

func TestEmptyTextsAreEmptyDocuments(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "# only a comment\n", "---\n"} {
		root, err := document.Parse(text)
		require.NoError(t, err, "%q", text)
		require.Empty(t, root.Entries())
	}
}

func TestOnlyTheFirstDocumentCounts(t *testing.T) {
	t.Parallel()
	root, err := document.Parse("a: 1\n---\na: 2\n")
	require.NoError(t, err)
	require.Equal(t, "1", root.Get("a").Text())
}

func TestLimits(t *testing.T) {
	t.Parallel()
	var multiplied strings.Builder
	multiplied.WriteString("a: &a [x,x,x,x,x,x,x,x]\n")
	for letter := 'b'; letter <= 'k'; letter++ {
		name, before := string(letter), string(letter-1)
		multiplied.WriteString(name + ": &" + name + " [" + strings.Repeat("*"+before+",", 7) + "*" + before + "]\n")
	}
	bomb := multiplied.String()
	for text, why := range map[string]string{
		bomb:                                 "",
		strings.Repeat("[", 200):             "",
		strings.Repeat("- ", 100) + "x":      "nested too deeply",
		"a: " + strings.Repeat("x", 300<<10): "larger than",
		"a: [":                               "not valid YAML",
		"a: *nowhere":                        "not valid YAML",
		"x: &x [*x]":                         "",
		"\tbad: tab":                         "not valid YAML",
	} {
		_, err := document.Parse(text)
		require.ErrorContains(t, err, why)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("a: &x [1, *x]\n<<: {b: c}\n? [complex]\n: !!binary aGk=\n")
	f.Add("services: {db: {image: postgres}}")
	f.Fuzz(func(_ *testing.T, text string) { _, _ = document.Parse(text) })
}
