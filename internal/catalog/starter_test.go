package catalog_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/catalog"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// with changes a line of the good challenge.
func with(old, changed string) map[string]string {
	texts := goodPackage()
	texts["challenge.yaml"] = strings.Replace(texts["challenge.yaml"], old, changed, 1)
	texts["starter/compose.yaml"] = "services: {}\n"
	return texts
}

func load(texts map[string]string) (catalog.Package, error) {
	return embedded(map[string]map[string]string{"tea-api": texts}).Load("tea-api")
}

func TestAPackageSaysWhatACandidateStartsWith(t *testing.T) {
	t.Parallel()
	loaded, err := load(with("rubric:", "starter:\n  - {file: brief.md, as: docs/BRIEF.md, note: the task}\n  - {file: starter/compose.yaml, as: compose.yaml}\nrubric:"))
	require.NoError(t, err)
	require.Equal(t, []takehome.HandOut{
		{File: "brief.md", As: "docs/BRIEF.md", Note: "the task"}, {File: "starter/compose.yaml", As: "compose.yaml"},
	}, loaded.Challenge.Starter)
}

func TestAStarterStaysInItsFolders(t *testing.T) {
	t.Parallel()
	for entry, problem := range map[string]string{
		"{file: nowhere.md}":                                           "the package has no such file",
		"{file: checks}":                                               "the package has no such file",
		"{file: ../brief.md}":                                          "the package has no such file",
		"{file: brief.md, as: ../brief.md}":                            "is no path inside a folder",
		"{file: brief.md, as: /etc/brief.md}":                          "is no path inside a folder",
		`{file: brief.md, as: 'a\b.md'}`:                               "is no path inside a folder",
		`{file: brief.md, as: "C:x"}`:                                  "is no path inside a folder",
		"{file: brief.md, as: .}":                                      "is no path inside a folder",
		"{file: brief.md}, {file: brief.md}":                           "handed out twice",
		"{file: brief.md, to: BRIEF.md}":                               `unknown field "to"`,
		"{file: brief.md}, {file: starter/compose.yaml, as: BRIEF.MD}": "handed out twice",
	} {
		_, err := load(with("rubric:", "starter: ["+entry+"]\nrubric:"))
		require.ErrorContains(t, err, problem, entry)
		require.Equal(t, takehome.Author, takehome.OwnerOf(err))
	}
}

func TestSkillsAndQuestionsOfCriteriaAreProved(t *testing.T) {
	t.Parallel()
	criterion := "{id: works, title: It works, share: 60}"
	texts := with(criterion, "{id: works, title: It works, share: 60, skill: brewing, questions: [{ask: Why tea?, when: always}]}")
	texts["challenge.yaml"] = strings.Replace(texts["challenge.yaml"], "rubric:", "skills: [brewing, serving]\nrubric:", 1)
	loaded, err := load(texts)
	require.NoError(t, err)
	check, _ := loaded.Challenge.Rubric.Check("A01")
	require.Equal(t, "brewing", check.Skill, "from its criterion")
	check, _ = loaded.Challenge.Rubric.Check("B01")
	require.Empty(t, check.Skill)
	require.Equal(t, []takehome.Question{{Ask: "Why tea?", When: takehome.Always}}, loaded.Challenge.Rubric.Criteria[0].Questions)
	for more, problem := range map[string]string{
		"skill: brewin":                         `does not list the skill "brewin" (did you mean "brewing"?)`,
		"questions: [{ask: Tell me}]":           "ends with a question mark",
		"questions: [{ask: Why?, when: never}]": "must be one of lost, passed, always",
	} {
		texts := with(criterion, "{id: works, title: It works, share: 60, "+more+"}")
		texts["challenge.yaml"] = strings.Replace(texts["challenge.yaml"], "rubric:", "skills: [brewing]\nrubric:", 1)
		_, err := load(texts)
		require.ErrorContains(t, err, problem)
		require.ErrorContains(t, err, "criterion works")
	}
}

func TestAKindThatCannotLeaveChecksOutSaysSo(t *testing.T) {
	t.Parallel()
	loaded, err := load(goodPackage())
	require.NoError(t, err)
	_, _, err = loaded.ForCandidate()
	require.ErrorContains(t, err, "cannot be checked without their hidden checks")
}
