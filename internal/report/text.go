package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// How much the last screen of a run shows of what may be long.
const (
	lossesShown   = 10
	partialsShown = 12
	logLinesShown = 8
	reviewsShown  = 6
	asksShown     = 5
)

func writePlainText(w io.Writer, r takehome.Report) error { return WriteText(w, r, Look{}) }

// WriteText writes the last screen of a run: the score by criterion, what failed first
// and why. A run without a score says so first, in large plain words.
func WriteText(w io.Writer, r takehome.Report, look Look) error {
	s := newScreen(look)
	c := r.Canonical
	books := newLedger(r)
	s.title(r)
	s.view(c.View)
	if card := scoreOf(c); card != nil {
		s.scores(card)
		s.skills(card)
	} else {
		s.withoutScore(r)
	}
	s.breakdown(r)
	s.losses(books)
	s.partials(books)
	s.exhibits(r.Exhibits)
	s.reviews(books)
	s.questions(c.Questions, books)
	s.remarks(r, books)
	s.files(look, books)
	return s.writeTo(w)
}

// scoreOf is the scorecard of a run that has a score, nil for every other.
func scoreOf(c takehome.Canonical) *takehome.Scorecard {
	if c.Status != takehome.Graded {
		return nil
	}
	return c.Scorecard
}

func (s *screen) title(r takehome.Report) {
	challenge := takehome.Line(r.Canonical.Challenge.Title) + " " + takehome.Line(r.Canonical.Challenge.Version)
	s.line(s.Bold(fit(challenge+" · "+takehome.Line(r.Run.Name), s.width)))
	s.line(s.Dim(fit(strings.Join(nonEmpty(
		short(r.Canonical.Submission.Digest), when(r.Run.Started), millis(r.Run.Millis)), " · "), s.width)))
	s.gap()
}

func nonEmpty(parts ...string) []string {
	var kept []string
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return kept
}

func (s *screen) scores(card *takehome.Scorecard) {
	name := 0
	for _, criterion := range card.Criteria {
		name = max(name, columns(takehome.Line(criterion.Title)))
	}
	name = min(max(name, 12), s.width-26)
	for _, criterion := range card.Criteria {
		s.criterion(criterion, name)
	}
	s.line("  " + strings.Repeat("─", min(s.width-4, name+24)))
	s.line("  " + s.Bold(pad("Total", name)+padLeft(percent(card.Percent)+" %", 9)))
	s.caps("Total", card.Caps)
	if card.Uncapped.Cmp(card.Total) > 0 {
		s.linef("  Without the caps: %s %%", card.Uncapped.Percent())
	}
	if card.Bonus.Sign() > 0 {
		s.linef("  Of it bonus: %s %%", card.Bonus.Percent())
	}
	for _, criterion := range card.Criteria {
		s.caps(criterion.Title, criterion.Caps)
	}
}

func (s *screen) criterion(criterion takehome.CriterionScore, name int) {
	line := "  " + pad(fit(takehome.Line(criterion.Title), name), name)
	if !criterion.Assessed {
		s.line(line + s.Dim("   not assessed"))
		return
	}
	line += padLeft(percent(criterion.Percent)+" %", 9)
	line += padLeft(points(criterion.Earned)+"/"+points(criterion.Possible), 13)
	tallies, width := s.tallies(criterion.Counts)
	if name+27+width <= s.width {
		s.line(line + "   " + tallies)
		return
	}
	s.line(line)
	s.line("    " + tallies)
}

// tallies returns counts by verdict, and how many columns they take.
func (s *screen) tallies(counts map[takehome.Verdict]int) (painted string, width int) {
	var parts []string
	for _, each := range tallied(counts) {
		text := fmt.Sprintf("%s %d", s.glyph(each.Verdict), each.Count)
		width += columns(text)
		parts = append(parts, s.Verdict(each.Verdict, text))
	}
	return strings.Join(parts, "  "), width + 2*max(0, len(parts)-1)
}

func (s *screen) caps(of string, caps []takehome.AppliedCap) {
	for _, each := range caps {
		s.labelled(fmt.Sprintf("  %s ", s.glyph(takehome.Blocked)), "    ",
			fmt.Sprintf("%s is capped at %d %%: %s", takehome.Line(of), each.Cap, takehome.Line(each.Reason)))
	}
}

// withoutScore says before everything else that there is no score, whose doing that is and what to do.
func (s *screen) withoutScore(r takehome.Report) {
	title, meaning := headline(r.Canonical.Status)
	if r.Canonical.Status == takehome.Graded {
		title, meaning = "No score", "The report says graded, but holds no scorecard; please report this."
	}
	s.line(s.Bold(strings.ToUpper(title)))
	s.paragraph("", meaning)
	if fault := r.Run.Fault; fault != nil {
		s.gap()
		s.fact("Whose", ownerWords(fault.Owner))
		s.fact("What", takehome.Line(fault.Summary))
		s.fact("Cause", takehome.Line(fault.Cause))
		s.fact("Next step", takehome.Line(fault.Hint))
	}
}

// fact adds a labelled line; without a value it adds nothing.
func (s *screen) fact(label, value string) {
	if value == "" {
		return
	}
	const indent = "             "
	s.labelled(s.Dim(pad("  "+label, len(indent))), indent, value)
}

func (s *screen) breakdown(r takehome.Report) {
	broken := breakdownOf(r)
	if broken == nil {
		return
	}
	s.gap()
	s.line(s.Bold(fit(breakdownTitle(broken.Phase), s.width)))
	s.fact("Why", takehome.Line(broken.Reason))
	s.fact("Where", takehome.Line(broken.Where))
	for i, tried := range broken.Tried {
		label := ""
		if i == 0 {
			label = "Tried"
		}
		s.fact(label, takehome.Line(tried))
	}
	s.fact("Would help", takehome.Line(broken.Help))
	lines := strings.Split(strings.TrimSpace(takehome.Clean(broken.Log.Shown)), "\n")
	if lines[0] == "" {
		return
	}
	for _, line := range lines[max(0, len(lines)-logLinesShown):] {
		s.line(s.Dim(fit("  | "+line, s.width)))
	}
}

// breakdownOf is what went wrong in build or start, in as much detail as the report has.
func breakdownOf(r takehome.Report) *takehome.Breakdown {
	kind := r.Canonical.Breakdown
	switch {
	case r.Run.Breakdown != nil:
		return r.Run.Breakdown
	case kind != nil:
		return &takehome.Breakdown{Phase: kind.Phase, Reason: kind.Reason, Where: kind.Where, Help: kind.Help}
	case r.Run.Boot != nil:
		return r.Run.Boot.Breakdown
	}
	return nil
}
