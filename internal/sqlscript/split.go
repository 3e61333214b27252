// Package sqlscript reads migration files written in SQL: it finds the half that leads up,
// leaves out what concerns the server instead of the database, and puts files in the
// order in which their tool would run them.
package sqlscript

import (
	"regexp"
	"strings"
)

// statement is one statement with the comments before it, and without its semicolon.
type statement struct{ text string }

// split cuts a script at the semicolons that end statements: not at those in quotes,
// dollar quotes or comments, nor at those of a BEGIN ATOMIC body, which nothing but a
// parser could tell and which migrations do not use.
func split(script string) []statement {
	var (
		made  []statement
		start int
	)
	for i := 0; i < len(script); {
		if script[i] != ';' {
			i = skip(script, i)
			continue
		}
		made = append(made, statement{script[start:i]})
		i++
		start = i
	}
	if strings.TrimSpace(script[start:]) != "" {
		made = append(made, statement{script[start:]})
	}
	return made
}

var dollarTag = regexp.MustCompile(`^\$(?:[A-Za-z_\x80-\xff][A-Za-z0-9_\x80-\xff]*)?\$`)

// skip returns where the token at i ends: a comment, a quoted text, or one byte.
func skip(script string, i int) int {
	rest := script[i:]
	switch {
	case strings.HasPrefix(rest, "--"):
		return after(script, i, "\n")
	case strings.HasPrefix(rest, "/*"):
		return skipComment(script, i)
	case rest[0] == '\'':
		return skipQuoted(script, i, '\'', escapesBefore(script, i))
	case rest[0] == '"':
		return skipQuoted(script, i, '"', false)
	case rest[0] == '$' && (i == 0 || !isWordByte(script[i-1])):
		if tag := dollarTag.FindString(rest); tag != "" {
			return after(script, i+len(tag), tag)
		}
	}
	return i + 1
}

func isWordByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= 0x80
}

// escapesBefore reports whether the quote at i begins a text of the form E'…'.
func escapesBefore(script string, i int) bool {
	return i > 0 && (script[i-1] == 'E' || script[i-1] == 'e') && (i == 1 || !isWordByte(script[i-2]))
}

// after returns the place behind the next occurrence of mark, or the end.
func after(script string, from int, mark string) int {
	at := strings.Index(script[from:], mark)
	if at < 0 {
		return len(script)
	}
	return from + at + len(mark)
}

// skipComment skips a block comment; Postgres nests them.
func skipComment(script string, i int) int {
	depth := 0
	for i < len(script) {
		switch {
		case strings.HasPrefix(script[i:], "/*"):
			depth++
			i += 2
		case strings.HasPrefix(script[i:], "*/"):
			depth--
			i += 2
			if depth == 0 {
				return i
			}
		default:
			i++
		}
	}
	return i
}

func skipQuoted(script string, i int, quote byte, escapes bool) int {
	for i++; i < len(script); i++ {
		switch {
		case escapes && script[i] == '\\':
			i++
		case script[i] == quote:
			return i + 1
		}
	}
	return len(script)
}

// bare is a statement without comments and with single spaces, for looking at its words.
func (s statement) bare() string {
	var out strings.Builder
	for i := 0; i < len(s.text); {
		next := skip(s.text, i)
		if strings.HasPrefix(s.text[i:], "--") || strings.HasPrefix(s.text[i:], "/*") {
			out.WriteByte(' ')
		} else {
			out.WriteString(s.text[i:next])
		}
		i = next
	}
	return strings.Join(strings.Fields(out.String()), " ")
}
