package notation

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// dotToken is an identifier or a sign of the DOT language (graphviz.org/doc/info/lang.html).
type dotToken struct {
	kind dotKind
	text string // without quotes or the outer angle brackets
	line int
}

type dotKind int

const (
	dotEnd    dotKind = iota
	dotWord           // users, 12
	dotQuoted         // "users", never a keyword
	dotHTML           // <<table>…</table>>
	dotSign           // { } [ ] = ; , : -> --
)

// scanDOT cuts a text into tokens, comments left out. It always ends with dotEnd.
func scanDOT(b *builder, text string) []dotToken {
	var tokens []dotToken
	line := 1
	atStart := true // of a line
	for len(text) > 0 {
		emit := func(kind dotKind, text string) { tokens = append(tokens, dotToken{kind, text, line}) }
		taken := 1
		switch c := text[0]; {
		case c == '\n':
			line++
			atStart = true
			text = text[1:]
			continue
		case c == ' ' || c == '\t' || c == '\r':
			text = text[1:]
			continue
		case c == '#' && atStart, strings.HasPrefix(text, "//"):
			taken = lineEnd(text)
		case strings.HasPrefix(text, "/*"):
			end := strings.Index(text[2:], "*/")
			if end < 0 {
				b.problem(line, "the comment is not closed")
				taken = len(text)
			} else {
				taken = end + 4
			}
		case c == '"':
			var word string
			var closed bool
			if word, taken, closed = quotedDOT(text); !closed {
				b.problem(line, "the quoted text is not closed")
			}
			emit(dotQuoted, word)
		case c == '<':
			var closed bool
			if taken, closed = htmlDOT(text); !closed {
				b.problem(line, "the label <…> is not closed")
			}
			emit(dotHTML, strings.TrimSuffix(text[1:taken], ">"))
		case strings.HasPrefix(text, "->"), strings.HasPrefix(text, "--"):
			taken = 2
			emit(dotSign, text[:2])
		case strings.IndexByte("{}[]=;,:+", c) >= 0:
			emit(dotSign, text[:1])
		default:
			taken = wordDOT(text)
			emit(dotWord, text[:taken])
		}
		atStart = false
		line += strings.Count(text[:taken], "\n")
		text = text[taken:]
	}
	return append(tokens, dotToken{dotEnd, "", line})
}

// quotedDOT cuts a quoted text. The backslash keeps its meaning for labels, but not before a quote.
func quotedDOT(text string) (word string, taken int, closed bool) {
	var out strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '"':
			return out.String(), i + 1, true
		case text[i] == '\\' && i+1 < len(text) && text[i+1] == '"':
			out.WriteByte('"')
			i++
		case text[i] == '\\' && i+1 < len(text) && text[i+1] == '\n':
			i++
		default:
			out.WriteByte(text[i])
		}
	}
	return out.String(), len(text), false
}

// htmlDOT measures a label in balanced angle brackets.
func htmlDOT(text string) (taken int, closed bool) {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '<':
			depth++
		case '>':
			if depth--; depth == 0 {
				return i + 1, true
			}
		}
	}
	return len(text), false
}

func wordDOT(text string) int {
	for i, r := range text {
		if r == '-' && i == 0 { // a negative number
			continue
		}
		if r != '_' && r != '.' && r < utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return max(i, 1)
		}
	}
	return len(text)
}
