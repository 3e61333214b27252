package query

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/sqlscript"
)

func TestUnwrap(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		script string
		want   string // "" where there is not one query
		line   int
	}{
		"alone":                    {"select 1 from a where id = $1;", "select 1 from a where id = $1", 1},
		"prepared and executed":    {"PREPARE q (numeric(10, 2), text[]) AS\nselect 1;\nEXPLAIN (ANALYZE, BUFFERS)\nEXECUTE q (1.5, '{}');\nDEALLOCATE q;", "select 1", 2},
		"prepared without types":   {"prepare \"my query\" as with x as (select 1) select * from x", "with x as (select 1) select * from x", 1},
		"explained":                {"explain (analyze, buffers, format json)\n\nselect 1", "select 1", 3},
		"explained in the old way": {"EXPLAIN ANALYZE VERBOSE select 1", "select 1", 1},
		"with and without EXPLAIN": {"select  1 -- one\n;\nexplain analyze select 1;", "select  1", 1},
		"in a transaction":         {"begin;\nselect 1;\nrollback;", "select 1", 2},
		"with commands of psql":    {"\\timing on\nselect 1;\n\\echo done", "select 1", 2},
		"two queries":              {"select 1; select 2;", "", 0},
		"a query and a change":     {"select 1; drop table orders;", "", 0},
		"an explained change":      {"explain analyze delete from orders", "delete from orders", 1},
		"a function of that name":  {"select prepare(1)", "select prepare(1)", 1},
		"nothing but a try":        {"execute q(1)", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := unwrap(sqlscript.Statements(test.script))
			if test.want == "" {
				require.NotEqual(t, 1, len(found))
				return
			}
			require.Len(t, found, 1)
			require.True(t, sameText(test.want, found[0].Text), found[0].Text)
			require.Equal(t, test.line, found[0].Line)
		})
	}
}
