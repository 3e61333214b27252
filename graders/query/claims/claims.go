// Package claims reads what an explanation says about a query in figures and names of plan
// nodes ("from 4,086 to 411 buffers", "index only scan on orders"), and checks it against what
// was measured. It stands beside package plan, knows no challenge and runs no SQL.
//
// It reads English by a small grammar, and would rather miss a claim than mistake one: what
// is hypothetical, estimated or inside a block of code is no claim. A claim that cannot be
// checked here, such as one about time, is shown and never counted false.
package claims

import (
	"github.com/takehome-dev/takehome/graders/query/plan"
)

// Limits of what is read of a stranger's document.
const (
	maxDocument = 256 << 10
	maxClaims   = 60
	maxClause   = 2 << 10 // bytes of one clause; the rest of it is not read
)

// Measure is what a figure counts.
type Measure string

// What can be claimed in figures. Time, cost and size are not compared with anything.
const (
	Buffers Measure = "buffers"
	Rows    Measure = "rows"
	Temp    Measure = "temporary blocks"
	Loops   Measure = "loops"
	Time    Measure = "time"
	Cost    Measure = "cost"
	Size    Measure = "size"
)

// Whose query a claim speaks of.
type Whose string

// A claim that does not say is true if it fits either.
const (
	Either    Whose = ""
	Given     Whose = "given"
	Candidate Whose = "candidate"
)

// Form is the grammatical form of a claim.
type Form string

// The forms.
const (
	Amount  Form = "amount"  // so many buffers
	Change  Form = "change"  // from so many to so many
	Factor  Form = "factor"  // so many times fewer
	Present Form = "present" // a node of the plan is there
	Absent  Form = "absent"  // it is not there
	Gone    Form = "gone"    // it was there, and is not any more
)

// Claim is one thing that an explanation says.
type Claim struct {
	Quote   string // the clause, clean and on one line
	Form    Form
	Measure Measure // of Amount, Change and Factor
	From    Figure  // of Change
	To      Figure  // of Amount and Change; the factor of Factor
	More    bool    // of Factor: more instead of fewer
	Node    Node    // of Present, Absent and Gone
	Whose   Whose
	// Split tells that an amount of buffers is only those found in memory, or only those read.
	Split bool
	// Near are the words around, nearest first, among which the name of a table may be.
	Near []string
}

// Figure is a number as somebody wrote it down.
type Figure struct {
	Value   float64
	Step    float64 // what its last digit stands for: 1000 for 160k
	About   bool    // "about", "~"
	AtLeast bool    // "more than", "over"
	AtMost  bool    // "less than", "under"
	Percent bool
}

// Node is a kind of plan node that people speak of.
type Node string

// The nodes.
const (
	SeqScan       Node = "sequential scan"
	IndexScan     Node = "index scan"
	IndexOnlyScan Node = "index only scan"
	BitmapScan    Node = "bitmap scan"
	NestedLoop    Node = "nested loop"
	HashJoin      Node = "hash join"
	MergeJoin     Node = "merge join"
	HashAggregate Node = "hash aggregate"
	Sort          Node = "sort"
	Spill         Node = "spill to disk"
)

// Measured is what was measured of both queries, those first that are shown where several
// fit. Runs that belong together have the same Where.
type Measured struct {
	Given, Candidate []Run
}

// Run is one execution.
type Run struct {
	Where   string // "shop_8, common"
	Reading plan.Reading
}

// Verdict is what a claim is worth.
type Verdict string

// The verdicts.
const (
	True         Verdict = "true"
	False        Verdict = "false"
	NotCheckable Verdict = "not checkable"
)

// Checked is a claim with its verdict and our own figure.
type Checked struct {
	Claim
	Verdict Verdict
	Figure  string // in words that are the same in every run
}
