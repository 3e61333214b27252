package script

import (
	"fmt"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// climb is where one case ended on the ladder.
type climb struct {
	value       any // the case
	credit      takehome.Fraction
	verdict     takehome.Verdict // set for rungs without credit arithmetic
	note        string
	seen        string // what the program did, described
	specific    bool   // seen names the very things
	fault       string
	blocked     string // operation that blocks
	differences map[*Exchange][]takehome.Difference
}

// climb finds the first rung whose conditions hold.
func (r *run) climb() climb {
	ended := climb{seen: r.describe(), specific: r.seen != nil && r.seen.Specific}
	for _, rung := range r.check.Outcomes {
		if r.cannotTell(rung) {
			continue
		}
		if unmet := r.unmetAll(rung.If); len(unmet) > 0 {
			if ended.differences == nil && rung.Verdict == "" {
				ended.differences = byExchange(unmet)
			}
			continue
		}
		ended.note, ended.verdict, ended.fault = rung.Note, takehome.Verdict(rung.Verdict), rung.Fault
		ended.credit = r.credit(rung)
		break
	}
	r.attribute(&ended)
	return ended
}

// cannotTell skips rungs that speak of replies when the steps ended before all of them came.
func (r *run) cannotTell(rung Outcome) bool {
	if r.blockedBy == "" {
		return false
	}
	for _, condition := range rung.If {
		if len(condition.Unbound) > 0 {
			return false
		}
	}
	return true
}

func (r *run) credit(rung Outcome) takehome.Fraction {
	if rung.Verdict != "" {
		return takehome.None()
	}
	if rung.Credit == shareCredit {
		return r.seen.Share
	}
	credit, err := takehome.ParseFraction(string(rung.Credit))
	if err != nil {
		return takehome.None() // proved at load
	}
	return credit
}

// attribute finds the fault code under which a loss is charged.
func (r *run) attribute(ended *climb) {
	if ended.verdict != "" || ended.credit.IsFull() {
		return
	}
	if ended.credit.Sign() == 0 && ended.note == "" {
		if r.blockedBy != "" {
			ended.blocked = r.blockedBy
			return
		}
		if r.missing != "" {
			ended.note = "the reply does not hold what the next step needs"
		}
	}
	if r.errorInSuccess() {
		ended.fault, ended.note = faultErrorInSuccess, "an error is sent with a status of success"
	}
	if ended.fault == "" && r.seen != nil {
		ended.fault = r.seen.Fault
	}
	if ended.fault != "" {
		return
	}
	for _, exchange := range r.exchanges() {
		switch {
		case exchange.Fault != NoFault:
			ended.fault = string(exchange.Fault)
		case exchange.Status >= 500:
			ended.fault = faultServerError
		default:
			continue
		}
		return
	}
}

// errorInSuccess reports whether the answers of this case are refusals under a status of
// success: the request was understood to be wrong, which is another defect than accepting it.
func (r *run) errorInSuccess() bool {
	return r.seen == nil && slices.ContainsFunc(r.exchanges(), func(e *Exchange) bool {
		return e.query == nil && e.Success() && e.CarriesError()
	})
}

// The codes of faults that are found without the author's help: that of the Web Fuzzing
// Commons list for a status of 500, and a word of ours for an error that says 200.
const (
	faultServerError    = "100"
	faultErrorInSuccess = "error_in_success"
)

// exchanges lists everything that the check's conditions can speak of.
func (r *run) exchanges() []*Exchange {
	var all []*Exchange
	for _, name := range sortedKeys(r.named) {
		all = append(all, r.named[name]...)
	}
	return append(all, r.last...)
}

// describe says what happened, in words that are the same in every run.
func (r *run) describe() string {
	if r.seen != nil && r.seen.Detail != "" {
		return r.seen.Detail
	}
	var parts []string
	for _, exchange := range r.last {
		if exchange.query != nil {
			continue
		}
		if text := exchange.Describe(); len(parts) == 0 || parts[len(parts)-1] != text {
			parts = append(parts, text)
		}
	}
	if len(parts) > 3 {
		parts = append(parts[:3], "…")
	}
	return strings.Join(parts, ", ")
}

// finding joins the cases of a check.
func (r *Runner) finding(check Check, climbs []climb, planned int) takehome.Finding {
	finding := takehome.Finding{Wanted: check.Title}
	var sum takehome.Fraction
	counted, excluded := int64(0), takehome.Verdict("")
	var lost []string
	for _, ended := range climbs {
		if ended.blocked != "" {
			return r.missingOperation(check, ended.blocked)
		}
		if ended.verdict != "" {
			excluded, finding.Summary = ended.verdict, ended.note
			continue
		}
		counted++
		sum = sum.Add(ended.credit)
		if !ended.credit.IsFull() {
			lost = append(lost, ended.words(planned > 1))
			if finding.Fault == "" {
				finding.Fault = ended.fault
			}
		}
	}
	if counted == 0 {
		finding.Verdict = excluded
		return finding
	}
	counted += int64(planned - len(climbs)) // cases that were not tried after a hang or a crash
	finding.Credit = sum.Div(takehome.Frac(counted, 1))
	finding.Verdict = takehome.VerdictOf(finding.Credit)
	finding.Summary = summary(climbs, lost)
	return finding
}

// missingOperation is a fail for the check that owns the operation, and blocks the others.
func (r *Runner) missingOperation(check Check, operation string) takehome.Finding {
	owner := r.Owners[operation]
	if owner == check.ID || owner == "" {
		return takehome.Finding{
			Verdict: takehome.Fail, Wanted: check.Title, Fault: "missing",
			Summary: fmt.Sprintf("no way to %s was found in the API", operation),
		}
	}
	if finding, known := r.Results[owner]; known && finding.Verdict == takehome.Blocked {
		owner = finding.Cause
	}
	return blocked(check, owner)
}

// words describes a case that lost credit.
func (c climb) words(several bool) string {
	text := c.seen
	if c.note != "" {
		text = c.note
		switch {
		case c.seen == "" || c.seen == c.note:
		case c.specific:
			text = c.note + ": " + c.seen
		case c.credit.Sign() == 0:
			text = c.note + " (" + c.seen + ")"
		}
	}
	if several {
		value := takehome.Line(caseName(c.value))
		if len([]rune(value)) > 40 {
			value = string([]rune(value)[:40]) + "…"
		}
		text = value + ": " + text
	}
	return text
}

// caseName is how a case is called: by its member name if it has one, by its value otherwise.
func caseName(value any) string {
	if members, ok := value.(map[string]any); ok {
		if name, ok := members["name"].(string); ok {
			return name
		}
	}
	return Show(value)
}

const maxCasesInSummary = 4

func summary(climbs []climb, lost []string) string {
	switch {
	case len(lost) == 0:
		last := climbs[len(climbs)-1]
		if last.note != "" {
			return last.note
		}
		return last.seen
	case len(lost) > maxCasesInSummary:
		return strings.Join(lost[:maxCasesInSummary], "; ") + fmt.Sprintf("; and %d more", len(lost)-maxCasesInSummary)
	default:
		return strings.Join(lost, "; ")
	}
}

// maxEvidence is how many pieces of evidence a check keeps.
const maxEvidence = 24

func clip(evidence []takehome.Evidence, limit int) []takehome.Evidence {
	return evidence[:min(len(evidence), limit)]
}

// evidence turns the exchanges and queries of a case into records.
func (r *run) evidence(exchanges []*Exchange, ended climb) []takehome.Evidence {
	records := make([]takehome.Evidence, 0, len(exchanges)+len(r.queries))
	for _, exchange := range exchanges {
		var differences []takehome.Difference
		if !ended.credit.IsFull() {
			differences = ended.differences[exchange]
		}
		records = append(records, exchange.Evidence(differences))
	}
	return append(records, r.queries...)
}
