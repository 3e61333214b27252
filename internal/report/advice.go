package report

import (
	"io"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// WriteAdvice writes what a candidate can mend: for each check that lost credit the author's
// hint and the request to look at as a curl line. It shows no score; the grading makes one.
func WriteAdvice(w io.Writer, r takehome.Report, look Look) error {
	s := newScreen(look)
	books := newLedger(r)
	s.title(r)
	if r.Canonical.Status != takehome.Graded {
		s.withoutScore(r)
	}
	s.breakdown(r)
	told := false
	for _, verdict := range []takehome.Verdict{takehome.Fail, takehome.Partial} {
		for _, each := range byLoss(books.with(verdict)) {
			if !each.Bonus {
				s.advice(each, books, r.Evidence[each.ID])
				told = true
			}
		}
	}
	if counts := countsOf(books.entries); counted(counts) > 0 {
		s.paragraph("", sentence(books))
	}
	s.paragraph("", strings.Join(viewWords(r.Canonical.View), " "))
	if told {
		s.paragraph("", "What is accepted: takehome check --explain <check>")
	}
	if look.HTML != "" {
		s.line("Report: " + takehome.Line(look.HTML))
	}
	return s.writeTo(w)
}

// advice is what one check says: what was seen, where to look, what to try.
func (s *screen) advice(e *entry, books ledger, evidence []takehome.Evidence) {
	name := s.glyph(e.result.Verdict) + " " + pad(checkID(e.ID), 5) + " "
	s.line(s.Verdict(e.result.Verdict, name) + s.Bold(fit(takehome.Line(e.Title), s.width-columns(name))))
	fact := func(label, text string) {
		if text != "" {
			s.labelled("  "+pad(label, 6), "        ", s.inert(text))
		}
	}
	if e.Visibility == takehome.Public {
		fact("seen", takehome.Line(e.result.Summary))
	}
	fact("look", takehome.Line(e.Hint))
	if line := curlOf(evidence); line != "" {
		s.line("  try   " + line) // not wrapped: it is there to be copied
	}
	fact("said", refusalOf(evidence))
	var blocked []string
	for _, each := range books.with(takehome.Blocked) {
		if books.root(each) == e {
			blocked = append(blocked, checkID(each.ID))
		}
	}
	if len(blocked) > 0 {
		fact("then", count(len(blocked), "more check needs it", "more checks need it")+": "+strings.Join(blocked, " "))
	}
	s.gap()
}

// refusalOf is what Postgres said to the first statement that it refused.
func refusalOf(evidence []takehome.Evidence) string {
	for _, piece := range evidence {
		if piece.Query != nil && piece.Query.SQLState != "" {
			return takehome.Line(piece.Query.SQLState) + " " + takehome.Line(piece.Query.Message)
		}
	}
	return ""
}

// curlOf is the request that tells most, as a line for a shell.
func curlOf(evidence []takehome.Evidence) string {
	exchanges := make([]takehome.Evidence, 0, len(evidence))
	for _, piece := range evidence {
		if piece.Exchange != nil && piece.Exchange.Curl != "" {
			exchanges = append(exchanges, piece)
		}
	}
	if len(exchanges) == 0 {
		return ""
	}
	return strings.ReplaceAll(takehome.Clean(exchanges[keyOf(exchanges)].Exchange.Curl), "\n", " ")
}
