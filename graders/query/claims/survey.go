package claims

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// Survey is what an explanation holds, whether it is true or not.
type Survey struct {
	Claims []Claim
	// Letters are those of its author, outside code and without what the template says.
	Letters int
	// Comparison tells that figures before and after stand beside each other, in any language:
	// in a sentence, in a table, or in two plans that were pasted.
	Comparison bool
	// Analysis tells that nodes of a plan are spoken of, or that one was pasted.
	Analysis bool
}

var (
	// nodeNames are what EXPLAIN prints, which keep their names in every language.
	nodeNames = regexp.MustCompile(`(?i)\b(seq(uential)?[ -]scans?|index([ -]only)?[ -]scans?|bitmap([ -](heap|index))?[ -]scans?|nested[ -]loops?|hash (join|anti join|semi join)|merge join|hash ?aggregate|group ?aggregate|sub ?plan|init ?plan|full table scan)\b`)
	// measuredLine is a line of a pasted plan with what came out.
	measuredLine = regexp.MustCompile(`(?i)(actual .*rows=|shared (hit|read)=|execution time|buffers:)`)
	// planTop is the first line of a pasted plan.
	planTop = regexp.MustCompile(`^\W*[A-Z][A-Za-z -]+[^(]*\(cost=[\d.]+`)
)

// Look surveys an explanation. The template is what a candidate was handed out to fill in.
func Look(document, template string) Survey {
	document = cut(takehome.Clean(document))
	handedOut := map[string]bool{}
	for line := range strings.SplitSeq(template, "\n") {
		handedOut[strings.TrimSpace(line)] = true
	}
	var own []string
	for line := range strings.SplitSeq(document, "\n") {
		text := strings.TrimSpace(line)
		if text == "" || strings.HasPrefix(text, "|") || strings.HasPrefix(text, "#") || !handedOut[text] {
			own = append(own, line)
		}
	}
	text := strings.Join(own, "\n")
	survey := Survey{Claims: Read(text)}
	for _, each := range blocks(text) {
		if !handedOut[each.text] {
			survey.Letters += letters(each.text)
		}
		survey.Analysis = survey.Analysis || nodeNames.MatchString(each.text)
	}
	pasted := pastedPlans(own)
	survey.Analysis = survey.Analysis || pasted > 0
	survey.Comparison = pasted > 1 || compares(survey.Claims)
	return survey
}

// letters counts those of a text. A sign of Chinese or Japanese says as much as several.
func letters(text string) int {
	total := 0
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
			total += 3
		case unicode.IsLetter(r):
			total++
		}
	}
	return total
}

// pastedPlans counts plans that were run: each begins with a node at the margin that has a
// cost, and shows what came out.
func pastedPlans(lines []string) int {
	total, begun := 0, false
	for _, line := range lines {
		if strings.Contains(line, "(cost=") && planTop.MatchString(line) && !strings.Contains(line, "->") {
			begun = true
		}
		if begun && measuredLine.MatchString(line) {
			total++
			begun = false
		}
	}
	return total
}

// compares reports whether figures of both queries are named.
func compares(claims []Claim) bool {
	seen := map[Measure]map[Whose]bool{}
	for _, claim := range claims {
		switch claim.Form {
		case Change, Factor:
			return true
		case Amount:
			if seen[claim.Measure] == nil {
				seen[claim.Measure] = map[Whose]bool{}
			}
			seen[claim.Measure][claim.Whose] = true
			if seen[claim.Measure][Given] && seen[claim.Measure][Candidate] {
				return true
			}
		case Present, Absent, Gone:
		}
	}
	return false
}

// cut keeps the beginning of a document that is too long.
func cut(document string) string {
	if len(document) <= maxDocument {
		return document
	}
	return strings.ToValidUTF8(document[:maxDocument], "")
}
