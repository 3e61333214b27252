package report

import (
	"strings"
	"unicode"
)

// columns is how many terminal columns text takes: none for a combining mark, two
// for a wide East Asian character or an emoji, one for every other.
func columns(text string) int {
	total := 0
	for _, r := range text {
		total += runeColumns(r)
	}
	return total
}

func runeColumns(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me) {
		return 0
	}
	for _, wide := range [][2]rune{
		{0x1100, 0x115F},
		{0x2E80, 0xA4CF},
		{0xAC00, 0xD7A3},
		{0xF900, 0xFAFF},
		{0xFE30, 0xFE6F},
		{0xFF00, 0xFF60},
		{0xFFE0, 0xFFE6},
		{0x1F300, 0x1FAFF},
		{0x20000, 0x3FFFD},
	} {
		if wide[0] <= r && r <= wide[1] {
			return 2
		}
	}
	return 1
}

// fit cuts text to at most width columns, the last of which is then an ellipsis.
func fit(text string, width int) string {
	if columns(text) <= width {
		return text
	}
	used := 0
	for i, r := range text {
		if used += runeColumns(r); used > width-1 {
			return text[:i] + "…"
		}
	}
	return text
}

// pad fills text with spaces on its right up to width columns.
func pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-columns(text)))
}

// padLeft fills text with spaces on its left up to width columns.
func padLeft(text string, width int) string {
	return strings.Repeat(" ", max(0, width-columns(text))) + text
}

// wrap breaks text between words into lines of at most width columns; a word that is
// longer than a line is cut.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		word = fit(word, width)
		switch {
		case line == "":
			line = word
		case columns(line)+1+columns(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = word
		}
	}
	return append(lines, line)
}
