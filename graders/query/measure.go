package query

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/work"
	"github.com/takehome-dev/takehome/internal/sqlscript"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// patience is how long one statement may take on the server: so long that only what does not
// end is ever cut, since time is not what is judged.
type patience struct {
	query, ddl time.Duration
	small      time.Duration // a query on a handful of rows
	clock      time.Duration // all runs for the time that is shown
}

func usualPatience() patience {
	return patience{query: time.Minute, ddl: 3 * time.Minute, small: 20 * time.Second, clock: 3 * time.Second}
}

// grace is how much longer a session waits than the server.
const grace = 5 * time.Second

// measured is everything that was counted about a submission.
type measured struct {
	base baseline
	// got is the submission's query with its DDL and its settings, bare the same without the
	// settings, at the largest scale alone.
	got, bare figures
	done      []performed // at the smallest scale
	storage   int64
	writes    work.Batch
	refused   *work.RefusedWrite // of the batch, with the submission's DDL
}

// What is read of one answer.
const (
	answerRows  = 200_000
	answerBytes = 64 << 20
)

// open opens a session in a prepared database.
func (r *grading) open(ctx context.Context, role takehome.Role, name string, patience time.Duration) (*database.Connection, error) {
	return database.Connect(ctx, r.session.Lab, role, database.Options{
		Database: name, Patience: patience + grace, MaxRows: answerRows, MaxBytes: answerBytes,
		Settings: map[string]string{
			"statement_timeout":    strconv.FormatInt(patience.Milliseconds(), 10),
			"synchronize_seqscans": "off", "maintenance_work_mem": "128MB", "max_parallel_maintenance_workers": "0",
		},
	})
}

// shut ends a session; what it leaves goes with the lab.
func shut(ctx context.Context, session *database.Connection) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = session.Close(ctx)
}

// lanes does something at every scale: first the smallest, then the largest beside the others,
// so that both processors of a small machine have about as much to do.
func (r *grading) lanes(ctx context.Context, do func(ctx context.Context, scale string) error) error {
	if err := do(ctx, r.task.Scales[0]); err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return do(ctx, r.task.Largest()) })
	group.Go(func() error {
		for _, scale := range r.task.Scales[1 : len(r.task.Scales)-1] {
			if err := do(ctx, scale); err != nil {
				return err
			}
		}
		return nil
	})
	return group.Wait()
}

// query is a statement as it is measured.
func (r *grading) query(title, sql string, settings []work.Setting) work.Query {
	return work.Query{Title: title, SQL: bare(sql), Types: r.task.Parameters.Types, Settings: settings, BigTables: r.task.BigTables}
}

// bare is the first statement of a text of ours, without its semicolon.
func bare(sql string) string {
	if statements := sqlscript.Statements(sql); len(statements) > 0 {
		return statements[0].Text
	}
	return sql
}

// execute measures a query with every set of parameters. After one that came to nothing the
// others are not tried: they would wait as long for the same defect.
func (r *grading) execute(ctx context.Context, session *database.Connection, query work.Query, modes []work.Mode) ([]work.Measurement, error) {
	var made []work.Measurement
	for _, mode := range modes {
		for _, set := range r.task.sets() {
			measurement, err := work.Measure(ctx, session, query, set, mode)
			if err != nil {
				return made, fmt.Errorf("measure %s: %w", query.Title, err)
			}
			made = append(made, measurement)
			if measurement.Refusal != nil {
				return made, nil
			}
		}
	}
	return made, nil
}

