package script

import (
	"github.com/goccy/go-yaml/ast"

	"github.com/takehome-dev/takehome/internal/authored"
)

// File is one YAML file of checks. Its checks run in order, on the state that the
// files before it left behind.
type File struct {
	// Criterion, Visibility, Skill and Flaky are the defaults for the file's checks.
	Criterion  string  `yaml:"criterion"`
	Visibility string  `yaml:"visibility"`
	Skill      string  `yaml:"skill"`
	Flaky      string  `yaml:"flaky"`
	Checks     []Check `yaml:"checks"`
}

// Check is one check as its author wrote it.
type Check struct {
	ID        string   `yaml:"id"`
	Title     string   `yaml:"title"`     // what is wanted, one sentence without a full stop
	Criterion string   `yaml:"criterion"` // overrides the file's
	Weight    scalar   `yaml:"weight"`    // points, at most two digits after the point
	Bonus     bool     `yaml:"bonus"`
	Basis     string   `yaml:"basis"`     // brief, must, should, guide, sec, ops
	Source    string   `yaml:"source"`    // "RFC 9110 15.5.5"
	Operation string   `yaml:"operation"` // what the loss is charged to, with the fault
	Needs     []string `yaml:"needs"`
	Hint      string   `yaml:"hint"`
	Guidance  string   `yaml:"guidance"`
	Review    bool     `yaml:"review"` // a human's item: no steps, no outcomes

	Visibility string     `yaml:"visibility"` // public (the default), hinted or hidden
	Skill      string     `yaml:"skill"`      // what it shows; the criterion's where it is left out
	Questions  []Question `yaml:"questions"`  // for the interview
	// Once keeps a check that lost credit from being run again: what it did cannot be
	// done twice, or would only be looked at twice.
	Once bool `yaml:"once"`
	// Flaky says which of two different outcomes counts: better (the default), or worse,
	// where the fault itself comes and goes, as races do.
	Flaky string `yaml:"flaky"`

	// Given are items that must exist before the first step, made through the API: name
	// to the fields that are set. The name "item" is what operations address by default.
	Given map[string]map[string]any `yaml:"given"`
	// Cases run steps and outcomes once each with ${case}; the credit is their mean.
	Cases []any `yaml:"cases"`
	// StoresNothing takes all credit from a case after which there are more rows than before.
	StoresNothing bool `yaml:"stores_nothing"`
	// Negative marks requests that a correct program refuses.
	Negative bool      `yaml:"negative"`
	Steps    []Step    `yaml:"steps"`
	Outcomes []Outcome `yaml:"outcomes"`

	file string
	line int
}

// Question is a question for the interview.
type Question struct {
	Ask       string `yaml:"ask"`
	ListenFor string `yaml:"listen_for"` // what a good answer holds
	When      string `yaml:"when"`       // lost (the default), passed or always
}

// Step is one thing to do; exactly one of its kinds is set.
type Step struct {
	As   string            `yaml:"as"`   // a name for its exchange, for conditions
	Save map[string]string `yaml:"save"` // variable to JSON Pointer into the reply, or "header NAME"

	HTTP     *HTTPStep      `yaml:"http"`
	Raw      *RawStep       `yaml:"raw"`
	SQL      *SQLStep       `yaml:"sql"`
	Canary   string         `yaml:"canary"` // look for this text in every column of the database
	App      string         `yaml:"app"`    // start, stop, restart, kill, terminate
	DB       *DBStep        `yaml:"db"`
	Poll     *PollStep      `yaml:"poll"`
	Parallel *ParallelStep  `yaml:"parallel"`
	Probe    string         `yaml:"probe"` // a Go function, by name
	With     map[string]any `yaml:"with"`  // what the probe is told
	Set      map[string]any `yaml:"set"`   // variables
}

// HTTPStep is one request: by intent (Op), or written out (Method and Path).
type HTTPStep struct {
	Op   string         `yaml:"op"`   // create, get, list, replace, patch, delete
	Item string         `yaml:"item"` // name of the given or saved item; default "item"
	ID   string         `yaml:"id"`   // instead of Item: a literal id, or "unknown": right type, never issued
	Set  map[string]any `yaml:"set"`  // fields by meaning: text, done, note, due, priority
	Omit []string       `yaml:"omit"` // fields that are left out of a full representation

	Method string `yaml:"method"`
	Path   string `yaml:"path"` // may hold {collection} and {item}

	JSON    any               `yaml:"json"` // the whole body instead of Set
	Body    *string           `yaml:"body"` // raw bytes instead of JSON; "" is an empty body
	Media   string            `yaml:"media"`
	Headers map[string]string `yaml:"headers"`
	Query   map[string]string `yaml:"query"`

	Times int  `yaml:"times"` // send it this many times, with ${n} from 1
	Fresh bool `yaml:"fresh"` // on a connection of its own
}

