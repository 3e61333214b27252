package report

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// page is all that the HTML page shows, as text that is ready to be laid out. The
// layout decides nothing; it only escapes. Names that begin with Their hold a
// stranger's text and are laid out inside <bdi>, <code> or <pre> only.
type page struct {
	Style  template.CSS
	Policy string
	Title  string

	TheirName string
	Challenge string
	Facts     []string // under the title
	Headline  string
	Meaning   string
	Score     *scoreView
	Fault     *faultView
	Breakdown *breakdownView

	Cut      bool // the run ended before its checks did
	Losses   []lossView
	More     []lossView // those that are folded up
	Lost     string
	Groups   []groupView
	Partials []checkView
	Outcomes []outcomeView
	Reviews  []checkView
	Asks     []askView
	View     []string // what was left out, a sentence each

	Setup       setupView
	Phases      []phaseView
	PhaseTotal  string
	Environment []settingView
	Seed        string
	Logs        []logView
	Notes       []string

	Schema string
	Digest string
}

// scoreView is the total and its parts.
type scoreView struct {
	Percent  string
	Uncapped string // set where a cap took something
	Bonus    string // set where there is one
	Caps     []string
	Sentence string
	Criteria []criterionView
	Skills   []skillView
}

// skillView is one line of the table of skills.
type skillView struct {
	Name     string
	Assessed bool
	Percent  string
	Points   string
	Bar      barView
}

// askView is one question for the interview.
type askView struct {
	Ask       string
	ListenFor string
	Checks    []checkView // whose findings make it worth asking
}

type criterionView struct {
	Title    string
	Assessed bool
	Percent  string
	Points   string
	Share    int
	Part     string // of the total, per cent; other than Share where criteria give or take theirs
	Optional bool
	Bar      barView
	Caps     []string
	Tallies  []tallyView
}

// barView is a bar of 100 units. What a cap took is drawn between Filled and Reached.
type barView struct{ Filled, Taken string }

type tallyView struct {
	Kind  string // of the verdict, for its icon and colour
	Word  string
	Count int
}

type faultView struct {
	Owner, TheirSummary, TheirCause, TheirHint string
}

type breakdownView struct {
	Title                              string
	TheirReason, TheirWhere, TheirHelp string
	TheirTried                         []string
	Log                                *textView
}

func newPage(r takehome.Report) page {
	c := r.Canonical
	books := newLedger(r)
	title, meaning := headline(c.Status)
	view := page{
		Title:     takehome.Line(r.Run.Name) + " · " + takehome.Line(c.Challenge.ID) + " · takehome",
		TheirName: takehome.Line(r.Run.Name),
		Challenge: takehome.Line(c.Challenge.Title) + ", version " + takehome.Line(c.Challenge.Version),
		Facts: nonEmpty(when(r.Run.Started), "took "+millis(r.Run.Millis),
			labelledShort("submission", c.Submission.Digest), labelledShort("report", r.Digest)),
		Headline: title, Meaning: meaning,
		Score: newScore(scoreOf(c), books),
		Seed:  takehome.Line(c.Seed), Schema: takehome.Line(r.Schema), Digest: takehome.Line(r.Digest),
	}
	if c.Status == takehome.Graded && view.Score == nil {
		view.Headline, view.Meaning = "No score", "The report says graded, but holds no scorecard; please report this."
	}
	if fault := r.Run.Fault; fault != nil {
		view.Fault = &faultView{
			ownerWords(fault.Owner), takehome.Line(fault.Summary), takehome.Line(fault.Cause), takehome.Line(fault.Hint),
		}
	}
	view.Breakdown = newBreakdown(breakdownOf(r))
	if view.View = viewWords(c.View); c.View != nil && c.View.OwnMachine && view.Score != nil {
		view.Headline = "of the open checks; not the score"
	}
	view.addChecks(books, r.Evidence)
	view.addQuestions(c.Questions, books)
	view.addRun(r)
	return view
}

func labelledShort(label, digest string) string {
	if digest == "" {
		return ""
	}
	return label + " " + short(digest)
}

func newScore(card *takehome.Scorecard, books ledger) *scoreView {
	if card == nil {
		return nil
	}
	view := &scoreView{Percent: percent(card.Percent), Caps: capWords("The total", card.Caps), Sentence: sentence(books)}
	if card.Uncapped.Cmp(card.Total) > 0 {
		view.Uncapped = card.Uncapped.Percent()
	}
	if card.Bonus.Sign() > 0 {
		view.Bonus = card.Bonus.Percent()
	}
	parts := card.Parts()
	for i, criterion := range card.Criteria {
		view.Criteria = append(view.Criteria, newCriterion(criterion, parts[i]))
	}
	for _, skill := range card.Skills {
		view.Skills = append(view.Skills, skillView{
			Name: takehome.Line(skill.Skill), Assessed: skill.Assessed, Percent: percent(skill.Percent),
			Points: points(skill.Earned) + " of " + points(skill.Possible),
			Bar:    barView{Filled: barLength(skill.Earned.Div(skill.Possible)), Taken: "0"},
		})
	}
	return view
}

