package plan

import (
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

const (
	// maxDrawn is how many nodes a reader is shown; a UNION of hundreds helps nobody.
	maxDrawn = 200
	// maxDeep is how deep a tree is drawn.
	maxDeep = 40
	maxSQL  = 16 << 10
)

// draw makes the tree for a reader.
func draw(root *node, reading Reading, options Options) takehome.Plan {
	artist := &artist{shares: shares(root), left: maxDrawn}
	return takehome.Plan{
		Title: takehome.Line(options.Title),
		SQL:   strings.TrimSpace(takehome.Quote([]byte(options.SQL), maxSQL).Shown),
		Work:  reading.Counts.settings(),
		Root:  artist.node(root, 0),
	}
}

// settings are the counts as a reader is told them.
func (c Counts) settings() []takehome.Setting {
	settings := []takehome.Setting{
		{Name: "buffers", Value: strconv.FormatInt(c.Buffers, 10), Source: "blocks of 8 KiB, found in memory or read"},
		{Name: "rows processed", Value: strconv.FormatInt(c.Rows, 10), Source: "rows that came out of a node or were thrown away"},
		{Name: "temporary blocks", Value: strconv.FormatInt(c.Temp, 10), Source: "blocks of temporary files, read or written"},
	}
	if c.WAL > 0 {
		settings = append(settings, takehome.Setting{Name: "WAL bytes", Value: strconv.FormatInt(c.WAL, 10), Source: "written to the log"})
	}
	return settings
}

// artist draws nodes as long as there is room for them.
type artist struct {
	shares map[*node]int
	left   int
}

func (a *artist) node(n *node, depth int) takehome.PlanNode {
	a.left--
	operation := n.operation()
	drawn := takehome.PlanNode{
		Kind: operation.Kind, Part: takehome.Line(n.raw.SubplanName), Relation: n.shown(), Index: operation.Index, Condition: n.condition(),
		Estimated: float64(clamped(n.raw.PlanRows)), Actual: rounded(n.raw.ActualRows), Loops: operation.Loops,
		Processed: n.own.Rows, Buffers: n.own.Buffers, Temp: n.own.Temp, PerMille: a.shares[n],
	}
	for _, fact := range n.facts {
		drawn.Notes = append(drawn.Notes, fact.Note)
	}
	for i, child := range n.children {
		if a.left <= 0 || depth >= maxDeep {
			hidden := 0
			for _, each := range n.children[i:] {
				hidden += len(each.all())
			}
			drawn.Notes = append(drawn.Notes, "not shown: "+strconv.Itoa(hidden)+" more nodes below")
			break
		}
		drawn.Children = append(drawn.Children, a.node(child, depth+1))
	}
	return drawn
}

// rounded keeps two decimals of a mean over loops.
func rounded(rows float64) float64 {
	if !(rows > 0) || rows > 1e15 {
		return float64(clamped(rows))
	}
	return float64(clamped(rows*100)) / 100
}

// shares is the part of the plan's work of every node, in per mille. They add up to 1000,
// by largest remainder, or are all 0 for a plan that did nothing.
func shares(root *node) map[*node]int {
	type part struct {
		of        *node
		remainder float64
	}
	found := map[*node]int{}
	nodes := root.all()
	total := 0.0
	for _, each := range nodes {
		total += float64(each.own.Weight())
	}
	if total == 0 {
		return found
	}
	left := 1000
	var parts []part
	for _, each := range nodes {
		exact := float64(each.own.Weight()) / total * 1000
		found[each] = int(exact)
		left -= int(exact)
		parts = append(parts, part{each, exact - float64(int(exact))})
	}
	slices.SortStableFunc(parts, func(a, b part) int {
		switch {
		case a.remainder > b.remainder:
			return -1
		case a.remainder < b.remainder:
			return 1
		}
		return 0
	})
	for _, each := range parts[:max(0, min(left, len(parts)))] {
		found[each.of]++
	}
	return found
}
