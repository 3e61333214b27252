package ddl

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/internal/sqlscript"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// What a script may ask for, so that every script comes to an end.
const (
	maxStatements = 5000
	maxDepth      = 8 // of files that include one another
	maxIncludes   = 100
	maxLosses     = 3 // statements that run out of time, or end their session
	patience      = 10 * time.Second
	maxAnswer     = 4 << 20
)

// Options vary an Apply.
type Options struct {
	// Database is another one than the submission's own.
	Database string
}

// Apply runs the SQL in a session of its own as the owner. It goes on after a statement
// that is refused, also within a transaction. An error is ours.
func Apply(ctx context.Context, lab database.Lab, source Source, options Options) (Result, error) {
	connection, err := database.Connect(ctx, lab, takehome.RoleOwner, database.Options{
		Database: options.Database, Patience: patience, MaxBytes: maxAnswer,
	})
	if err != nil {
		return Result{}, err
	}
	defer func() { _ = connection.Close(context.WithoutCancel(ctx)) }()
	access := lab.Access(takehome.RoleOwner)
	run := &applying{
		connection: connection, result: Result{Source: source, Notes: slices.Clone(source.Notes)}, leftOut: map[string][]string{},
		varying: strings.NewReplacer(access.User, "(your role)", access.Database, "(the database)"),
	}
	if options.Database != "" {
		run.varying = strings.NewReplacer(access.User, "(your role)", options.Database, "(the database)")
	}
	for _, file := range source.Files {
		if err := run.file(ctx, file, 0); err != nil {
			return run.result, err
		}
	}
	if err := run.finish(ctx); err != nil {
		return run.result, err
	}
	run.recogniseDialect()
	return run.result, nil
}

// applying is one run through the SQL of a submission.
type applying struct {
	connection *database.Connection
	result     Result
	leftOut    map[string][]string // by file
	varying    *strings.Replacer
	losses     int
	includes   int
	stopped    bool
}

func (r *applying) note(format string, args ...any) {
	r.result.Notes = append(r.result.Notes, fmt.Sprintf(format, args...))
}

// file applies one file, and those that it includes.
func (r *applying) file(ctx context.Context, file File, depth int) error {
	statements := sqlscript.Statements(file.Text)
	of := 0
	for _, statement := range statements {
		if statement.Kind != sqlscript.Psql {
			of++
		}
	}
	defer r.tellLeftOut(takehome.Line(file.Path))
	number := 0
	for _, statement := range statements {
		if r.stopped {
			return nil
		}
		statement.Line += file.Line - 1
		if statement.Kind == sqlscript.Psql {
			if err := r.command(ctx, file, statement, depth); err != nil {
				return err
			}
			continue
		}
		number++
		if err := r.statement(ctx, Step{File: takehome.Line(file.Path), Number: number, Of: of}, statement); err != nil {
			return err
		}
	}
	return nil
}

// quiet are commands of psql that change nothing but what psql shows.
var quiet = []string{`\echo`, `\qecho`, `\timing`, `\pset`, `\set`, `\unset`, `\encoding`, `\restrict`, `\unrestrict`, `\q`, `\x`, `\d`, `\dt`, `\prompt`, `\warn`, `\errverbose`}

