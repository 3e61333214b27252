package notation

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// dbmlToken is a word, a quoted text or a sign of DBML. Line breaks are tokens: they end statements.
type dbmlToken struct {
	kind dbmlKind
	text string // without quotes
	line int
}

type dbmlKind int

const (
	dbmlEnd    dbmlKind = iota
	dbmlBreak           // end of a line
	dbmlWord            // users, 255, #fff
	dbmlName            // "quoted"
	dbmlString          // 'note' or '''note''' or `expression`
	dbmlSign            // { } [ ] ( ) : , . < > - ~ and <>
)

// scanDBML cuts a text into tokens, comments left out. It always ends with dbmlEnd.
func scanDBML(b *builder, text string) []dbmlToken {
	var tokens []dbmlToken
	line := 1
	emit := func(kind dbmlKind, text string) { tokens = append(tokens, dbmlToken{kind, text, line}) }
	for len(text) > 0 {
		switch c := text[0]; {
		case c == '\n':
			emit(dbmlBreak, "")
			line++
			text = text[1:]
		case c == ' ' || c == '\t' || c == '\r':
			text = text[1:]
		case strings.HasPrefix(text, "//"):
			text = text[lineEnd(text):]
		case strings.HasPrefix(text, "/*"):
			body, after, closed := strings.Cut(text[2:], "*/")
			if !closed {
				b.problem(line, "the comment is not closed")
			}
			line += strings.Count(body, "\n")
			text = after
		case strings.HasPrefix(text, "'''"), c == '"', c == '\'', c == '`':
			body, after, closed := quotedDBML(text)
			kind := dbmlString
			if c == '"' {
				kind = dbmlName
			}
			emit(kind, body)
			if !closed {
				b.problem(line, "the quoted text is not closed")
			}
			line += strings.Count(text[:len(text)-len(after)], "\n")
			text = after
		case strings.HasPrefix(text, "<>"):
			emit(dbmlSign, "<>")
			text = text[2:]
		case strings.IndexByte("{}[]():,.<>-~", c) >= 0:
			emit(dbmlSign, text[:1])
			text = text[1:]
		default:
			end := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("{}[]():,.<>-~\"'`", r) })
			if end < 0 {
				end = len(text)
			}
			if end == 0 { // a kind of space that is none of the above
				_, end = utf8.DecodeRuneInString(text)
			} else {
				emit(dbmlWord, text[:end])
			}
			text = text[end:]
		}
	}
	emit(dbmlEnd, "")
	return tokens
}

func lineEnd(text string) int {
	if end := strings.IndexByte(text, '\n'); end >= 0 {
		return end
	}
	return len(text)
}

// quotedDBML cuts a quoted text. Only a text in three quotes may go on in the next line.
func quotedDBML(text string) (body, after string, closed bool) {
	if strings.HasPrefix(text, "'''") {
		body, after, closed = strings.Cut(text[3:], "'''")
		return body, after, closed
	}
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case text[0]:
			return text[1:i], text[i+1:], true
		case '\n':
			return text[1:i], text[i:], false
		}
	}
	return text[1:], "", false
}