// measureSubmission runs the submission's DDL in every prepared database and counts its query.
func (r *grading) measureSubmission(ctx context.Context) error {
	r.got, r.bare = figures{}, figures{}
	var mu sync.Mutex
	err := r.lanes(ctx, func(ctx context.Context, scale string) error {
		session, err := r.open(ctx, takehome.RoleOwner, scale, r.patience.ddl)
		if err != nil {
			return err
		}
		defer shut(ctx, session)
		done, err := perform(ctx, session, r.orders)
		if err != nil {
			return err
		}
		if scale == r.task.Scales[0] {
			r.done = done
		}
		mu.Lock()
		// What came to nothing at the smallest scale would take as long at every other.
		skipped := r.delivered.query.Text == "" || r.got.refusal(r.task.Scales[:1]) != nil
		mu.Unlock()
		if skipped {
			return nil
		}
		got, bare, err := r.executeSubmission(ctx, scale)
		mu.Lock()
		defer mu.Unlock()
		r.got[scale], r.bare[scale] = got, bare
		return err
	})
	if err != nil {
		return err
	}
	r.storage, err = r.storageNow(ctx)
	return err
}

// measureWrites runs the batch of writes with the submission's indexes, while nothing else is
// done: the caches of a session depend on what others do.
func (r *grading) measureWrites(ctx context.Context) (err error) {
	r.writes, r.refused, err = r.batch(ctx, "after")
	return err
}

// executeSubmission measures the submission's query with its settings, and at the largest
// scale without them as well.
func (r *grading) executeSubmission(ctx context.Context, scale string) (got, bare []work.Measurement, err error) {
	session, err := r.open(ctx, takehome.RoleOwner, scale, r.patience.query)
	if err != nil {
		return nil, nil, err
	}
	defer shut(ctx, session)
	settings := granted(r.wished)
	modes := []work.Mode{work.Literal}
	got, err = r.execute(ctx, session, r.query("your query", r.delivered.query.Text, settings), modes)
	if err != nil || scale != r.task.Largest() || slices.ContainsFunc(got, func(m work.Measurement) bool { return m.Refusal != nil }) {
		return got, nil, err
	}
	// A query that is hardly better than the given one with a value in its place would take as
	// long again for a plan without, and has no credit left to lose.
	if len(r.task.modes()) > 1 && r.task.workShare(figures{scale: got}, r.base).share.Sign() > 0 {
		generic, err := r.execute(ctx, session, r.query("your query", r.delivered.query.Text, settings), []work.Mode{work.Generic})
		if err != nil {
			return got, nil, err
		}
		got = append(got, generic...)
	}
	if len(settings) > 0 {
		bare, err = r.execute(ctx, session, r.query("your query without settings", r.delivered.query.Text, nil), modes)
	}
	return got, bare, err
}

// storageNow is how much room tables and indexes take at the largest scale.
func (r *grading) storageNow(ctx context.Context) (int64, error) {
	admin, err := r.open(ctx, takehome.RoleAdmin, r.task.Largest(), r.patience.query)
	if err != nil {
		return 0, err
	}
	defer shut(ctx, admin)
	return work.Storage(ctx, admin)
}

// statistics is the database of ours in which pg_stat_statements is.
const statistics = "postgres"

// batch runs the fixed batch of writes in a copy of the smallest prepared database.
func (r *grading) batch(ctx context.Context, when string) (batch work.Batch, refused *work.RefusedWrite, err error) {
	if r.task.WriteBatch == "" {
		return work.Batch{}, nil, nil
	}
	admin, err := r.open(ctx, takehome.RoleAdmin, statistics, r.patience.query)
	if err != nil {
		return work.Batch{}, nil, err
	}
	defer shut(ctx, admin)
	name := "writes_" + when
	if err := work.Clone(ctx, r.session.Lab, admin, r.task.Scales[0], name); err != nil {
		full, _ := errors.AsType[*work.RefusedWrite](err)
		if full != nil {
			err = nil
		}
		return work.Batch{}, full, err
	}
	defer func() { err = errors.Join(err, work.Drop(context.WithoutCancel(ctx), admin, name)) }()
	batch, err = work.MeasureBatch(ctx, r.session.Lab, admin, name, statementsOf(r.task.WriteBatch))
	if refusal, ok := errors.AsType[*work.RefusedWrite](err); ok {
		return batch, refusal, nil
	}
	return batch, nil, err
}

// refusalWords tell what the server said of a statement.
func refusalWords(refusal database.Refusal) string { return work.Tell(refusal) }
