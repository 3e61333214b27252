package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// notRun is what a check shows that has no result, because the run was cut short.
const notRun takehome.Verdict = ""

// wording is how a verdict is told to a reader. Glyph, word and colour always come together.
type wording struct {
	Glyph   string
	ASCII   string
	Word    string
	Meaning string // for the outcomes that need explaining
}

func wordingOf(verdict takehome.Verdict) wording {
	switch verdict {
	case takehome.Pass:
		return wording{"✓", "+", "pass", ""}
	case takehome.Partial:
		return wording{"◐", "~", "partial", "An accepted alternative that earns a part of the points."}
	case takehome.Fail:
		return wording{"✗", "x", "fail", ""}
	case takehome.Blocked:
		return wording{"⊘", "!", "blocked", "Could not be observed, because something it needs failed."}
	case takehome.Duplicate:
		return wording{"=", "=", "duplicate", "The same fault was charged already; it costs nothing here."}
	case takehome.NotApplicable:
		return wording{"–", "-", "not applicable", "Neither asked for nor offered; it counts neither way."}
	case takehome.NotAssessed:
		return wording{"?", "?", "not assessed", "We could not tell; it counts neither way."}
	case takehome.NeedsReview:
		return wording{"✎", "*", "for review", "For a person to judge; it is not part of the score."}
	case notRun:
		return wording{"·", ".", "not run", "The run ended before it was the turn of this check."}
	}
	return wording{"?", "?", clip(takehome.Line(string(verdict)), 16), "An outcome that this takehome does not know."}
}

// headline is the status of a run in large plain words, and what it means.
func headline(status takehome.Status) (title, meaning string) {
	switch status {
	case takehome.Graded:
		return "Graded", ""
	case takehome.Inconclusive:
		return "Inconclusive: no score", "This run says nothing about the candidate. Do not use it; grade the submission again."
	case takehome.Refused:
		return "Refused: no score", "The submission broke a rule of intake, so it was neither run nor scored."
	case takehome.Interrupted:
		return "Interrupted: no score", "The run was stopped before its end. What was seen until then is below; it is not a grade."
	}
	return takehome.Line(string(status)) + ": no score", "This takehome does not know what this status means."
}

func ownerWords(owner takehome.Owner) string {
	switch owner {
	case takehome.Candidate:
		return "the submission (candidate)"
	case takehome.Author:
		return "the challenge (its author)"
	case takehome.Operator:
		return "this machine or its settings (operator)"
	case takehome.Takehome:
		return "takehome itself"
	}
	return takehome.Line(string(owner))
}

// BasisWords says why a check may take points.
func BasisWords(basis takehome.Basis) string { return basisWords(basis) }

func basisWords(basis takehome.Basis) string {
	switch basis {
	case takehome.BasisBrief:
		return "the brief asks for it"
	case takehome.BasisMust:
		return "a MUST of the standard"
	case takehome.BasisShould:
		return "a SHOULD of the standard, or its plain reading"
	case takehome.BasisSec:
		return "API security"
	case takehome.BasisOps:
		return "operation of a service"
	case takehome.BasisGuide:
		return "a published style guide"
	}
	return takehome.Line(string(basis))
}

// visibilityWords say what the candidate may know of a check.
func visibilityWords(visibility takehome.Visibility) string {
	switch visibility {
	case takehome.Public:
		return "to candidates, whole"
	case takehome.Hinted:
		return "to candidates with its hint, without its requests"
	case takehome.Hidden:
		return "to nobody but the staff"
	}
	return ""
}

// viewWords say what was left out of a report, a sentence each.
func viewWords(view *takehome.View) []string {
	if view == nil {
		return nil
	}
	words := []string{"This is the report as the candidate may see it."}
	if view.OwnMachine {
		words = []string{"Checked on your own machine: this is not the score."}
		if view.Hidden > 0 {
			words = append(words, count(view.Hidden, "further check runs", "further checks run")+" at the grading only.")
		}
	} else if view.Hidden > 0 {
		words = append(words, count(view.Hidden, "further check is", "further checks are")+" not shown; they are part of the score.")
	}
	if view.Hinted > 0 {
		words = append(words, "Of "+count(view.Hinted, "check", "checks")+" only verdict and hint are shown.")
	}
	return words
}

func breakdownTitle(phase string) string {
	switch phase {
	case "build":
		return "The image could not be built"
	case "migrate":
		return "The migration failed"
	case "start":
		return "The program did not start"
	}
	return "The program did not run (" + clip(takehome.Line(phase), 24) + ")"
}

// faultWords explains why an exchange has no proper reply.
func faultWords(fault string) string {
	meaning := map[string]string{
		"hang":            "no reply within the time limit",
		"header_timeout":  "no reply within the time limit",
		"body_timeout":    "the reply began, but did not end within the time limit",
		"body_truncated":  "the connection closed before the reply was complete",
		"body_too_large":  "the reply was larger than we read",
		"refused":         "the connection was refused",
		"dial_refused":    "the connection was refused",
		"dial_timeout":    "no connection within the time limit",
		"reset":           "the connection was reset",
		"bad_http":        "the reply is not HTTP",
		"app_exited":      "the program had ended",
		"oom_killed":      "the program was ended for its use of memory",
		"not_json":        "the reply is not JSON",
		"not_utf8":        "the reply is not valid UTF-8",
		"json_too_deep":   "the JSON is nested too deeply",
		"binding_missing": "this part of the API was not found",
	}[fault]
	if meaning == "" {
		return takehome.Line(fault)
	}
	return meaning + " (" + fault + ")"
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// points writes an amount of points with at most two digits: "2", "0.75".
func points(f takehome.Fraction) string {
	text := f.Decimal(2)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// percent is a figure of the scorecard such as "87.5"; what is no figure is not shown as one.
func percent(figure string) string {
	if len(figure) > len("100.0") || strings.Trim(figure, "0123456789.") != "" {
		return "?"
	}
	return figure
}

func duration(d time.Duration) string {
	switch {
	case d <= 0:
		return "0 ms"
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return fmt.Sprintf("%d min %d s", d/time.Minute, d%time.Minute/time.Second)
}

func micros(n int64) string { return duration(time.Duration(n) * time.Microsecond) }

func millis(n int64) string { return duration(time.Duration(n) * time.Millisecond) }

func size(n int64) string {
	switch {
	case n < 10_000:
		return count(int(n), "byte", "bytes")
	case n < 10_000_000:
		return fmt.Sprintf("%d kB", n/1000)
	}
	return fmt.Sprintf("%d MB", n/1_000_000)
}

func when(t time.Time) string {
	if t.IsZero() {
		return "at an unknown time"
	}
	return t.UTC().Format("2 January 2006, 15:04 UTC")
}

// short keeps what a person compares of a digest: "sha256:9f2c1e34…" becomes "9f2c1e34a0b1".
func short(digest string) string {
	_, hex, found := strings.Cut(digest, ":")
	if !found {
		hex = digest
	}
	return takehome.Line(clip(hex, 12))
}

// clip keeps the first limit bytes of text, without cutting a character.
func clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}
