package equivalence

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/equivalence/rows"
	"github.com/takehome-dev/takehome/graders/query/equivalence/tiny"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Small compares a candidate's query with the right answers on small databases, one after the
// other, until one tells them apart, and then makes that one as small as it can. The tables
// have to be as they were when Ask was called, but for the candidate's DDL. Every second
// database is read through indexes wherever that is possible.
func Small(ctx context.Context, session *database.Connection, question Question, cases []Case, candidate string) (found Verdict, err error) {
	bench, verdict, err := lay(ctx, session, question, candidate)
	if err != nil || verdict != nil {
		return settled(verdict), err
	}
	defer func() { err = errors.Join(err, bench.leave(ctx)) }()
	compared := 0
	for part := range batches(cases) {
		databases := make([]tiny.Database, len(part))
		for i, each := range part {
			databases[i] = each.Database
		}
		answers, err := bench.visit(ctx, databases, candidateName)
		if err != nil {
			return Verdict{}, err
		}
		for i, each := range answers {
			verdict, err := bench.judge(ctx, part[i], each)
			if err != nil {
				return Verdict{}, err
			}
			if verdict != nil {
				found, err = bench.shrink(ctx, part[i], *verdict)
				found.Compared = compared + 1
				return found, err
			}
			compared++
		}
	}
	return Verdict{Outcome: Equal, Compared: compared}, nil
}

// lay prepares both queries. A verdict is a query that cannot be prepared.
func lay(ctx context.Context, session *database.Connection, question Question, candidate string) (*bench, *Verdict, error) {
	made, err := settle(ctx, session, question)
	if err != nil {
		return nil, nil, err
	}
	for _, each := range []struct {
		name, query string
		refuse      func(database.Answer) *Verdict
	}{{givenName, question.Given, brokenGiven}, {candidateName, candidate, refused}} {
		answer, err := made.prepare(ctx, each.name, each.query)
		if err != nil {
			return nil, nil, fmt.Errorf("prepare a query: %w", err)
		}
		if answer.Refusal != nil {
			return nil, each.refuse(answer), nil
		}
	}
	return made, nil, nil
}

// settled is a verdict that may be missing beside an error.
func settled(verdict *Verdict) Verdict {
	if verdict == nil {
		return Verdict{}
	}
	return *verdict
}

// judge holds what came of a small database against the right answer; nil means that it is
// the same.
func (b *bench) judge(ctx context.Context, on Case, came visited) (*Verdict, error) {
	var verdict *Verdict
	switch {
	case came.stored.Refusal != nil:
		verdict = refused(came.stored)
		verdict.Reason = "its DDL refuses rows that the schema allows: " + takehome.Line(came.stored.Refusal.Message)
	case !usable(came.answer):
		verdict = refused(came.answer)
	default:
		difference := rows.Compare(on.right, came.answer, b.Order)
		if difference == nil {
			return nil, nil //nolint:nilnil // no verdict is the good case
		}
		free, err := b.freeOnSmall(ctx, on, difference, came.answer)
		if err != nil || free {
			return nil, err
		}
		verdict = &Verdict{Outcome: Different, Reason: difference.Reason}
	}
	verdict.Right, verdict.Got = shown("the right answer", on.right), shown("its answer", came.answer)
	verdict.Parameter = tiny.Parameter(on.Parameters)
	return verdict, nil
}

// freeOnSmall looks, in the small database, whether only rows that tie at the edge of the
// limit differ.
func (b *bench) freeOnSmall(ctx context.Context, on Case, difference *rows.Difference, got database.Answer) (bool, error) {
	if b.Unlimited == "" || len(difference.Ties) == 0 {
		return false, nil
	}
	statements := []string{begin}
	if insert := on.Insert(); insert != "" {
		statements = append(statements, insert)
	}
	err := b.ours(ctx, statements...)
	free := false
	if err == nil {
		free, err = b.free(ctx, difference.Ties, on.right, got, on.Parameters)
	}
	if back := b.rollback(ctx); err == nil {
		err = back
	}
	return free, err
}

// shrink drops rows as long as the answers still part. What is left is small enough to be
// checked by hand: no single row of it can be missed.
func (b *bench) shrink(ctx context.Context, from Case, verdict Verdict) (Verdict, error) {
	for again := !exhausts(verdict.SQLState) && !b.lost(); again; {
		again = false
		for table := range from.Sizes() {
			for row := from.Sizes()[table] - 1; row >= 0; row-- {
				if row >= from.Sizes()[table] {
					continue // it referred to one that is gone
				}
				smaller, found, err := b.retry(ctx, from.Without(table, row))
				if err != nil {
					return verdict, err
				}
				if found != nil && found.Outcome == verdict.Outcome && found.SQLState == verdict.SQLState {
					from, verdict, again = smaller, *found, true
				}
			}
		}
	}
	tables, empty := from.Tables()
	verdict.Counterexample = &Counterexample{Number: from.Number, Tables: tables, Empty: empty, Script: from.Script()}
	return verdict, nil
}

// exhausts reports whether a query was refused for what it takes and not for what it finds:
// fewer rows would not change that, and each try would take as long again.
func exhausts(state string) bool {
	const insufficientResources, limitExceeded = "53", "54"
	return state == queryCanceled || strings.HasPrefix(state, insufficientResources) || strings.HasPrefix(state, limitExceeded)
}

// retry asks both queries about a database.
func (b *bench) retry(ctx context.Context, on tiny.Database) (Case, *Verdict, error) {
	right, err := b.visit(ctx, []tiny.Database{on}, givenName)
	if err != nil || len(right) == 0 || !usable(right[0].answer) {
		return Case{}, nil, err
	}
	made := Case{Database: on, right: right[0].answer}
	got, err := b.visit(ctx, []tiny.Database{on}, candidateName)
	if err != nil || len(got) == 0 {
		return Case{}, nil, err
	}
	verdict, err := b.judge(ctx, made, got[0])
	return made, verdict, err
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
	if len(answer.Rows) > maxShown {
		made.Title += fmt.Sprintf(" (%d of %d rows)", maxShown, len(answer.Rows))
	}
	return made
}
