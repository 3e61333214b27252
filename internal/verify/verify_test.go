package verify_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
	"github.com/takehome-dev/takehome/internal/verify"
)

func files(texts map[string]string) fstest.MapFS {
	corpus := fstest.MapFS{}
	for name, text := range texts {
		corpus[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o644}
	}
	return corpus
}

func rubric() takehome.Rubric {
	return takehome.Rubric{
		Criteria: []takehome.Criterion{{ID: "works", Title: "Works", Share: 100}},
		Gates:    []takehome.Gate{{ID: "dead", AllZero: []string{"A01"}, Cap: 10}},
		Checks:   []takehome.Check{{ID: "A01"}, {ID: "B01"}, {ID: "B02"}, {ID: "L01", Review: true}},
	}
}

// byContent grades a submission by its file main: every word in it is a check that fails.
func byContent(t *testing.T, seen *sync.Map) verify.Grade {
	t.Helper()
	return func(_ context.Context, dir string) (takehome.Report, error) {
		content, err := os.ReadFile(filepath.Join(dir, "main"))
		if err != nil {
			return takehome.Report{}, err
		}
		seen.Store(string(content), true)
		card := takehome.Scorecard{Total: takehome.Full(), Percent: "100.0"}
		report := takehome.Report{Canonical: takehome.Canonical{Status: takehome.Graded, Scorecard: &card}}
		for _, id := range []string{"A01", "B01", "B02"} {
			finding := takehome.Finding{Verdict: takehome.Pass, Credit: takehome.Full()}
			if strings.Contains(string(content), id) {
				finding = takehome.Finding{Verdict: takehome.Fail, Summary: "broken"}
				card.Total = card.Total.Mul(takehome.Frac(1, 2))
			}
			if strings.Contains(string(content), "A01") {
				card.Caps = []takehome.AppliedCap{{Gate: "dead"}}
			}
			report.Canonical.Results = append(report.Canonical.Results, takehome.Result{Check: id, Finding: finding})
		}
		return report, nil
	}
}

func TestRunComparesEveryVariantWithWhatIsExpected(t *testing.T) {
	t.Parallel()
	corpus := files(map[string]string{
		"reference/main":        "fine",
		"reference/expect.yaml": "# The reference.\nrole: reference\nscore: {min: 100}\n",
		"other/main":            "fine B02",
		"other/expect.yaml":     "# Correct.\nrole: alternative\nscore: {min: 40}\n",
		"killed/expect.yaml":    "# One flaw.\nrole: mutant\nof: reference\nedits: [{file: main, find: fine, replace: B01}]\nfails: [B01]\n",
		"survives/expect.yaml":  "# Not noticed.\nrole: mutant\nof: reference\nedits: [{file: main, find: fine, replace: good}]\nfails: [B02]\n",
		"wide/expect.yaml":      "# Breaks more than it says.\nrole: mutant\nof: reference\nedits: [{file: main, find: fine, replace: B01 B02}]\nfails: [B01]\n",
		"dead/expect.yaml":      "# Does not start.\nrole: mutant\nof: reference\nedits: [{file: main, find: fine, replace: A01}]\nfails: [A01]\ncaps: [dead]\n",
		"open/expect.yaml":      "# Expects a gate that stays open.\nrole: mutant\nof: reference\nedits: [{file: main, find: fine, replace: B01!}]\nfails: [B01]\ncaps: [dead]\n",
	})
	var seen sync.Map
	told := 0
	got, err := verify.Run(t.Context(), corpus, rubric(), byContent(t, &seen), verify.Options{Jobs: 3, Done: func(verify.Outcome) { told++ }})
	require.NoError(t, err)
	require.Equal(t, 7, told)
	problems := map[string][]string{}
	for _, outcome := range got.Outcomes {
		problems[outcome.Variant.Name] = outcome.Problems
	}
	require.Empty(t, problems["reference"])
	require.Empty(t, problems["other"], "an alternative is measured by its floor")
	require.Empty(t, problems["killed"])
	require.Empty(t, problems["dead"])
	require.Equal(t, []string{"B02 has full credit, and should not"}, problems["survives"])
	require.Equal(t, []string{"B02 lost credit, and should not: fail 0, broken"}, problems["wide"])
	require.Equal(t, []string{"gate dead stayed open"}, problems["open"])
	require.True(t, got.Failed())
	require.True(t, got.Complete)
	require.Equal(t, []string{"killed", "open", "wide"}, got.Killed["B01"])
	require.Equal(t, []string{"B02"}, got.Unproven, "a human's item needs no mutant")
}

