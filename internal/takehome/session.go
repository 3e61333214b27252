package takehome

import "context"

// Session is everything a grader works with: one submission, ready to be started in its lab.
type Session struct {
	Submission Submission
	Plan       StartPlan
	Image      Image // zero with a Breakdown
	Lab        Lab
	// Breakdown is set when the submission could not be built: there is nothing to
	// start, and every check that needs the program is blocked.
	Breakdown *Breakdown
	// Seed makes every random value of the run; the same seed gives the same values.
	Seed    string
	Observe Observer // may be nil
}

// Watch calls the observer, if there is one.
func (s Session) Watch(event Event) {
	if s.Observe != nil {
		s.Observe(event)
	}
}

// Grader observes a submission by the checks of one challenge. The judgement is about
// the candidate and complete also when the program never started; an error is ours
// and makes the run inconclusive.
type Grader interface {
	Grade(ctx context.Context, session Session) (Judgement, error)
}
