package rows

import (
	"context"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
)

// elsewhere looks for a row that an INSERT did not return: a trigger may have put it into
// a table that inherits from this one, as was done before there were partitions.
func (m *making) elsewhere(ctx context.Context, given Values, why string, last *database.Answer) (Row, error) {
	sent := Values{}
	for name, value := range given {
		if !value.Null {
			sent[name] = value
		}
	}
	row, ok, err := m.Find(ctx, m.plan.table.Name, sent, nil)
	if err != nil {
		return Row{}, err
	}
	if !ok || len(sent) == 0 || m.draft {
		cause := CauseLost
		if ok && len(sent) > 0 {
			cause = CauseRules // it is there, but it cannot be sent again
		}
		return Row{}, m.unmade(cause, why, last)
	}
	return m.finish(ctx, row)
}

// ruled sends the INSERT without asking for the row, which a rule may not let it.
func (m *making) ruled(ctx context.Context, given Values, last *database.Answer) (Row, error) {
	sql, _, _ := strings.Cut(insertion(m.plan.table, given), " RETURNING ")
	answer, err := m.guarded(ctx, sql)
	if err != nil {
		return Row{}, err
	}
	if answer.Refusal != nil {
		return Row{}, m.refused(&answer)
	}
	return m.elsewhere(ctx, given, "a rule does something else instead of storing it", last)
}

// denied tells a role that lacks a right from a table that is closed to everybody: row
// security without a single policy.
func (m *making) denied(ctx context.Context, last *database.Answer) error {
	if m.plan.table.RowSecurity {
		answer, err := m.guarded(ctx, `SELECT c.relforcerowsecurity AND NOT EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid OPERATOR(pg_catalog.=) c.oid)
 FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) `+Literal(Text(m.plan.table.SQL()))+`::pg_catalog.regclass`)
		if err != nil {
			return err
		}
		if answer.Text(0, 0) == "t" {
			return m.unmade(CauseLost, "row security without a policy keeps everybody from storing a row", last)
		}
	}
	return m.unmade(CauseDenied, "the role may not insert", last)
}
