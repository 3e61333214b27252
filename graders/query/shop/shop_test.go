package shop_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/query/shop"
)

var update = flag.Bool("update", false, "write anew what candidates get")

// handedOut is the file that the packages of the kind give to candidates.
const handedOut = "../kind/shop.sql"

func TestCandidatesGetTheSameShop(t *testing.T) {
	t.Parallel()
	if *update {
		require.NoError(t, os.WriteFile(handedOut, []byte(shop.Script()), 0o600))
	}
	written, err := os.ReadFile(handedOut)
	require.NoError(t, err)
	require.Equal(t, shop.Script(), string(written), "run go test ./graders/query/shop -update")
}

func TestTheShopHasFourSizes(t *testing.T) {
	t.Parallel()
	dataset := shop.Dataset()
	var names []string
	for _, database := range dataset.Databases {
		names = append(names, database.Name)
		for _, script := range database.Scripts {
			require.NotEmpty(t, script.SQL, script.File)
			require.NotRegexp(t, `(?i)\b(random|now|clock_timestamp|current_date|gen_random_uuid)\b *\(?`, withoutComments(script.SQL), script.File)
		}
	}
	require.Equal(t, []string{"shop_1", "shop_2", "shop_4", "shop_8"}, names)
	require.Equal(t, dataset.Digest, shop.Dataset().Digest)
	require.Len(t, shop.Schema(), 2)
}

func withoutComments(sql string) string {
	var kept []string
	for line := range strings.Lines(sql) {
		if !strings.HasPrefix(line, "--") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}
