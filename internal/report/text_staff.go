package report

import (
	"fmt"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// view says what was left out.
func (s *screen) view(view *takehome.View) {
	words := viewWords(view)
	if len(words) == 0 {
		return
	}
	s.paragraph("", strings.Join(words, " "))
	s.gap()
}

// skills is the small table beside the criteria.
func (s *screen) skills(card *takehome.Scorecard) {
	if len(card.Skills) == 0 {
		return
	}
	s.gap()
	s.line(s.Bold("By skill"))
	name := 12
	for _, each := range card.Skills {
		name = max(name, columns(takehome.Line(each.Skill)))
	}
	name = min(name, s.width-26)
	for _, each := range card.Skills {
		line := "  " + pad(fit(takehome.Line(each.Skill), name), name)
		if each.Assessed {
			s.line(line + padLeft(percent(each.Percent)+" %", 9) + padLeft(points(each.Earned)+"/"+points(each.Possible), 13))
		} else {
			s.line(line + s.Dim("   not assessed"))
		}
	}
}

// reviews lists what only a person can judge, with what to look for. None of it is in the score.
func (s *screen) reviews(books ledger) {
	items := books.with(takehome.NeedsReview)
	if len(items) == 0 {
		return
	}
	s.gap()
	s.line(s.Bold("For a person to judge"))
	s.paragraph("", "None of it is part of the score.")
	const indent = "        "
	for i, each := range items {
		if i == reviewsShown {
			s.line(s.Dim(fmt.Sprintf("… and %d more", len(items)-i)))
			return
		}
		name := fmt.Sprintf("%s %-5s ", s.glyph(takehome.NeedsReview), checkID(each.ID))
		s.line(s.Verdict(takehome.NeedsReview, name) + fit(takehome.Line(each.Title), s.width-columns(name)))
		if each.Guidance != "" {
			s.paragraph(indent, s.inert(takehome.Clean(each.Guidance)))
		}
	}
}

// questions lists what the findings make worth asking in the interview.
func (s *screen) questions(worth []takehome.WorthAsking, books ledger) {
	if len(worth) == 0 {
		return
	}
	s.gap()
	s.line(s.Bold("Worth asking"))
	for i, each := range worth {
		if i == asksShown {
			s.line(s.Dim(fmt.Sprintf("… and %d more", len(worth)-i)))
			return
		}
		s.labelled("  ? ", "    ", s.inert(takehome.Line(each.Ask)))
		if because := because(each, books); because != "" {
			s.line(s.Dim("    " + fit(because, s.width-4)))
		}
	}
}

// because names the findings that make a question worth asking.
func because(of takehome.WorthAsking, books ledger) string {
	var parts []string
	for _, id := range of.Checks {
		part := checkID(id)
		if found := books.byID[id]; found != nil {
			part += " " + found.wording().Word
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, ", ")
}
