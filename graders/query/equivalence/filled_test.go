package equivalence_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/equivalence"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// TestKnown holds queries against answers that are known. The query as given has the last
// word, so that a known answer which is wrong hurts nobody.
func TestKnown(t *testing.T) {
	t.Parallel()
	shop := openShop(t)
	shop.run(t, filling)
	of := task{
		given: `select status, count(*) as n from orders where id > $1 group by status`,
		types: []string{"bigint"}, sets: [][]database.Value{values("0"), values("300"), values("9999999")},
	}
	owner := shop.connect(t, takehome.RoleOwner, database.Options{})
	var known []database.Answer
	for _, set := range of.sets {
		answer, err := owner.Run(t.Context(), `select status, count(*) as n from orders where id > $1::text::bigint group by status`, set[0].Text)
		require.NoError(t, err)
		require.Nil(t, answer.Refusal)
		known = append(known, answer)
	}
	require.NotEmpty(t, known[0].Rows)
	require.NotEqual(t, known[0].Rows, known[1].Rows)
	wrong := append([]database.Answer{known[1]}, known[1:]...)
	for name, test := range map[string]struct {
		known     []database.Answer
		candidate string
		want      equivalence.Outcome
		reason    string
	}{
		"the same":                       {known, `select status, sum(1)::bigint as n from orders where id >= $1 + 1 group by 1`, equivalence.Equal, ""},
		"some rows are left out":         {known, `select status, count(*) as n from orders where id > $1 and id < 500 group by status`, equivalence.Different, "row"},
		"a division that no row reaches": {known, `select status, count(*) / (1 - ($1 / 9999999)) as n from orders where id > $1 group by status`, equivalence.Equal, ""},
		"an error with every value":      {known, `select status, 1 / count(*) filter (where false) as n from orders where id > $1 group by status`, equivalence.Refused, "division by zero"},
		"right, and the known is wrong":  {wrong, `select status, count(id) as n from orders where id > $1 group by status`, equivalence.Equal, ""},
		"wrong, and the known is too":    {wrong, `select status, count(*) + 1 as n from orders where id > $1 group by status`, equivalence.Different, ""},
	} {
		t.Run(name, func(t *testing.T) {
			verdict, err := equivalence.Known(t.Context(), shop.owner, of.question(), of.sets, test.known, test.candidate)
			require.NoError(t, err)
			require.Equal(t, test.want, verdict.Outcome, "%+v", verdict)
			require.Contains(t, verdict.Reason, test.reason)
			if test.want == equivalence.Equal {
				require.Equal(t, len(of.sets), verdict.Compared)
			}
			require.False(t, shop.owner.InTransaction())
		})
	}
}
