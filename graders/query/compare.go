package query

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/equivalence"
	"github.com/takehome-dev/takehome/graders/query/equivalence/footprint"
	"github.com/takehome-dev/takehome/graders/query/equivalence/rows"
	"github.com/takehome-dev/takehome/graders/query/equivalence/tiny"
	"github.com/takehome-dev/takehome/internal/sqlscript"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// compared is what the comparisons of the two queries found.
type compared struct {
	small   equivalence.Verdict
	full    equivalence.Verdict // on all rows of the largest scale
	changed equivalence.Verdict // on the smallest, as it is and after changes
	changes []tiny.Change
	// left is what the submission's DDL left that is not allowed.
	left []footprint.Change
}

// compareSmall compares the queries on small random databases, in the submission's own
// database: it gets the tables of the data set, without rows, and the submission's DDL.
func (r *grading) compareSmall(ctx context.Context) error {
	session, err := r.open(ctx, takehome.RoleOwner, "", r.patience.query)
	if err != nil {
		return err
	}
	defer shut(ctx, session)
	for _, script := range r.schema {
		for _, statement := range sqlscript.Statements(script.SQL) {
			answer, err := session.Run(ctx, statement.Text)
			if err != nil {
				return fmt.Errorf("make the tables: %w", err)
			}
			if answer.Refusal != nil {
				return r.authors(fmt.Sprintf("%s:%d", script.File, statement.Line), answer.Refusal.Message)
			}
		}
	}
	maker, err := tiny.New(ctx, session, r.source())
	if err != nil {
		return err
	}
	databases, err := maker.Make(ctx, r.session.Seed)
	if err != nil {
		return err
	}
	question := r.question(r.patience.small)
	cases, err := equivalence.Ask(ctx, session, question, databases)
	if err != nil {
		return err
	}
	if r.changes, err = maker.Changes(ctx, r.session.Seed); err != nil {
		return err
	}
	if err := r.prepareEmpty(ctx, session); err != nil {
		return err
	}
	if r.delivered.query.Text == "" {
		return nil
	}
	r.small, err = equivalence.Small(ctx, session, question, cases, r.delivered.query.Text)
	return err
}

// prepareEmpty runs the submission's DDL where the tables are empty, and looks what it left:
// what a statement does counts, whatever it looks like.
func (r *grading) prepareEmpty(ctx context.Context, session *database.Connection) error {
	probe, err := r.open(ctx, takehome.RoleProbe, "", r.patience.query)
	if err != nil {
		return err
	}
	defer shut(ctx, probe)
	before, err := footprint.Read(ctx, probe)
	if err != nil {
		return err
	}
	if _, err := perform(ctx, session, r.orders); err != nil {
		return err
	}
	after, err := footprint.Read(ctx, probe)
	if err != nil {
		return err
	}
	r.left = footprint.Forbidden(after.Since(before, r.task.Allow))
	return nil
}

// sound reports whether there is a query that found the right answers on small databases and
// came to its end on large ones. What takes long is done with such a query alone.
func (r *grading) sound() bool {
	return r.small.Outcome == equivalence.Equal && r.got.refusal(r.task.Scales) == nil
}

// compareFilled compares them on the prepared databases. It comes last: what it takes back
// leaves room behind that others would count.
func (r *grading) compareFilled(ctx context.Context) error {
	if !r.sound() {
		return nil
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		r.full, err = r.compareIn(ctx, r.task.Largest(), func(session *database.Connection, question equivalence.Question, sets [][]database.Value) (equivalence.Verdict, error) {
			return equivalence.Known(ctx, session, question, sets, r.base.answers, r.delivered.query.Text)
		})
		return err
	})
	group.Go(func() (err error) {
		r.changed, err = r.compareIn(ctx, r.task.Scales[0], func(session *database.Connection, question equivalence.Question, sets [][]database.Value) (equivalence.Verdict, error) {
			return equivalence.Changed(ctx, session, question, sets, r.delivered.query.Text, r.changes)
		})
		return err
	})
	return group.Wait()
}

// compareIn compares in one of the prepared databases, with every set of parameters.
func (r *grading) compareIn(ctx context.Context, name string, compare func(*database.Connection, equivalence.Question, [][]database.Value) (equivalence.Verdict, error)) (equivalence.Verdict, error) {
	session, err := database.Connect(ctx, r.session.Lab, takehome.RoleOwner, database.Options{
		Database: name, Patience: r.patience.query + grace, MaxRows: answerRows, MaxBytes: answerBytes,
		Settings: map[string]string{"synchronize_seqscans": "off"},
	})
	if err != nil {
		return equivalence.Verdict{}, err
	}
	defer shut(ctx, session)
	return compare(session, r.question(r.patience.query), r.task.values())
}

// question is what both queries are to answer.
func (r *grading) question(statement time.Duration) equivalence.Question {
	question := equivalence.Question{
		Given: bare(r.task.Given), Types: r.task.Parameters.Types, Unlimited: bare(r.task.Unlimited), Statement: statement,
	}
	for _, key := range r.task.Order {
		question.Order = append(question.Order, rows.Key{Column: key.Column, Descending: key.Descending})
	}
	return question
}

// source is what the small databases are made for.
func (r *grading) source() tiny.Source {
	source := tiny.Source{Types: r.task.Parameters.Types, Query: bare(r.task.Given), Spec: tiny.Spec{
		Databases: r.task.Tiny.Databases, Tables: map[string]tiny.Table{},
	}}
	for _, set := range r.task.sets() {
		if len(set.Values) > 0 {
			source.Sets = append(source.Sets, set.Values)
		}
	}
	for name, table := range r.task.Tiny.Tables {
		made := tiny.Table{Rows: table.Rows, Columns: map[string]tiny.Domain{}}
		for column, domain := range table.Columns {
			made.Columns[column] = domain.tiny()
		}
		source.Spec.Tables[name] = made
	}
	for _, domain := range r.task.Tiny.Parameters {
		source.Spec.Parameters = append(source.Spec.Parameters, domain.tiny())
	}
	return source
}

// tiny is the domain without its NULLs, which are given as a share of their own.
func (d Domain) tiny() tiny.Domain {
	made := tiny.Domain{NullPercent: d.NullPercent}
	for _, value := range d.Values {
		if !value.Null {
			made.Values = append(made.Values, value.Value)
		}
	}
	return made
}
