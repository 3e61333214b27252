package term

import (
	"bytes"
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func environment(variables map[string]string) Lookup {
	return func(name string) (string, bool) {
		value, found := variables[name]
		return value, found
	}
}

func TestAPipeIsNoTerminal(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, reader.Close()); require.NoError(t, writer.Close()) })
	streams := Probe(reader, writer, writer, environment(map[string]string{"TERM": "xterm-256color", "LANG": "en_US.UTF-8"}), ColorAuto)
	require.False(t, streams.InIsTerm)
	for _, surface := range []Surface{streams.Out, streams.Err} {
		require.False(t, surface.IsTerminal || surface.Colour || surface.CanRewrite)
		require.True(t, surface.Unicode)
		require.Zero(t, surface.Width)
	}
	require.True(t, Probe(reader, writer, writer, environment(nil), ColorAlways).Out.Colour)
}

func TestWhenColoursAreUsed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		capable   bool
		mode      ColorMode
		variables map[string]string
		want      bool
	}{
		{true, ColorAuto, nil, true},
		{false, ColorAuto, nil, false},
		{true, ColorAuto, map[string]string{"NO_COLOR": "1"}, false},
		{true, ColorAuto, map[string]string{"NO_COLOR": ""}, true},
		{false, ColorAlways, map[string]string{"NO_COLOR": "1"}, true},
		{true, ColorNever, nil, false},
		{true, "", nil, true},
	} {
		require.Equal(t, c.want, wantsColour(c.capable, environment(c.variables), c.mode), "%+v", c)
	}
}

func TestWhichLocalesShowUnicode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		variables map[string]string
		want      bool
	}{
		{map[string]string{"LANG": "de_DE.UTF-8"}, true},
		{map[string]string{"LANG": "C.utf8"}, true},
		{map[string]string{"LANG": "de_DE.utf8@euro"}, true},
		{map[string]string{"LANG": "C"}, false},
		{map[string]string{"LANG": "de_DE.ISO-8859-1"}, false},
		{map[string]string{"LC_ALL": "C", "LANG": "de_DE.UTF-8"}, false},
		{map[string]string{"LC_ALL": "", "LC_CTYPE": "en_US.UTF-8", "LANG": "C"}, true},
		{nil, runtime.GOOS == "windows"},
	} {
		require.Equal(t, c.want, showsUnicode(environment(c.variables)), "%v", c.variables)
	}
}

func TestWidthOfATerminal(t *testing.T) {
	t.Parallel()
	known := func() (int, int) { return 120, 40 }
	unknown := func() (int, int) { return 0, 0 }
	require.Equal(t, 120, firstWidth(known, environment(map[string]string{"COLUMNS": "60"})))
	require.Equal(t, 60, firstWidth(unknown, environment(map[string]string{"COLUMNS": "60"})))
	require.Equal(t, 80, firstWidth(unknown, environment(map[string]string{"COLUMNS": "-1"})))
	require.Equal(t, 80, firstWidth(unknown, environment(nil)))
}

// The second wall: nothing that repaints a terminal gets through, whatever was cleaned before.
func TestNothingRepaintsTheTerminal(t *testing.T) {
	t.Parallel()
	hostile := "a\x1b[2Jb\rc\x07d\u009b31me\u202Ef\u2028g\xffh\x9bi\tj\nk"
	require.Equal(t, "a[2Jbcd31mefg\uFFFDh\uFFFDi\tj\nk", Safe(hostile))
	require.Equal(t, "plain – ✓ text", Safe("plain – ✓ text"))
	var out bytes.Buffer
	surface := Surface{Writer: &out, Unicode: true, Width: 100}
	surface.Println(Words(Bad, "%s", hostile), Line{{hostile, Normal}})
	surface.Println(surface.Lines(Table{Rows: [][]Cell{{{Line: Line{{hostile, Good}}}}}, Yields: -1})...)
	progress := NewProgress(surface)
	progress.Start("a", hostile)
	progress.Done("a", Line{{hostile, Normal}})
	_, err := progress.Log().Write([]byte(hostile + "\n"))
	require.NoError(t, err)
	progress.Close()
	for _, forbidden := range []string{"\x1b", "\r", "\x07", "\u009b", "\u202E", "\u2028", "\xff", "\x9b"} {
		require.NotContains(t, out.String(), forbidden)
	}
	require.Equal(t, 6, strings.Count(out.String(), "\n"), "no line breaks out of its place but in a log: %q", out.String())
}

func TestVerdictsHaveGlyphWordAndColour(t *testing.T) {
	t.Parallel()
	full, plain := Surface{Unicode: true, Colour: true}, Surface{}
	glyphs := map[string]bool{}
	for verdict, want := range map[string][2]string{
		"pass": {"\x1b[32m✓ pass\x1b[m", "+ pass"}, "partial": {"\x1b[33m≈ partial\x1b[m", "~ partial"},
		"fail": {"\x1b[31m✗ fail\x1b[m", "x fail"}, "blocked": {"\x1b[31m– blocked\x1b[m", "- blocked"},
		"duplicate": {"\x1b[2m= duplicate\x1b[m", "= duplicate"}, "not_applicable": {"\x1b[2m· not applicable\x1b[m", ". not applicable"},
		"not_assessed": {"\x1b[2m? not assessed\x1b[m", "? not assessed"}, "needs_review": {"\x1b[36m◇ needs review\x1b[m", "o needs review"},
		"inconclusive": {"\x1b[33m! inconclusive\x1b[m", "! inconclusive"},
	} {
		require.Equal(t, want[0], full.Render(Line{full.Verdict(verdict)}))
		require.Equal(t, want[1], plain.Render(Line{plain.Verdict(verdict)}))
		glyph := plain.Glyph(verdict).Text
		require.False(t, glyphs[glyph], "%s is used twice", glyph)
		glyphs[glyph] = true
		require.Equal(t, 1, width(full.Glyph(verdict).Text))
	}
}
