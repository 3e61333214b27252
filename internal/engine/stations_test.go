package engine_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/takehome-dev/takehome/internal/engine"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// line is a straight line of stations that do as they are told, and remember it.
type line struct {
	mutex sync.Mutex
	calls []string
	// dead are the clean-ups that were given a context that was over already.
	dead []string
	// at is what happens at a station instead of going well.
	at map[string]func(ctx context.Context) error
	// proposal, built and judgement are what the stations hand on.
	proposal  engine.Proposal
	built     engine.Built
	judgement takehome.Judgement
	digest    string
	session   takehome.Session // what the grader was given
	needs     takehome.Equipment
	dataset   *takehome.Dataset // what the lab was opened with
	// grading is how long the grader takes.
	grading time.Duration
}

// The stations, by the names under which they are remembered.
const (
	intake = "intake"
	plan   = "plan"
	build  = "build"
	open   = "open lab"
	grade  = "grade"

	closeLab    = "close lab"
	removeImage = "remove image"
	closeCopy   = "close copy"
)

func newLine() *line {
	return &line{
		at: map[string]func(context.Context) error{}, digest: "sha256:submission", needs: takehome.Equipment{Program: true},
		proposal: engine.Proposal{Recipe: takehome.Recipe{Source: "Dockerfile"}, Start: takehome.StartPlan{Folder: "."}},
		built:    engine.Built{Image: takehome.Image{ID: "sha256:image"}, Log: takehome.Quote([]byte("built"), takehome.QuoteBody)},
		judgement: takehome.Judgement{
			Results: []takehome.Result{
				{Check: "A01", Finding: takehome.Finding{Verdict: takehome.Pass, Credit: takehome.Full(), Summary: "starts"}},
				{Check: "B01", Finding: takehome.Finding{Verdict: takehome.Fail, Summary: "loses rows", Fault: "lost"}},
			},
			Evidence: map[string][]takehome.Evidence{"B01": {{Note: &takehome.Note{Title: "rows"}}}},
			Binding:  []takehome.BindingEntry{{Name: "collection", Value: "/todos", Source: "probing", Confidence: 90}},
			Boot:     &takehome.Boot{Listening: true}, Phases: []takehome.Phase{{Name: "boot"}, {Name: "checks"}},
			Notes: []string{"of the grader"},
		},
	}
}

// reach remembers that a station was reached, and lets happen there what should.
func (l *line) reach(ctx context.Context, station string) error {
	l.mutex.Lock()
	l.calls = append(l.calls, station)
	if ctx.Err() != nil && slices.Contains([]string{closeLab, removeImage, closeCopy}, station) {
		l.dead = append(l.dead, station)
	}
	l.mutex.Unlock()
	if misbehave := l.at[station]; misbehave != nil {
		return misbehave(ctx)
	}
	return nil
}

// times is how often a station was reached.
func (l *line) times(station string) int {
	n := 0
	for _, call := range l.calls {
		if call == station {
			n++
		}
	}
	return n
}

func (l *line) engine() *engine.Engine {
	return &engine.Engine{
		Intake: intakeStation{l}, Planner: planStation{l}, Builder: buildStation{l}, Labs: labStation{l}, RunTimeout: time.Minute,
		Environment: func() []takehome.Setting { return []takehome.Setting{{Name: "go", Value: "1.26"}} },
	}
}

func (l *line) request() engine.Request {
	return engine.Request{Given: "given", Challenge: challenge(), Grader: graderStation{l}}
}

func challenge() takehome.Challenge {
	return takehome.Challenge{
		ID: "todo-api", Version: "1.0.0", Digest: "sha256:challenge",
		Rubric: takehome.Rubric{
			Criteria: []takehome.Criterion{{ID: "works", Title: "It works", Share: 100}},
			Groups:   []takehome.Group{{ID: "A", Title: "Boot"}, {ID: "B", Title: "CRUD"}},
			Checks: []takehome.Check{
				{ID: "A01", Group: "A", Criterion: "works", Weight: 100, Operation: "start"},
				{ID: "B01", Group: "B", Criterion: "works", Weight: 300, Operation: "create"},
			},
		},
	}
}

type intakeStation struct{ *line }

func (s intakeStation) Open(ctx context.Context, _ string) (engine.Copy, error) {
	if err := s.reach(ctx, intake); err != nil {
		return nil, err
	}
	return cleanCopy(s), nil
}

type cleanCopy struct{ *line }

func (c cleanCopy) Submission() takehome.Submission {
	return takehome.Submission{Name: "answer", Dir: "/copy", Digest: c.digest, Files: 3, Origin: takehome.Origin{Kind: "folder", Given: "given"}}
}

func (c cleanCopy) Close() error { return c.reach(context.Background(), closeCopy) }

type planStation struct{ *line }

func (s planStation) Plan(ctx context.Context, _ takehome.Submission) (engine.Proposal, error) {
	return s.proposal, s.reach(ctx, plan)
}

type buildStation struct{ *line }

func (s buildStation) Build(ctx context.Context, _ takehome.Submission, _ takehome.Recipe, onLine func(string)) (engine.Built, error) {
	onLine("#1 building")
	if err := s.reach(ctx, build); err != nil {
		return engine.Built{}, err
	}
	return s.built, nil
}

func (s buildStation) Remove(ctx context.Context, image takehome.Image) error {
	if image.ID != s.built.Image.ID {
		return errors.New("this is not the image that was built")
	}
	return s.reach(ctx, removeImage)
}

type labStation struct{ *line }

func (s labStation) Open(ctx context.Context, _ takehome.StartPlan, dataset *takehome.Dataset) (engine.Lab, error) {
	s.dataset = dataset
	if err := s.reach(ctx, open); err != nil {
		return nil, err
	}
	return &fakeLab{line: s.line}, nil
}

// fakeLab is a pod of which only opening, equipping, the log and closing are real. The
// embedded interface is nil: an engine that reaches for more panics.
type fakeLab struct {
	takehome.Lab
	*line
}

func (l *fakeLab) Equip(takehome.Image, takehome.StartPlan) {
	_ = l.reach(context.Background(), "equip")
}

func (l *fakeLab) Notes() []string { return []string{"of the lab"} }

func (l *fakeLab) Phases() []takehome.Phase {
	return []takehome.Phase{{Name: "pod"}, {Name: "Postgres"}}
}

func (l *fakeLab) Logs(ctx context.Context, limit int) (takehome.Text, error) {
	return takehome.Quote([]byte("listening"), limit), l.reach(ctx, "logs")
}

func (l *fakeLab) Close(ctx context.Context) error { return l.reach(ctx, closeLab) }

type graderStation struct{ *line }

// Grade hands back its judgement also with an error, as graders do.
func (s graderStation) Grade(ctx context.Context, session takehome.Session) (takehome.Judgement, error) {
	s.session = session
	select {
	case <-time.After(s.grading):
	case <-ctx.Done():
	}
	return s.judgement, s.reach(ctx, grade)
}

func (s graderStation) Equipment() takehome.Equipment { return s.needs }
