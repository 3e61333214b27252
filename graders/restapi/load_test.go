package restapi

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/challenges"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// TestAFaultyPackageNamesFileAndLine is about what belongs to the kind; what belongs to
// every package is proved in internal/catalog.
func TestAFaultyPackageNamesFileAndLine(t *testing.T) {
	t.Parallel()
	const check = "criterion: works\nchecks:\n  - id: A01\n    title: It starts\n    basis: brief\n    operation: start\n    weight: 2\n    steps: [{probe: boot}]\n    outcomes:\n      - {credit: 1, if: {seen: listens}}\n      - {credit: 0, if: {seen: does_not_listen}, note: silent}\n"
	resource, err := challenges.Files.ReadFile("todo-api/api.yaml")
	require.NoError(t, err)
	replace := func(old, replacement string) string {
		require.Contains(t, check, old)
		return strings.Replace(check, old, replacement, 1)
	}
	for name, test := range map[string]struct{ checks, want string }{
		"a good one":              {check, ""},
		"a weight in words":       {replace("weight: 2", "weight: heavy"), `checks.yaml:3: A01: weight "heavy" is not a number of points`},
		"a negative weight":       {replace("weight: 2", "weight: -2"), `checks.yaml:3: A01: weight "-2" is not a number of points`},
		"a weight too fine":       {replace("weight: 2", "weight: 1.005"), `checks.yaml:3: A01: weight "1.005" has more than two digits after the point`},
		"a credit in hexadecimal": {replace("credit: 1", "credit: 0x1"), `checks.yaml:3: A01: outcome 1: credit "0x1" is not a number from 0 to 1 or "share"`},
		"a credit over one":       {replace("credit: 1", "credit: 1.5"), `checks.yaml:3: A01: outcome 1: credit 1.5 is not between 0 and 1`},
		"an unknown probe":        {replace("probe: boot", "probe: boots"), `checks.yaml:3: A01: step 1: there is no probe "boots" (did you mean "boot"?)`},
		"an unknown field":        {replace("basis:", "bases:"), `checks.yaml:5: A01: unknown field "bases" (did you mean "basis"?)`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{"api.yaml": {Data: resource}, "checks.yaml": {Data: []byte(test.checks)}}
			_, _, err := Kind{}.Load(files, []string{"checks.yaml"})
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, test.want)
			require.Equal(t, takehome.Author, takehome.OwnerOf(err))
		})
	}
	_, _, err = Kind{}.Load(fstest.MapFS{"checks.yaml": {Data: []byte(check)}}, []string{"checks.yaml"})
	require.ErrorContains(t, err, "api.yaml: a rest-api challenge needs this file")
	require.Equal(t, takehome.Author, takehome.OwnerOf(err))
}