// RawStep sends bytes over a connection of its own and reads what comes back.
type RawStep struct {
	Send string `yaml:"send"` // \r\n are written as line breaks of a literal block
}

// SQLStep is one read-only query of the probe role.
type SQLStep struct {
	Query string `yaml:"query"`
}

// DBStep changes how the program reaches its database.
type DBStep struct {
	Mode   string `yaml:"mode"` // pass, refuse, blackhole, delay, limit
	Millis int    `yaml:"millis"`
	Limit  int    `yaml:"limit"`
}

// PollStep repeats a step until a condition holds or the time is over.
type PollStep struct {
	Step   Step       `yaml:"step"`
	Until  Conditions `yaml:"until"`
	Every  duration   `yaml:"every"`
	Within duration   `yaml:"within"`
}

// ParallelStep sends a request several times at the same instant, each on a connection of its own.
type ParallelStep struct {
	Times int      `yaml:"times"`
	HTTP  HTTPStep `yaml:"http"`
}

// Outcome is one rung of a ladder.
type Outcome struct {
	Credit  scalar     `yaml:"credit"`  // 0 to 1; "share": what the probe measured
	Verdict string     `yaml:"verdict"` // not_applicable, not_assessed or needs_review, instead of a credit
	If      Conditions `yaml:"if"`
	Note    string     `yaml:"note"`  // what was seen, in words; wanted for every rung below full credit
	Fault   string     `yaml:"fault"` // code under which the loss is charged
}

// Conditions must all hold. In YAML a single mapping or a list of them.
type Conditions []Condition

// UnmarshalYAML reads one condition or a list.
func (c *Conditions) UnmarshalYAML(node ast.Node) error {
	if node.Type() == ast.SequenceType {
		return authored.Node(node, (*[]Condition)(c))
	}
	*c = Conditions{{}}
	return authored.Node(node, &(*c)[0])
}

// Condition is a set of observations about one exchange (or about the whole check) that must all hold.
type Condition struct {
	At     string            `yaml:"at"`     // name of the step; default: the last exchange
	Status statuses          `yaml:"status"` // 201, 4xx, or a list
	Media  words             `yaml:"media"`  // json, problem, html, text, other, none
	Header map[string]string `yaml:"header"` // name to present, absent, or text that it must contain
	Body   string            `yaml:"body"`   // empty, present, "has TEXT", "names FIELD"
	JSON   map[string]any    `yaml:"json"`   // JSON Pointer to value, or to {type|in|matches|length|absent: …}
	UTF8   *bool             `yaml:"utf8"`
	Fault  words             `yaml:"fault"` // hang, reset, refused, …; "none": a proper answer

	Item   map[string]any `yaml:"item"`    // fields by meaning: a value, present, absent; id: same
	List   *ListCondition `yaml:"list"`    // what the reply lists
	SameAs *SameCondition `yaml:"same_as"` // equal to an earlier reply

	Distinct string  `yaml:"distinct"` // "ids": every reply of the step holds another id
	Seen     words   `yaml:"seen"`     // label of the check's probe
	Rows     [][]any `yaml:"rows"`     // of the step's query, in order

	Bound      words  `yaml:"bound"`      // the API has all of these: patch, note, due, priority, …
	Unbound    words  `yaml:"unbound"`    // the API lacks at least one of these
	Documented string `yaml:"documented"` // the candidate documents this policy

	AnyOf []Conditions `yaml:"any_of"`
	Not   Conditions   `yaml:"not"`
}

// ListCondition is about the items of a list reply.
type ListCondition struct {
	Has   string         `yaml:"has"`   // name of an item
	Lacks string         `yaml:"lacks"` // name of an item
	Where map[string]any `yaml:"where"` // fields that the item of Has must show
	Empty bool           `yaml:"empty"`
}

// SameCondition compares a reply with that of an earlier step.
type SameCondition struct {
	Step     string   `yaml:"step"`
	Ignoring []string `yaml:"ignoring"` // regular expressions over field names
}
