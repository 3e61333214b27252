package script

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// Probe observes what data cannot describe. It never judges: it answers with one of
// its labels, and the check's ladder says what each label is worth.
type Probe struct {
	Labels []string // every label it can answer with
	Shares bool     // it also measures a share, for rungs with "credit: share"
	// Once says that looking again would destroy something or could show nothing new: a
	// restart, the boot, what is computed from the exchanges of the whole run.
	Once    bool
	Observe func(ctx context.Context, at *Probing) (Observation, error)
}

// Observation is what a probe saw.
type Observation struct {
	Label    string
	Share    takehome.Fraction   // where the probe measures one
	Detail   string              // in words that are the same in every run; may be empty
	Specific bool                // Detail names the very things, and is told beside the note of any rung that loses credit
	Fault    string              // code under which a loss is charged; may be empty
	Missing  string              // the operation without which nothing could be observed; the label is then ignored
	Evidence []takehome.Evidence // beyond the exchanges it made
}

// Probing is what a probe works with.
type Probing struct {
	*Runner
	With map[string]any // what the check tells the probe
	run  *run
}

// Canary returns the text of ${canary}, ${canary2}, … of this check.
func (p *Probing) Canary(name string) string {
	if text, ok := p.run.variables[name].(string); ok {
		return text
	}
	return p.run.canary(name)
}

// Given returns an item that the check's "given" made.
func (p *Probing) Given(name string) Item { return p.run.items[name] }

// Random makes random numbers for this check.
func (p *Probing) Random() *rand.Rand {
	return Random(p.Seed, p.run.purpose(fmt.Sprintf("%d/probe", p.run.caseNumber)))
}

// Send performs an intent. Where the API has no such operation it reports false, and the
// exchange is one that was never made: its Fault is NotOffered.
func (p *Probing) Send(ctx context.Context, intent Intent) (*Exchange, bool, error) {
	request, ok := p.Shape.Request(intent)
	if !ok {
		return &Exchange{Request: Request{Name: intent.Op}, Fault: NotOffered}, false, nil
	}
	exchange, err := p.Client.Do(ctx, request)
	return exchange, true, err
}
