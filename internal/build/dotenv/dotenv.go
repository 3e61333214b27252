// Package dotenv reads files of NAME=value lines: .env, .env.example and the like.
package dotenv

import (
	"regexp"
	"strings"
)

// Pair is one line of a file.
type Pair struct {
	Name, Value string
}

// Limits of one file. The second keeps lines that refer to each other from doubling without end.
const (
	maxPairs    = 500
	maxExpanded = 2 << 10
)

var line = regexp.MustCompile(`^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*[=:]\s?(.*)$`)

// Parse reads the pairs of a file in order; of a name that comes twice the last line
// counts. References to names above ("${DB_HOST}") are filled in.
func Parse(text string) []Pair {
	var pairs []Pair
	at := map[string]int{}
	lookup := func(name string) (string, bool) {
		if i, ok := at[name]; ok {
			return pairs[i].Value, true
		}
		return "", false
	}
	for raw := range strings.SplitSeq(text, "\n") {
		parts := line.FindStringSubmatch(strings.TrimSuffix(raw, "\r"))
		if parts == nil || strings.HasPrefix(strings.TrimSpace(raw), "#") || len(pairs) >= maxPairs {
			continue
		}
		value, literal := unquote(strings.TrimSpace(parts[2]))
		if !literal {
			value = Expand(value, lookup)
		}
		if i, ok := at[parts[1]]; ok {
			pairs[i].Value = value
			continue
		}
		at[parts[1]] = len(pairs)
		pairs = append(pairs, Pair{Name: parts[1], Value: value})
	}
	return pairs
}

// unquote takes the quotes or the trailing comment off a value. The second result tells
// that it was in single quotes, where nothing is a reference.
func unquote(value string) (string, bool) {
	if len(value) == 0 {
		return "", false
	}
	switch quote := value[0]; quote {
	case '"', '\'', '`':
		if end := strings.IndexByte(value[1:], quote); end >= 0 {
			return value[1 : 1+end], quote == '\''
		}
		return value[1:], quote == '\''
	case '#':
		return "", false
	}
	if cut := strings.Index(value, " #"); cut >= 0 {
		value = strings.TrimSpace(value[:cut])
	}
	return value, false
}

var reference = regexp.MustCompile(`\$\$|\$\{([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+?])([^${}]*))?\}|\$([A-Za-z_][A-Za-z0-9_]*)`)

// Expand fills in $NAME, ${NAME}, ${NAME:-default}, ${NAME-default}, ${NAME:+other} and
// ${NAME:?message}, and turns $$ into $, as compose files and .env files have it. An
// unknown name is empty. A default may itself hold references.
func Expand(value string, lookup func(string) (string, bool)) string {
	const rounds = 4 // of references inside defaults
	for range rounds {
		if len(value) > maxExpanded {
			return value
		}
		expanded := reference.ReplaceAllStringFunc(value, func(found string) string {
			if found == "$$" {
				return "\x00"
			}
			parts := reference.FindStringSubmatch(found)
			name := parts[1] + parts[4]
			known, ok := lookup(name)
			if strings.HasPrefix(parts[2], ":") && known == "" {
				ok = false
			}
			switch {
			case strings.HasSuffix(parts[2], "+"):
				if ok {
					return parts[3]
				}
				return ""
			case ok:
				return known
			case strings.HasSuffix(parts[2], "-"):
				return parts[3]
			}
			return ""
		})
		if expanded == value {
			break
		}
		value = expanded
	}
	return strings.ReplaceAll(value, "\x00", "$")
}
