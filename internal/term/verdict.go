package term

import (
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
