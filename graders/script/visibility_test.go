package script_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

const minimal = `
    weight: 1
    basis: brief
    steps: [{http: {op: list}}]
    outcomes: [{credit: 1, if: {status: 200, media: json}}, {credit: 0.5, if: {status: [204, 2xx], header: {X-Next: present}}, note: no body}, {verdict: not_applicable, if: {unbound: patch_method}, note: no patch}]
`

func TestChecksInheritFromTheirFile(t *testing.T) {
	t.Parallel()
	file, err := script.Load("checks.yaml", []byte(`
criterion: works
visibility: hinted
skill: API design
flaky: worse
checks:
  - id: A01
    title: one
    hint: look
`+minimal[1:]+`
  - id: A02
    title: two
    visibility: hidden
    skill: operations
    flaky: better
    questions: [{ask: Why?}, {ask: What if?, when: always, listen_for: doubt}]
`+minimal[1:]), nil)
	require.NoError(t, err)
	one, err := file.Checks[0].Word()
	require.NoError(t, err)
	require.Equal(t, takehome.Hinted, one.Visibility)
	require.Equal(t, "API design", one.Skill)
	require.Equal(t, "worse", file.Checks[0].Flaky)
	two, err := file.Checks[1].Word()
	require.NoError(t, err)
	require.Equal(t, takehome.Hidden, two.Visibility)
	require.Equal(t, "operations", two.Skill)
	require.Equal(t, "better", file.Checks[1].Flaky)
	require.Equal(t, []takehome.Question{{Ask: "Why?", When: takehome.OnLoss}, {Ask: "What if?", ListenFor: "doubt", When: takehome.Always}}, two.Questions)
	require.Equal(t, []takehome.Rung{
		{Credit: takehome.Full(), When: "status 200, a body of the kind json"},
		{Credit: takehome.Frac(1, 2), Note: "no body", When: "status 204 or 2xx, header X-Next present"},
		{Credit: takehome.Full(), Verdict: takehome.NotApplicable, Note: "no patch", When: "the API lacks patch method"},
	}, two.Ladder)
}

func TestChecksArePublicUnlessTheySaySo(t *testing.T) {
	t.Parallel()
	file, err := script.Load("checks.yaml", []byte("criterion: works\nchecks:\n  - id: A01\n    title: one\n"+minimal[1:]), nil)
	require.NoError(t, err)
	word, err := file.Checks[0].Word()
	require.NoError(t, err)
	require.Equal(t, takehome.Public, word.Visibility)
}

func TestWordsForCandidatesAndStaffAreProved(t *testing.T) {
	t.Parallel()
	for line, problem := range map[string]string{
		"visibility: secret":                     `visibility "secret" must be one of public, hinted, hidden`,
		"visibility: hinted":                     "a hinted check needs a hint",
		"visibilty: public":                      `did you mean "visibility"`,
		"flaky: sometimes":                       `flaky "sometimes" must be better or worse`,
		"questions: [{ask: Tell me more}]":       "ends with a question mark",
		"questions: [{ask: Why?, when: never}]":  `when "never" must be one of lost, passed, always`,
		"questions: [{ask: Why?, whem: passed}]": `did you mean "when"`,
	} {
		_, err := script.Load("checks.yaml", []byte("criterion: works\nchecks:\n  - id: A01\n    title: one\n    "+line+"\n"+minimal[1:]), nil)
		require.ErrorContains(t, err, problem, line)
		require.Equal(t, takehome.Author, takehome.OwnerOf(err))
	}
}
