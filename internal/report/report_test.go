package report

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

var update = flag.Bool("update", false, "write the golden files again")

// rendered is a report in a format.
func rendered(t *testing.T, format string, r takehome.Report) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, Write(&out, format, r))
	return out.String()
}

// golden compares text with a file below testdata, or writes that file with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o750))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "%s; if the change is meant: go test ./internal/report -update", file)
}

func TestRenderingsAreAsReviewed(t *testing.T) {
	t.Parallel()
	all := samples(t)
	for _, name := range []string{"strong", "weak", "dead", "inconclusive", "refused", "interrupted", "query", "schema"} {
		golden(t, name+".text", rendered(t, "text", all[name]))
	}
	for _, name := range []string{"query", "schema", "refused"} {
		golden(t, name+".md", rendered(t, "md", all[name]))
	}
	for _, name := range []string{"strong", "dead"} {
		golden(t, name+".html", rendered(t, "html", all[name]))
	}
}

func TestSameReportSameBytes(t *testing.T) {
	t.Parallel()
	for name, r := range samples(t) {
		for _, format := range Formats() {
			requireSame(t, rendered(t, format.Name, r), rendered(t, format.Name, r), name+" as "+format.Name)
		}
	}
}

// requireSame compares long texts and shows only where they part.
func requireSame(t *testing.T, one, other, what string) {
	t.Helper()
	if one == other {
		return
	}
	at := 0
	for at < min(len(one), len(other)) && one[at] == other[at] {
		at++
	}
	around := func(text string) string { return text[max(0, at-60):min(len(text), at+60)] }
	require.Equal(t, around(one), around(other), "%s, at byte %d", what, at)
}

// A report that comes from a file must look as it did when it was made.
func TestReportReadBackLooksTheSame(t *testing.T) {
	t.Parallel()
	all := samples(t)
	// Every byte of a report passed Quote, so that only valid text is written and read.
	all["hostile"] = hostileReport(t, strings.ToValidUTF8(polyglot, ""))
	for name, r := range all {
		artefact := rendered(t, "json", r)
		read, err := Read(strings.NewReader(artefact))
		require.NoError(t, err, name)
		for _, format := range Formats() {
			requireSame(t, rendered(t, format.Name, r), rendered(t, format.Name, read), name+" as "+format.Name)
		}
	}
}

func TestWriteRefusesUnknownFormat(t *testing.T) {
	t.Parallel()
	err := Write(&bytes.Buffer{}, "pdf\x1b", refusedReport())
	fault, ok := errors.AsType[*takehome.Fault](err)
	require.True(t, ok)
	require.Equal(t, takehome.Operator, fault.Owner)
	require.NotContains(t, fault.Summary, "\x1b")
	require.Equal(t, "choose one of html, json, md, text", fault.Hint)
}

func TestWriteRefusesWrongDigest(t *testing.T) {
	t.Parallel()
	r := strongReport(t)
	r.Digest = sum("another")
	var out bytes.Buffer
	require.ErrorContains(t, Write(&out, "json", r), "digest")
	require.Zero(t, out.Len(), "nothing is written of a report that is refused")
}

func TestWriteDoesNotChangeTheReport(t *testing.T) {
	t.Parallel()
	r := takehome.Report{
		Schema: takehome.ReportSchema,
		Canonical: takehome.Canonical{
			Status: takehome.Graded, Recipe: &takehome.Recipe{}, Plan: &takehome.StartPlan{},
			Scorecard: &takehome.Scorecard{Criteria: []takehome.CriterionScore{{ID: "a"}}},
		},
		Evidence: map[string][]takehome.Evidence{"A01": nil},
	}
	for _, format := range Formats() {
		rendered(t, format.Name, r)
	}
	require.Nil(t, r.Canonical.Recipe.Bases)
	require.Nil(t, r.Canonical.Scorecard.Criteria[0].Counts)
	require.Nil(t, r.Evidence["A01"])
	require.Empty(t, r.Digest)
}

func TestRunWithoutScoreSaysSoFirst(t *testing.T) {
	t.Parallel()
	for name, title := range map[string]string{
		"inconclusive": "Inconclusive: no score", "refused": "Refused: no score", "interrupted": "Interrupted: no score",
	} {
		r := samples(t)[name]
		// A scorecard that slipped in must not be shown either.
		r.Canonical.Scorecard = sampleScorecardOf(77)
		text, page := rendered(t, "text", r), rendered(t, "html", r)
		require.Equal(t, strings.ToUpper(title), strings.Split(text, "\n")[3], name)
		require.Contains(t, page, `<h2 id="score-title">`+title+`</h2>`, name)
		require.NotContains(t, text, "77.0", name)
		require.NotContains(t, page, "77.0", name)
		if fault := r.Run.Fault; fault != nil {
			require.Contains(t, text, ownerWords(fault.Owner))
			require.Contains(t, page, ownerWords(fault.Owner))
			require.Contains(t, strings.Join(strings.Fields(text), " "), fault.Hint)
			require.Contains(t, page, fault.Hint)
		}
	}
}

func sampleScorecardOf(percent int64) *takehome.Scorecard {
	total := takehome.Frac(percent, 100)
	return &takehome.Scorecard{Total: total, Uncapped: total, Percent: total.Percent()}
}

func TestGradedWithoutScorecardIsNotAZero(t *testing.T) {
	t.Parallel()
	r := strongReport(t)
	r.Canonical.Scorecard = nil
	require.Contains(t, rendered(t, "text", r), "NO SCORE")
	page := rendered(t, "html", r)
	require.Contains(t, page, "holds no scorecard")
	require.NotContains(t, page, `class="total"`)
}
