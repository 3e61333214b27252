package plan

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// kind names a node as EXPLAIN's text format does.
func (n *node) kind() string {
	raw := n.raw
	name := raw.NodeType
	switch name {
	case "Aggregate":
		switch raw.Strategy {
		case "Sorted":
			name = "GroupAggregate"
		case "Hashed":
			name = "HashAggregate"
		case "Mixed":
			name = "MixedAggregate"
		}
		if raw.PartialMode == "Partial" || raw.PartialMode == "Finalize" {
			name = raw.PartialMode + " " + name
		}
	case "SetOp":
		if raw.Strategy == "Hashed" {
			name = "HashSetOp"
		}
		name = strings.TrimSpace(name + " " + raw.Command)
	case "ModifyTable":
		if raw.Operation != "" {
			name = raw.Operation
		}
	case "Hash Join", "Merge Join", "Nested Loop":
		if raw.JoinType != "" && raw.JoinType != "Inner" {
			name = strings.TrimSuffix(name, " Join") + " " + raw.JoinType + " Join"
		}
	}
	if raw.ScanDirection == "Backward" {
		name += " Backward"
	}
	return takehome.Line(name)
}

// relation is what a node reads, and the name that the query gives to it where that differs.
func (n *node) relation() (name, alias string) {
	name = cmp.Or(n.raw.RelationName, n.raw.CTEName, n.raw.FunctionName, n.raw.Alias)
	if n.raw.Alias != name {
		alias = n.raw.Alias
	}
	return takehome.Line(name), takehome.Line(alias)
}

// label is a node in one phrase: "Seq Scan on order_lines l".
func (n *node) label() string {
	label := n.kind()
	if relation := n.shown(); relation != "" {
		label += " on " + relation
	}
	return label
}

// shown is the relation with its alias.
func (n *node) shown() string {
	relation, alias := n.relation()
	return strings.TrimSpace(relation + " " + alias)
}

// condition puts the expressions of a node into one line.
func (n *node) condition() string {
	var parts []string
	for _, each := range []struct{ name, text string }{
		{"Index Cond", n.raw.IndexCond},
		{"TID Cond", n.raw.TIDCond},
		{"Hash Cond", n.raw.HashCond},
		{"Merge Cond", n.raw.MergeCond},
		{"Recheck Cond", n.raw.RecheckCond},
		{"Join Filter", n.raw.JoinFilter},
		{"Filter", n.raw.Filter},
		{"One-Time Filter", n.raw.OneTimeFilter},
		{"Order By", n.raw.OrderBy},
		{"Run Condition", n.raw.RunCondition},
		{"Sort Key", strings.Join(n.raw.SortKey, ", ")},
		{"Group Key", strings.Join(n.raw.GroupKey, ", ")},
		{"Cache Key", n.raw.CacheKey},
	} {
		if each.text != "" {
			parts = append(parts, each.name+": "+each.text)
		}
	}
	return takehome.Line(strings.Join(parts, "; "))
}

// grouped writes a count with commas: 1,234,567.
func grouped(count int64) string {
	digits := strconv.FormatInt(count, 10)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}
