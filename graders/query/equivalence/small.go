package equivalence

import (
	"context"
	"fmt"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/equivalence/tiny"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Small compares the queries on small databases, one after the other, until one tells them
// apart, and then makes that one as small as it can. The tables of the ground have to be
// empty. Every second database is read through indexes wherever that is possible.
func Small(ctx context.Context, ground Ground, queries Queries, databases []tiny.Database) (Verdict, error) {
	bench, verdict, err := set(ctx, ground, queries)
	if err != nil || verdict != nil {
		return settled(verdict), err
	}
	compared, skipped := 0, 0
	var last error
	for _, each := range databases {
		tried, err := bench.try(ctx, each)
		switch {
		case err != nil:
			return Verdict{}, err
		case tried.unusable != nil:
			skipped++
			last = tried.unusable
			continue
		}
		compared++
		if tried.verdict == nil {
			continue
		}
		found, err := bench.shrink(ctx, each, *tried.verdict)
		found.Compared = compared
		return found, err
	}
	if skipped > len(databases)/2 {
		return bench.brokenGiven(fmt.Sprintf("ends in an error on %d of %d small databases", skipped, len(databases)), last)
	}
	return Verdict{Outcome: Equal, Compared: compared}, nil
}

// settled is a verdict that may be missing beside an error.
func settled(verdict *Verdict) Verdict {
	if verdict == nil {
		return Verdict{}
	}
	return *verdict
}

// trial is what came of one small database.
type trial struct {
	verdict  *Verdict // nil: the answers are equal
	unusable error    // the query as given ends in an error on it
}

// try stores a database, runs both queries, and takes everything back.
func (b *bench) try(ctx context.Context, on tiny.Database) (trial, error) {
	made, err := b.tryInside(ctx, on)
	if back := b.rollback(ctx); err == nil {
		err = back
	}
	return made, err
}

func (b *bench) tryInside(ctx context.Context, on tiny.Database) (trial, error) {
	verdict, err := b.store(ctx, on)
	if err != nil || verdict != nil {
		return trial{verdict: verdict}, err
	}
	if err := b.each(ctx, readOnly(on.Number%2 == 0)); err != nil {
		return trial{}, err
	}
	given, got, verdict, err := b.answers(ctx, on.Parameters)
	if err != nil {
		return trial{}, err
	}
	if !usable(given) {
		return trial{unusable: refusalError(orTooLong(given))}, nil
	}
	if verdict == nil {
		verdict, err = b.compare(ctx, given, got, on.Parameters)
	}
	if verdict != nil {
		b.show(verdict, given, got)
		verdict.Parameter = tiny.Parameter(on.Parameters)
	}
	return trial{verdict: verdict}, err
}

// orTooLong gives an answer that was cut off the reason of that.
func orTooLong(answer database.Answer) database.Answer {
	if answer.Refusal == nil {
		answer.Refusal = &database.Refusal{SQLState: tooMuch, Message: "the answer of the query as given has more rows than are read"}
	}
	return answer
}

// readOnly ends the writing of a transaction. An index is of no use in a table of six rows,
// so that nobody would notice that its answers are wrong, were the others not made dear.
func readOnly(indexed bool) string {
	sql := "select pg_catalog.set_config('transaction_read_only', 'on', true)"
	if indexed {
		sql += ", pg_catalog.set_config('enable_seqscan', 'off', true), pg_catalog.set_config('plan_cache_mode', 'force_custom_plan', true)"
	}
	return sql
}

// each runs a statement of ours in every session.
func (b *bench) each(ctx context.Context, sql string) error {
	if err := ours(ctx, b.ground.Given, sql); err != nil || !b.apart() {
		return err
	}
	return ours(ctx, b.ground.Candidate, sql)
}

// rollback takes everything back. A session that was lost has nothing to take back.
func (b *bench) rollback(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	for _, session := range []*database.Connection{b.ground.Given, b.ground.Candidate} {
		if session.InTransaction() {
			if err := ours(ctx, session, "rollback"); err != nil {
				return err
			}
		}
	}
	return nil
}

// store begins the transactions and stores a database in them. The schema as given takes it,
// so that a refusal is the doing of the candidate's DDL.
func (b *bench) store(ctx context.Context, on tiny.Database) (*Verdict, error) {
	if err := b.each(ctx, "begin isolation level repeatable read"); err != nil {
		return nil, err
	}
	insert := on.Insert()
	if insert == "" {
		return nil, nil //nolint:nilnil // nothing to refuse
	}
	if b.apart() {
		if err := ours(ctx, b.ground.Given, insert); err != nil {
			return nil, fmt.Errorf("store a small database beside the query as given: %w", err)
		}
	}
	answer, err := b.ground.Candidate.Run(ctx, insert)
	if err != nil {
		return nil, fmt.Errorf("store a small database: %w", err)
	}
	if answer.Refusal != nil {
		return refusesRows(answer), nil
	}
	return nil, nil //nolint:nilnil // it was stored
}

func refusesRows(answer database.Answer) *Verdict {
	verdict := refusedBy(answer)
	verdict.Reason = "its DDL refuses rows that the schema allows: " + takehome.Line(answer.Refusal.Message)
	return &verdict
}

// show keeps both answers for a reader.
func (b *bench) show(verdict *Verdict, given, got database.Answer) {
	verdict.Given, verdict.Got = shown("the query as given", given), shown("your query", got)
}

// maxShown is how many rows of an answer a reader gets to see.
const maxShown = 20

func shown(title string, answer database.Answer) *takehome.Table {
	if answer.Refusal != nil || len(answer.Columns) == 0 {
		return nil
	}
	made := &takehome.Table{Title: title}
	for _, column := range answer.Columns {
		made.Columns = append(made.Columns, takehome.Line(column.Name))
	}
	for _, row := range answer.Rows[:min(len(answer.Rows), maxShown)] {
		cells := make([]string, len(row))
		for i, value := range row {
			cells[i] = tiny.Cell(value)
		}
		made.Rows = append(made.Rows, cells)
	}
	if more := len(answer.Rows) - maxShown; more > 0 {
		made.Title += fmt.Sprintf(" (%d of %d rows)", maxShown, len(answer.Rows))
	}
	return made
}

// shrink drops rows as long as the answers still part. What is left is small enough to be
// checked by hand: no single row of it can be missed.
func (b *bench) shrink(ctx context.Context, from tiny.Database, verdict Verdict) (Verdict, error) {
	for again := verdict.SQLState != cancelled; again; {
		again = false
		for table := range from.Sizes() {
			for row := from.Sizes()[table] - 1; row >= 0; row-- {
				if row >= from.Sizes()[table] {
					continue // it referred to one that is gone
				}
				smaller := from.Without(table, row)
				tried, err := b.try(ctx, smaller)
				if err != nil {
					return verdict, err
				}
				if tried.verdict != nil && tried.verdict.Outcome == verdict.Outcome && tried.verdict.SQLState == verdict.SQLState {
					from, verdict, again = smaller, *tried.verdict, true
				}
			}
		}
	}
	tables, empty := from.Tables()
	verdict.Counterexample = &Counterexample{Number: from.Number, Tables: tables, Empty: empty, Script: from.Script()}
	return verdict, nil
}

// cancelled is query_canceled: each further try would take as long again.
const cancelled = "57014"