// command does what can be done of a command that only psql understands.
func (r *applying) command(ctx context.Context, file File, statement sqlscript.Statement, depth int) error {
	if includes.MatchString(statement.Text) {
		target, ok := r.result.Source.includedBy(file, statement)
		switch {
		case !ok:
			r.note("%s, line %d: the file that it includes is not there", takehome.Line(file.Path), statement.Line)
			return nil
		case depth >= maxDepth, r.includes >= maxIncludes:
			r.note("%s, line %d: files include one another too often", takehome.Line(file.Path), statement.Line)
			r.stopped = r.includes >= maxIncludes
			return nil
		}
		r.includes++
		return r.file(ctx, target, depth+1)
	}
	fields := strings.Fields(statement.Text)
	name := fields[0]
	if !strings.HasPrefix(name, `\`) {
		name = fields[len(fields)-1] // what \gexec makes of an answer
	}
	if !slices.Contains(quiet, name) {
		told := takehome.Line(file.Path)
		r.leftOut[told] = append(r.leftOut[told], takehome.Line(name))
	}
	return nil
}

// tellLeftOut says what of a file was not sent.
func (r *applying) tellLeftOut(file string) {
	words := r.leftOut[file]
	if len(words) == 0 {
		return
	}
	slices.Sort(words)
	r.note("%s: left out what concerns the server or psql and not the schema: %s", file, listed(slices.Compact(words), 12))
	delete(r.leftOut, file)
}

// statement sends one statement, and keeps what came of it.
func (r *applying) statement(ctx context.Context, step Step, statement sqlscript.Statement) error {
	class := statement.Class()
	if class == sqlscript.Server {
		r.leftOut[step.File] = append(r.leftOut[step.File], statement.FirstWords())
		return nil
	}
	if len(r.result.Steps) >= maxStatements {
		r.note("%s: there are more than %d statements; the rest was left out", step.File, maxStatements)
		r.stopped = true
		return nil
	}
	answer, err := r.send(ctx, statement, class)
	if err != nil {
		return err
	}
	if answer.State() == syntaxError {
		if pieces := statement.WithoutSemicolons(); len(pieces) > 1 {
			r.note("%s, line %d: semicolons are missing; the statement was cut where a line begins another one", step.File, statement.Line)
			return r.pieces(ctx, step, pieces)
		}
	}
	if class == sqlscript.Extension && answer.Refusal != nil && isUnavailable(answer.Refusal) {
		r.note("%s, line %d: this extension is not at hand, and was left out", step.File, statement.Line)
		return nil
	}
	r.keep(step, statement, answer)
	return nil
}

// pieces sends what one statement was meant to be.
func (r *applying) pieces(ctx context.Context, step Step, pieces []sqlscript.Statement) error {
	for _, piece := range pieces {
		if r.stopped || len(r.result.Steps) >= maxStatements {
			return nil
		}
		if piece.Class() == sqlscript.Server {
			r.leftOut[step.File] = append(r.leftOut[step.File], piece.FirstWords())
			continue
		}
		answer, err := r.send(ctx, piece, piece.Class())
		if err != nil {
			return err
		}
		r.keep(step, piece, answer)
	}
	return nil
}

const savepoint = "takehome_statement"

// send carries one statement out. Within a transaction of the script it is undone when it
// is refused, so that those after it are tried as well.
func (r *applying) send(ctx context.Context, statement sqlscript.Statement, class sqlscript.Class) (database.Answer, error) {
	guarded := r.connection.InTransaction() && class != sqlscript.Transaction
	if guarded {
		if answer, err := r.connection.Run(ctx, "savepoint "+savepoint); err != nil || answer.Refusal != nil {
			return answer, err
		}
	}
	answer, err := r.carryOut(ctx, statement)
	if err != nil || !guarded || !r.connection.InTransaction() {
		return answer, err
	}
	after := "release " + savepoint
	if answer.Refusal != nil {
		after = "rollback to " + savepoint
	}
	_, err = r.connection.Run(ctx, after)
	return answer, err
}

func (r *applying) carryOut(ctx context.Context, statement sqlscript.Statement) (database.Answer, error) {
	if statement.Kind == sqlscript.Copy {
		return r.connection.Load(ctx, statement.Text, net.Buffers{[]byte(statement.Rows)})
	}
	return r.connection.Run(ctx, statement.Text)
}

// keep adds a step, and stops after what would only go on costing time.
func (r *applying) keep(step Step, statement sqlscript.Statement, answer database.Answer) {
	step.Line, step.SQL, step.Refusal = statement.Line, statement.Text, answer.Refusal
	if refusal := answer.Refusal; refusal != nil {
		step.Line += lineOf(statement.Text, refusal.Position)
		step.Said = r.said(refusal)
		step.Meaning = meaning(refusal, statement.Text)
		if refusal.TimedOut || refusal.TooMuch || refusal.Lost {
			r.losses++
		}
		if r.losses == maxLosses || refusal.SQLState == diskFull {
			r.note("%s: the rest was left out, since the server cannot take more of it", step.Where())
			r.stopped = true
		}
	}
	r.result.Steps = append(r.result.Steps, step)
}

// lineOf is how many lines lie before a place that the server points at.
func lineOf(text string, position int) int {
	lines := 0
	for _, each := range text {
		position--
		if position <= 0 {
			return lines
		}
		if each == '\n' {
			lines++
		}
	}
	return 0
}

// said are the server's words where they are the same in every run: names that are read
// from the script, and nothing that a function of the script says.
func (r *applying) said(refusal *database.Refusal) string {
	if refusal.Where != "" || !strings.HasPrefix(refusal.SQLState, "42") && !strings.HasPrefix(refusal.SQLState, "3") {
		return ""
	}
	return takehome.Line(r.varying.Replace(refusal.Message))
}

// finish ends what the script left open.
func (r *applying) finish(ctx context.Context) error {
	if !r.connection.InTransaction() {
		return nil
	}
	r.note("the SQL begins a transaction and does not end it; it was ended with COMMIT")
	answer, err := r.connection.Run(ctx, "commit")
	if err == nil && answer.Refusal != nil {
		r.note("COMMIT was refused (%s), so that nothing of the transaction is left", answer.Refusal.SQLState)
	}
	return err
}

// recogniseDialect says what the SQL is written for, when Postgres does not take it.
func (r *applying) recogniseDialect() {
	if len(r.result.Refused()) == 0 {
		return
	}
	var text strings.Builder
	for _, file := range r.result.Source.Files {
		text.WriteString(file.Text + "\n;\n")
	}
	r.result.Dialect, r.result.Signs = dialectOf(text.String())
}
