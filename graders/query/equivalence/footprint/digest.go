package footprint

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/equivalence/tiny"
)

// Digest sums up the rows of tables of the schema public, whatever their order. The session
// is not RoleAdmin's: a candidate may have put a view in the place of a table.
func Digest(ctx context.Context, session *database.Connection, tables []string) (map[string]string, error) {
	statements := make([]string, len(tables))
	for i, name := range tables {
		// Hashing a row costs a fifth of hashing its text, but not every type can be hashed.
		statements[i] = fmt.Sprintf(`select pg_catalog.count(*), pg_catalog.sum(pg_catalog.hash_record_extended(t.*, 0)::pg_catalog.numeric) from public.%s t`, tiny.Quote(name))
	}
	answers, err := session.RunEach(ctx, statements)
	if err != nil {
		return nil, fmt.Errorf("sum up the data: %w", err)
	}
	digests := map[string]string{}
	for i, answer := range answers {
		const undefinedFunction = "42883"
		if answer.State() == undefinedFunction {
			answer, err = session.Run(ctx, fmt.Sprintf(`select pg_catalog.count(*), pg_catalog.sum(pg_catalog.hashtextextended((t.*)::pg_catalog.text, 0)::pg_catalog.numeric) from public.%s t`, tiny.Quote(tables[i])))
			if err != nil {
				return nil, fmt.Errorf("sum up the data: %w", err)
			}
		}
		digests[tables[i]] = answer.Text(0, 0) + " " + answer.Text(0, 1) + answer.State()
	}
	return digests, nil
}

// Altered are the names of the tables whose digests differ, sorted.
func Altered(before, after map[string]string) []string {
	var altered []string
	for _, name := range slices.Sorted(maps.Keys(before)) {
		if after[name] != before[name] {
			altered = append(altered, name)
		}
	}
	return altered
}
