package script

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// maxRevivals is how often a crashed program is started again, so that one crash
// does not hide everything after it.
const maxRevivals = 24

// Runner runs checks one after the other against one program.
type Runner struct {
	Lab    takehome.Lab
	Client *Client
	Ledger *Ledger
	Shape  Shape
	Store  *Store
	Probes map[string]Probe
	Seed   string
	// Owners names, for each operation, the check under which its absence is charged.
	Owners map[string]string
	// Results are the findings so far.
	Results map[string]takehome.Finding

	revivals int
}

// run is the state of one check.
type run struct {
	*Runner
	check      Check
	try        int // 1, or 2 when the check is run again
	caseNumber int
	variables  map[string]any
	items      map[string]Item
	named      map[string][]*Exchange
	last       []*Exchange
	seen       *Observation
	queries    []takehome.Evidence
	blockedBy  string // the operation that is missing, or that could not make a given item
	missing    string // a variable that an earlier reply did not fill
}

// Run observes one check, and once more where it lost credit. The finding is about the
// candidate; an error is ours.
func (r *Runner) Run(ctx context.Context, check Check) (takehome.Finding, []takehome.Evidence, error) {
	if finding, blocked := r.unobservable(check); blocked {
		return finding, nil, nil
	}
	first, err := r.attempt(ctx, check, 1)
	if err != nil || !r.worthConfirming(check, first) {
		return first.finding, first.evidence, err
	}
	return r.confirm(ctx, check, first)
}

// attempt is what one try of a check found.
type attempt struct {
	finding  takehome.Finding
	evidence []takehome.Evidence
	alive    bool // the program runs, or runs again
	hung     bool
}

// attempt performs every case of a check once.
func (r *Runner) attempt(ctx context.Context, check Check, try int) (attempt, error) {
	r.Ledger.open(check.ID, check.Negative, try > 1)
	defer r.Ledger.open("", false, false)
	first := r.Ledger.Len()
	tried := attempt{alive: true}
	cases := check.Cases
	if len(cases) == 0 {
		cases = []any{nil}
	}
	single := len(check.Cases) == 0
	var climbs []climb
	for number, value := range cases {
		state := &run{
			Runner: r, check: check, try: try, caseNumber: number, variables: map[string]any{},
			items: map[string]Item{}, named: map[string][]*Exchange{},
		}
		if !single {
			state.variables["case"] = value
		}
		before := r.Ledger.Len()
		climbed, err := state.observe(ctx)
		if err != nil {
			return attempt{}, fmt.Errorf("observe %s: %w", check.ID, err)
		}
		climbed.value = value
		climbs = append(climbs, climbed)
		tried.evidence = append(tried.evidence, state.evidence(r.Ledger.since(before), climbed)...)
		if tried.alive, err = r.revive(ctx, r.Ledger.since(before)); err != nil {
			return attempt{}, fmt.Errorf("observe %s: %w", check.ID, err)
		}
		tried.hung = tried.hung || hung(r.Ledger.since(before))
		if !tried.alive || tried.hung && number+1 < len(cases) {
			// The remaining cases would wait as long again for the same defect.
			break
		}
	}
	if slices.ContainsFunc(r.Ledger.since(first), func(e *Exchange) bool { return e.Limited }) {
		tried.finding = takehome.Finding{
			Verdict: takehome.NotAssessed, Wanted: check.Title,
			Summary: "the program limits how often it may be asked, and asked for a longer wait than takehome grants",
		}
	} else {
		tried.finding = r.finding(check, climbs, len(cases))
	}
	tried.evidence = clip(tried.evidence, maxEvidence)
	return tried, nil
}

// unobservable tells whether what the check needs has failed.
func (r *Runner) unobservable(check Check) (takehome.Finding, bool) {
	for _, need := range check.Needs {
		needed, known := r.Results[need]
		if !known {
			continue
		}
		switch needed.Verdict {
		case takehome.Fail:
			return blocked(check, need), true
		case takehome.Blocked:
			return blocked(check, needed.Cause), true
		case takehome.NotApplicable, takehome.NotAssessed:
			return takehome.Finding{Verdict: needed.Verdict, Summary: "depends on " + need, Wanted: check.Title}, true
		case takehome.Pass, takehome.Partial, takehome.Duplicate, takehome.NeedsReview:
		}
	}
	return takehome.Finding{}, false
}

