package takehome

import (
	"fmt"
	"slices"
	"strings"
)

// Challenge is one take-home task: what a candidate gets, and how the answer is judged.
// It is decoded strictly from a package (challenge.yaml and the files it names), once.
type Challenge struct {
	ID           string        `json:"id"`      // "todo-api"
	Version      string        `json:"version"` // of the challenge, semantic
	Title        string        `json:"title"`
	Kind         string        `json:"kind"`   // "rest-api", "schema", "query"
	Digest       string        `json:"digest"` // "sha256:…" over all files of the package
	Summary      string        `json:"-"`      // one sentence for lists
	Duration     string        `json:"-"`      // what the brief asks of a candidate, "3–5 hours"
	Skills       []string      `json:"-"`
	Deliverables []Deliverable `json:"-"`
	Brief        string        `json:"-"` // Markdown, what a candidate gets
	Starter      []HandOut     `json:"-"` // files for a candidate, in the order in which they are listed
	Rubric       Rubric        `json:"-"`
}

// Deliverable is one thing the brief asks for.
type Deliverable struct {
	Title string
	Note  string
}

// HandOut is a file of the package that a candidate starts with.
type HandOut struct {
	File string // inside the package
	As   string // inside the candidate's folder
	Note string // what it is, one phrase
}

// Rubric is everything that is judged, and what it is worth.
type Rubric struct {
	Criteria []Criterion
	Gates    []Gate
	Groups   []Group
	Checks   []Check // in the order in which they are shown
}

// Check returns the check with the given id.
func (r Rubric) Check(id string) (Check, bool) {
	for _, check := range r.Checks {
		if check.ID == id {
			return check, true
		}
	}
	return Check{}, false
}

// Criterion is one line of the brief's "how we judge". Shares of all criteria that are not
// optional add up to 100.
type Criterion struct {
	ID        string
	Title     string
	Share     int        // per cent of the total; 0 for what only a human judges
	Skill     string     // what its checks show about the candidate, where they do not say
	Questions []Question // for the interview
	// Optional marks what the brief does not ask for. Its share is taken from the others, each
	// in proportion, when something of it could be assessed, and is nothing otherwise.
	Optional bool
}

// Gate is a cap on the score when something essential is missing. A gate that
// applies is always shown with its reason.
type Gate struct {
	ID        string
	Reason    string   // shown to the reader
	AllZero   []string // applies when every one of these checks earned nothing
	AnyFault  []string // applies when a check lost credit because of one of these faults
	Criterion string   // the criterion that is capped; empty: the total
	Cap       int      // per cent
}

// Group is a titled set of checks, as the rubric prints them.
type Group struct {
	ID    string // "B"
	Title string // "CRUD core"
}

// Basis says why a check may take points.
type Basis string

// The bases of the rubric, strongest first.
const (
	BasisBrief  Basis = "brief"  // the brief asks for it
	BasisMust   Basis = "must"   // a MUST of an RFC
	BasisShould Basis = "should" // a SHOULD, or the plain reading
	BasisSec    Basis = "sec"    // OWASP API Security Top 10 (2023)
	BasisOps    Basis = "ops"    // twelve-factor operation
	BasisGuide  Basis = "guide"  // a published style guide; never more than one point
)

// Check is one thing that is judged. How it is observed belongs to the grader of
// the challenge's kind; this is what the score and the report need to know.
type Check struct {
	ID        string
	Group     string
	Title     string // what is wanted, one sentence without a full stop
	Criterion string
	Weight    Points
	Bonus     bool // on top of the total, not part of it
	Review    bool // a human's item: never scored by the program
	Basis     Basis
	Source    string   // "RFC 9110 15.5.5"
	Operation string   // create, get, list, replace, patch, delete, start, …
	Needs     []string // ids of checks without which this one cannot be observed
	Hint      string   // one sentence for the candidate: where to look
	Guidance  string   // for the human reviewer of a Review item
	Skill     string   // what it shows about the candidate, "database management"
	// Visibility says what the candidate may know of it.
	Visibility Visibility
	Questions  []Question // for the interview
	// Shared checks come with the kind of challenge. One of its challenges proves them.
	Shared bool
	Ladder []Rung
}

// Visibility is what a candidate may know of a check.
type Visibility string

// A public check is known whole. Of a hinted one the candidate knows the rule, the verdict
// and the author's hint, but neither requests nor answers. A hidden one is not even run on
// a candidate's machine, and no trace of it is in what a candidate sees.
const (
	Public Visibility = "public"
	Hinted Visibility = "hinted"
	Hidden Visibility = "hidden"
)

// Visibilities lists them, the most open first.
func Visibilities() []Visibility { return []Visibility{Public, Hinted, Hidden} }

// Question is a question for the interview that a finding can make worth asking.
type Question struct {
	Ask       string
	ListenFor string // what a good answer holds; may be empty
	When      Occasion
}

// Problem says what is wrong with a question, or "".
func (q Question) Problem() string {
	switch {
	case q.Ask == "" || !strings.HasSuffix(q.Ask, "?"):
		return "a question for the interview is a sentence that ends with a question mark"
	case !slices.Contains(Occasions(), q.When):
		return fmt.Sprintf("when %q must be one of lost, passed, always", q.When)
	}
	return ""
}

// Occasion says which findings make a question worth asking.
type Occasion string

// OnLoss asks when credit was lost, OnPass when full credit was earned, Always in both
// cases. What could not be observed makes nothing worth asking.
const (
	OnLoss Occasion = "lost"
	OnPass Occasion = "passed"
	Always Occasion = "always"
)

// Occasions lists them, the usual one first.
func Occasions() []Occasion { return []Occasion{OnLoss, OnPass, Always} }

// Rung is one accepted or refused outcome of a check, in words.
type Rung struct {
	Credit Fraction
	// Verdict is set instead of a credit where the check does not count.
	Verdict Verdict
	// Share tells that the credit is what was measured.
	Share bool
	Note  string // the author's words; may be empty
	When  string // the conditions, spelled out
}

// ChargesPerFault is how many checks may lose points for the same fault of the
// same operation; the rest become Duplicate.
const ChargesPerFault = 2
