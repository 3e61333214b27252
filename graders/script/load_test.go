package script_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// sound is a check that loads; every test below spoils one line of it.
const sound = `criterion: works
checks:
  - id: B01
    title: creating answers 201
    weight: 1.5
    basis: brief
    operation: create
    steps:
      - {as: made, http: {op: create}}
      - probe: weigh
    outcomes:
      - {credit: 1, if: {at: made, status: 201, seen: light}}
      - {credit: 0.5, if: {seen: heavy}, note: heavy}
`

func TestLoadProvesWhatCanBeProved(t *testing.T) {
	t.Parallel()
	probes := map[string]script.Probe{"weigh": {Labels: []string{"light", "heavy"}}}
	file, err := script.Load("b.yaml", []byte(sound), probes)
	require.NoError(t, err)
	word, err := file.Checks[0].Word()
	require.NoError(t, err)
	require.Equal(t, "1.5", word.Weight.String())
	require.Equal(t, "B", word.Group)
	require.Equal(t, "works", word.Criterion)
	for name, test := range map[string]struct{ old, new, want string }{
		"unknown field":        {"status: 201", "sttus: 201", `b.yaml:12: B01: unknown field "sttus" (did you mean "status"?)`},
		"no status":            {"status: 201", "status: 2000", `"2000" is not a status such as 201 or 4xx`},
		"unknown operation":    {"op: create", "op: make", `b.yaml:3: B01: step 1: op "make" must be one of create, get, list, replace, patch, delete`},
		"two kinds of step":    {"probe: weigh", "{probe: weigh, app: stop}", "step 2: a step has exactly one of"},
		"unknown probe":        {"probe: weigh", "probe: wiegh", `there is no probe "wiegh" (did you mean "weigh"?)`},
		"unknown label":        {"seen: heavy", "seen: obese", `the probe never sees "obese", only light, heavy`},
		"label left out":       {"if: {seen: heavy}", "if: {status: 200}", `no outcome says what "heavy" is worth`},
		"unknown step":         {"at: made", "at: maid", `no step is called "maid"`},
		"credit above 1":       {"credit: 0.5", "credit: 1.5", "credit 1.5 is not between 0 and 1"},
		"credit is no number":  {"credit: 0.5", "credit: half", `credit "half" is not a number`},
		"share of nothing":     {"credit: 0.5", "credit: share", "credit: share needs a probe that measures a share"},
		"no note":              {", note: heavy", "", "an outcome below full credit needs a note"},
		"weight":               {"weight: 1.5", "weight: 1.125", "more than two digits"},
		"no weight":            {"    weight: 1.5\n", "", "a weight is needed"},
		"basis":                {"basis: brief", "basis: taste", "basis must be one of"},
		"guide costs too much": {"basis: brief", "basis: guide", "must not cost more than one point"},
		"title":                {"answers 201", "answers 201.", "one sentence without a full stop"},
		"id":                   {"id: B01", "id: first", "the letter of its group and two digits"},
		"bad verdict":          {"credit: 0.5", "verdict: fail", "verdict must be not_applicable, not_assessed or needs_review"},
		"no guidance":          {"credit: 0.5", "verdict: needs_review", "needs the check's guidance"},
		"pointer":              {"status: 201", "json: {id: 1}", "is no JSON Pointer"},
		"matcher":              {"status: 201", "json: {/id: {kind: number}}", `"kind" is no matcher`},
		"pattern":              {"status: 201", `json: {/id: {matches: "("}}`, "missing closing )"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, 1, strings.Count(sound, test.old), "the test must spoil exactly one place")
			_, err := script.Load("b.yaml", []byte(strings.Replace(sound, test.old, test.new, 1)), probes)
			require.ErrorContains(t, err, test.want)
			require.Equal(t, takehome.Author, takehome.OwnerOf(err))
		})
	}
}

func TestLoadRefusesAFileWithoutChecks(t *testing.T) {
	t.Parallel()
	_, err := script.Load("b.yaml", []byte("criterion: works\n"), nil)
	require.ErrorContains(t, err, "the file holds no checks")
}

func FuzzLoad(f *testing.F) {
	f.Add([]byte(sound))
	f.Add([]byte("checks:\n  - {id: A01, steps: [{http: {}}]}\n"))
	probes := map[string]script.Probe{"weigh": {Labels: []string{"light", "heavy"}}}
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := script.Load("b.yaml", data, probes); err != nil {
			require.Equal(t, takehome.Author, takehome.OwnerOf(err))
		}
	})
}
