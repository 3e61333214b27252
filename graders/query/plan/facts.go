package plan

import (
	"fmt"
	"math"
	"slices"
)

// FactKind is a kind of fact that costs points (rubric 4.2).
type FactKind string

// The kinds of facts.
const (
	BigScan     FactKind = "sequential scan of a big table"
	Spill       FactKind = "spill to temporary files"
	Misestimate FactKind = "estimate far off at the top join"
)

// Fact is something about a plan that costs points, in words that are the same in every run.
type Fact struct {
	Kind  FactKind
	Where string // the node, "Seq Scan on order_lines l"
	Table string // of a BigScan
	Note  string // for a reader: "sequential scan of a big table"
}

const (
	// fewBlocks is below which a scan is no fact: a LIMIT can stop a sequential scan at once.
	fewBlocks = 100
	// farOff is the factor by which an estimate may miss at the top join.
	farOff = 10
	// fewRows is what fewer rows are taken for: 1 instead of 60 is no miss that matters.
	fewRows = 10
)

// judge finds the facts of a plan and keeps each also at its node.
func judge(root *node, bigTables []string) []Fact {
	var found []Fact
	add := func(at *node, fact Fact) {
		fact.Where = at.label()
		at.facts = append(at.facts, fact)
		found = append(found, fact)
	}
	join := topJoin(root, false)
	for _, each := range root.all() {
		if each.loops() == 0 {
			continue
		}
		table, _ := each.relation()
		if each.raw.NodeType == "Seq Scan" && slices.Contains(bigTables, each.raw.RelationName) && each.own.Buffers >= fewBlocks {
			add(each, Fact{Kind: BigScan, Table: table, Note: string(BigScan)})
		}
		if each.spilled() {
			add(each, Fact{Kind: Spill, Note: fmt.Sprintf("%s: %s blocks", Spill, grouped(each.own.Temp))})
		}
		if join != nil && each == join.node && join.farOff() {
			add(each, Fact{Kind: Misestimate, Note: fmt.Sprintf("estimated %s rows where %s came",
				grouped(clamped(each.raw.PlanRows)), grouped(clamped(each.raw.ActualRows)))})
		}
	}
	return found
}

// spilled tells that a node wrote temporary files: a sort, a hash table, stored rows.
func (n *node) spilled() bool {
	return n.own.Temp > 0 || n.raw.SortSpaceType == "Disk" || n.raw.HashBatches > 1 && n.whole.Temp > 0 || n.raw.AggregateBatches > 1
}

// joinSeen is the join that is nearest to the top of a plan.
type joinSeen struct {
	*node
	cut bool // a Limit above it may have stopped it before it was through
}

// topJoin walks down from the top to the first join.
func topJoin(from *node, cut bool) *joinSeen {
	switch from.raw.NodeType {
	case "Nested Loop", "Hash Join", "Merge Join":
		return &joinSeen{from, cut}
	case "Limit":
		cut = true
	case "Sort", "Aggregate", "SetOp", "Hash":
		cut = false // these read all of their input before the first row comes out, or nearly
	}
	for _, child := range from.children {
		if child.inner() {
			continue
		}
		if join := topJoin(child, cut); join != nil {
			return join
		}
	}
	return nil
}

// farOff compares rows per loop, both as EXPLAIN has them. Where next to nothing came, too
// high an estimate is no fault: no statistics tell that a value is absent.
func (j *joinSeen) farOff() bool {
	planned, came := math.Max(j.raw.PlanRows, fewRows), math.Max(j.raw.ActualRows, fewRows)
	return came > planned*farOff || !j.cut && j.raw.ActualRows >= fewRows && planned > came*farOff
}
