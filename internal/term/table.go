package term

import "strings"

// Cell is one field of a table.
type Cell struct {
	Line
	Right bool // aligned to the right
}

// Table lays out rows in columns that are as wide as their widest cell.
type Table struct {
	Indent string
	Gap    string // between columns
	Rows   [][]Cell
	// Yields is the column that is shortened where a row is wider than the surface; -1: none.
	Yields int
	// Rules are the numbers of rows before which a line is drawn.
	Rules []int
}

// narrowest is how far a column yields.
const narrowest = 8

// Lines lays the table out for the surface.
func (s Surface) Lines(t Table) []Line {
	widths := t.widths()
	total := t.width(widths)
	if s.Width > 0 && total > s.Width && t.Yields >= 0 && t.Yields < len(widths) {
		given := min(total-s.Width, max(widths[t.Yields]-narrowest, 0))
		widths[t.Yields] -= given
		total -= given
	}
	lines := make([]Line, 0, len(t.Rows)+len(t.Rules))
	for number, row := range t.Rows {
		for _, before := range t.Rules {
			if before == number {
				lines = append(lines, Line{{t.Indent + strings.Repeat("-", total-width(t.Indent)), Faint}})
			}
		}
		lines = append(lines, s.layOut(t, row, widths))
	}
	return lines
}

func (t Table) widths() []int {
	var widths []int
	for _, row := range t.Rows {
		for column, cell := range row {
			if column == len(widths) {
				widths = append(widths, 0)
			}
			widths[column] = max(widths[column], cell.width())
		}
	}
	return widths
}

// width is that of a whole row with the given columns.
func (t Table) width(columns []int) int {
	total := width(t.Indent) + width(t.Gap)*max(len(columns)-1, 0)
	for _, column := range columns {
		total += column
	}
	return total
}

func (l Line) width() int {
	total := 0
	for _, span := range l {
		total += width(oneLine(span.Text))
	}
	return total
}

func (s Surface) layOut(t Table, row []Cell, widths []int) Line {
	for len(row) > 0 && row[len(row)-1].width() == 0 {
		row = row[:len(row)-1] // no blanks at the end of a line
	}
	if len(row) == 0 {
		return nil
	}
	line := Line{{Text: t.Indent}}
	for column, cell := range row {
		if column > 0 {
			line = append(line, Span{Text: t.Gap})
		}
		content := s.Clip(cell.Line, widths[column])
		padding := Span{Text: strings.Repeat(" ", widths[column]-content.width())}
		switch {
		case cell.Right:
			line = append(append(line, padding), content...)
		case column == len(row)-1:
			line = append(line, content...)
		default:
			line = append(append(line, content...), padding)
		}
	}
	return line
}
