package equivalence

import (
	"context"
	"fmt"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/equivalence/rows"
	"github.com/takehome-dev/takehome/graders/query/equivalence/tiny"
)

// free reports whether the rows in which two answers differ all tie at the edge of the limit:
// each is among those rows of the query without a limit that have the same keys.
func (b *bench) free(ctx context.Context, ties []rows.Tie, right, got database.Answer, parameters []database.Value) (bool, error) {
	const name = "takehome_whole"
	var groups []string
	for _, tie := range ties {
		var parts []string
		for i, key := range b.Order {
			parts = append(parts, fmt.Sprintf("(whole.%s)::text is not distinct from %s", tiny.Quote(key.Column), tiny.Literal(tie.Keys[i])))
		}
		groups = append(groups, "("+strings.Join(parts, " and ")+")")
	}
	unlimited := strings.TrimRight(strings.TrimSpace(b.Unlimited), ";")
	answer, err := b.prepare(ctx, name, fmt.Sprintf("select * from (\n%s\n) as whole where %s", unlimited, strings.Join(groups, " or ")))
	if err != nil {
		return false, fmt.Errorf("prepare the query without its limit: %w", err)
	}
	if answer.Refusal != nil {
		return false, authorFault("the query without its limit cannot be prepared", refusalError(answer))
	}
	whole, err := b.session.Run(ctx, execute(name, parameters))
	if err != nil {
		return false, fmt.Errorf("run the query without its limit: %w", err)
	}
	if !usable(whole) {
		return false, authorFault("the query without its limit gives no answer", refusalError(whole))
	}
	return rows.Within(ties, right, got, whole), b.ours(ctx, "deallocate "+name)
}
