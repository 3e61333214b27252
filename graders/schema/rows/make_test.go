package rows_test

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/schema/rows"
	"github.com/takehome-dev/takehome/internal/sandbox/sandboxtest"
)

// impossible reads what a script says about its tables: "-- impossible: a b (circle), c (lost)".
func impossible(script string) map[string]rows.Cause {
	causes := map[string]rows.Cause{}
	line, ok := strings.CutPrefix(strings.SplitN(script, "\n", 2)[0], "-- impossible: ")
	if !ok {
		return causes
	}
	for _, group := range regexp.MustCompile(`([\w ]+) \((\w+)\)`).FindAllStringSubmatch(line, -1) {
		for name := range strings.FieldsSeq(group[1]) {
			causes[name] = rows.Cause(group[2])
		}
	}
	return causes
}

// TestMake makes two rows, one after the other, of every table of every schema, as both
// roles: what is said to be impossible must fail for its reason, and nothing else may.
func TestMake(t *testing.T) {
	t.Parallel()
	lab := sandboxtest.Open(t, nil)
	all := scripts(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		t.Run(name, func(t *testing.T) {
			schema := apply(t, lab, all[name])
			benches := pair(t, lab, schema)
			causes := impossible(all[name])
			for who, bench := range map[string]*rows.Bench{"owner": benches.Owner, "guest": benches.Guest} {
				for _, table := range schema.Tables {
					err := bench.Experiment(t.Context(), func(ctx context.Context) error {
						first, err := bench.Make(ctx, table.Name, nil)
						if err != nil {
							return err
						}
						second, err := bench.Make(ctx, table.Name, nil)
						if err != nil {
							return err
						}
						require.NotEqual(t, first.Where(), second.Where())
						_, found, err := bench.Read(ctx, first)
						require.True(t, found, table.Name)
						return err
					})
					unmade := (*rows.Unmade)(nil)
					cause, expected := causes[table.Name.Name]
					if !expected {
						if errors.As(err, &unmade) && unmade.Last != nil {
							t.Log(unmade.Last.SQL, unmade.Last.Refusal)
						}
						require.NoError(t, err, "%s as %s", table.Name, who)
						continue
					}
					require.ErrorAs(t, err, &unmade, "%s as %s", table.Name, who)
					require.Equal(t, cause, unmade.Cause, unmade.Why)
				}
			}
		})
	}
}
