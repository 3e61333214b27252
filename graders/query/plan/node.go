package plan

import (
	"math"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// rawNode is a node as EXPLAIN writes it. Counts of rows are means over all loops, rounded
// (PostgreSQL 17) or with two decimals (18); counts of blocks are sums over all loops and
// hold those of the nodes below.
type rawNode struct {
	NodeType           string  `json:"Node Type"`
	Strategy           string  `json:"Strategy"`
	PartialMode        string  `json:"Partial Mode"`
	JoinType           string  `json:"Join Type"`
	Operation          string  `json:"Operation"` // of ModifyTable
	Command            string  `json:"Command"`   // of SetOp
	ScanDirection      string  `json:"Scan Direction"`
	ParentRelationship string  `json:"Parent Relationship"`
	SubplanName        string  `json:"Subplan Name"`
	RelationName       string  `json:"Relation Name"`
	FunctionName       string  `json:"Function Name"`
	CTEName            string  `json:"CTE Name"`
	Alias              string  `json:"Alias"`
	IndexName          string  `json:"Index Name"`
	PlanRows           float64 `json:"Plan Rows"`
	ActualRows         float64 `json:"Actual Rows"`
	ActualLoops        float64 `json:"Actual Loops"`
	RemovedByFilter    float64 `json:"Rows Removed by Filter"`
	RemovedByJoin      float64 `json:"Rows Removed by Join Filter"`
	RemovedByRecheck   float64 `json:"Rows Removed by Index Recheck"`
	SharedHit          float64 `json:"Shared Hit Blocks"`
	SharedRead         float64 `json:"Shared Read Blocks"`
	TempRead           float64 `json:"Temp Read Blocks"`
	TempWritten        float64 `json:"Temp Written Blocks"`
	WALBytes           float64 `json:"WAL Bytes"`
	SortSpaceType      string  `json:"Sort Space Type"`
	HashBatches        float64 `json:"Hash Batches"`
	AggregateBatches   float64 `json:"HashAgg Batches"`
	rawConditions
	Plans []*rawNode `json:"Plans"`
}

// rawConditions are the parts of a node that hold expressions.
type rawConditions struct {
	IndexCond     string   `json:"Index Cond"`
	RecheckCond   string   `json:"Recheck Cond"`
	TIDCond       string   `json:"TID Cond"`
	HashCond      string   `json:"Hash Cond"`
	MergeCond     string   `json:"Merge Cond"`
	JoinFilter    string   `json:"Join Filter"`
	Filter        string   `json:"Filter"`
	OneTimeFilter string   `json:"One-Time Filter"`
	OrderBy       string   `json:"Order By"`
	RunCondition  string   `json:"Run Condition"`
	CacheKey      string   `json:"Cache Key"`
	FunctionCall  string   `json:"Function Call"`
	SortKey       []string `json:"Sort Key"`
	GroupKey      []string `json:"Group Key"`
}

// node is a node that knows its own work.
type node struct {
	raw      *rawNode
	children []*node
	// at is the place in the order of printing, end that after the last node below.
	at, end     int
	expressions string
	// whole is the node with all that ran below it, but for its rows; own is the node alone.
	whole, own Counts
	facts      []Fact
}

// newNode takes over a node and those below it; at counts them.
func newNode(raw *rawNode, at *int) *node {
	loops := clamped(raw.ActualLoops)
	n := &node{
		raw: raw, at: *at, expressions: raw.texts(),
		whole: Counts{
			Buffers: plus(clamped(raw.SharedHit), clamped(raw.SharedRead)),
			Temp:    plus(clamped(raw.TempRead), clamped(raw.TempWritten)),
			WAL:     clamped(raw.WALBytes),
		},
	}
	perLoop := math.Max(0, raw.ActualRows) + math.Max(0, raw.RemovedByFilter) +
		math.Max(0, raw.RemovedByJoin) + math.Max(0, raw.RemovedByRecheck)
	n.own.Rows = clamped(perLoop * float64(loops))
	*at++
	for _, child := range raw.Plans {
		if child != nil {
			n.children = append(n.children, newNode(child, at))
		}
	}
	n.end = *at
	return n
}

// all lists a node and those below it, in the order in which EXPLAIN prints them.
func (n *node) all() []*node {
	listed := []*node{n}
	for _, child := range n.children {
		listed = append(listed, child.all()...)
	}
	return listed
}

func (n *node) loops() int64 { return clamped(n.raw.ActualLoops) }

// detached tells that a node is printed where it was planned, but runs where its result is
// asked for: an InitPlan, of which a CTE is one.
func (n *node) detached() bool { return n.raw.ParentRelationship == "InitPlan" }

// inner tells that a node is part of an expression of the node above, not a source of its rows.
func (n *node) inner() bool {
	return n.raw.ParentRelationship == "InitPlan" || n.raw.ParentRelationship == "SubPlan"
}

func (n *node) operation() Operation {
	relation, alias := n.relation()
	return Operation{
		Kind: n.kind(), Relation: relation, Alias: alias, Index: takehome.Line(n.raw.IndexName), Own: n.own, Whole: n.whole,
		Returned: clamped(math.Max(0, n.raw.ActualRows) * float64(n.loops())), Loops: n.loops(), Spilled: n.spilled(),
	}
}

// clamped is a count as an integer. What is no count is none.
func clamped(value float64) int64 {
	switch {
	case !(value > 0):
		return 0
	case value >= math.MaxInt64:
		return math.MaxInt64
	}
	return int64(math.Round(value))
}

// plus and times stop at the largest number instead of turning over.
func plus(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

func times(a, b int64) int64 {
	if b != 0 && a > math.MaxInt64/b {
		return math.MaxInt64
	}
	return a * b
}
