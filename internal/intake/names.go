package intake

import (
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// checkName refuses names that lie to a reader or that not every system can hold, and
// returns a note about those that are only odd.
func checkName(at string) (note string, err error) {
	const hint = "rename it, using letters, digits, dots, dashes and underscores"
	name := path.Base(at)
	if !utf8.ValidString(name) {
		return "", refuse(ruleName, at, "the name is not UTF-8", hint)
	}
	if strings.Contains(name, `\`) {
		return "", refuse(ruleName, at, "the name holds a backslash, which separates folders on other systems", hint)
	}
	for _, r := range name {
		switch {
		case unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp):
			return "", refuse(ruleName, at, "the name holds a control character", hint)
		case unicode.Is(unicode.Bidi_Control, r):
			return "", refuse(ruleName, at, "the name holds a character that reverses the direction of reading", hint)
		case unicode.Is(unicode.Cf, r):
			note = fmt.Sprintf("the name %s holds invisible characters", takehome.Line(at))
		}
	}
	return note, nil
}

// collisions notes names in one folder that some systems take for the same: they
// differ only in the case of letters or in how accents are composed (NFC, NFD). All of
// them are kept, in every run: the program is graded on a system that tells them apart.
func (s *surveyor) collisions(children []entry) []string {
	var notes []string
	first := make(map[string]string, len(children))
	for _, child := range children {
		folded := fold(path.Base(child.from))
		before, exists := first[folded]
		if !exists {
			first[folded] = child.from
			continue
		}
		notes = append(notes, fmt.Sprintf("%s and %s have the same name on systems that do not tell upper from lower case or NFC from NFD",
			takehome.Line(s.inside(before)), takehome.Line(s.inside(child.from))))
	}
	return notes
}

func fold(name string) string {
	return norm.NFC.String(strings.ToLower(strings.ToUpper(norm.NFC.String(name))))
}
