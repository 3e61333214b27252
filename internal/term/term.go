// Package term is what takehome knows about terminals: whether there is one, how wide
// it is, which colours and characters it shows, and how the words of a report look on
// it. It stands at the end of the straight line, beside the report's formats: cli hands
// it words, and it decides nothing about a score.
//
// Whatever is written here counts as safe already; control characters are removed once
// more, cheaply, as a second wall between a stranger's bytes and the reader's terminal.
package term

import (
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/term"
)

// Streams are the three streams of the process. The result goes to Out; progress,
// notes and logs go to Err.
type Streams struct {
	In       io.Reader
	InIsTerm bool
	Out      Surface
	Err      Surface
}

// Surface is a stream to write on and what it can show. The zero value of the
// capabilities is a plain pipe.
type Surface struct {
	io.Writer
	IsTerminal bool
	Colour     bool // styles may be used
	Unicode    bool // glyphs beyond ASCII may be used
	CanRewrite bool // the cursor can be moved back over what was written
	Width      int  // in columns; 0: unknown, nothing is shortened

	size func() (width, height int) // of the terminal now; nil: unknown
}

// ColorMode says when to use colours.
type ColorMode string

// Auto means: on a terminal, unless NO_COLOR is set or TERM is dumb.
const (
	ColorAuto   ColorMode = "auto"
	ColorAlways ColorMode = "always"
	ColorNever  ColorMode = "never"
)

// Lookup finds an environment variable, as os.LookupEnv does.
type Lookup func(name string) (value string, found bool)

// Probe looks at the streams and the environment, once.
func Probe(in, out, err *os.File, lookup Lookup, color ColorMode) Streams {
	return Streams{
		In: in, InIsTerm: term.IsTerminal(int(in.Fd())),
		Out: probe(out, lookup, color), Err: probe(err, lookup, color),
	}
}

// Plain are streams without any capability, for pipes and tests.
func Plain(in io.Reader, out, err io.Writer) Streams {
	return Streams{In: in, Out: Surface{Writer: out}, Err: Surface{Writer: err}}
}

func probe(file *os.File, lookup Lookup, color ColorMode) Surface {
	descriptor := int(file.Fd())
	s := Surface{Writer: file, IsTerminal: term.IsTerminal(descriptor)}
	s.Unicode = showsUnicode(lookup)
	name, _ := lookup("TERM")
	isCapable := s.IsTerminal && name != "dumb" && (name != "" || runtime.GOOS == "windows")
	s.CanRewrite = isCapable && understandsEscapes(file)
	s.Colour = wantsColour(s.CanRewrite, lookup, color)
	if s.IsTerminal {
		s.size = func() (int, int) {
			width, height, err := term.GetSize(descriptor)
			if err != nil {
				return 0, 0
			}
			return width, height
		}
		s.Width = firstWidth(s.size, lookup)
	}
	return s
}

func wantsColour(isCapable bool, lookup Lookup, color ColorMode) bool {
	switch color {
	case ColorAlways:
		return true
	case ColorNever:
		return false
	case ColorAuto:
	}
	no, _ := lookup("NO_COLOR") // no-color.org: set and not empty
	return isCapable && no == ""
}

// showsUnicode reads the locale: the first of the variables that is set and not empty (POSIX XBD 8.2).
// Windows has none of them, and shows Unicode.
func showsUnicode(lookup Lookup) bool {
	for _, variable := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value, _ := lookup(variable); value != "" {
			folded := strings.ToUpper(strings.ReplaceAll(value, "-", ""))
			return strings.HasSuffix(folded, "UTF8") || strings.Contains(folded, "UTF8@")
		}
	}
	return runtime.GOOS == "windows"
}

// usualWidth is for a terminal that does not tell its width.
const usualWidth = 80

func firstWidth(size func() (int, int), lookup Lookup) int {
	if width, _ := size(); width > 0 {
		return width
	}
	columns, _ := lookup("COLUMNS")
	if width, err := strconv.Atoi(columns); err == nil && width > 0 {
		return width
	}
	return usualWidth
}

// now is the size of the terminal at this moment, or what was known before.
func (s Surface) now() (width, height int) {
	if s.size != nil {
		if width, height := s.size(); width > 0 {
			return width, height
		}
	}
	return s.Width, 0
}
