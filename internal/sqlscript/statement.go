package sqlscript

import (
	"regexp"
	"slices"
	"strings"
)

// Kind tells what a piece of a script is for.
type Kind string

// The kinds of statements.
const (
	SQL  Kind = "sql"
	Copy Kind = "copy" // COPY … FROM stdin, with the rows that follow it
	Psql Kind = "psql" // a command that only psql understands, such as \connect
)

// Statement is one statement of a script, without the comments before it and the
// semicolon behind it.
type Statement struct {
	Kind Kind
	Text string
	Line int    // of its first word, from 1
	Rows string // of Copy, in the text format of COPY
}

// Statements cuts a script as psql would: at the semicolons that end statements, not at
// those in quotes, comments, the body of a BEGIN ATOMIC function or the actions of a rule.
// Commands of psql are statements of their own. It takes any bytes, in linear time.
func Statements(text string) []Statement {
	scan := scanner{text: text, lines: lineBreaks(text)}
	scan.begin()
	for scan.at < len(text) {
		scan.step()
	}
	scan.end(SQL, len(text))
	return scan.made
}

// scanner walks over a script and cuts off one statement after the other.
type scanner struct {
	text  string
	at    int
	lines []int // where line breaks are
	made  []Statement

	// Of the statement that is being read.
	first   int      // where its first word is; -1: nothing but blanks and comments so far
	blanked [][2]int // commands of psql inside of it
	words   []string // its first words
	depth   int      // of BEGIN ATOMIC and CASE, or of a rule's parentheses
}

func lineBreaks(text string) []int {
	var breaks []int
	for at := range len(text) {
		if text[at] == '\n' {
			breaks = append(breaks, at)
		}
	}
	return breaks
}

// line is the line of a place, from 1.
func (s *scanner) line(at int) int {
	before, _ := slices.BinarySearch(s.lines, at)
	return before + 1
}

func (s *scanner) step() {
	b := s.text[s.at]
	switch {
	case b == ';' && s.depth == 0:
		s.end(SQL, s.at)
		s.at++
		s.begin()
		s.takeRows()
		return
	case b == '\\':
		s.command()
		return
	case isBlank(b):
		s.at++
		return
	case strings.HasPrefix(s.text[s.at:], "--"), strings.HasPrefix(s.text[s.at:], "/*"):
		s.at = skip(s.text, s.at)
		return
	}
	if s.first < 0 {
		s.first = s.at
	}
	switch {
	case isLetter(b) && (s.at == 0 || !isWordByte(s.text[s.at-1])):
		s.word()
	case (b == '(' || b == ')') && s.isRule():
		s.nest(b == '(')
		s.at++
	default:
		s.at = skip(s.text, s.at)
	}
}

// begin starts another statement.
func (s *scanner) begin() {
	s.first, s.words, s.depth, s.blanked = -1, nil, 0, nil
}

// end makes a statement of what was read, up to a place, if it is more than comments.
func (s *scanner) end(kind Kind, to int) {
	if s.first < 0 {
		return
	}
	text := s.text[s.first:to]
	if len(s.blanked) > 0 {
		raw := []byte(text)
		for _, each := range s.blanked {
			for i := each[0]; i < each[1]; i++ {
				raw[i-s.first] = ' '
			}
		}
		text = string(raw)
	}
	s.made = append(s.made, Statement{Kind: kind, Text: strings.TrimRight(text, blanks), Line: s.line(s.first)})
}

// sends are the commands of psql that end the statement before them.
var sends = regexp.MustCompile(`^\\(?:g|gx|gexec|gset|gdesc|crosstabview|watch)\b`)

// command takes a command of psql, which reaches to the end of its line.
func (s *scanner) command() {
	from := s.at
	s.at = len(s.text)
	if length := strings.IndexByte(s.text[from:], '\n'); length >= 0 {
		s.at = from + length
	}
	line := strings.TrimSpace(s.text[from:s.at])
	sent := sends.FindString(line)
	switch {
	case s.first < 0:
		s.made = append(s.made, Statement{Kind: Psql, Text: line, Line: s.line(from)})
	case sent == `\g` || sent == `\gx`:
		s.end(SQL, from)
		s.begin()
	case sent != "": // what psql makes of the answer cannot be known
		s.end(Psql, s.at)
		s.begin()
	default:
		s.made = append(s.made, Statement{Kind: Psql, Text: line, Line: s.line(from)})
		s.blanked = append(s.blanked, [2]int{from, s.at})
	}
}

// takeRows takes the rows behind a COPY … FROM stdin, up to the line \. or the end.
func (s *scanner) takeRows() {
	if len(s.made) == 0 {
		return
	}
	last := &s.made[len(s.made)-1]
	if last.Kind != SQL || !startsCopy.MatchString(last.Text) || !copiesFromInput.MatchString(last.Bare()) {
		return
	}
	last.Kind = Copy
	if at := strings.IndexByte(s.text[s.at:], '\n'); at >= 0 {
		s.at += at + 1
	} else {
		s.at = len(s.text)
	}
	rows := s.text[s.at:]
	if end := endOfRows.FindStringIndex(rows); end != nil {
		rows, s.at = rows[:end[0]], s.at+end[1]
	} else {
		s.at = len(s.text)
	}
	last.Rows = rows
	s.begin()
}

var (
	startsCopy = regexp.MustCompile(`(?i)^copy\b`)
	endOfRows  = regexp.MustCompile(`(?m)^\\\.[ \t\r]*$`)
)

const firstWordsKept = 4 // create or replace function

// word takes one word, and keeps count of the blocks of a function's body.
func (s *scanner) word() {
	from := s.at
	for s.at < len(s.text) && isWordByte(s.text[s.at]) {
		s.at++
	}
	word := s.text[from:s.at]
	if len(word) > len("procedure") {
		word = ""
	}
	word = strings.ToLower(word)
	if len(s.words) < firstWordsKept {
		s.words = append(s.words, word)
	}
	if !s.isRoutine() {
		return
	}
	switch {
	case word == "atomic" || word == "case" && s.depth > 0:
		s.depth++
	case word == "end" && s.depth > 0:
		s.depth--
	}
}

func (s *scanner) creates(kinds ...string) bool {
	if len(s.words) == 0 || s.words[0] != "create" {
		return false
	}
	return slices.ContainsFunc(s.words[1:], func(word string) bool { return slices.Contains(kinds, word) })
}

func (s *scanner) isRoutine() bool { return s.creates("function", "procedure") }
func (s *scanner) isRule() bool    { return s.creates("rule") }

func (s *scanner) nest(deeper bool) {
	switch {
	case deeper:
		s.depth++
	case s.depth > 0:
		s.depth--
	}
}

// leadingBlank is the length of white space and comments at the beginning of a text.
func leadingBlank(text string) int {
	at := 0
	for at < len(text) {
		switch {
		case strings.HasPrefix(text[at:], "--"), strings.HasPrefix(text[at:], "/*"):
			at = skip(text, at)
		case isBlank(text[at]):
			at++
		default:
			return at
		}
	}
	return at
}

// blanks are what Postgres takes for white space.
const blanks = " \t\r\n\f\v"

func isBlank(b byte) bool { return strings.IndexByte(blanks, b) >= 0 }

func isLetter(b byte) bool { return isWordByte(b) && (b < '0' || b > '9') }
