package report

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

func screenOf(t *testing.T, r takehome.Report, look Look) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, WriteText(&out, r, look))
	return out.String()
}

func TestTextFitsItsWidth(t *testing.T) {
	t.Parallel()
	all := samples(t)
	all["long"] = hostileReport(t, strings.Repeat("W", 100_000))
	all["wide"] = hostileReport(t, strings.Repeat("界 ", 1000))
	for name, r := range all {
		for _, width := range []int{40, 57, 80, 120} {
			for line := range strings.Lines(screenOf(t, r, Look{Width: width})) {
				require.LessOrEqual(t, columns(strings.TrimSuffix(line, "\n")), width, "%s at %d: %s", name, width, line)
			}
		}
	}
}

func TestTextHasNoTrailingSpaces(t *testing.T) {
	t.Parallel()
	for name, r := range samples(t) {
		for line := range strings.Lines(screenOf(t, r, Look{})) {
			require.Equal(t, strings.TrimRight(line, " \n")+"\n", line, name)
		}
	}
}

// marked is a painter that shows what it was asked for.
type marked struct{}

func (marked) Verdict(verdict takehome.Verdict, text string) string {
	return "<" + string(verdict) + ":" + text + ">"
}
func (marked) Bold(text string) string { return "<b:" + text + ">" }
func (marked) Dim(text string) string  { return "<d:" + text + ">" }

func TestColourNeverStandsAlone(t *testing.T) {
	t.Parallel()
	painted := screenOf(t, weakReport(t), Look{Painter: marked{}})
	require.Contains(t, painted, "<fail:✗ B02  > a created todo can be read")
	require.Contains(t, painted, "<blocked:⊘ 13>")
	require.Contains(t, painted, "<b:What failed first>")
}

func TestTextInASCII(t *testing.T) {
	t.Parallel()
	for name, r := range samples(t) {
		for _, char := range screenOf(t, r, Look{ASCII: true}) {
			require.Less(t, char, rune(0x7F), name)
		}
	}
}

// RP-02 and RP-03: nothing in the output repaints a terminal or commands a CI system.
func TestTextIsInert(t *testing.T) {
	t.Parallel()
	for _, payload := range []string{polyglot, "::error::OWNED", "\n::set-output name=x::y\n", "x\r::stop-commands::t"} {
		r := hostileReport(t, payload)
		outputs := []string{screenOf(t, r, Look{HTML: "report.html", JSON: "::report.json"})}
		for _, check := range r.Canonical.Rubric {
			outputs = append(outputs, detailOf(t, r, check.ID))
		}
		for _, output := range outputs {
			for line := range strings.Lines(output) {
				require.False(t, strings.HasPrefix(strings.TrimSpace(line), "::"), "%q", line)
				require.NotContains(t, line, "##[")
				require.Equal(t, takehome.Clean(line), line, "every character is one that may be shown")
			}
		}
	}
}

func TestTextCapsWhatFailed(t *testing.T) {
	t.Parallel()
	text := screenOf(t, hugeReport(), Look{})
	require.Equal(t, 10, strings.Count(text, "\n✗ "))
	require.Contains(t, text, "… and 50 more\n")
}

func TestTextNamesItsFiles(t *testing.T) {
	t.Parallel()
	text := screenOf(t, strongReport(t), Look{HTML: "out/report.html", JSON: "out/report.json"})
	require.True(t, strings.HasSuffix(text, "takehome report show out/report.json#E05\nReport: out/report.html   Data: out/report.json\n"), text)
}

func detailOf(t *testing.T, r takehome.Report, check string) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, Detail(&out, r, check, Look{}))
	return out.String()
}

func TestDetailTellsEverythingAboutACheck(t *testing.T) {
	t.Parallel()
	all := samples(t)
	golden(t, "detail-E05.text", detailOf(t, all["strong"], "E05"))
	golden(t, "detail-I01.text", detailOf(t, all["weak"], "I01"))
	golden(t, "detail-R01.text", detailOf(t, all["strong"], "R01"))
	require.Contains(t, detailOf(t, all["weak"], "B03"), "Cause      B01 create answers 201 with an id")
	require.Contains(t, detailOf(t, all["strong"], "H07"), "– not earned")
	require.Contains(t, detailOf(t, hugeReport(), "X001"), "\n12. step", "nothing is left out")
	for _, check := range all["weak"].Canonical.Rubric {
		require.Contains(t, detailOf(t, all["weak"], check.ID), check.Title)
	}
}

func TestDetailOfAnUnknownCheck(t *testing.T) {
	t.Parallel()
	for check, hint := range map[string]string{"b01": "did you mean B01?", "Z99": "it has A01 A02"} {
		err := Detail(&bytes.Buffer{}, strongReport(t), check, Look{})
		fault, ok := errors.AsType[*takehome.Fault](err)
		require.True(t, ok)
		require.Equal(t, takehome.Operator, fault.Owner)
		require.Contains(t, fault.Summary, check)
		require.Contains(t, fault.Hint, hint)
	}
}

func TestColumns(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"": 0, "abc": 3, "é": 1, "e\u0301": 1, "日本": 4, "🙂": 2, "✗ −1": 4} {
		require.Equal(t, want, columns(text), text)
	}
	require.Equal(t, "日…", fit("日本語", 4))
	require.Equal(t, "ab…", fit("abcd", 3))
	require.Equal(t, []string{"aa bb", "cccc…", "d"}, wrap("aa  bb ccccccc\nd", 5))
	require.Equal(t, []string{""}, wrap("", 5))
}

func TestEveryVerdictHasItsOwnWords(t *testing.T) {
	t.Parallel()
	seen := map[string]takehome.Verdict{}
	for _, verdict := range append(takehome.Verdicts(), notRun) {
		words := wordingOf(verdict)
		for _, text := range []string{words.Glyph, words.Word} {
			require.NotEmpty(t, text)
			require.NotContains(t, seen, text, "%s and %s", verdict, seen[text])
			seen[text] = verdict
		}
		require.Less(t, columns(words.ASCII), 2)
	}
}

func TestDurations(t *testing.T) {
	t.Parallel()
	for given, want := range map[int64]string{0: "0 ms", 300: "0.3 ms", 41_000: "41 ms", 1_240_000: "1.2 s", 125_000_000: "2 min 5 s", -5: "0 ms"} {
		require.Equal(t, want, micros(given))
	}
}
