package equivalence

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/equivalence/rows"
	"github.com/takehome-dev/takehome/graders/query/equivalence/tiny"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Names of the prepared statements.
const (
	givenName     = "takehome_given"
	candidateName = "takehome_candidate"
)

// bench is a ground with both queries prepared on it. Preparing guards a second time against
// what is not a query: only SELECT, VALUES and what writes rows can be prepared, and
// transactions here only read.
type bench struct {
	Queries
	ground    Ground
	statement time.Duration
}

// set prepares the queries. A verdict is a candidate's query that cannot be prepared.
func set(ctx context.Context, ground Ground, queries Queries) (*bench, *Verdict, error) {
	made := &bench{Queries: queries, ground: ground, statement: ground.Statement}
	if made.statement <= 0 {
		made.statement = 5 * time.Second
	}
	if made.ground.Given == nil {
		made.ground.Given = ground.Candidate
	}
	sessions := []*database.Connection{made.ground.Given}
	if made.apart() {
		sessions = append(sessions, made.ground.Candidate)
	}
	for _, session := range sessions {
		if err := made.settle(ctx, session); err != nil {
			return nil, nil, err
		}
	}
	answer, err := made.ground.Given.Run(ctx, made.prepare(givenName, queries.Given))
	if err != nil {
		return nil, nil, fmt.Errorf("prepare the query as given: %w", err)
	}
	if answer.Refusal != nil {
		verdict, err := made.brokenGiven("cannot be prepared", refusalError(answer))
		return nil, &verdict, err
	}
	answer, err = made.ground.Candidate.Run(ctx, made.prepare(candidateName, queries.Candidate))
	if err != nil {
		return nil, nil, fmt.Errorf("prepare the query: %w", err)
	}
	if answer.Refusal != nil {
		verdict := refusedBy(answer)
		return nil, &verdict, nil
	}
	return made, nil, nil
}

// brokenGiven is a query as given that does not work. Where only the data set is, its author
// has to mend it; where a candidate's DDL was run, it is the DDL that broke it.
func (b *bench) brokenGiven(how string, why error) (Verdict, error) {
	if b.apart() {
		return Verdict{}, authorFault("the query as given "+how, why)
	}
	return Verdict{Outcome: Refused, Reason: fmt.Sprintf("after its DDL the query as given %s: %s", how, why)}, nil
}

// apart reports whether the two queries run in sessions of their own.
func (b *bench) apart() bool { return b.ground.Given != b.ground.Candidate }

// settle makes a session write values in one form and look up names in one way, whatever
// was set for its role, and forgets what an earlier comparison prepared.
func (b *bench) settle(ctx context.Context, session *database.Connection) error {
	if session.InTransaction() {
		if err := ours(ctx, session, "rollback"); err != nil {
			return err
		}
	}
	if err := ours(ctx, session, "deallocate all"); err != nil {
		return err
	}
	settings := [][2]string{
		{"search_path", "public, pg_temp"},
		{"TimeZone", "UTC"}, {"DateStyle", "ISO, YMD"}, {"IntervalStyle", "postgres"},
		{"extra_float_digits", "1"}, {"bytea_output", "hex"}, {"xmlbinary", "base64"},
		{"statement_timeout", fmt.Sprint(b.statement.Milliseconds())}, {"lock_timeout", "2000"},
		{"client_min_messages", "error"}, {"row_security", "off"},
	}
	calls := make([]string, len(settings))
	for i, each := range settings {
		calls[i] = fmt.Sprintf("pg_catalog.set_config('%s', '%s', false)", each[0], each[1])
	}
	return ours(ctx, session, "select "+strings.Join(calls, ", "))
}

