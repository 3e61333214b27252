package cli_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/challenges"
	"github.com/takehome-dev/takehome/graders"
	"github.com/takehome-dev/takehome/internal/catalog"
)

func kinds() []catalog.Kind {
	var list []catalog.Kind
	for _, kind := range graders.Kinds() {
		list = append(list, kind)
	}
	return list
}

func TestEveryEmbeddedChallengeLoads(t *testing.T) {
	t.Parallel()
	all := catalog.New(challenges.Files, kinds())
	ids, err := all.IDs()
	require.NoError(t, err)
	require.NotEmpty(t, ids)
	for _, id := range ids {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			loaded, err := all.Load(id)
			require.NoError(t, err)
			require.Equal(t, id, loaded.Challenge.ID)
			require.NotEmpty(t, loaded.Challenge.Brief)
		})
	}
}
