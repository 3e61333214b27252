// Package words takes command lines apart: it splits them into words as a shell would,
// without ever running one, and tells which of them need a shell.
package words

import (
	"errors"
	"regexp"
	"strings"
)

// Limit is the length in bytes of the longest command line that is looked at.
const Limit = 8 << 10

var errUnclosed = errors.New("a quote is not closed")

// Split makes words of a line by the quoting rules of POSIX shells (2.2 of the Shell
// Command Language): quotes, double quotes and backslashes. Variables, operators and
// patterns stay as they are.
func Split(line string) ([]string, error) {
	if len(line) > Limit {
		return nil, errors.New("it is too long")
	}
	var (
		made  []string
		word  strings.Builder
		open  bool // a word has begun, be it empty
		quote rune // the quote that is open
	)
	runes := []rune(line)
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		switch {
		case quote == '\'' && r != '\'':
			word.WriteRune(r)
		case quote == '"' && r == '\\' && i+1 < len(runes) && strings.ContainsRune("$`\"\\\n", runes[i+1]):
			i++
			if runes[i] != '\n' {
				word.WriteRune(runes[i])
			}
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '\'' || r == '"':
			quote, open = r, true
		case r == '\\' && i+1 < len(runes):
			i++
			if runes[i] != '\n' {
				word.WriteRune(runes[i])
				open = true
			}
		case r == ' ' || r == '\t' || r == '\n' || r == '\r':
			if open {
				made = append(made, word.String())
				word.Reset()
				open = false
			}
		default:
			word.WriteRune(r)
			open = true
		}
	}
	if quote != 0 {
		return nil, errUnclosed
	}
	if open {
		made = append(made, word.String())
	}
	return made, nil
}

// NeedsShell reports whether a line means something to a shell that plain words cannot
// say: operators, variables, substitutions, patterns or redirections outside single quotes.
func NeedsShell(line string) bool {
	quote := rune(0)
	escaped := false
	for _, r := range line {
		switch {
		case escaped:
			escaped = false
		case quote == '\'':
			if r == '\'' {
				quote = 0
			}
		case r == '\\':
			escaped = true
		case r == '$' || r == '`':
			return true
		case quote == '"':
			if r == '"' {
				quote = 0
			}
		case r == '\'' || r == '"':
			quote = r
		case strings.ContainsRune("&|;<>()*?[]{}~#\n", r):
			return true
		}
	}
	return false
}

var assignment = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*=`)

// CutAssignments separates the leading NAME=value words of a command from the command.
func CutAssignments(command []string) (assignments, rest []string) {
	for i, word := range command {
		if !assignment.MatchString(word) {
			return command[:i], command[i:]
		}
	}
	return command, nil
}
