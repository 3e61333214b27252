package plan

import "strings"

// settle gives every node below root its own blocks: what EXPLAIN counts for it less what it
// counts for the nodes that ran inside it.
//
// Children and sub-plans (SubPlan) run inside the node that they are printed below. An
// InitPlan and a CTE are printed below the node where they were planned, but run inside the
// node that asks for their result first. So their blocks are taken from the nodes whose
// conditions name them, or that scan the CTE; where that is not enough (a name can also stand
// in a select list, which EXPLAIN leaves out), from the others of the same part of the plan.
// The parts always add up to the whole, as far as EXPLAIN's figures do.
func settle(root *node) {
	for _, each := range root.all() {
		each.own.Buffers, each.own.Temp, each.own.WAL = each.whole.Buffers, each.whole.Temp, each.whole.WAL
		for _, child := range each.children {
			if !child.detached() {
				each.take(&child.whole)
			}
		}
	}
	for _, each := range root.all() {
		for _, child := range each.children {
			if child.detached() {
				rest := child.whole
				for _, payer := range payers(each, child) {
					payer.take(&rest, &rest)
				}
			}
		}
	}
}

// take takes as much of an amount from a node as it has. What was not there is left over in
// rest, if that is given.
func (n *node) take(amount *Counts, rest ...*Counts) {
	for _, part := range []struct{ have, want *int64 }{
		{&n.own.Buffers, &amount.Buffers}, {&n.own.Temp, &amount.Temp}, {&n.own.WAL, &amount.WAL},
	} {
		taken := min(*part.have, *part.want)
		*part.have -= taken
		if len(rest) > 0 {
			*part.want -= taken
		}
	}
}

// payers are the nodes inside which a detached child of owner can have run, the likeliest first.
func payers(owner, child *node) []*node {
	var named, others []*node
	for _, each := range owner.all() {
		switch {
		case each.at >= child.at && each.at < child.end:
		case each.asksFor(child):
			named = append(named, each)
		default:
			others = append(others, each)
		}
	}
	return append(named, others...)
}

// asksFor tells that a node names the result of a detached one: "CTE recent" is scanned,
// "InitPlan 2 (returns $1)" is $1 up to PostgreSQL 16 and (InitPlan 2).col1 later.
func (n *node) asksFor(child *node) bool {
	name := child.raw.SubplanName
	if cte, ok := strings.CutPrefix(name, "CTE "); ok {
		return n.raw.CTEName == cte
	}
	name, returns, _ := strings.Cut(name, " (returns ")
	if strings.Contains(n.expressions, "("+name+")") {
		return true
	}
	for parameter := range strings.SplitSeq(strings.TrimSuffix(returns, ")"), ",") {
		if mentions(n.expressions, parameter) {
			return true
		}
	}
	return false
}

// mentions finds a parameter such as $1 that is not the beginning of $12.
func mentions(text, parameter string) bool {
	for parameter != "" {
		at := strings.Index(text, parameter)
		if at < 0 {
			return false
		}
		text = text[at+len(parameter):]
		if text == "" || text[0] < '0' || text[0] > '9' {
			return true
		}
	}
	return false
}

// texts puts the expressions of a node side by side.
func (c rawConditions) texts() string {
	texts := []string{
		c.IndexCond, c.RecheckCond, c.TIDCond, c.HashCond, c.MergeCond, c.JoinFilter, c.Filter, c.OneTimeFilter,
		c.OrderBy, c.RunCondition, c.CacheKey, c.FunctionCall,
	}
	return strings.Join(append(append(texts, c.SortKey...), c.GroupKey...), "\n")
}
