package restapi

import (
	"regexp"
	"slices"
	"strings"
)

// advertises reports whether a candidate's documents speak of a query parameter: in an
// address (?limit=, {?limit}) or as a parameter of an OpenAPI document.
func (c clues) advertises(parameter string) bool {
	name := regexp.QuoteMeta(parameter)
	for _, pattern := range []string{
		`[?&]` + name + `=`,
		`\{[?&][^}\n]{0,80}\b` + name + `\b`,
		`name["']?\s*:\s*["']?` + name + `["']?[\s,-]{1,40}["']?in["']?\s*:\s*["']?query`,
		`in["']?\s*:\s*["']?query["']?[\s,-]{1,40}["']?name["']?\s*:\s*["']?` + name + `\b`,
	} {
		if regexp.MustCompile(pattern).MatchString(c.prose) {
			return true
		}
	}
	return false
}

// order is one way to ask for a sorted list: the query for each direction.
type order struct {
	up, down   string
	documented bool // both are written out by the candidate
}

var (
	sortNames      = []string{"sort", "sort_by", "sortBy", "order_by", "orderBy", "ordering"}
	directionNames = []string{"order", "direction", "dir", "sort_order", "sortOrder", "sort_dir", "sortDir"}
)

// orders lists the ways to sort by a field that the documents speak of, the commonest first.
func (c clues) orders(field string) []order {
	var found []order
	for _, name := range sortNames {
		if !c.advertises(name) {
			continue
		}
		by := name + "=" + field
		minus := regexp.MustCompile(`-` + regexp.QuoteMeta(field) + `\b`).MatchString(c.prose)
		found = append(found, order{up: by, down: name + "=-" + field, documented: minus})
		for _, direction := range directionNames {
			if c.advertises(direction) {
				words := regexp.MustCompile(`(?i)\basc\b[\s\S]{0,80}\bdesc\b|\bdesc\b[\s\S]{0,80}\basc\b|` + direction + `=(asc|desc)`).MatchString(c.prose)
				found = append(found, order{up: by + "&" + direction + "=asc", down: by + "&" + direction + "=desc", documented: words && c.sortsBy(name, field)})
			}
		}
		for _, joint := range []string{":", ","} {
			literal := strings.Contains(c.prose, field+joint+"desc") || strings.Contains(c.prose, field+joint+"asc")
			found = append(found, order{up: by + joint + "asc", down: by + joint + "desc", documented: literal})
		}
	}
	slices.SortStableFunc(found, func(a, b order) int {
		switch {
		case a.documented == b.documented:
			return 0
		case a.documented:
			return -1
		default:
			return 1
		}
	})
	return found
}

// sortsBy reports whether the documents write out that a parameter takes a field.
func (c clues) sortsBy(name, field string) bool {
	word := regexp.QuoteMeta(field)
	return regexp.MustCompile(`\b` + name + `=-?` + word + `\b|enum["']?\s*:\s*\[[^\]]{0,160}\b` + word + `\b`).MatchString(c.prose)
}

var pageWords = regexp.MustCompile(`(?i)\b(offset|cursor|skip|page|pages)\b`)

// speaksOfPages reports whether the documents say anything about pages.
func (c clues) speaksOfPages() bool { return pageWords.MatchString(c.prose) }

// speaksOfLimits reports whether the repository has to do with a limit of requests.
func (c clues) speaksOfLimits() bool {
	for word := range c.words {
		for _, sign := range []string{"ratelimit", "rate_limit", "throttl", "slowapi", "toomanyrequests", "too_many_requests", "limiter"} {
			if strings.Contains(word, sign) {
				return true
			}
		}
	}
	return false
}
