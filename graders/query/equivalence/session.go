package equivalence

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/equivalence/tiny"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Names of the prepared statements.
const (
	givenName     = "takehome_given"
	candidateName = "takehome_candidate"
)

// States of SQL (PostgreSQL manual, appendix A) that are told apart here.
const (
	queryCanceled        = "57014"
	programLimitExceeded = "54000"
)

// bench is a session in which queries are prepared and compared. Preparing guards a second
// time against what is not a query: only SELECT, VALUES and what writes rows can be prepared,
// and the transactions of small databases only read.
type bench struct {
	Question
	session *database.Connection
}

// settle makes a session write values in one form and look up names in one way, whatever was
// set for its role, and forgets what an earlier comparison prepared.
func settle(ctx context.Context, session *database.Connection, question Question) (*bench, error) {
	const statement = 3 * time.Second
	if question.Statement <= 0 {
		question.Statement = statement
	}
	made := &bench{Question: question, session: session}
	if session.InTransaction() {
		if err := made.ours(ctx, "rollback"); err != nil {
			return nil, err
		}
	}
	settings := append(Forms(), [][2]string{
		{"search_path", "public, pg_temp"},
		{"statement_timeout", strconv.FormatInt(question.Statement.Milliseconds(), 10)},
		{"lock_timeout", strconv.FormatInt(question.Statement.Milliseconds()/2, 10)},
		{"client_min_messages", "error"},
		{"row_security", "off"},
	}...)
	statements := []string{"deallocate all"}
	for _, each := range settings {
		statements = append(statements, "set "+each[0]+" = "+each[1])
	}
	return made, made.ours(ctx, statements...)
}

// Forms are settings, and values of theirs, under which values are written in the form in
// which answers are compared. An answer that is known before has to be found under them.
func Forms() [][2]string {
	return [][2]string{
		{"TimeZone", "UTC"},
		{"DateStyle", "iso, ymd"},
		{"IntervalStyle", "postgres"},
		{"extra_float_digits", "1"},
		{"bytea_output", "hex"},
	}
}

// ours runs statements of ours, which have no reason to be refused.
func (b *bench) ours(ctx context.Context, statements ...string) error {
	answers, err := b.session.RunEach(ctx, statements)
	if err != nil {
		return fmt.Errorf("prepare a comparison: %w", err)
	}
	for _, answer := range answers {
		if answer.Refusal != nil {
			return fmt.Errorf("prepare a comparison: %w", refusalError(answer))
		}
	}
	return nil
}

// prepare gives a query its parameters, also those that it does not mention. What follows the
// first statement is a syntax error of the protocol, and so is an empty text.
func (b *bench) prepare(ctx context.Context, name, query string) (database.Answer, error) {
	types := ""
	if len(b.Types) > 0 {
		types = " (" + strings.Join(b.Types, ", ") + ")"
	}
	return b.session.Run(ctx, "prepare "+name+types+" as\n"+query)
}

// execute runs a prepared query with values for its parameters.
func execute(name string, parameters []database.Value) string {
	if len(parameters) == 0 {
		return "execute " + name
	}
	words := make([]string, len(parameters))
	for i, value := range parameters {
		words[i] = tiny.Literal(value)
	}
	return "execute " + name + "(" + strings.Join(words, ", ") + ")"
}

// rollback takes everything back. A session that was lost has nothing to take back.
func (b *bench) rollback(ctx context.Context) error {
	if !b.session.InTransaction() {
		return nil
	}
	return b.ours(context.WithoutCancel(ctx), "rollback")
}

// leave ends what a query can leave in a session: locks of its own making, settings.
func (b *bench) leave(ctx context.Context) error {
	err := b.rollback(ctx)
	if b.lost() {
		return err
	}
	return errors.Join(err, b.ours(context.WithoutCancel(ctx), "discard all"))
}

// lost reports whether the session is gone, and what was prepared in it.
func (b *bench) lost() bool { return b.session.Closed() }

const begin = "begin isolation level repeatable read"

// readOnly ends the writing of a transaction. An index is of no use in a table of six rows,
// so that nobody would notice that its answers are wrong, were the others not made dear.
func readOnly(indexed bool) string {
	sql := "select pg_catalog.set_config('transaction_read_only', 'on', true)"
	if indexed {
		sql += ", pg_catalog.set_config('enable_seqscan', 'off', true), pg_catalog.set_config('plan_cache_mode', 'force_custom_plan', true)"
	}
	return sql
}

// usable reports whether a query ended in an answer that was read to its end.
func usable(answer database.Answer) bool { return answer.Refusal == nil && !answer.Truncated }

// refused is the verdict on what the server does not carry out for a candidate.
func refused(answer database.Answer) *Verdict {
	if answer.Refusal == nil {
		return &Verdict{Outcome: Refused, SQLState: programLimitExceeded, Reason: "its answer has more rows than are read"}
	}
	verdict := &Verdict{Outcome: Refused, SQLState: answer.Refusal.SQLState}
	switch {
	case answer.Refusal.SQLState == queryCanceled:
		verdict.Reason = "it does not end in time"
	case answer.Refusal.Lost:
		verdict.Reason = "it ends the session that it runs in"
	default:
		verdict.Reason = "it ends in an error: " + takehome.Line(answer.Refusal.Message)
	}
	return verdict
}

// brokenGiven is a query as given that worked before there was any DDL of the candidate's.
func brokenGiven(answer database.Answer) *Verdict {
	verdict := refused(answer)
	verdict.Reason = "after its DDL the query as it was given fails: " + verdict.Reason
	return verdict
}

func refusalError(answer database.Answer) error {
	if answer.Refusal == nil {
		return fmt.Errorf("%s: the answer has more rows than are read", programLimitExceeded)
	}
	return fmt.Errorf("%s: %s", answer.Refusal.SQLState, takehome.Line(answer.Refusal.Message))
}

func authorFault(summary string, err error) error {
	return &takehome.Fault{
		Owner: takehome.Author, Summary: summary, Err: err,
		Hint: "mend the query of the challenge; takehome challenge verify runs it",
	}
}
