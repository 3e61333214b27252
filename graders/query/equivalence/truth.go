package equivalence

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/equivalence/tiny"
)

// batches cuts what is asked about into round trips. The first is for one database alone: of
// a query that has no end, one cancelled try is enough.
func batches[T any](of []T) iter.Seq[[]T] {
	const most = 10
	return func(yield func([]T) bool) {
		for size := 1; len(of) > 0; size = most {
			n := min(size, len(of))
			if !yield(of[:n]) {
				return
			}
			of = of[n:]
		}
	}
}

// Ask finds the right answers on small databases. It has to be called before a candidate's
// DDL is run. Databases that the schema does not take (for a unique index on an expression,
// say), and those on which the query as given ends in an error, are left out; that most are
// is a fault of the author's.
func Ask(ctx context.Context, session *database.Connection, question Question, databases []tiny.Database) (cases []Case, err error) {
	bench, err := settle(ctx, session, question)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, bench.leave(ctx)) }()
	answer, err := bench.prepare(ctx, givenName, question.Given)
	if err != nil {
		return nil, fmt.Errorf("prepare the query as given: %w", err)
	}
	if answer.Refusal != nil {
		return nil, authorFault("the query as given cannot be prepared", refusalError(answer))
	}
	var last error
	for part := range batches(databases) {
		answers, err := bench.visit(ctx, part, givenName)
		if err != nil {
			return nil, err
		}
		for i, each := range answers {
			switch {
			case each.stored.Refusal != nil:
				last = refusalError(each.stored)
			case !usable(each.answer):
				last = refusalError(each.answer)
			default:
				cases = append(cases, Case{Database: part[i], right: each.answer})
			}
		}
	}
	if len(cases) < len(databases)/2 {
		return nil, authorFault(fmt.Sprintf("%d of %d small databases cannot be used", len(databases)-len(cases), len(databases)), last)
	}
	return cases, nil
}

// visited is what came of one small database.
type visited struct {
	stored database.Answer // to the INSERT
	answer database.Answer // to the query
}

// visit stores databases one after the other, asks a prepared query about each and takes it
// back, all in one round trip. It answers for fewer of them where the session ended before.
func (b *bench) visit(ctx context.Context, databases []tiny.Database, name string) ([]visited, error) {
	var statements []string
	for _, each := range databases {
		insert := each.Insert()
		if insert == "" {
			insert = "select 1"
		}
		statements = append(statements, begin, insert, readOnly(each.Number%2 == 0), execute(name, each.Parameters), "rollback")
	}
	answers, err := b.session.RunEach(ctx, statements)
	if err != nil {
		return nil, fmt.Errorf("ask about small databases: %w", err)
	}
	const steps, storing, asking = 5, 1, 3
	var made []visited
	for start := 0; start < len(answers); start += steps {
		step := func(i int) database.Answer {
			if start+i < len(answers) {
				return answers[start+i]
			}
			return answers[len(answers)-1] // the one that ended the session
		}
		made = append(made, visited{stored: step(storing), answer: step(asking)})
		if start+steps > len(answers) {
			break
		}
	}
	return made, nil
}
