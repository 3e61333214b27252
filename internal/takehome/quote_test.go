package takehome_test

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

func TestCleanSpellsOutWhatRepaints(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ raw, want string }{
		"plain":                      {"Übung 漢字 🙂", "Übung 漢字 🙂"},
		"lines and tabs stay":        {"a\n\tb", "a\n\tb"},
		"line ends of Windows":       {"a\r\nb\r\n", "a\nb\n"},
		"a lone return":              {"100%\rforged", `100%\u{0D}forged`},
		"two returns":                {"a\r\r\nb", "a\\u{0D}\nb"},
		"ANSI":                       {"\x1b[31mred\x1b[0m", `\u{1B}[31mred\u{1B}[0m`},
		"a title of the terminal":    {"\x1b]0;owned\a", `\u{1B}]0;owned\u{07}`},
		"C1 controls":                {"\u009b2J", `\u{9B}2J`},
		"a byte that is no UTF-8":    {"a\xffb", "a\uFFFDb"},
		"half a rune":                {"\xe6\xbc", "\uFFFD"},
		"an encoded surrogate":       {"\xed\xa0\x80", "\uFFFD"},
		"NUL":                        {"a\x00b", `a\u{00}b`},
		"DEL":                        {"a\x7f", `a\u{7F}`},
		"bidirectional override":     {"user\u202ecod.exe", `user\u{202E}cod.exe`},
		"bidirectional isolates":     {"\u2066a\u2069", `\u{2066}a\u{2069}`},
		"zero width":                 {"pass\u200bword\ufeff", `pass\u{200B}word\u{FEFF}`},
		"a soft hyphen":              {"a\u00adb", `a\u{AD}b`},
		"line separators of Unicode": {"a\u2028b\u2029c", `a\u{2028}b\u{2029}c`},
		"tags":                       {"\U000E0041", `\u{E0041}`},
		"private use":                {"\ue000", `\u{E000}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, takehome.Clean(test.raw))
		})
	}
}

func TestQuoteKeepsTheBeginning(t *testing.T) {
	t.Parallel()
	raw := []byte("Grüße\nund mehr")
	sum := sha256.Sum256(raw)
	whole := takehome.Quote(raw, 100)
	require.Equal(t, takehome.Text{Shown: string(raw), Bytes: int64(len(raw)), SHA256: hex.EncodeToString(sum[:])}, whole)
	for limit, want := range map[int]string{0: "", 2: "Gr", 3: "Gr", 4: "Grü", 5: "Grü", 6: "Grüß", len(raw) - 1: "Grüße\nund meh"} {
		text := takehome.Quote(raw, limit)
		require.Equal(t, want, text.Shown, "limit %d", limit)
		require.True(t, text.Truncated)
		require.Equal(t, whole.SHA256, text.SHA256)
		require.Equal(t, whole.Bytes, text.Bytes)
	}
	require.Equal(t, int64(0), takehome.Quote(nil, 10).Bytes)
	require.False(t, takehome.Quote(nil, 10).Truncated)
	require.Equal(t, "\uFFFD", takehome.Quote([]byte(strings.Repeat("\x80", 50)), 9).Shown)
}

func TestQuoteTailKeepsTheLastWholeLines(t *testing.T) {
	t.Parallel()
	raw := []byte("first\nsecond\nthe last line\n")
	text := takehome.QuoteTail(raw, 20)
	require.Equal(t, "the last line\n", text.Shown)
	require.True(t, text.Truncated)
	require.Equal(t, int64(len(raw)), text.Bytes)
	require.Equal(t, takehome.Quote(raw, 100), takehome.QuoteTail(raw, 100))
	require.Equal(t, "xxxxx", takehome.QuoteTail([]byte(strings.Repeat("x", 50)), 5).Shown)
	require.Equal(t, "xxxx\n", takehome.QuoteTail([]byte(strings.Repeat("x", 50)+"\n"), 5).Shown)
	require.Equal(t, "漢", takehome.QuoteTail([]byte("漢漢漢"), 5).Shown, "a rune that was cut through is left out")
}

func TestLineIsOneLine(t *testing.T) {
	t.Parallel()
	require.Equal(t, `a\nb\tc\u{1B}[2J`, takehome.Line("a\nb\tc\x1b[2J"))
	require.Equal(t, strings.Repeat("x", takehome.QuoteLine), takehome.Line(strings.Repeat("x", takehome.QuoteLine)))
	require.Equal(t, strings.Repeat("x", takehome.QuoteLine)+"…", takehome.Line(strings.Repeat("x", takehome.QuoteLine+1)))
}

// longest is how many bytes one byte of a stranger's becomes at most: \u{1B}.
const longest = 6

func requireSafe(t *testing.T, text string) {
	t.Helper()
	require.True(t, utf8.ValidString(text))
	for _, r := range text {
		if r != '\n' && r != '\t' {
			require.False(t, unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp), "%q holds %U", text, r)
		}
	}
}

func seeds(f *testing.F) {
	f.Helper()
	for _, raw := range []string{"", "plain", "\x1b[31m", "\xff\xfe\x80", "a\r\n\r\r\nb", "user\u202ecod", "漢漢漢", strings.Repeat("\x00", 500), "\U000E0001\u2028"} {
		f.Add([]byte(raw), 7)
	}
}

func FuzzQuote(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw []byte, limit int) {
		limit = max(limit, 0) % (1 << 16)
		text := takehome.Quote(raw, limit)
		requireSafe(t, text.Shown)
		require.LessOrEqual(t, len(text.Shown), longest*limit)
		require.Equal(t, int64(len(raw)), text.Bytes)
		require.Equal(t, len(raw) > limit, text.Truncated)
		require.Equal(t, text, takehome.Quote(raw, limit))
	})
}

func FuzzQuoteTail(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw []byte, limit int) {
		limit = max(limit, 0) % (1 << 16)
		text := takehome.QuoteTail(raw, limit)
		requireSafe(t, text.Shown)
		require.LessOrEqual(t, len(text.Shown), longest*limit)
		require.Equal(t, int64(len(raw)), text.Bytes)
		require.Equal(t, len(raw) > limit, text.Truncated)
	})
}

func FuzzLine(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw []byte, _ int) {
		line := takehome.Line(string(raw))
		requireSafe(t, line)
		require.NotContains(t, line, "\n")
		require.NotContains(t, line, "\t")
		require.LessOrEqual(t, len(line), longest*takehome.QuoteLine+len("…"))
	})
}

func FuzzClean(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw []byte, _ int) {
		clean := takehome.Clean(string(raw))
		requireSafe(t, clean)
		require.LessOrEqual(t, len(clean), longest*len(raw))
		require.Equal(t, clean, takehome.Clean(clean), "cleaning twice must change nothing")
	})
}
