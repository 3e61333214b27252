package rows

import (
	"context"
	"errors"

	"github.com/takehome-dev/takehome/graders/database"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Pair are two benches: one of the owner, and one of a role that owns nothing. A trigger
// can lie to one role, but its author cannot know the name of the other.
type Pair struct {
	Owner, Guest *Bench
}

// Trial is an experiment that answers with a label.
type Trial func(ctx context.Context, bench *Bench) (label string, err error)

// Seen is what both roles saw.
type Seen struct {
	Label    string // of the owner's bench
	Other    string // of the guest's, where it differs
	Unmade   *Unmade
	Evidence []takehome.Evidence
}

// Observe runs a trial on both benches. A guest that may not do something at all, as under
// row security, has nothing to say.
func (p Pair) Observe(ctx context.Context, trial Trial) (Seen, error) {
	seen, denied, err := observe(ctx, p.Owner, trial)
	if err != nil || denied || seen.Unmade != nil || p.Guest == nil {
		return seen, err
	}
	other, denied, err := observe(ctx, p.Guest, trial)
	if err != nil || denied {
		return seen, err
	}
	label := other.Label
	if other.Unmade != nil {
		label = "no row: " + other.Unmade.Why
	}
	if label != seen.Label {
		seen.Other = label
		seen.Evidence = append(seen.Evidence, other.Evidence...)
	}
	return seen, nil
}

// errDenied ends a trial of a role that may not do what it takes.
var errDenied = errors.New("the role may not")

// NotDenied is an error for a reaction that says nothing about the design, since the role
// has no right to what it tried.
func NotDenied(reaction Reaction) error {
	if reaction.Kind == Denied {
		return errDenied
	}
	return nil
}

func observe(ctx context.Context, bench *Bench, trial Trial) (seen Seen, denied bool, err error) {
	err = bench.Experiment(ctx, func(ctx context.Context) (err error) {
		seen.Label, err = trial(ctx, bench)
		return err
	})
	for _, answer := range bench.Log() {
		seen.Evidence = append(seen.Evidence, shown(answer))
	}
	if unmade := (*Unmade)(nil); errors.As(err, &unmade) {
		seen.Unmade = unmade
		if unmade.Last != nil {
			seen.Evidence = append(seen.Evidence, shown(*unmade.Last))
		}
		return seen, unmade.Cause == CauseDenied, nil
	}
	if errors.Is(err, errDenied) {
		return seen, true, nil
	}
	return seen, false, err
}

// shown is the evidence of a statement, without the rows that it returned to us: keys and
// times that are new in every run.
func shown(answer database.Answer) takehome.Evidence {
	answer.Columns, answer.Rows = nil, nil
	return answer.Evidence()
}
