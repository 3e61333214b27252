package sandbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/takehome-dev/takehome/internal/sandbox/symptom"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// seeding is the result of the migration, which runs once in the life of a lab.
type seeding struct{ breakdown *takehome.Breakdown }

// migrateOnce prepares the database before the very first start. A migration that the
// repository declares must work; one that was only recognised may fail, because the guess
// was ours: the program is then started without it, and the note is kept.
func (l *Lab) migrateOnce(ctx context.Context, plan takehome.StartPlan) (*takehome.Breakdown, error) {
	if l.seeded != nil {
		return l.seeded.breakdown, nil
	}
	if plan.Migration == nil {
		l.seeded = &seeding{}
		return nil, nil
	}
	if err := l.Proxy(ctx, takehome.ProxyMode{Kind: takehome.ProxyPass}); err != nil {
		return nil, err
	}
	breakdown, err := l.migrate(ctx, *plan.Migration)
	if err != nil {
		return nil, err
	}
	if breakdown != nil && !plan.Migration.Declared {
		l.note("went on without the migration that was recognised (" + takehome.Line(plan.Migration.Source) + "): " + breakdown.Where + ": " + breakdown.Reason)
		breakdown = nil
	}
	l.seeded = &seeding{breakdown}
	return breakdown, nil
}

// migrate applies the scripts and then runs the command. A Breakdown is the candidate's.
func (l *Lab) migrate(ctx context.Context, migration takehome.Migration) (*takehome.Breakdown, error) {
	if len(migration.Scripts) > 0 {
		if breakdown, err := l.applyScripts(ctx, migration.Scripts); err != nil || breakdown != nil {
			return breakdown, err
		}
		l.note(fmt.Sprintf("applied %s as the owner of the database (%s)", filesOf(migration.Scripts), takehome.Line(migration.Source)))
	}
	if len(migration.Command) == 0 {
		return nil, nil
	}
	breakdown, err := l.runMigration(ctx, migration.Command, false)
	if err == nil && breakdown != nil && symptom.WantsToWrite([]byte(breakdown.Log.Shown)) {
		breakdown, err = l.runMigration(ctx, migration.Command, true)
	}
	if err == nil && breakdown == nil {
		l.note(fmt.Sprintf("ran %q in the built image (%s)", commandLine(migration.Command), takehome.Line(migration.Source)))
	}
	return breakdown, err
}

func filesOf(scripts []takehome.Script) string {
	var files []string
	for _, script := range scripts {
		if name := takehome.Line(script.File); !slices.Contains(files, name) {
			files = append(files, name)
		}
	}
	return strings.Join(files, ", ")
}

// runMigration runs the command once in a container like the program's own.
func (l *Lab) runMigration(ctx context.Context, command []string, writable bool) (*takehome.Breakdown, error) {
	const margin = 10 * time.Second
	breakdown := &takehome.Breakdown{Phase: "migrate", Where: commandLine(command), Tried: []string{"ran " + commandLine(command)}}
	run, err := l.launch(ctx, roleMigration, command, writable, l.spec.MigratePatience+margin)
	if refused, ok := errors.AsType[*refusedByEngine](err); ok {
		breakdown.Reason = refused.why
		return breakdown, nil
	}
	if err != nil {
		return nil, err
	}
	exit, words, err := run.finish(ctx, l.spec.MigratePatience)
	if err == nil {
		err = l.intact(ctx)
	}
	if err != nil {
		return nil, err
	}
	breakdown.Log, breakdown.Help = takehome.QuoteTail(words, takehome.QuoteBody), symptom.Help(words)
	switch {
	case run.wroteTooMuch():
		breakdown.Reason = "the migration wrote too much to its disk"
	case exit.OutOfMemory:
		breakdown.Reason = "the migration ran out of memory"
	case exit.Running:
		breakdown.Reason = fmt.Sprintf("the migration did not end within %s", l.spec.MigratePatience)
		breakdown.Help = "a migration must end by itself: if this command starts the server, correct start.migrate in takehome.yaml"
	case exit.Code != 0:
		breakdown.Reason = fmt.Sprintf("the migration exited with code %d%s", exit.Code, signalName(exit.Code))
	default:
		return nil, nil
	}
	return breakdown, nil
}

