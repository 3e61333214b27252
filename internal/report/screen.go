package report

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// Painter colours text for a terminal. Colour means a verdict and never stands alone:
// the text it is given already says everything.
type Painter interface {
	Verdict(verdict takehome.Verdict, text string) string
	Bold(text string) string
	Dim(text string) string
}

// Look is how text is shown. The zero value is for a pipe: plain, 80 columns.
type Look struct {
	Painter Painter // nil: no colours
	Width   int     // columns of the terminal; 0: 80
	ASCII   bool    // the terminal cannot show UTF-8
	HTML    string  // path of the page that was written, to be named at the end; may be empty
	JSON    string  // path of the report that was written; may be empty
}

// plain is the painter of a pipe.
type plain struct{}

func (plain) Verdict(_ takehome.Verdict, text string) string { return text }
func (plain) Bold(text string) string                        { return text }
func (plain) Dim(text string) string                         { return text }

// Narrower than this nothing can be laid out; wider than this nothing is read well.
const (
	narrowest = 40
	widest    = 120
)

// screen collects lines of text under one look.
type screen struct {
	Painter
	width int
	ascii bool
	out   strings.Builder
}

func newScreen(look Look) *screen {
	s := &screen{Painter: look.Painter, width: look.Width, ascii: look.ASCII}
	if s.Painter == nil {
		s.Painter = plain{}
	}
	if s.width == 0 {
		s.width = 80
	}
	s.width = min(max(s.width, narrowest), widest)
	return s
}

// line adds one line, without the spaces at its end.
func (s *screen) line(text string) {
	s.out.WriteString(s.inert(strings.TrimRight(text, " ")) + "\n")
}

func (s *screen) linef(format string, args ...any) { s.line(fmt.Sprintf(format, args...)) }

func (s *screen) gap() { s.line("") }

// paragraph adds text wrapped to the width, every line behind the indent.
func (s *screen) paragraph(indent, text string) { s.labelled(indent, indent, text) }

// labelled adds wrapped text behind a label, its further lines behind the indent.
func (s *screen) labelled(label, indent, text string) {
	for i, part := range wrap(takehome.Clean(text), s.width-columns(indent)) {
		if i > 0 {
			label = indent
		}
		s.line(label + part)
	}
}

// block adds a stranger's lines as they are, each behind a bar.
func (s *screen) block(indent, text string) {
	for part := range strings.Lines(takehome.Clean(text)) {
		s.line(indent + "| " + strings.TrimSuffix(part, "\n"))
	}
}

func (s *screen) glyph(verdict takehome.Verdict) string {
	words := wordingOf(verdict)
	if s.ascii {
		return words.ASCII
	}
	return words.Glyph
}

// inert keeps a line from being a command to a CI system that reads the log (a
// GitHub workflow command is a line that begins with "::", or holds "##["), and
// from showing rubbish on a terminal that knows ASCII only.
func (s *screen) inert(line string) string {
	if rest := strings.TrimLeftFunc(line, unicode.IsSpace); strings.HasPrefix(rest, "::") {
		line = line[:len(line)-len(rest)] + `\u{3A}` + rest[1:]
	}
	line = strings.ReplaceAll(line, "##[", `#\u{23}[`)
	if !s.ascii {
		return line
	}
	var out strings.Builder
	for _, r := range line {
		switch {
		case r < 0x80:
			out.WriteRune(r)
		case r == '…':
			out.WriteString("...")
		case r == '−', r == '–', r == '─', r == '·':
			out.WriteByte('-')
		default:
			fmt.Fprintf(&out, `\u{%02X}`, r)
		}
	}
	return out.String()
}

func (s *screen) writeTo(w io.Writer) error {
	_, err := io.WriteString(w, s.out.String())
	return err
}
