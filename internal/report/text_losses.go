package report

import (
	"fmt"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// losses lists what failed first: one line for the check, one for the reason.
func (s *screen) losses(books ledger) {
	losses := books.losses()
	if len(losses) == 0 {
		return
	}
	s.gap()
	s.line(s.Bold("What failed first"))
	for i, each := range losses {
		if i == lossesShown {
			s.line(s.Dim(fmt.Sprintf("… and %d more", len(losses)-i)))
			return
		}
		s.loss(each)
	}
}

func (s *screen) loss(l loss) {
	verdict := l.result.Verdict
	cost := "−" + points(l.lost)
	name := fmt.Sprintf("%s %-5s", s.glyph(verdict), checkID(l.ID))
	title := s.width - columns(name) - columns(cost) - 3
	s.line(s.Verdict(verdict, name) + " " + pad(fit(takehome.Line(l.Title), title), title) + "  " + cost)
	const indent = "        "
	if reason := reasonOf(l.result, l.Title); reason != "" {
		s.line(s.Dim(indent + fit(reason, s.width-len(indent))))
	}
	if n := len(l.blocked); n > 0 {
		s.line(s.Dim(indent + fit(count(n, "more check needs", "more checks need")+
			" it and could not be observed", s.width-len(indent))))
	}
}

// checkID leaves room for a title beside the name of a check.
func checkID(id string) string { return fit(takehome.Line(id), 16) }

// beyondTitle is what a check wants, unless its title says just that.
func beyondTitle(wanted, title string) string {
	if wanted == title {
		return ""
	}
	return takehome.Line(wanted)
}

// reasonOf is what was seen and what was wanted, in one line that may be cut at its end.
func reasonOf(result takehome.Result, title string) string {
	seen, wanted := takehome.Line(result.Summary), beyondTitle(result.Wanted, title)
	switch {
	case wanted == "":
		return seen
	case seen == "":
		return "wanted " + wanted
	}
	return "saw " + seen + "; wanted " + wanted
}

// partials names the checks that earned a part of their points, the biggest loss first.
func (s *screen) partials(books ledger) {
	partial := byLoss(books.with(takehome.Partial))
	if len(partial) == 0 {
		return
	}
	var names []string
	for i, each := range partial {
		if i == partialsShown {
			names = append(names, fmt.Sprintf("… and %d more", len(partial)-i))
			break
		}
		name := checkID(each.ID)
		if each.lost.Sign() > 0 {
			name += " −" + points(each.lost)
		}
		names = append(names, name)
	}
	s.gap()
	s.labelled(s.Verdict(takehome.Partial, s.glyph(takehome.Partial))+" ", "  ", "Partial credit: "+strings.Join(names, ", "))
}

// remarks are the facts that a reader of the score must know beside it.
func (s *screen) remarks(r takehome.Report, books ledger) {
	var remarks []string
	for _, verdict := range []takehome.Verdict{takehome.Duplicate, takehome.NotApplicable, takehome.NotAssessed, notRun} {
		if n := len(books.with(verdict)); n > 0 {
			remarks = append(remarks, count(n, "check", "checks")+" "+wordingOf(verdict).Word)
		}
	}
	var flaky []string
	for _, each := range books.entries {
		if each.result.Flaky {
			flaky = append(flaky, checkID(each.ID))
		}
	}
	if len(flaky) > 0 {
		remarks = append(remarks, "flaky: "+strings.Join(flaky[:min(len(flaky), partialsShown)], ", "))
	}
	if r.Run.Image != nil {
		for _, each := range r.Run.Image.Substitutes {
			remarks = append(remarks, "stand-in for "+takehome.Line(each.Wanted)+": "+takehome.Line(each.Used))
		}
	}
	if len(remarks) == 0 {
		return
	}
	s.gap()
	for _, remark := range remarks {
		s.labelled("  ", "  ", remark)
	}
}

// files says where the report is and how to read more.
func (s *screen) files(look Look, books ledger) {
	if look.HTML == "" && look.JSON == "" {
		return
	}
	s.gap()
	if look.JSON != "" {
		if losses := books.losses(); len(losses) > 0 {
			s.line(s.Dim("One check in full: takehome report show " + takehome.Line(look.JSON) + "#" + checkID(losses[0].ID)))
		}
	}
	var files []string
	if look.HTML != "" {
		files = append(files, "Report: "+takehome.Line(look.HTML))
	}
	if look.JSON != "" {
		files = append(files, "Data: "+takehome.Line(look.JSON))
	}
	s.line(strings.Join(files, "   "))
}
