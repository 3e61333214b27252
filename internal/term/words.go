package term

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// Style is how a word looks. Colour means a verdict only, and never stands alone: a
// glyph and a word say the same.
type Style int

// The styles. Strong and Faint are no colours.
const (
	Normal Style = iota
	Strong
	Faint
	Good   // green
	Bad    // red
	Middle // yellow
	Asking // cyan: for a human to look at
)

// Span is a piece of text in one style.
type Span struct {
	Text  string
	Style Style
}

// Line is one line of differently styled pieces.
type Line []Span

// Words makes a Line of one piece.
func Words(style Style, format string, arguments ...any) Line {
	return Line{{Text: fmt.Sprintf(format, arguments...), Style: style}}
}

// Render writes a line as the surface can show it, without the line break.
func (s Surface) Render(line Line) string {
	var out strings.Builder
	for _, span := range line {
		out.WriteString(s.paint(span.Style, oneLine(span.Text)))
	}
	return out.String()
}

// Println writes lines. That a stream to the reader is closed is nothing to report to the reader.
func (s Surface) Println(lines ...Line) {
	var out strings.Builder
	for _, line := range lines {
		out.WriteString(s.Render(line))
		out.WriteByte('\n')
	}
	_, _ = s.Write([]byte(out.String()))
}

func (s Surface) paint(style Style, text string) string {
	if !s.Colour || text == "" {
		return text
	}
	switch style {
	case Strong:
		return ansi.NewStyle().Bold().Styled(text)
	case Faint:
		return ansi.NewStyle().Faint().Styled(text)
	case Good:
		return ansi.NewStyle().ForegroundColor(ansi.Green).Styled(text)
	case Bad:
		return ansi.NewStyle().ForegroundColor(ansi.Red).Styled(text)
	case Middle:
		return ansi.NewStyle().ForegroundColor(ansi.Yellow).Styled(text)
	case Asking:
		return ansi.NewStyle().ForegroundColor(ansi.Cyan).Styled(text)
	case Normal:
	}
	return text
}

// width is how many columns text takes; wide characters take two.
func width(text string) int { return ansi.StringWidth(text) }

// clip shortens text to a number of columns, and shows that it did.
func (s Surface) clip(text string, columns int) string {
	mark := "..."
	if s.Unicode {
		mark = "…"
	}
	if columns <= width(mark) {
		mark = ""
	}
	return ansi.Truncate(text, max(columns, 0), mark)
}

// Clip shortens a line to a number of columns.
func (s Surface) Clip(line Line, columns int) Line {
	var clipped Line
	for _, span := range line {
		text := oneLine(span.Text)
		if taken := width(text); taken <= columns {
			clipped, columns = append(clipped, Span{text, span.Style}), columns-taken
			continue
		}
		return append(clipped, Span{s.clip(text, columns), span.Style})
	}
	return clipped
}

// Safe removes what can repaint a terminal or reorder a line: control characters but
// line feed and tab, the controls of writing direction, and bytes that are not UTF-8.
func Safe(text string) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if strings.IndexFunc(text, isUnsafe) < 0 {
		return text
	}
	return strings.Map(func(r rune) rune {
		if isUnsafe(r) {
			return -1
		}
		return r
	}, text)
}

// Both U+2028 and U+2029 end a line for some terminals.
func isUnsafe(r rune) bool {
	return r != '\n' && r != '\t' && unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r)
}

// oneLine is safe text without breaks, so that it cannot leave its place.
func oneLine(text string) string {
	return strings.NewReplacer("\n", " ", "\t", " ").Replace(Safe(text))
}
