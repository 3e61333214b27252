package equivalence

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/equivalence/rows"
	"github.com/takehome-dev/takehome/graders/query/equivalence/tiny"
)

// Filled compares the queries on the rows that are there, with each set of parameters.
// Question.Statement has to leave the query as given the time that it needs.
func Filled(ctx context.Context, session *database.Connection, question Question, sets [][]database.Value, candidate string) (Verdict, error) {
	return Changed(ctx, session, question, sets, candidate, nil)
}

// Changed compares them also after each of a row of changes, which shows that an answer is
// computed and not kept. Everything is taken back, but for the room that dead rows take:
// whatever counts blocks has to be done before. A statement of a change that the schema does
// not allow is left out; Verdict.Moved tells how often a change moved the right answer.
func Changed(ctx context.Context, session *database.Connection, question Question, sets [][]database.Value, candidate string, changes []tiny.Change) (Verdict, error) {
	return travel(ctx, session, question, &tour{sets: sets}, candidate, changes)
}

// Known compares a candidate's query on the rows that are there with answers that are known,
// one for each set of parameters, found under Forms: where the query as given takes long, it
// is only asked where an answer is not the one that is known. It has the last word.
func Known(ctx context.Context, session *database.Connection, question Question, sets [][]database.Value, answers []database.Answer, candidate string) (Verdict, error) {
	return travel(ctx, session, question, &tour{sets: sets, known: answers}, candidate, nil)
}

// travel prepares both queries and makes a tour with them.
func travel(ctx context.Context, session *database.Connection, question Question, tour *tour, candidate string, changes []tiny.Change) (Verdict, error) {
	bench, verdict, err := lay(ctx, session, question, candidate)
	if err != nil || verdict != nil {
		return settled(verdict), err
	}
	tour.bench, tour.found = bench, Verdict{Outcome: Equal}
	if err = bench.ours(ctx, begin); err == nil {
		err = tour.make(ctx, changes)
	}
	return tour.found, errors.Join(err, bench.leave(ctx))
}

// tour goes through changes of a database that is full.
type tour struct {
	*bench
	sets   [][]database.Value
	known  []database.Answer // to sets; nil: the query as given is asked
	before []database.Answer // right answers to sets before the change
	found  Verdict
}

func (t *tour) make(ctx context.Context, changes []tiny.Change) error {
	if err := t.ask(ctx, t.sets); err != nil || t.found.Outcome != Equal {
		return err
	}
	for _, change := range changes {
		if err := t.change(ctx, change); err != nil {
			return err
		}
		sets := t.sets
		if change.Parameters != nil {
			sets = append(slices.Clip(sets), change.Parameters)
		}
		if t.found.Outcome == Equal {
			if err := t.ask(ctx, sets); err != nil {
				return err
			}
		}
		if t.found.Outcome != Equal {
			t.found.Reason = "after " + change.Name + ": " + t.found.Reason
			return nil
		}
	}
	return nil
}

// ask compares with one set of parameters after the other, until one tells the queries apart.
func (t *tour) ask(ctx context.Context, sets [][]database.Value) error {
	var rights []database.Answer
	for i, set := range sets {
		right, err := t.right(ctx, i, set)
		if err != nil {
			return err
		}
		if !usable(right) {
			t.end(brokenGiven(right), set, right, database.Answer{})
			return nil
		}
		rights = append(rights, right)
		if i < len(t.before) && rows.Compare(t.before[i], right, nil) != nil {
			t.found.Moved++
		}
		got, err := t.session.Run(ctx, execute(candidateName, set))
		if err != nil {
			return fmt.Errorf("run the query: %w", err)
		}
		if t.known != nil && usable(got) && rows.Compare(right, got, t.Order) != nil {
			if right, err = t.given(ctx, set); err != nil {
				return err
			}
			if !usable(right) {
				t.end(brokenGiven(right), set, right, database.Answer{})
				return nil
			}
		}
		verdict, err := t.hold(ctx, right, got, set)
		if err != nil {
			return err
		}
		if verdict != nil {
			t.end(verdict, set, right, got)
			return nil
		}
		t.found.Compared++
	}
	t.before = rights
	return nil
}

// right is the right answer with a set of parameters.
func (t *tour) right(ctx context.Context, i int, set []database.Value) (database.Answer, error) {
	if i < len(t.known) {
		return t.known[i], nil
	}
	return t.given(ctx, set)
}

// given asks the query as given.
func (t *tour) given(ctx context.Context, set []database.Value) (database.Answer, error) {
	answer, err := t.session.Run(ctx, execute(givenName, set))
	if err != nil {
		return answer, fmt.Errorf("run the query as given: %w", err)
	}
	return answer, nil
}

// hold holds an answer against the right one; nil means that they are equal.
func (t *tour) hold(ctx context.Context, right, got database.Answer, set []database.Value) (*Verdict, error) {
	if !usable(got) {
		return refused(got), nil
	}
	difference := rows.Compare(right, got, t.Order)
	if difference == nil {
		return nil, nil //nolint:nilnil // no verdict is the good case
	}
	if t.Unlimited != "" && len(difference.Ties) > 0 {
		if free, err := t.free(ctx, difference.Ties, right, got, set); err != nil || free {
			return nil, err
		}
	}
	return &Verdict{Outcome: Different, Reason: difference.Reason}, nil
}

// end keeps a verdict as the last word.
func (t *tour) end(verdict *Verdict, set []database.Value, right, got database.Answer) {
	verdict.Right, verdict.Got = shown("the right answer", right), shown("its answer", got)
	verdict.Parameter, verdict.Compared, verdict.Moved = tiny.Parameter(set), t.found.Compared, t.found.Moved
	t.found = *verdict
}

// change makes a change. One that the candidate's DDL makes endless ends the tour.
func (t *tour) change(ctx context.Context, change tiny.Change) error {
	for _, statement := range change.Statements {
		answers, err := t.session.RunEach(ctx, []string{"savepoint change", statement})
		if err != nil {
			return fmt.Errorf("change the data set: %w", err)
		}
		last := answers[len(answers)-1]
		if t.lost() || last.State() == queryCanceled {
			verdict := refused(last)
			verdict.Reason = "after its DDL rows cannot be changed: " + verdict.Reason
			t.end(verdict, nil, database.Answer{}, database.Answer{})
			return nil
		}
		end := "release savepoint change"
		if last.Refusal != nil {
			end = "rollback to savepoint change"
		}
		if err := t.ours(ctx, end); err != nil {
			return err
		}
	}
	return nil
}
