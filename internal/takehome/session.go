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

// Equipment is what a grader needs beside the files of a submission.
type Equipment struct {
	// Program: the submission is built, and the grader starts it in the lab. Without it
	// nothing of the submission is built or run, and the lab holds its database alone.
	Program bool
	// Dataset is what the database server holds from the start; nil: an empty database.
	Dataset *Dataset
}

// Dataset is what a challenge's databases hold before a submission is looked at. It is
// loaded once, into an image of its own, and known by its digest.
type Dataset struct {
	Name   string // of the challenge, for people
	Digest string // "sha256:…" over all that makes it
	// Databases are made in this order, each owned as the submission's own database is.
	Databases []PreparedDatabase
	// MemoryBytes is how much room its tables and indexes take, and a submission's beside them.
	MemoryBytes int64
}

// PreparedDatabase is one database of a Dataset.
type PreparedDatabase struct {
	Name    string   // letters, digits and underscores; how Access.Database selects it
	Scripts []Script // run in order, as the owner role
}

// Grader observes a submission by the checks of one challenge. The judgement is about
// the candidate and complete also when the program never started; an error is ours
// and makes the run inconclusive.
type Grader interface {
	Grade(ctx context.Context, session Session) (Judgement, error)
	// Equipment says what it needs.
	Equipment() Equipment
}
