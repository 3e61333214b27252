package equivalence

import (
	"context"
	"fmt"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/equivalence/tiny"
)

// Filled compares the queries on the rows that are there, with each set of parameters.
// Ground.Statement has to leave the query as given the time that it needs.
func Filled(ctx context.Context, ground Ground, queries Queries, sets [][]database.Value) (Verdict, error) {
	bench, verdict, err := set(ctx, ground, queries)
	if err != nil || verdict != nil {
		return settled(verdict), err
	}
	found := Verdict{Outcome: Equal}
	err = bench.inside(ctx, func() error {
		if err := bench.each(ctx, readOnly(false)); err != nil {
			return err
		}
		_, err := bench.sets(ctx, sets, &found, nil)
		return err
	})
	return found, err
}

// Changed compares them after each of a row of changes, which show that an answer is computed
// and not kept. Everything is taken back, but for the room that dead rows take: whatever counts
// blocks has to be done before. A statement of a change that the schema does not allow is left
// out; Verdict.Moved tells how often a change led to another answer of the query as given.
func Changed(ctx context.Context, ground Ground, queries Queries, sets [][]database.Value, changes []tiny.Change) (Verdict, error) {
	bench, verdict, err := set(ctx, ground, queries)
	if err != nil || verdict != nil {
		return settled(verdict), err
	}
	found := Verdict{Outcome: Equal}
	err = bench.inside(ctx, func() error {
		before, err := bench.sets(ctx, sets, &found, nil)
		if err != nil || found.Outcome != Equal {
			return err
		}
		for _, change := range changes {
			if err := bench.change(ctx, change); err != nil {
				return err
			}
			with := sets
			if change.Parameters != nil {
				with = append(with[:len(with):len(with)], change.Parameters)
			}
			if before, err = bench.sets(ctx, with, &found, before); err != nil {
				return err
			}
			if found.Outcome != Equal {
				found.Reason = "after " + change.Name + ": " + found.Reason
				return nil
			}
		}
		return nil
	})
	return found, err
}

// inside does something in transactions that are taken back.
func (b *bench) inside(ctx context.Context, do func() error) error {
	err := b.each(ctx, "begin isolation level repeatable read")
	if err == nil {
		err = do()
	}
	if back := b.rollback(ctx); err == nil {
		err = back
	}
	return err
}

// sets compares with one set of parameters after the other, until one tells the queries
// apart, and returns what the query as given answered.
func (b *bench) sets(ctx context.Context, sets [][]database.Value, found *Verdict, before []database.Answer) ([]database.Answer, error) {
	var answers []database.Answer
	for i, set := range sets {
		given, got, verdict, err := b.answers(ctx, set)
		if err != nil {
			return nil, err
		}
		if !usable(given) {
			broken, err := b.brokenGiven("gives no usable answer", refusalError(orTooLong(given)))
			broken.Parameter, broken.Compared = tiny.Parameter(set), found.Compared
			*found = broken
			return nil, err
		}
		answers = append(answers, given)
		if i < len(before) && fmt.Sprint(before[i].Rows) != fmt.Sprint(given.Rows) {
			found.Moved++
		}
		if verdict == nil {
			if verdict, err = b.compare(ctx, given, got, set); err != nil {
				return nil, err
			}
		}
		if verdict != nil {
			b.show(verdict, given, got)
			verdict.Parameter, verdict.Compared, verdict.Moved = tiny.Parameter(set), found.Compared, found.Moved
			*found = *verdict
			return nil, nil
		}
		found.Compared++
	}
	return answers, nil
}

// change makes a change on every side alike.
func (b *bench) change(ctx context.Context, change tiny.Change) error {
	for _, statement := range change.Statements {
		if err := b.each(ctx, "savepoint change"); err != nil {
			return err
		}
		answer, err := b.ground.Given.Run(ctx, statement)
		if err == nil && b.apart() && answer.Refusal == nil {
			answer, err = b.ground.Candidate.Run(ctx, statement)
		}
		if err != nil {
			return fmt.Errorf("change the data set: %w", err)
		}
		end := "release savepoint change"
		if answer.Refusal != nil {
			end = "rollback to savepoint change"
		}
		if err := b.each(ctx, end); err != nil {
			return err
		}
	}
	return nil
}
