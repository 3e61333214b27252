package term

// Scoreboard is the last screen of a run: where the points are, what lost them, and
// where to read more.
type Scoreboard struct {
	Heading []string   // joined by dots: "todo-api v1", "submission 9f2c1e", "41 s"
	Rows    []ScoreRow // one per criterion
	Total   ScoreRow
	Notes   []string // caps and faults, under the total
	Losses  []Loss   // what lost points, worst first
	More    int      // losses that are not listed
	Footer  []string // where the reports are
}

// ScoreRow is one line of points.
type ScoreRow struct {
	Title  string
	Score  string  // "34/40"
	Share  float64 // 0 to 1, for the bar; negative: no bar
	Counts []Count
}

// Count is how many checks have a verdict.
type Count struct {
	Verdict string
	N       int
}

// Loss is one check that lost points.
type Loss struct {
	Verdict string
	Check   string
	Seen    string // "want 422, got 201"
	Points  string // "-6"
	More    string // where its evidence is
}

// barColumns is the length of a bar; a narrow surface has none.
const (
	barColumns  = 20
	barsFitFrom = 72
)

// Scoreboard lays the last screen out for the surface.
func (s Surface) Scoreboard(b Scoreboard) []Line {
	var lines []Line
	if heading := s.heading(b.Heading); heading != nil {
		lines = append(lines, heading)
	}
	lines = append(lines, s.Lines(s.points(b))...)
	for _, note := range b.Notes {
		lines = append(lines, Line{{Text: "  "}, s.Glyph("note"), {Text: " " + note}})
	}
	lines = append(lines, s.Lines(s.losses(b))...)
	if b.More > 0 {
		lines = append(lines, Words(Faint, "  and %d more", b.More))
	}
	for _, foot := range b.Footer {
		lines = append(lines, Line{{Text: foot}})
	}
	return lines
}

func (s Surface) heading(parts []string) Line {
	dot := " - "
	if s.Unicode {
		dot = " · "
	}
	var line Line
	for i, part := range parts {
		style := Faint
		if i == 0 {
			style = Strong
		} else {
			line = append(line, Span{dot, Faint})
		}
		line = append(line, Span{part, style})
	}
	return line
}

func (s Surface) points(b Scoreboard) Table {
	table := Table{Indent: "  ", Gap: "   ", Yields: 0, Rules: []int{len(b.Rows)}}
	if len(b.Rows) == 0 {
		table.Rules = nil
	}
	for _, row := range b.Rows {
		table.Rows = append(table.Rows, s.pointsRow(row, Normal))
	}
	if b.Total.Title != "" {
		table.Rows = append(table.Rows, s.pointsRow(b.Total, Strong))
	}
	return table
}

func (s Surface) pointsRow(row ScoreRow, style Style) []Cell {
	cells := []Cell{{Line: Line{{row.Title, style}}}, {Line: Line{{row.Score, style}}, Right: true}}
	if s.Width == 0 || s.Width >= barsFitFrom {
		var bar Line
		if row.Share >= 0 {
			bar = s.Bar(row.Share, barColumns)
		}
		cells = append(cells, Cell{Line: bar})
	}
	var counts Line
	for _, count := range row.Counts {
		if count.N == 0 {
			continue
		}
		if len(counts) > 0 {
			counts = append(counts, Span{Text: "  "})
		}
		counts = append(counts, s.Count(count.Verdict, count.N))
	}
	return append(cells, Cell{Line: counts})
}

// losses leaves out where to read more, before it shortens what was seen.
func (s Surface) losses(b Scoreboard) Table {
	table := Table{Gap: "   ", Yields: 1}
	for _, loss := range b.Losses {
		sign := s.Glyph(loss.Verdict)
		table.Rows = append(table.Rows, []Cell{
			{Line: Line{sign, {Text: " " + loss.Check}}},
			{Line: Line{{Text: loss.Seen}}},
			{Line: Line{{Text: loss.Points}}, Right: true},
			{Line: Line{{loss.More, Faint}}},
		})
	}
	if s.Width > 0 && table.width(table.widths()) > s.Width {
		for i := range table.Rows {
			table.Rows[i] = table.Rows[i][:3]
		}
	}
	return table
}
