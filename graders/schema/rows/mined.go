package rows

import (
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// mined is what the texts of a column's constraints suggest.
type mined struct {
	texts    []string
	numbers  []string
	patterns []*syntax.Regexp
	likes    []string
	nullness bool // they speak of NULL
}

var (
	quotedText  = regexp.MustCompile(`'((?:[^']|'')*)'`)
	plainNumber = regexp.MustCompile(`(?:^|[^\w'.])\(?(-?\d+(?:\.\d+)?)\b`)
	nullTest    = regexp.MustCompile(`(?i)\bIS (NOT )?NULL\b|num_(non)?nulls|COALESCE`)
	// A pattern stands behind its operator: ~ for a regular expression, ~~ for LIKE.
	matchBefore = regexp.MustCompile(`(!?~{1,2}\*?|similar_to_escape\(|like_escape\()\s*$`)
)

// maxMined bounds what is taken from the texts of one column, which are a stranger's.
const maxMined = 24

// mine reads literals out of the definitions of constraints, as pg_get_constraintdef
// writes them.
func mine(definitions []string) mined {
	var found mined
	for _, definition := range definitions {
		found.nullness = found.nullness || nullTest.MatchString(definition)
		for _, at := range quotedText.FindAllStringSubmatchIndex(definition, maxMined) {
			text := strings.ReplaceAll(definition[at[2]:at[3]], "''", "'")
			found.literal(text, matchBefore.FindString(definition[:at[0]]))
		}
		for _, match := range plainNumber.FindAllStringSubmatch(quotedText.ReplaceAllString(definition, "''"), maxMined) {
			found.numbers = appendNew(found.numbers, match[1])
		}
	}
	return found
}

func (m *mined) literal(text, operator string) {
	operator = strings.TrimSpace(operator)
	switch {
	case strings.HasPrefix(operator, "!"):
		return // what must not match says nothing about what may
	case strings.HasPrefix(operator, "~~"), strings.HasPrefix(operator, "like"):
		m.likes = appendNew(m.likes, text)
	case strings.HasPrefix(operator, "similar"):
		m.pattern("^(?:" + similar.Replace(text) + ")$")
	case strings.HasPrefix(operator, "~"):
		m.pattern(text)
	default:
		// Arrays are written as literals too: '{open,paid}'.
		if inner, ok := strings.CutPrefix(text, "{"); ok && strings.HasSuffix(inner, "}") {
			for each := range strings.SplitSeq(strings.TrimSuffix(inner, "}"), ",") {
				m.texts = appendNew(m.texts, strings.Trim(each, `"`))
			}
		}
		m.texts = appendNew(m.texts, text)
		if plainNumber.MatchString(text) && !strings.ContainsAny(text, " :/") {
			m.numbers = appendNew(m.numbers, text)
		}
	}
}

// similar turns the wildcards of SIMILAR TO into those of a regular expression.
var similar = strings.NewReplacer("%", ".*", "_", ".")

func (m *mined) pattern(text string) {
	if len(m.patterns) >= maxMined {
		return
	}
	// What Go's syntax does not have, such as lookahead, is not guessed.
	if parsed, err := syntax.Parse(strings.NewReplacer(`\y`, `\b`, `\m`, `\b`, `\M`, `\b`, `\Z`, `\z`).Replace(text), syntax.Perl); err == nil {
		m.patterns = append(m.patterns, parsed)
	}
}

func appendNew(list []string, text string) []string {
	if len(list) >= maxMined || len(text) > 200 || slices.Contains(list, text) {
		return list
	}
	return append(list, text)
}

// maxSample bounds a text made of a pattern.
const maxSample = 400

// sample makes a text that matches a pattern; another n makes another text where the
// pattern leaves room for one.
func sample(pattern *syntax.Regexp, n int, generous bool) string {
	var text strings.Builder
	random := rand.New(rand.NewPCG(uint64(n), 7)) //nolint:gosec // names for test rows, no secret
	writeSample(&text, pattern, random, generous)
	return text.String()
}

func writeSample(text *strings.Builder, pattern *syntax.Regexp, random *rand.Rand, generous bool) {
	if text.Len() > maxSample {
		return
	}
	repeat := func(least, most int) {
		times := least
		if generous {
			times = least + 3
		}
		if most >= 0 {
			times = min(times, most)
		}
		for range times {
			writeSample(text, pattern.Sub[0], random, generous)
		}
	}
	switch pattern.Op {
	case syntax.OpLiteral:
		text.WriteString(string(pattern.Rune))
	case syntax.OpCharClass:
		text.WriteRune(pick(pattern.Rune, random))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		text.WriteByte("abcdefghijklmnopqrstuvwxyz"[random.IntN(26)])
	case syntax.OpConcat:
		for _, part := range pattern.Sub {
			writeSample(text, part, random, generous)
		}
	case syntax.OpAlternate:
		writeSample(text, pattern.Sub[random.IntN(len(pattern.Sub))], random, generous)
	case syntax.OpCapture:
		writeSample(text, pattern.Sub[0], random, generous)
	case syntax.OpStar:
		repeat(0, -1)
	case syntax.OpPlus:
		repeat(1, -1)
	case syntax.OpQuest:
		repeat(0, 1)
	case syntax.OpRepeat:
		repeat(pattern.Min, pattern.Max)
	default: // anchors and empty matches write nothing
	}
}

// pick chooses from the ranges of a class, printable ASCII first: a class such as [^@]
// holds a million runes that nobody writes.
func pick(ranges []rune, random *rand.Rand) rune {
	var plain []rune
	for _, wanted := range []func(rune) bool{unicode.IsLower, unicode.IsUpper, unicode.IsDigit, unicode.IsPrint} {
		for r := rune('!'); r <= '~'; r++ {
			if wanted(r) && inRanges(ranges, r) {
				plain = append(plain, r)
			}
		}
		if len(plain) > 0 && random.IntN(8) > 0 {
			break
		}
	}
	if len(plain) > 0 {
		return plain[random.IntN(len(plain))]
	}
	if len(ranges) > 0 {
		return ranges[0]
	}
	return 'a'
}

func inRanges(ranges []rune, r rune) bool {
	for i := 0; i+1 < len(ranges); i += 2 {
		if ranges[i] <= r && r <= ranges[i+1] {
			return true
		}
	}
	return false
}

// like makes the n-th text that matches a LIKE pattern.
func like(pattern string, n int) string {
	var text strings.Builder
	escaped := false
	for _, r := range pattern {
		switch {
		case escaped:
			text.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == '%':
			text.WriteString("abc" + strconv.Itoa(n))
		case r == '_':
			text.WriteByte(byte('a' + n%26))
			n /= 26
		default:
			text.WriteRune(r)
		}
	}
	return text.String()
}