// addQuestions fills the section for the interview.
func (p *page) addQuestions(worth []takehome.WorthAsking, books ledger) {
	for _, each := range worth[:min(len(worth), listShown)] {
		view := askView{Ask: takehome.Line(each.Ask), ListenFor: takehome.Line(each.ListenFor)}
		for _, id := range each.Checks {
			if found := books.byID[id]; found != nil {
				view.Checks = append(view.Checks, newCheck(found, books))
			}
		}
		p.Asks = append(p.Asks, view)
	}
}

func newCriterion(of takehome.CriterionScore, part takehome.Fraction) criterionView {
	view := criterionView{
		Title: takehome.Line(of.Title), Assessed: of.Assessed, Percent: percent(of.Percent), Share: of.Share, Optional: of.Optional,
		Part:   strings.TrimSuffix(part.Percent(), ".0"),
		Points: points(of.Earned) + " of " + points(of.Possible) + " points",
		Bar:    barView{Filled: barLength(of.Score), Taken: "0"},
		Caps:   capWords(takehome.Line(of.Title), of.Caps),
	}
	if reached := of.Earned.Div(of.Possible); len(of.Caps) > 0 && reached.Cmp(of.Score) > 0 {
		view.Bar.Taken = barLength(reached.Add(of.Score.Mul(takehome.Frac(-1, 1))))
	}
	view.Tallies = newTallies(of.Counts)
	return view
}

// barLength is a part of a bar of 100 units.
func barLength(part takehome.Fraction) string {
	if part.Sign() < 0 {
		part = takehome.None()
	}
	return part.Min(takehome.Full()).Mul(takehome.Frac(100, 1)).Decimal(2)
}

func newTallies(counts map[takehome.Verdict]int) []tallyView {
	var views []tallyView
	for _, each := range tallied(counts) {
		views = append(views, tallyView{kindOf(each.Verdict), wordingOf(each.Verdict).Word, each.Count})
	}
	return views
}

// kindOf is the name of a verdict's icon and colour; it never holds a stranger's text.
func kindOf(verdict takehome.Verdict) string {
	switch verdict {
	case takehome.Pass, takehome.Partial, takehome.Fail, takehome.Blocked, takehome.Duplicate:
		return string(verdict)
	case takehome.NotApplicable:
		return "skipped"
	case takehome.NeedsReview:
		return "review"
	case takehome.NotAssessed:
		return "unknown"
	}
	return "unknown"
}

func capWords(of string, caps []takehome.AppliedCap) []string {
	var words []string
	for _, each := range caps {
		words = append(words, fmt.Sprintf("%s is capped at %d %%: %s.", of, each.Cap, strings.TrimSuffix(takehome.Line(each.Reason), ".")))
	}
	return words
}

// sentence says in words how the checks went.
func sentence(books ledger) string {
	counts := countsOf(books.entries)
	counted := counted(counts)
	parts := []string{fmt.Sprintf("%d of %s passed", counts[takehome.Pass], count(counted, "check", "checks"))}
	if n := counts[takehome.Partial]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d earned a part of %s points", n, itsOrTheir(n)))
	}
	if n := counts[takehome.Fail]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", n))
	}
	if n := counts[takehome.Blocked]; n > 0 {
		parts = append(parts, fmt.Sprintf("%d could not be observed because of what failed", n))
	}
	text := strings.Join(parts, ", ") + "."
	if n := counts[takehome.NeedsReview]; n > 0 {
		text += " " + count(n, "item is", "items are") + " left for a person to judge."
	}
	return text
}

func itsOrTheir(n int) string {
	if n == 1 {
		return "its"
	}
	return "their"
}

func newBreakdown(broken *takehome.Breakdown) *breakdownView {
	if broken == nil {
		return nil
	}
	view := &breakdownView{
		Title: breakdownTitle(broken.Phase), TheirReason: takehome.Line(broken.Reason),
		TheirWhere: takehome.Line(broken.Where), TheirHelp: takehome.Line(broken.Help),
		Log: newTail(&broken.Log, bodyShown),
	}
	for _, tried := range broken.Tried[:min(len(broken.Tried), listShown)] {
		view.TheirTried = append(view.TheirTried, takehome.Line(tried))
	}
	return view
}