// prepare gives a query its parameters, also those that it does not mention. What follows the
// first statement is a syntax error of the protocol, and so is an empty text.
func (b *bench) prepare(name, query string) string {
	types := ""
	if len(b.Types) > 0 {
		types = " (" + strings.Join(b.Types, ", ") + ")"
	}
	return "prepare " + name + types + " as\n" + query
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

// answers runs both queries on what the transactions see. Without a verdict the answers are
// there to be compared; given is not usable where the query as given ends in an error.
func (b *bench) answers(ctx context.Context, parameters []database.Value) (given, got database.Answer, verdict *Verdict, err error) {
	given, err = b.ground.Given.Run(ctx, execute(givenName, parameters))
	if err != nil {
		return given, got, nil, fmt.Errorf("run the query as given: %w", err)
	}
	if given.Refusal != nil || given.Truncated {
		return given, got, nil, nil
	}
	got, err = b.ground.Candidate.Run(ctx, execute(candidateName, parameters))
	if err != nil {
		return given, got, nil, fmt.Errorf("run the query: %w", err)
	}
	switch {
	case got.Refusal != nil:
		refused := refusedBy(got)
		verdict = &refused
	case got.Truncated:
		verdict = &Verdict{Outcome: Refused, Reason: "its answer has more rows than are read", SQLState: tooMuch}
	}
	return given, got, verdict, nil
}

// tooMuch is program_limit_exceeded.
const tooMuch = "54000"

// usable reports whether the query as given ended in an answer.
func usable(given database.Answer) bool { return given.Refusal == nil && !given.Truncated }

// compare holds the answers against each other; nil means that they are equal.
func (b *bench) compare(ctx context.Context, given, got database.Answer, parameters []database.Value) (*Verdict, error) {
	difference := rows.Compare(given, got, b.Order)
	if difference == nil {
		return nil, nil //nolint:nilnil // no difference and no error is the good case
	}
	if b.Unlimited != "" && len(difference.Ties) > 0 {
		free, err := b.free(ctx, difference.Ties, given, got, parameters)
		if err != nil || free {
			return nil, err
		}
	}
	return &Verdict{Outcome: Different, Reason: difference.Reason}, nil
}

// free reports whether the rows in which the answers differ all tie at the edge of the
// limit: each is among the rows with the same keys of the query without a limit.
func (b *bench) free(ctx context.Context, ties []rows.Tie, given, got database.Answer, parameters []database.Value) (bool, error) {
	var groups []string
	for _, tie := range ties {
		var parts []string
		for i, key := range b.Order {
			parts = append(parts, fmt.Sprintf("(whole.%s)::text is not distinct from %s", tiny.Quote(key.Column), tiny.Literal(tie.Keys[i])))
		}
		groups = append(groups, "("+strings.Join(parts, " and ")+")")
	}
	const name = "takehome_whole"
	sql := fmt.Sprintf("select * from (\n%s\n) as whole where %s", strings.TrimRight(strings.TrimSpace(b.Unlimited), ";"), strings.Join(groups, " or "))
	if err := ours(ctx, b.ground.Given, b.prepare(name, sql)); err != nil {
		return false, authorFault("the query without its limit cannot be prepared", err)
	}
	whole, err := b.ground.Given.Run(ctx, execute(name, parameters))
	if err != nil {
		return false, fmt.Errorf("run the query without its limit: %w", err)
	}
	if err := ours(ctx, b.ground.Given, "deallocate "+name); err != nil {
		return false, err
	}
	return usable(whole) && rows.Within(ties, given, got, whole), nil
}

// ours runs a statement of ours, which has no reason to be refused.
func ours(ctx context.Context, session *database.Connection, sql string) error {
	answer, err := session.Run(ctx, sql)
	if err == nil && answer.Refusal != nil {
		return refusalError(answer)
	}
	return err
}

func refusalError(answer database.Answer) error {
	return fmt.Errorf("%s: %s", answer.Refusal.SQLState, takehome.Line(answer.Refusal.Message))
}

func authorFault(summary string, err error) error {
	return &takehome.Fault{Owner: takehome.Author, Summary: summary, Err: err, Hint: "mend the query of the challenge; takehome challenge verify runs it"}
}

// refusedBy is the verdict on what the server refuses to a candidate.
func refusedBy(answer database.Answer) Verdict {
	refusal := answer.Refusal
	return Verdict{
		Outcome: Refused, SQLState: refusal.SQLState,
		Reason: "it ends in an error: " + takehome.Line(refusal.Message),
	}
}