func blocked(check Check, cause string) takehome.Finding {
	return takehome.Finding{
		Verdict: takehome.Blocked, Summary: "could not be observed because " + cause + " failed",
		Wanted: check.Title, Cause: cause,
	}
}

// observe makes the given items, performs the steps and climbs down the ladder.
func (r *run) observe(ctx context.Context) (climb, error) {
	ready, err := r.prepare(ctx)
	if err != nil || !ready {
		return climb{blocked: r.blockedBy}, err
	}
	var rowsBefore int64
	counted := false
	if r.check.StoresNothing {
		if rowsBefore, counted, err = r.Store.Count(ctx); err != nil {
			return climb{}, err
		}
	}
	for _, step := range r.check.Steps {
		if err := r.perform(ctx, step); err != nil {
			return climb{}, err
		}
		if r.blockedBy != "" || r.missing != "" {
			break
		}
	}
	climbed := r.climb()
	if counted && climbed.credit.Sign() > 0 {
		rowsAfter, _, err := r.Store.Count(ctx)
		if err != nil {
			return climb{}, err
		}
		if rowsAfter > rowsBefore {
			climbed.credit, climbed.fault = takehome.None(), "104"
			climbed.note = "refused the request, and stored a row all the same"
		}
	}
	return climbed, nil
}

// prepare makes the items that the check starts from.
func (r *run) prepare(ctx context.Context) (bool, error) {
	for _, name := range sortedKeys(r.check.Given) {
		set, err := r.expand(r.check.Given[name])
		if err != nil {
			return false, err
		}
		fields, _ := set.(map[string]any)
		request, ok := r.Shape.Request(Intent{Op: Create, Set: fields})
		if !ok {
			r.blockedBy = Create
			return false, nil
		}
		exchange, err := r.Client.Do(ctx, request)
		if err != nil {
			return false, err
		}
		item, ok := r.Shape.Item(exchange)
		if !exchange.Success() || !ok {
			r.blockedBy = Create
			return false, nil
		}
		r.keep(name, item)
	}
	return true, nil
}

// keep remembers an item under a name; ${name} is its id in an address, ${name_id} its id in a body.
func (r *run) keep(name string, item Item) {
	r.items[name], r.variables[name], r.variables[name+"_id"] = item, item.ID, item.RawID
}

// revive starts a program that ended during a check again. It also makes sure that an
// unanswered request is the program's doing and not a broken pod.
func (r *Runner) revive(ctx context.Context, exchanges []*Exchange) (alive bool, err error) {
	suspicious := slices.ContainsFunc(exchanges, func(e *Exchange) bool {
		return e.Fault == Refused || e.Fault == Reset || e.Fault == BodyTruncated
	})
	if !suspicious {
		return true, nil
	}
	if _, err := r.Lab.Listening(ctx); err != nil {
		return false, err
	}
	state, err := r.settled(ctx)
	if err != nil || state.Running {
		return state.Running, err
	}
	if r.revivals == maxRevivals {
		return false, nil
	}
	r.revivals++
	boot, err := r.Lab.Start(ctx, takehome.StartOptions{})
	if err != nil {
		return false, err
	}
	if !boot.Listening {
		r.revivals = maxRevivals
		return false, nil
	}
	r.Client.Move(boot.Address)
	return true, nil
}

// settled reads the program's state, giving one that is just ending a moment to end.
func (r *Runner) settled(ctx context.Context) (takehome.Exit, error) {
	deadline := time.Now().Add(500 * time.Millisecond)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		state, err := r.Lab.State(ctx)
		if err != nil || !state.Running || time.Now().After(deadline) {
			return state, err
		}
		select {
		case <-ctx.Done():
			return state, ctx.Err()
		case <-tick.C:
		}
	}
}

func hung(exchanges []*Exchange) bool {
	return slices.ContainsFunc(exchanges, func(e *Exchange) bool { return e.Fault == Hang })
}

// isMissing reports a variable without a value.
func isMissing(err error) (string, bool) {
	missing, ok := errors.AsType[missingError](err)
	return missing.name, ok
}
