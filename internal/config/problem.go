package config

import (
	"fmt"
	"slices"
	"strconv"
)

// Problem is one thing that is wrong with the settings, in a sentence that names the
// setting, where its value came from, and what is allowed.
type Problem struct {
	Setting string // its name; empty if it is about a file, a variable or an unknown name
	From    string // as in Origin
	Why     string // the sentence, without a full stop
	Cause   error  // may be nil
}

// Error returns the sentence, followed by the cause if there is one.
func (p *Problem) Error() string {
	if p.Cause == nil {
		return p.Why
	}
	return fmt.Sprintf("%s: %v", p.Why, p.Cause)
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Cause }

func (s setting) wrong(given layered) error {
	why := fmt.Sprintf("%s is %s (%s); allowed is %s", s.name, quote(given.text), given.from, s.allowed)
	if given.text == "" {
		why = fmt.Sprintf("%s is not set; allowed is %s: set --%s or %s", s.name, s.allowed, s.name, s.variable())
	}
	return &Problem{Setting: s.name, From: given.from, Why: why}
}

func unknown(name, from string) error {
	known := make([]string, 0, len(table()))
	for _, s := range table() {
		known = append(known, s.name)
	}
	why := fmt.Sprintf("there is no setting %s (%s)", quote(name), from)
	if meant := nearest(name, known, 3); meant != "" {
		why += fmt.Sprintf("; did you mean %s?", meant)
	}
	return &Problem{From: from, Why: why}
}

// quote shows text with its control characters spelled out, and not too much of it.
func quote(text string) string {
	const most = 200
	if len(text) > most {
		text = text[:most]
	}
	return strconv.QuoteToGraphic(text)
}

// nearest returns the name that takes the fewest changes to become, if it takes at most the given number.
func nearest(name string, known []string, most int) string {
	best, least := "", most+1
	for _, candidate := range known {
		if changes := distance(name, candidate); changes < least {
			best, least = candidate, changes
		}
	}
	return best
}

// distance is how many letters have to be put in, taken out or replaced (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := slices.Clone(row)
		row[0] = i + 1
		for j := range len(b) {
			replaced := before[j]
			if a[i] != b[j] {
				replaced++
			}
			row[j+1] = min(replaced, before[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
