package takehome

import "time"

// ReportSchema names the format of Report as JSON.
const ReportSchema = "takehome-report/1"

// Status is the outcome of a whole run.
type Status string

// Only a graded run has a score.
const (
	Graded       Status = "graded"
	Inconclusive Status = "inconclusive" // a fault that is not the candidate's: grade again
	Refused      Status = "refused"      // policy did not let the submission in
	Interrupted  Status = "interrupted"
)

// Report is the artefact of a run. Every other format is rendered from it alone.
type Report struct {
	Schema string `json:"schema"`
	// Canonical is equal to the byte for the same submission, challenge and seed.
	Canonical Canonical `json:"canonical"`
	// Digest is "sha256:…" over the canonical part's JSON.
	Digest string `json:"digest"`
	// Evidence is the proof, by check. Ids and times in it vary from run to run.
	Evidence map[string][]Evidence `json:"evidence"`
	Exhibits []Exhibit             `json:"exhibits,omitempty"` // in the order in which they are shown
	Run      Run                   `json:"run"`
}

// Canonical is the part of a report that does not depend on when or where it was made.
type Canonical struct {
	Status     Status          `json:"status"`
	Challenge  Challenge       `json:"challenge"`
	Submission Submission      `json:"submission"`
	Seed       string          `json:"seed"`
	Recipe     *Recipe         `json:"recipe,omitempty"`
	Plan       *StartPlan      `json:"plan,omitempty"`
	Breakdown  *BreakdownKind  `json:"breakdown,omitempty"`
	Binding    []BindingEntry  `json:"binding,omitempty"`
	Rubric     []ReportedCheck `json:"rubric"`
	Results    []Result        `json:"results"`
	Scorecard  *Scorecard      `json:"scorecard,omitempty"` // nil unless graded
	Questions  []WorthAsking   `json:"questions,omitempty"` // for the interview
	View       *View           `json:"view,omitempty"`      // set where something was left out
}

// View says for whom parts of a report were left out, and how much that is.
type View struct {
	For    string `json:"for"`    // "candidate"
	Hinted int    `json:"hinted"` // checks of which only verdict and hint are shown
	Hidden int    `json:"hidden"` // checks that are not shown at all
	// OwnMachine tells that the candidate ran the checks: the hidden ones were not run at
	// all, so that no score of theirs is the score.
	OwnMachine bool `json:"own_machine,omitempty"`
}

// ForCandidate is the View of the one who handed the submission in.
const ForCandidate = "candidate"

// WorthAsking is a question for the interview, and the findings that make it one.
type WorthAsking struct {
	Ask       string   `json:"ask"`
	ListenFor string   `json:"listen_for,omitempty"`
	About     string   `json:"about"`  // id of the check or the criterion that it belongs to
	Checks    []string `json:"checks"` // whose findings make it worth asking; the evidence to point at
}

// BreakdownKind is the part of a Breakdown that is the same in every run.
type BreakdownKind struct {
	Phase  string `json:"phase"`
	Reason string `json:"reason"`
	Where  string `json:"where,omitempty"`
	Help   string `json:"help,omitempty"`
}

// ReportedCheck is what a reader of a report needs to know about a check without the challenge at hand.
type ReportedCheck struct {
	ID         string `json:"id"`
	Group      string `json:"group"`
	GroupTitle string `json:"group_title"`
	Title      string `json:"title"`
	Criterion  string `json:"criterion"`
	Weight     Points `json:"weight"`
	Bonus      bool   `json:"bonus,omitempty"`
	Basis      Basis  `json:"basis"`
	Source     string `json:"source,omitempty"`
	Hint       string `json:"hint,omitempty"`
	Guidance   string `json:"guidance,omitempty"`
	Skill      string `json:"skill,omitempty"`
	// Visibility is what the candidate may know of it.
	Visibility Visibility `json:"visibility"`
}

// Run is when, where and how: everything that may differ between two gradings of the same bytes.
type Run struct {
	Started     time.Time      `json:"started"`
	Millis      int64          `json:"millis"`
	Name        string         `json:"name"` // of the submission
	Origin      Origin         `json:"origin"`
	Fault       *ReportedFault `json:"fault,omitempty"`
	Phases      []Phase        `json:"phases"`
	Environment []Setting      `json:"environment"` // versions, digests; sorted by name
	Image       *Image         `json:"image,omitempty"`
	Boot        *Boot          `json:"boot,omitempty"`
	Breakdown   *Breakdown     `json:"breakdown,omitempty"`
	BuildLog    Text           `json:"build_log"`
	ProgramLog  Text           `json:"program_log"`
	Notes       []string       `json:"notes,omitempty"`
}

// ReportedFault is a Fault or a Refusal as the report shows it.
type ReportedFault struct {
	Owner   Owner  `json:"owner"`
	Summary string `json:"summary"`
	Cause   string `json:"cause,omitempty"`
	Hint    string `json:"hint,omitempty"`
}