// A busy machine can make a program fail once. What is wrong twice is wrong.
func TestWhatIsNotAsExpectedIsGradedAgain(t *testing.T) {
	t.Parallel()
	corpus := files(map[string]string{
		"good/expect.yaml": "# A reference.\nrole: reference\n", "good/main": "",
		"odd/expect.yaml": "# A reference with a flaw.\nrole: reference\n", "odd/main": "B02",
	})
	var seen sync.Map
	always, tries := byContent(t, &seen), map[string]int{}
	grade := func(ctx context.Context, dir string) (takehome.Report, error) {
		report, err := always(ctx, dir)
		content, _ := os.ReadFile(filepath.Join(dir, "main"))
		tries[string(content)]++
		if string(content) == "" && tries[""] == 1 {
			return takehome.Report{}, &takehome.Fault{Owner: takehome.Takehome, Summary: "the relay is gone"}
		}
		return report, err
	}
	result, err := verify.Run(t.Context(), corpus, rubric(), grade, verify.Options{Jobs: 1})
	require.NoError(t, err)
	require.Equal(t, map[string]int{"": 2, "B02": 2}, tries)
	require.Empty(t, result.Outcomes[0].Problems)
	require.Equal(t, []string{"the relay is gone"}, result.Outcomes[0].Unsteady)
	require.NotEmpty(t, result.Outcomes[1].Problems)
	require.Empty(t, result.Outcomes[1].Unsteady)
}

func TestOnlyAndEveryChoose(t *testing.T) {
	t.Parallel()
	texts := map[string]string{"reference/main": "fine", "reference/expect.yaml": "# R.\nrole: reference\n"}
	for _, name := range []string{"a", "b", "c", "d"} {
		texts[name+"/expect.yaml"] = "# M.\nrole: mutant\nof: reference\nedits: [{file: main, find: fine, replace: B01}]\nfails: [B01]\n"
	}
	graded := func(options verify.Options) []string {
		var seen sync.Map
		got, err := verify.Run(t.Context(), files(texts), rubric(), byContent(t, &seen), options)
		require.NoError(t, err)
		var names []string
		for _, outcome := range got.Outcomes {
			names = append(names, outcome.Variant.Name)
		}
		return names
	}
	require.Equal(t, []string{"a", "d", "reference"}, graded(verify.Options{Every: 3}))
	require.Equal(t, []string{"c"}, graded(verify.Options{Only: []string{"c"}}))
	_, err := verify.Run(t.Context(), files(texts), rubric(), nil, verify.Options{Only: []string{"zzz"}})
	require.Equal(t, takehome.Operator, takehome.OwnerOf(err))
}

func TestAFaultyCorpusIsTheAuthors(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ expect, want string }{
		"no comment":       {"role: reference\n", "must begin with a comment"},
		"role":             {"# X.\nrole: hero\n", "role must be"},
		"mutant of nobody": {"# X.\nrole: mutant\nof: nobody\nfails: [B01]\n", `there is no submission "nobody"`},
		"mutant of what":   {"# X.\nrole: mutant\n", "names at least one check"},
		"unknown check":    {"# X.\nrole: mutant\nof: reference\nfails: [Z99]\n", "there is no check Z99"},
		"unknown gate":     {"# X.\nrole: mutant\nof: reference\nfails: [B01]\ncaps: [heaven]\n", "there is no gate heaven"},
		"edit of nothing":  {"# X.\nrole: mutant\nof: reference\nfails: [B01]\nedits: [{file: gone, find: a, replace: b}]\n", "has no file gone"},
		"edit found twice": {"# X.\nrole: mutant\nof: reference\nfails: [B01]\nedits: [{file: main, find: e, replace: b}]\n", "occurs 2 times"},
		"escaping edit":    {"# X.\nrole: mutant\nof: reference\nfails: [B01]\nedits: [{file: ../x, find: e, replace: b}]\n", "has no file ../x"},
		"typo":             {"# X.\nrole: mutant\nof: reference\nfials: [B01]\n", `did you mean "fails"?`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var seen sync.Map
			corpus := files(map[string]string{
				"reference/main": "fine, fine", "reference/expect.yaml": "# R.\nrole: reference\n", "x/expect.yaml": test.expect,
			})
			_, err := verify.Run(t.Context(), corpus, rubric(), byContent(t, &seen), verify.Options{})
			require.ErrorContains(t, err, test.want)
			require.Equal(t, takehome.Author, takehome.OwnerOf(err))
		})
	}
}