// finish waits for the end, reads the last words and removes the container. Exit.Running
// means that patience was over first.
func (p *program) finish(ctx context.Context, patience time.Duration) (takehome.Exit, []byte, error) {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-p.over:
	case <-timer.C:
	case <-ctx.Done():
		return takehome.Exit{}, nil, errors.Join(ctx.Err(), p.discard(context.WithoutCancel(ctx)))
	}
	exit, err := p.state()
	discarded := p.discard(ctx)
	words, _ := p.words(ctx, keptLog)
	return exit, words, errors.Join(err, discarded)
}

// applyScripts sends each file as it is, as the role that the program uses. A file is one
// implicit transaction, except where it copies data in.
func (l *Lab) applyScripts(ctx context.Context, scripts []takehome.Script) (*takehome.Breakdown, error) {
	bounded, cancel := context.WithTimeout(ctx, l.spec.MigratePatience)
	defer cancel()
	conn, err := l.connect(bounded, l.Access(takehome.RoleOwner))
	if err != nil {
		return nil, l.ours(ctx, "log in as the owner of the database", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var tried []string
	for _, script := range scripts {
		file := takehome.Line(script.File)
		for _, piece := range splitCopies(strings.TrimPrefix(script.SQL, "\ufeff")) {
			err := piece.send(bounded, conn)
			if err == nil {
				continue
			}
			if _, ok := errors.AsType[*takehome.Fault](err); ok || ctx.Err() != nil {
				return nil, l.ours(ctx, "apply "+file, err)
			}
			breakdown := sqlBreakdown(file, piece, err, bounded.Err() != nil, l.spec.MigratePatience)
			breakdown.Tried = append(tried, "applied "+file)
			return breakdown, nil
		}
		tried = append(tried, "applied "+file)
	}
	return nil, nil
}

// ours makes a fault of what cannot be the submission's doing.
func (l *Lab) ours(ctx context.Context, doing string, err error) error {
	if fault, ok := errors.AsType[*takehome.Fault](err); ok {
		return fault
	}
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", doing, ctx.Err())
	}
	return &takehome.Fault{Owner: takehome.Takehome, Summary: "could not " + doing, Err: err, Hint: "grade it again"}
}

// sqlBreakdown says what the database thought of a script.
func sqlBreakdown(file string, piece sqlPiece, err error, tooLong bool, patience time.Duration) *takehome.Breakdown {
	breakdown := &takehome.Breakdown{Phase: "migrate", Where: file, Reason: "the database ended the connection while the script ran"}
	if tooLong {
		breakdown.Reason = fmt.Sprintf("the script did not end within %s", patience)
		return breakdown
	}
	said, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		breakdown.Log = takehome.Quote([]byte(err.Error()), takehome.QuoteBody)
		return breakdown
	}
	breakdown.Where = fmt.Sprintf("%s line %d", file, piece.lineOf(int(said.Position)))
	breakdown.Reason = fmt.Sprintf("the database refused the script: %s (SQLSTATE %s)", takehome.Line(said.Message), takehome.Line(said.Code))
	breakdown.Log = takehome.Quote([]byte(strings.Join([]string{said.Message, said.Detail, said.Hint, said.Where}, "\n")), takehome.QuoteBody)
	const (
		insideTransaction = "25001"
		noPrivilege       = "42501"
		syntaxError       = "42601"
	)
	switch {
	case said.Code == insideTransaction:
		breakdown.Help = "the file is sent as one transaction, in which this statement is not allowed: put it into a file of its own, or drop CONCURRENTLY"
	case said.Code == noPrivilege:
		breakdown.Help = "the role of the program owns its schema but is no superuser: leave server-wide statements out"
	case said.Code == syntaxError && strings.Contains(said.Message, `\`):
		breakdown.Help = `commands of psql (lines that begin with a backslash) are not SQL: leave them out`
	default:
		breakdown.Help = symptom.Help([]byte(said.Message))
	}
	return breakdown
}
