package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// How much of an exhibit the last screen of a run shows; the page has more of it.
const (
	textLines   = 22 // of one exhibit
	textHottest = 5  // nodes of a plan, those with most work
	textNodes   = 40 // of a plan that is drawn as a tree
	textRows    = 10
	textColumns = 6
)

// exhibits shows where the work of plans is, tables, and the names of drawings, each exhibit
// on a few lines.
func (s *screen) exhibits(all []takehome.Exhibit) {
	for i, each := range all {
		if i == exhibitsShown {
			s.line(s.Dim(fmt.Sprintf("… and %d more exhibits", len(all)-i)))
			return
		}
		view := newExhibit(each, "", new(int))
		s.gap()
		title := view.TheirName
		if view.StaffOnly {
			title += " (staff only)"
		}
		s.line(s.Bold(fit(title, s.width)))
		inside := &screen{Painter: s.Painter, width: s.width, ascii: s.ascii}
		inside.exhibit(view)
		shown := 0
		for line := range strings.Lines(inside.out.String()) {
			if shown++; shown > textLines {
				break
			}
			s.out.WriteString(line)
		}
		if hidden := strings.Count(inside.out.String(), "\n") - textLines; hidden > 0 {
			s.line(s.Dim(fmt.Sprintf("  … %d more lines in the page", hidden)))
		}
	}
}

func (s *screen) exhibit(view exhibitView) {
	if view.TheirNote != "" {
		s.paragraph("  ", s.inert(view.TheirNote))
	}
	s.work(view)
	for _, plan := range view.Plans {
		s.hottest(plan)
	}
	for _, table := range view.Tables {
		s.table(table)
	}
	for _, drawing := range view.Drawings {
		s.line(s.Dim(fit("  Drawing, in the page: "+drawing.TheirTitle, s.width)))
	}
}

// hottest lists the nodes of a plan that do most of its work, the widest first.
func (s *screen) hottest(plan planView) {
	var nodes []nodeView
	var walk func(nodeView)
	walk = func(n nodeView) {
		children := n.Children
		n.Children, n.Hidden = nil, 0
		nodes = append(nodes, n)
		for _, child := range children {
			walk(child)
		}
	}
	walk(plan.Root)
	slices.SortStableFunc(nodes, func(a, b nodeView) int { return b.PerMille - a.PerMille })
	s.line("  " + fit("Most of the work of "+plan.TheirTitle, s.width-2))
	left := textHottest
	for _, each := range nodes[:min(len(nodes), textHottest)] {
		if each.PerMille > 0 {
			s.node(each, "", &left)
		}
	}
}

// work is the table of counted work, a plan in each column.
func (s *screen) work(view exhibitView) {
	if len(view.Work) == 0 {
		return
	}
	table := tableView{TheirColumns: []columnView{{"", false}}}
	for _, plan := range view.Plans {
		table.TheirColumns = append(table.TheirColumns, columnView{plan.TheirTitle, true})
	}
	if view.Changes {
		table.TheirColumns = append(table.TheirColumns, columnView{"", true})
	}
	for _, each := range view.Work {
		row := []cellView{{each.Name, false}}
		for _, value := range each.Values {
			row = append(row, cellView{value, true})
		}
		if view.Changes {
			row = append(row, cellView{each.Change, true})
		}
		table.Rows = append(table.Rows, row)
	}
	s.table(table)
}

// plan is a tree of one line per node, its share of the work in front.
func (s *screen) plan(plan planView) {
	s.line("  " + fit(plan.TheirTitle, s.width-2))
	left := textNodes
	total := s.node(plan.Root, "", &left)
	if total > textNodes {
		s.line(s.Dim(fmt.Sprintf("        … and %d more nodes", total-textNodes)))
	}
}

// node returns how many nodes there are, shown or not.
func (s *screen) node(n nodeView, indent string, left *int) int {
	if *left > 0 {
		label := strings.TrimSpace(n.TheirPart + " " + n.TheirKind)
		if n.TheirRelation != "" {
			label += " on " + n.TheirRelation
		}
		if n.TheirIndex != "" {
			label += " by " + n.TheirIndex
		}
		figures := "never ran"
		if !n.Idle {
			figures = strings.Join(append([]string{rowsOrRow(n.Rows) + " (" + n.Estimated + " estimated)"}, n.Figures...), ", ")
		}
		line := fit(padLeft(n.Share, 8)+"  "+indent+label+"  "+figures, s.width)
		if n.Most {
			line = s.Bold(line)
		}
		s.line(line)
		for _, note := range n.TheirNote {
			s.line(fit("          "+indent+"! "+note, s.width))
		}
	}
	*left--
	total := 1 + n.Hidden
	for _, child := range n.Children {
		total += s.node(child, indent+"  ", left)
	}
	return total
}

// table lays out a table in columns, the widest of which give way.
func (s *screen) table(table tableView) {
	if table.TheirTitle != "" {
		s.line("  " + fit(table.TheirTitle, s.width-2))
	}
	columns := table.TheirColumns[:min(len(table.TheirColumns), textColumns)]
	if len(columns) == 0 {
		return
	}
	widths := tableWidths(columns, table.Rows, s.width-2)
	var names []string
	titled := false
	for i, column := range columns {
		titled = titled || column.Their != ""
		names = append(names, aligned(column.Their, widths[i], column.Figures))
	}
	if titled {
		s.line("  " + s.Dim(strings.TrimRight(strings.Join(names, "  "), " ")))
	}
	for i, row := range table.Rows {
		if i == textRows {
			s.line(s.Dim(fmt.Sprintf("  … and %d more rows", len(table.Rows)+table.Hidden-i)))
			return
		}
		var cells []string
		for j := range min(len(row), len(columns)) {
			cells = append(cells, aligned(row[j].Their, widths[j], row[j].Figures))
		}
		s.line("  " + strings.Join(cells, "  "))
	}
	if len(table.Rows) == 0 {
		s.line(s.Dim("  no rows"))
	}
}

func aligned(text string, width int, right bool) string {
	if right {
		return padLeft(fit(text, width), width)
	}
	return pad(fit(text, width), width)
}

// tableWidths gives each column what it needs, as far as there is room.
func tableWidths(of []columnView, rows [][]cellView, room int) []int {
	widths := make([]int, len(of))
	total := 2 * (len(of) - 1)
	for i, column := range of {
		widths[i] = columns(column.Their)
		for _, row := range rows[:min(len(rows), textRows)] {
			if i < len(row) {
				widths[i] = max(widths[i], columns(row[i].Their))
			}
		}
		total += widths[i]
	}
	for total > room {
		widest := 0
		for i := range widths {
			if widths[i] > widths[widest] {
				widest = i
			}
		}
		if widths[widest] <= 4 {
			break
		}
		widths[widest]--
		total--
	}
	return widths
}

func rowsOrRow(count string) string {
	if count == "1" {
		return "1 row"
	}
	return count + " rows"
}
