package claims

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is a word, a number or an arrow of a clause.
type token struct {
	text   string // lower case; of a number what follows it at once: "k" and "m" are taken away
	number bool
	figure Figure
	unit   string // "x", "%", "ms", "kb"; only of numbers
}

// arrow is how a change is drawn.
const arrow = "→"

// lex takes a clause apart. Emphasis and code marks are no part of a word.
func lex(clause string) []token {
	clause = strings.NewReplacer("->", arrow, "=>", arrow, "-->", arrow, "×", "x", "\u00a0", " ", "\u202f", " ", "\u2009", " ", "’", "'", "≈", "~").
		Replace(strings.ToLower(clause))
	var tokens []token
	for i := 0; i < len(clause); {
		r, size := utf8.DecodeRuneInString(clause[i:])
		switch {
		case r >= '0' && r <= '9':
			number, next := lexNumber(clause, i)
			tokens = append(tokens, number)
			i = next
		case unicode.IsLetter(r) || r == '_':
			next := i
			for next < len(clause) {
				r, size := utf8.DecodeRuneInString(clause[next:])
				if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && (r != '\'' || next == i) {
					break
				}
				next += size
			}
			tokens = append(tokens, token{text: strings.TrimRight(clause[i:next], "'")})
			i = next
		case strings.HasPrefix(clause[i:], arrow):
			tokens = append(tokens, token{text: arrow})
			i += len(arrow)
		default:
			if strings.ContainsRune("~<>%=,", r) {
				tokens = append(tokens, token{text: string(r)})
			}
			i += size
		}
	}
	return tokens
}

// words are the texts of a clause's tokens.
func words(clause string) []token { return lex(clause) }

// lexNumber reads 1,234,567 and 160 000, 1.5, 160k, 12x, 97% and 40ms.
func lexNumber(clause string, from int) (token, int) {
	at := from
	digits := func() string {
		begin := at
		for at < len(clause) && clause[at] >= '0' && clause[at] <= '9' {
			at++
		}
		return clause[begin:at]
	}
	text := digits()
	grouped := false
	for at+3 < len(clause) && strings.IndexByte(",_' .", clause[at]) >= 0 && len(text) > 0 && (grouped || len(text) <= 3) {
		separator, back := clause[at], at
		at++
		group := digits()
		// A point between two groups is a decimal point: 1.500 rows are rare in English.
		if len(group) != 3 || separator == '.' {
			at = back
			break
		}
		text += group
		grouped = true
	}
	step := 1.0
	if at+1 < len(clause) && clause[at] == '.' && clause[at+1] >= '0' && clause[at+1] <= '9' {
		at++
		decimals := digits()
		text += "." + decimals
		step = math.Pow10(-len(decimals))
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsInf(value, 0) {
		value = math.MaxFloat64
	}
	found := token{number: true, text: text, figure: Figure{Value: value, Step: step}}
	found.unit, at = lexUnit(clause, at)
	switch found.unit {
	case "k", "thousand":
		found.scale(1e3)
	case "m", "mio", "million":
		found.scale(1e6)
	case "%", "percent":
		found.figure.Percent = true
	}
	return found, at
}

func (t *token) scale(by float64) {
	t.unit = ""
	t.figure.Value = math.Min(t.figure.Value*by, math.MaxFloat64/2)
	t.figure.Step *= by
}

// lexUnit reads what stands right behind a number, or behind one space where it is a unit
// that nothing else is.
func lexUnit(clause string, from int) (string, int) {
	at := from
	spaced := at < len(clause) && (clause[at] == ' ' || clause[at] == '-')
	if spaced {
		at++
	}
	if at < len(clause) && clause[at] == '%' {
		return "%", at + 1
	}
	next := at
	for next < len(clause) && clause[next] >= 'a' && clause[next] <= 'z' {
		next++
	}
	unit := clause[at:next]
	if next < len(clause) && (clause[next] == '_' || clause[next] >= '0' && clause[next] <= '9') {
		return "", from
	}
	switch unit {
	case "k", "x", "ms", "s", "kb", "mb", "gb", "kib", "mib", "gib", "thousand", "million", "mio", "percent", "times", "fold",
		"sec", "secs", "second", "seconds", "millisecond", "milliseconds", "minute", "minutes", "min", "us", "µs":
		return unit, next
	case "m":
		if !spaced {
			return unit, next
		}
	}
	return "", from
}
