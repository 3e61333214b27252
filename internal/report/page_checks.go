package report

import (
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// How much of what may be long the page shows. The rest is in report.json, and the page says so.
const (
	openLosses = 12  // losses that are not folded up
	listShown  = 200 // entries of any list
)

// lossView is one cause of lost points, with all that follows from it.
type lossView struct {
	checkView
	Cost    string // "−2 points"
	Weighs  string // "1.7 % of the total", empty where there is no score
	Blocked []checkView
}

// groupView is a titled set of checks.
type groupView struct {
	ID, Title string
	Sentence  string
	Tallies   []tallyView
	Checks    []checkView
}

// outcomeView is a kind of outcome that leaves the score, and the checks that have it.
type outcomeView struct {
	Kind, Word, Meaning string
	Checks              []checkView
}

// checkView is one check with its result.
type checkView struct {
	Anchor    string // for links inside the page, safe in an address
	ID, Title string
	Kind      string // of the verdict
	Word      string
	Points    string // "1.2 of 2"
	Bonus     bool
	Flaky     bool
	// Visibility is set where the candidate may not know everything.
	Visibility string

	Wanted    string
	TheirSeen string
	Meaning   string
	Basis     string
	Criterion string
	Skill     string
	FaultCode string
	Cause     *causeView
	Hint      string
	Guidance  []string // paragraphs
	Told      bool     // shown in full among the losses, so that only a link is needed here
	Proof     proofView
}

type causeView struct{ Anchor, ID, Title string }

// addChecks fills the sections about checks. Evidence is spent where it matters
// most: on the biggest losses first, then in the order of the rubric.
func (p *page) addChecks(books ledger, evidence map[string][]takehome.Evidence) {
	shown := &purse{left: evidenceShown, evidence: evidence}
	told := map[*entry]bool{}
	lost := takehome.None()
	for i, each := range books.losses() {
		view := newLoss(each, books)
		view.Proof = shown.proof(each.ID, exchangesShown, bodyShown)
		told[each.entry] = true
		lost = lost.Add(each.lost)
		if i < openLosses {
			p.Losses = append(p.Losses, view)
		} else {
			p.More = append(p.More, view)
		}
	}
	p.Lost = points(lost)
	for _, each := range books.groups() {
		view := groupView{
			ID: takehome.Line(each.id), Title: takehome.Line(each.title),
			Tallies: newTallies(countsOf(each.entries)), Sentence: groupSentence(each.entries),
		}
		for _, e := range each.entries {
			check := newCheck(e, books)
			if check.Told = told[e]; !check.Told {
				check.Proof = shown.proof(e.ID, exchangesShown, passBodyShown)
			}
			view.Checks = append(view.Checks, check)
		}
		p.Groups = append(p.Groups, view)
	}
	p.Cut = len(books.with(notRun)) > 0
	p.Partials = newChecks(byLoss(books.with(takehome.Partial)), books)
	p.Reviews = newChecks(books.with(takehome.NeedsReview), books)
	for _, verdict := range []takehome.Verdict{takehome.Duplicate, takehome.NotApplicable, takehome.NotAssessed, notRun} {
		words := wordingOf(verdict)
		if found := books.with(verdict); len(found) > 0 {
			p.Outcomes = append(p.Outcomes, outcomeView{kindOf(verdict), words.Word, words.Meaning, newChecks(found, books)})
		}
	}
}

func newChecks(entries []*entry, books ledger) []checkView {
	views := make([]checkView, 0, len(entries))
	for _, each := range entries {
		views = append(views, newCheck(each, books))
	}
	return views
}

func newLoss(of loss, books ledger) lossView {
	view := lossView{checkView: newCheck(of.entry, books), Blocked: newChecks(of.blocked, books)}
	view.Cost = "−" + points(of.lost) + " " + pointOrPoints(of.lost)
	if of.weighs.Sign() > 0 {
		view.Weighs = of.weighs.Percent() + " % of the total"
	}
	return view
}

func pointOrPoints(f takehome.Fraction) string {
	if f.IsFull() {
		return "point"
	}
	return "points"
}

func newCheck(e *entry, books ledger) checkView {
	result, words := e.result, e.wording()
	view := checkView{
		Anchor: anchor(e.ID), ID: takehome.Line(e.ID), Title: takehome.Line(e.Title),
		Kind: e.kind(), Word: words.Word, Meaning: words.Meaning,
		Bonus: e.Bonus, Flaky: result.Flaky,
		Wanted: beyondTitle(result.Wanted, e.Title), TheirSeen: takehome.Line(result.Summary),
		Basis: basisAndSource(e.ReportedCheck), Criterion: takehome.Line(e.Criterion), Skill: takehome.Line(e.Skill),
		FaultCode: takehome.Line(result.Fault), Hint: takehome.Line(e.Hint),
	}
	switch {
	case e.Weight == 0:
	case result.Verdict.Counts():
		view.Points = points(e.earned()) + " of " + e.Weight.String()
	default:
		view.Points = "not counted"
	}
	if result.Cause != "" {
		view.Cause = &causeView{anchor(result.Cause), takehome.Line(result.Cause), ""}
		if cause := books.byID[result.Cause]; cause != nil {
			view.Cause.Title = takehome.Line(cause.Title)
		}
	}
	if e.Visibility != takehome.Public {
		view.Visibility = takehome.Line(string(e.Visibility))
	}
	for paragraph := range strings.SplitSeq(clip(takehome.Clean(e.Guidance), bodyShown), "\n") {
		if text := strings.TrimSpace(paragraph); text != "" {
			view.Guidance = append(view.Guidance, text)
		}
	}
	return view
}

// kind is the name of a check's icon and colour.
func (e *entry) kind() string {
	if e.forgone() {
		return "skipped"
	}
	return kindOf(e.result.Verdict)
}

// groupSentence is "11 of 15 passed", over the checks that count.
func groupSentence(entries []*entry) string {
	counts := countsOf(entries)
	if counted(counts) == 0 {
		return count(len(entries), "item", "items")
	}
	return strconv.Itoa(counts[takehome.Pass]) + " of " + strconv.Itoa(counted(counts)) + " passed"
}

// anchor makes a name for a place in the page that is safe in an address.
func anchor(id string) string {
	var out strings.Builder
	for _, r := range clip(id, 64) {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-':
			out.WriteRune(r)
		default:
			out.WriteString("_" + strconv.FormatInt(int64(r), 16))
		}
	}
	return out.String()
}
