package claims

import (
	"fmt"
	"strings"

	"github.com/takehome-dev/takehome/graders/query/plan"
)

// checkNode looks for a node of a plan, on the table that is named if there is one.
func (m Measured) checkNode(claim Claim) (Verdict, string) {
	table := m.table(claim.Near)
	if claim.Node.joins() {
		table = ""
	}
	switch claim.Form {
	case Absent, Gone:
		return m.checkAbsent(claim, table)
	case Present, Amount, Change, Factor:
	}
	for _, run := range m.runs(claim.Whose) {
		if found := find(run.Reading, claim.Node, table, true); found != "" {
			return True, fmt.Sprintf("%s (%s)", found, run.Where)
		}
	}
	return False, "no " + claim.phrase(table) + " in any plan that we measured" + of(claim.Whose)
}

// checkAbsent is true where some run of the candidate's has no such node; Gone asks also that
// the given query has one there.
func (m Measured) checkAbsent(claim Claim, table string) (Verdict, string) {
	had := ""
	for _, each := range m.pairs() {
		before := find(each.given.Reading, claim.Node, table, false)
		after := find(each.candidate.Reading, claim.Node, table, false)
		switch {
		case after != "":
			had = fmt.Sprintf("still there: %s (%s)", after, each.candidate.Where)
		case before != "":
			return True, fmt.Sprintf("the given query has %s, the candidate's none (%s)", before, each.candidate.Where)
		case claim.Form == Absent:
			return True, fmt.Sprintf("none in the candidate's plan (%s)", each.candidate.Where)
		}
	}
	if had == "" {
		had = "the given query has no " + claim.phrase(table)
	}
	return False, had
}

func of(whose Whose) string {
	switch whose {
	case Given:
		return " of the given query"
	case Candidate:
		return " of the candidate's query"
	case Either:
	}
	return ""
}

// phrase is the node with its table.
func (c Claim) phrase(table string) string {
	if table == "" {
		return string(c.Node)
	}
	return string(c.Node) + " on " + table
}

// joins reports whether a node reads no table itself.
func (n Node) joins() bool {
	switch n {
	case SeqScan, IndexScan, IndexOnlyScan, BitmapScan:
		return false
	case NestedLoop, HashJoin, MergeJoin, HashAggregate, Sort, Spill:
	}
	return true
}

// find names the first node that ran and is of a kind. People call every scan that uses an
// index an index scan; that is accepted where one is said to be there.
func find(reading plan.Reading, node Node, table string, generous bool) string {
	for _, each := range reading.Operations {
		if each.Loops == 0 || table != "" && each.Relation != table || !node.is(each, generous) {
			continue
		}
		name := each.Kind
		if each.Relation != "" {
			name += " on " + each.Relation
		}
		if each.Index != "" {
			name += " by " + each.Index
		}
		return name
	}
	return ""
}

func (n Node) is(each plan.Operation, generous bool) bool {
	kind := strings.TrimSuffix(each.Kind, " Backward")
	join := strings.HasSuffix(kind, "Join")
	switch n {
	case SeqScan:
		return kind == "Seq Scan"
	case IndexScan:
		return kind == "Index Scan" || generous && (kind == "Index Only Scan" || kind == "Bitmap Index Scan" || kind == "Bitmap Heap Scan")
	case IndexOnlyScan:
		return kind == "Index Only Scan"
	case BitmapScan:
		return kind == "Bitmap Heap Scan" || kind == "Bitmap Index Scan"
	case NestedLoop:
		return strings.HasPrefix(kind, "Nested Loop")
	case HashJoin:
		return join && strings.HasPrefix(kind, "Hash ")
	case MergeJoin:
		return join && strings.HasPrefix(kind, "Merge ")
	case HashAggregate:
		return strings.HasSuffix(kind, "HashAggregate")
	case Sort:
		return kind == "Sort" || kind == "Incremental Sort"
	case Spill:
		return each.Spilled
	}
	return false
}
