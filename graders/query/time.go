package query

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/tempo"
	"github.com/takehome-dev/takehome/graders/query/work"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// untouched is a copy of the smallest prepared database from before the submission's DDL, in
// which the query as it was given takes the time that it took.
const untouched = "time_before"

// keepUntouched copies the smallest database while nobody is connected to it. Where there is
// no room for that, no time is shown.
func (r *grading) keepUntouched(ctx context.Context) error {
	if r.delivered.query.Text == "" {
		return nil
	}
	admin, err := r.open(ctx, takehome.RoleAdmin, statistics, r.patience.query)
	if err != nil {
		return err
	}
	defer shut(ctx, admin)
	err = work.Clone(ctx, r.session.Lab, admin, r.task.Scales[0], untouched)
	if _, full := errors.AsType[*work.RefusedWrite](err); full {
		return nil
	}
	r.kept = err == nil
	return err
}

// compareTime runs both queries in turn on the smallest databases, and keeps what the clock
// showed for a reader. It is done while nothing else is, and only where both find the same.
func (r *grading) compareTime(ctx context.Context) error {
	if !r.kept || !r.sound() {
		return nil
	}
	set := r.setToShow()
	given := r.query("the query as it was given", r.task.Given, nil)
	own := r.query("your query", r.delivered.query.Text, granted(r.wished))
	before, err := r.clock(ctx, untouched, given, set)
	if err != nil {
		return err
	}
	defer shut(ctx, before.session)
	after, err := r.clock(ctx, r.task.Scales[0], own, set)
	if err != nil {
		return err
	}
	defer shut(ctx, after.session)
	found, ok, err := tempo.Compare(ctx, before.run, after.run, r.patience.clock)
	if err != nil {
		return fmt.Errorf("compare the time of two queries: %w", err)
	}
	if ok {
		r.time = &timed{Comparison: found, set: set.Name}
	}
	return nil
}

// timed is what the clock showed with one set of parameters.
type timed struct {
	tempo.Comparison
	set string
}

// clock is a query and the session in which it runs.
type clock struct {
	session *database.Connection
	query   work.Query
	set     work.Set
}

func (r *grading) clock(ctx context.Context, name string, query work.Query, set work.Set) (clock, error) {
	session, err := r.open(ctx, takehome.RoleOwner, name, r.patience.query)
	return clock{session, query, set}, err
}

// run is one execution; what the server refuses has no time.
func (c clock) run(ctx context.Context) (time.Duration, bool, error) {
	took, refusal, err := work.Clock(ctx, c.session, c.query, c.set)
	return took, refusal == nil, err
}

// timeExhibit shows what the clock showed, and what that is worth.
func (r *grading) timeExhibit() (takehome.Exhibit, bool) {
	if r.time == nil {
		return takehome.Exhibit{}, false
	}
	words := map[tempo.Verdict]string{
		tempo.Faster:  "Yours is faster.",
		tempo.Slower:  "Yours is slower.",
		tempo.Neither: "That is no difference which a busy machine could not make.",
	}
	return takehome.Exhibit{
		ID: "time", Title: "Time, which scores nothing",
		Note: fmt.Sprintf("Both queries were run in turn, %d times each, on the smallest of the databases with the parameters %s. %s "+
			"Times differ from machine to machine and from run to run; the counted work does not.",
			r.time.Pairs, takehome.Line(r.time.set), words[r.time.Verdict()]),
		Tables: []takehome.Table{{
			Title:   "Median time on the server",
			Columns: []string{"as it was given", "yours", "times as fast", fmt.Sprintf("between (%.0f %% sure)", 100*r.time.Confidence)},
			Rows: [][]string{{
				milliseconds(r.time.Before), milliseconds(r.time.After), timesWord(r.time.Ratio), timesWord(r.time.Low) + " and " + timesWord(r.time.High),
			}},
		}},
	}, true
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.3g ms", float64(d)/float64(time.Millisecond))
}

// timesWord writes a ratio with as many digits as it is worth.
func timesWord(ratio float64) string {
	if ratio >= 100 {
		return fmt.Sprintf("%.0f", ratio)
	}
	return fmt.Sprintf("%.2g", ratio)
}
