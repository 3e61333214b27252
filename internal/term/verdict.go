package term

import (
	"fmt"
	"strings"
)

// mark is how a verdict looks.
type mark struct {
	glyph string // one column
	ascii string
	style Style
}

// markOf knows the verdicts of a check and the outcomes of a run by their words. A
// word that it does not know gets a mark of its own, so that nothing is hidden.
func markOf(verdict string) mark {
	switch verdict {
	case "pass", "graded":
		return mark{"✓", "+", Good}
	case "partial":
		return mark{"≈", "~", Middle}
	case "fail", "refused":
		return mark{"✗", "x", Bad}
	case "blocked":
		return mark{"–", "-", Bad}
	case "duplicate":
		return mark{"=", "=", Faint}
	case "not_applicable":
		return mark{"·", ".", Faint}
	case "not_assessed":
		return mark{"?", "?", Faint}
	case "needs_review":
		return mark{"◇", "o", Asking}
	}
	return mark{"!", "!", Middle}
}

// Glyph is the one-column sign of a verdict, coloured.
func (s Surface) Glyph(verdict string) Span {
	found := markOf(verdict)
	if s.Unicode {
		return Span{found.glyph, found.style}
	}
	return Span{found.ascii, found.style}
}

// Verdict is glyph and word: "✗ fail", "· not applicable".
func (s Surface) Verdict(verdict string) Span {
	sign := s.Glyph(verdict)
	return Span{sign.Text + " " + strings.ReplaceAll(verdict, "_", " "), sign.Style}
}

// Count is glyph and number: "✗ 2".
func (s Surface) Count(verdict string, n int) Span {
	sign := s.Glyph(verdict)
	return Span{fmt.Sprintf("%s %d", sign.Text, n), sign.Style}
}

// Bar draws a share from 0 to 1. It is full only for 1 and empty only for 0, so that a
// lost point and an earned one are always seen.
func (s Surface) Bar(share float64, columns int) Line {
	full, empty := "#", "."
	if s.Unicode {
		full, empty = "█", "░"
	}
	filled := int(share*float64(columns) + 0.5)
	if filled >= columns && share < 1 {
		filled = columns - 1
	}
	if filled <= 0 && share > 0 {
		filled = 1
	}
	filled = min(max(filled, 0), columns)
	return Line{{strings.Repeat(full, filled), Normal}, {strings.Repeat(empty, columns-filled), Faint}}
}
