package names

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// split takes a name apart at underscores, dots, dashes and changes of case, and cuts the
// words that are often written together.
func split(name string) []string {
	var parts []string
	for _, piece := range strings.FieldsFunc(name, func(r rune) bool { return r == '_' || r == '.' || r == '-' || r == ':' }) {
		for _, word := range camel(piece) {
			parts = append(parts, unglue(strings.ToLower(word))...)
		}
	}
	return parts
}

func camel(piece string) []string {
	if strings.ToUpper(piece) == piece {
		return []string{piece}
	}
	var (
		made  []string
		start int
		runes = []rune(piece)
	)
	for i := 1; i < len(runes); i++ {
		if unicode.IsUpper(runes[i]) && !unicode.IsUpper(runes[i-1]) ||
			unicode.IsUpper(runes[i]) && i+1 < len(runes) && unicode.IsLower(runes[i+1]) {
			made = append(made, string(runes[start:i]))
			start = i
		}
	}
	return append(made, string(runes[start:]))
}

var glued = regexp.MustCompile(`^(pg|db|postgres|postgresql|psql|database|sql)(host|hostname|port|user|username|password|passwd|pass|pwd|name|database|db|url|uri|dsn|connection|conn|addr|address|server|string|sslmode)$`)

func unglue(word string) []string {
	if parts := glued.FindStringSubmatch(word); parts != nil {
		return parts[1:]
	}
	switch word {
	case "connectionstring", "connectionstrings":
		return []string{"connection", "string"}
	case "jwtsecret", "secretkey", "apikey", "saltrounds":
		return map[string][]string{
			"jwtsecret": {"jwt", "secret"}, "secretkey": {"secret", "key"}, "apikey": {"api", "key"}, "saltrounds": {"salt", "rounds"},
		}[word]
	case "httpport", "appport", "serverport":
		return []string{strings.TrimSuffix(word, "port"), "port"}
	}
	return []string{word}
}

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		set[word] = true
	}
	return set
}

func in(word string, words ...string) bool { return slices.Contains(words, word) }

func anyIn(parts []string, set map[string]bool) bool {
	for _, part := range parts {
		if set[part] {
			return true
		}
	}
	return false
}

func everyIn(parts []string, set map[string]bool) bool {
	for _, part := range parts {
		if !set[part] {
			return false
		}
	}
	return true
}

func endsIn(parts []string, words ...string) bool {
	if len(parts) < len(words) {
		return false
	}
	tail := parts[len(parts)-len(words):]
	for i, word := range words {
		if tail[i] != word {
			return false
		}
	}
	return true
}
