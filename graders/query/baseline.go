package query

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/graders/query/equivalence"
	"github.com/takehome-dev/takehome/graders/query/work"
	"github.com/takehome-dev/takehome/internal/sqlscript"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// baseline is what the query as given and the reference need: the same in every run on the
// same image, so that one run of a process measures it for all.
type baseline struct {
	given, reference figures
	// answers are the reference's at the largest scale, one for each set of parameters.
	answers []database.Answer
	storage int64 // bytes of all tables and indexes at the largest scale
	writes  work.Batch
}

// memo keeps the baseline of a challenge for all runs of a process.
type memo struct {
	mu   sync.Mutex
	base *baseline
}

// measureBaselineOnce takes the baseline from an earlier run of this process, or counts it.
func (r *grading) measureBaselineOnce(ctx context.Context) error {
	r.memo.mu.Lock()
	defer r.memo.mu.Unlock()
	if r.memo.base == nil {
		base, err := r.measureBaseline(ctx)
		if err != nil {
			return err
		}
		r.memo.base = &base
	}
	r.base = *r.memo.base
	return nil
}

// measureBaseline counts the query as given, and the reference in a transaction of its own
// whose indexes are gone afterwards.
func (r *grading) measureBaseline(ctx context.Context) (baseline, error) {
	base := baseline{given: figures{}, reference: figures{}}
	var mu sync.Mutex
	err := r.lanes(ctx, func(ctx context.Context, scale string) error {
		session, err := r.open(ctx, takehome.RoleOwner, scale, r.patience.ddl)
		if err != nil {
			return err
		}
		defer shut(ctx, session)
		given, err := r.execute(ctx, session, r.query("the query as it was given", r.task.Given, nil), []work.Mode{work.Literal})
		if err != nil {
			return err
		}
		reference, answers, err := r.executeReference(ctx, session, scale)
		mu.Lock()
		defer mu.Unlock()
		base.given[scale], base.reference[scale] = given, reference
		base.answers = append(base.answers, answers...)
		return err
	})
	if err != nil {
		return base, err
	}
	for name, of := range map[string]figures{r.task.Query: base.given, r.task.Reference.Query: base.reference} {
		if refused := of.refusal(r.task.Scales); refused != nil {
			return base, r.authors(name, "with the parameters "+refused.Set+": "+work.Tell(*refused.Refusal))
		}
	}
	if base.storage, err = r.storageNow(ctx); err != nil {
		return base, err
	}
	batch, refused, err := r.batch(ctx, "before")
	if refused != nil {
		err = errors.Join(err, r.authors(r.task.Writes, work.Tell(refused.Refusal)))
	}
	base.writes = batch
	return base, err
}

// authors is a fault of the challenge's author.
func (r *grading) authors(file, problem string) error {
	return &takehome.Fault{
		Owner: takehome.Author, Summary: file + ": " + problem,
		Hint: "mend the challenge package; takehome help challenge-format describes every field",
	}
}

// executeReference measures the reference with its indexes, which a rollback takes away. At
// the largest scale it also keeps what the reference answers.
func (r *grading) executeReference(ctx context.Context, session *database.Connection, scale string) (made []work.Measurement, answers []database.Answer, err error) {
	modes := r.task.modes()
	if scale != r.task.Largest() {
		modes = modes[:1]
	}
	var orders []instruction
	for _, statement := range sqlscript.Statements(r.task.ReferenceIndexes) {
		orders = append(orders, r.task.instruct(statement, nil))
	}
	if _, err := session.Run(ctx, "BEGIN"); err != nil {
		return nil, nil, err
	}
	defer func() {
		_, failed := session.Run(ctx, "ROLLBACK")
		err = errors.Join(err, failed)
	}()
	done, err := perform(ctx, session, orders)
	if err != nil {
		return nil, nil, err
	}
	for _, each := range done {
		if each.refusal != nil || each.order == orderDeny || each.order == orderForge {
			return nil, nil, r.authors(r.task.Reference.Indexes, each.words())
		}
	}
	made, err = r.execute(ctx, session, r.query("the reference", r.task.ReferenceQuery, nil), modes)
	if err == nil && scale == r.task.Largest() {
		answers, err = r.referenceAnswers(ctx, session)
	}
	return made, answers, err
}

// referenceAnswers asks the reference in a form in which answers can be compared.
func (r *grading) referenceAnswers(ctx context.Context, session *database.Connection) (answers []database.Answer, err error) {
	var forms []work.Setting
	for _, each := range equivalence.Forms() {
		forms = append(forms, work.Setting{Name: each[0], Value: each[1]})
	}
	for _, set := range r.task.sets() {
		answer, err := work.Answer(ctx, session, r.query("the reference", r.task.ReferenceQuery, forms), set)
		if err != nil {
			return nil, fmt.Errorf("ask the reference: %w", err)
		}
		if answer.Refusal != nil {
			return nil, r.authors(r.task.Reference.Query, "with the parameters "+set.Name+": "+work.Tell(*answer.Refusal))
		}
		if answer.Truncated {
			return nil, r.authors(r.task.Reference.Query, fmt.Sprintf("with the parameters %s: the answer has more than %d rows", set.Name, answerRows))
		}
		answers = append(answers, answer)
	}
	return answers, nil
}

func statementsOf(text string) []string {
	var made []string
	for _, statement := range sqlscript.Statements(text) {
		made = append(made, statement.Text)
	}
	return made
}
