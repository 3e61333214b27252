package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

const (
	nodesShown = 200 // of one plan
	depthShown = 48
)

// planView is how a query ran, as a tree.
type planView struct {
	TheirTitle string
	TheirSQL   string
	Most       *nodeView // the node that did most of the work
	Root       nodeView
}

// nodeView is one node of a plan.
type nodeView struct {
	TheirKind, TheirPart, TheirRelation, TheirIndex, TheirCondition string

	Rows      string // per loop, as they came
	Estimated string
	Miss      string // "20,000x more than estimated", where it is far off
	Figures   []string
	TheirNote []string
	PerMille  int    // of the work
	Share     string // the same for a reader, "62 %"; empty where it did nothing
	Bar       string // of 100 units
	Most      bool
	Idle      bool // it never ran
	Children  []nodeView
	Hidden    int // nodes below that are not shown
}

// workView is one figure of all plans side by side.
type workView struct {
	Name, About string
	Values      []string
	Change      string // of the second plan against the first
}

func newPlan(of takehome.Plan) planView {
	most := mostWork(&of.Root)
	left := nodesShown
	view := planView{
		TheirTitle: takehome.Line(of.Title), TheirSQL: clipped(of.SQL, bodyShown),
		Root: newNode(&of.Root, most, 0, &left),
	}
	if most != nil {
		view.Most = view.Root.find()
	}
	return view
}

// mostWork is the node with the largest share, the first of several; nil where nothing was done.
func mostWork(root *takehome.PlanNode) *takehome.PlanNode {
	var most *takehome.PlanNode
	var walk func(*takehome.PlanNode, int)
	walk = func(n *takehome.PlanNode, depth int) {
		if n.PerMille > 0 && (most == nil || n.PerMille > most.PerMille) {
			most = n
		}
		if depth < depthShown {
			for i := range n.Children {
				walk(&n.Children[i], depth+1)
			}
		}
	}
	walk(root, 0)
	return most
}

// find returns the node that is marked as the one with most work.
func (n *nodeView) find() *nodeView {
	if n.Most {
		return n
	}
	for i := range n.Children {
		if found := n.Children[i].find(); found != nil {
			return found
		}
	}
	return nil
}

func newNode(of, most *takehome.PlanNode, depth int, left *int) nodeView {
	*left--
	view := nodeView{
		TheirKind: takehome.Line(of.Kind), TheirPart: takehome.Line(of.Part), TheirRelation: takehome.Line(of.Relation),
		TheirIndex: takehome.Line(of.Index), TheirCondition: takehome.Line(of.Condition),
		Rows: rowsWords(of.Actual), Estimated: rowsWords(of.Estimated), Miss: missWords(of),
		Figures: figuresOf(of), TheirNote: lines(of.Notes, diffsShown), PerMille: of.PerMille, Share: shareWords(of.PerMille),
		Bar: barLength(takehome.Frac(int64(of.PerMille), 1000)), Most: of == most, Idle: of.Loops == 0,
	}
	for i := range of.Children {
		if *left <= 0 || depth >= depthShown {
			view.Hidden = len(of.Children) - i
			break
		}
		view.Children = append(view.Children, newNode(&of.Children[i], most, depth+1, left))
	}
	return view
}

// figuresOf are the counts of a node that are not nothing.
func figuresOf(of *takehome.PlanNode) []string {
	var figures []string
	add := func(n int64, one, many string) {
		if n == 1 {
			figures = append(figures, "1 "+one)
		} else if n > 1 {
			figures = append(figures, digits(n)+" "+many)
		}
	}
	if of.Loops != 1 {
		add(of.Loops, "loop", "loops")
	}
	add(of.Buffers, "buffer", "buffers")
	add(thrownAway(of), "row thrown away", "rows thrown away")
	add(of.Temp, "temporary block", "temporary blocks")
	return figures
}

// thrownAway is how many rows a filter or a join condition refused. Postgres rounds its
// means over loops, so that few rows of many loops are not said.
func thrownAway(of *takehome.PlanNode) int64 {
	came := of.Actual * float64(of.Loops)
	if away := float64(of.Processed) - came; away > 0 && away < math.MaxInt64 && away >= came/1000 {
		return int64(away)
	}
	return 0
}

// missWords says how far an estimate is off, from ten times on; fewer than ten rows are
// taken for ten. What a note says already is not said twice.
func missWords(of *takehome.PlanNode) string {
	planned, came := math.Max(of.Estimated, 10), math.Max(of.Actual, 10)
	told := slices.ContainsFunc(of.Notes, func(note string) bool { return strings.HasPrefix(note, "estimated ") })
	switch {
	case of.Loops == 0 || told:
		return ""
	case came >= 10*planned:
		return factor(came/planned) + " more than estimated"
	case planned >= 10*came:
		return factor(planned/came) + " fewer than estimated"
	}
	return ""
}

// factor writes how many times something is something else: 1.4x, 12x, 20,000x.
func factor(times float64) string {
	if times < 9.95 {
		return strconv.FormatFloat(times, 'f', 1, 64) + "x"
	}
	return digits(int64(math.Round(math.Min(times, 1e15)))) + "x"
}

func shareWords(perMille int) string {
	switch {
	case perMille <= 0:
		return ""
	case perMille < 100:
		return fmt.Sprintf("%d.%d %%", perMille/10, perMille%10)
	}
	return strconv.Itoa((perMille+5)/10) + " %"
}

func rowsWords(rows float64) string {
	if rows != math.Trunc(rows) && rows < 100 {
		return strconv.FormatFloat(rows, 'f', 2, 64)
	}
	return digits(int64(math.Round(math.Max(0, math.Min(rows, 1e15)))))
}

// digits writes a count with commas: 1,234,567.
func digits(n int64) string {
	text := strconv.FormatInt(n, 10)
	for at := len(text) - 3; at > 0 && text[at-1] != '-'; at -= 3 {
		text = text[:at] + "," + text[at:]
	}
	return text
}

// newWork puts the figures of plans side by side, in the order of the first plan.
func newWork(plans []takehome.Plan) []workView {
	if len(plans) == 0 {
		return nil
	}
	plans = plans[:min(len(plans), partsShown)]
	var views []workView
	for _, figure := range plans[0].Work[:min(len(plans[0].Work), partsShown)] {
		view := workView{Name: takehome.Line(figure.Name), About: takehome.Line(figure.Source)}
		var counts []int64
		for _, plan := range plans {
			value := ""
			for _, other := range plan.Work[:min(len(plan.Work), partsShown)] {
				if other.Name == figure.Name {
					value = other.Value
				}
			}
			if n, err := strconv.ParseInt(value, 10, 64); err == nil && n >= 0 {
				counts = append(counts, n)
				value = digits(n)
			}
			view.Values = append(view.Values, takehome.Line(value))
		}
		if len(counts) == 2 && len(plans) == 2 {
			view.Change = changeWords(counts[0], counts[1])
		}
		views = append(views, view)
	}
	return views
}

// changeWords says what became of a count: "12x fewer".
func changeWords(before, after int64) string {
	switch {
	case before == after:
		return "the same"
	case after == 0:
		return "none left"
	case before == 0:
		return "new"
	case after < before:
		return slightly(factor(float64(before)/float64(after))) + " fewer"
	}
	return slightly(factor(float64(after)/float64(before))) + " more"
}

func slightly(times string) string {
	if times == "1.0x" {
		return "slightly"
	}
	return times
}
