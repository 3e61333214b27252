package cli

import (
	"fmt"
	"strings"

	"github.com/takehome-dev/takehome/internal/authored"
	"github.com/takehome-dev/takehome/internal/report"
	"github.com/takehome-dev/takehome/internal/takehome"
	"github.com/takehome-dev/takehome/internal/term"
)

// explain prints the rule of a check, its source, and the outcomes that are accepted. Of a
// hidden check not even its existence is told.
func (a *app) explain(challenge takehome.Challenge, id string) error {
	check, known := challenge.Rubric.Check(strings.ToUpper(id))
	if !known || check.Visibility == takehome.Hidden {
		return unknownCheck(challenge, id)
	}
	out := a.streams.Out
	out.Println(term.Words(term.Strong, "%s  %s", check.ID, check.Title), term.Line{})
	facts := term.Table{Gap: "  ", Indent: "  "}
	fact := func(name, value string) {
		if value != "" {
			facts.Rows = append(facts.Rows, []term.Cell{{Line: term.Words(term.Faint, "%s", name)}, {Line: term.Words(term.Normal, "%s", value)}})
		}
	}
	fact("why", report.BasisWords(check.Basis))
	fact("source", check.Source)
	fact("worth", worth(challenge, check))
	fact("shows", check.Skill)
	fact("needs", strings.Join(check.Needs, ", "))
	fact("look", check.Hint)
	out.Println(out.Lines(facts)...)
	if len(check.Ladder) == 0 {
		out.Println(term.Line{}, term.Words(term.Normal, "A person judges it; the program gives no points for it."))
		return nil
	}
	out.Println(term.Line{}, term.Words(term.Strong, "Outcomes, the first that fits counts"))
	ladder := term.Table{Gap: "  ", Indent: "  "}
	for _, rung := range check.Ladder {
		ladder.Rows = append(ladder.Rows, []term.Cell{
			{Line: term.Words(term.Normal, "%s", creditWords(rung)), Right: true}, {Line: term.Words(term.Normal, "%s", rungWords(rung))},
		})
	}
	ladder.Rows = append(ladder.Rows, []term.Cell{
		{Line: term.Words(term.Normal, "%s", "0 %"), Right: true}, {Line: term.Words(term.Normal, "%s", "anything else")},
	})
	out.Println(out.Lines(ladder)...)
	if check.Visibility == takehome.Hinted {
		out.Println(term.Line{}, term.Words(term.Faint, "Its requests are not shown before the grading."))
	}
	return nil
}

func unknownCheck(challenge takehome.Challenge, id string) error {
	var ids []string
	for _, check := range challenge.Rubric.Checks {
		if check.Visibility != takehome.Hidden {
			ids = append(ids, check.ID)
		}
	}
	text := fmt.Sprintf("there is no check %q that candidates may know", takehome.Line(id))
	if near := authored.Nearest(id, ids); near != "" {
		text += fmt.Sprintf(" (did you mean %q?)", near)
	}
	return usageError{err: errorf("%s", text), hint: "it is one of " + strings.Join(ids, " ")}
}

func worth(challenge takehome.Challenge, check takehome.Check) string {
	title := check.Criterion
	for _, criterion := range challenge.Rubric.Criteria {
		if criterion.ID == check.Criterion {
			title = criterion.Title
		}
	}
	switch {
	case check.Review:
		return title + ", by a person"
	case check.Bonus:
		return check.Weight.String() + " on top of " + title
	}
	return check.Weight.String() + " in " + title
}

func creditWords(rung takehome.Rung) string {
	switch {
	case rung.Verdict == takehome.NotApplicable, rung.Verdict == takehome.NotAssessed:
		return "not counted"
	case rung.Share:
		return "measured"
	case rung.Credit.IsFull():
		return "100 %"
	}
	return strings.TrimSuffix(rung.Credit.Percent(), ".0") + " %"
}

func rungWords(rung takehome.Rung) string {
	switch {
	case rung.Note == "":
		return rung.When
	case rung.When == "":
		return rung.Note
	}
	return rung.Note + " [" + rung.When + "]"
}
