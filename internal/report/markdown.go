package report

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// markdownWidth is how wide a code block is laid out.
const markdownWidth = 110

// writeMarkdown writes a summary for a pull request or a wiki: score, what failed first,
// exhibits. A stranger's text stands in code only, where Markdown means nothing, nobody is
// mentioned and nothing is linked.
func writeMarkdown(w io.Writer, r takehome.Report) error {
	var m markdown
	c := r.Canonical
	books := newLedger(r)
	m.line("# " + m.code(r.Run.Name))
	m.line(m.plain(c.Challenge.Title+", version "+c.Challenge.Version) + ". " + m.plain(strings.Join(nonEmpty(
		when(r.Run.Started), labelledShort("submission", c.Submission.Digest), labelledShort("report", r.Digest)), ", ")) + ".")
	if words := viewWords(c.View); len(words) > 0 {
		m.line(m.plain(strings.Join(words, " ")))
	}
	if card := scoreOf(c); card != nil {
		m.scores(card, books)
	} else {
		m.withoutScore(r)
	}
	if broken := breakdownOf(r); broken != nil {
		m.line("## " + m.plain(breakdownTitle(broken.Phase)))
		m.line(m.code(broken.Reason))
	}
	m.losses(books, r.Evidence)
	for _, each := range r.Exhibits[:min(len(r.Exhibits), exhibitsShown)] {
		m.exhibit(each)
	}
	if reviews := books.with(takehome.NeedsReview); len(reviews) > 0 && c.View == nil {
		m.line("## For a person to judge")
		for _, each := range reviews {
			m.item(fmt.Sprintf("%s %s", m.code(each.ID), m.plain(each.Title)))
		}
		m.line("")
	}
	m.line(m.plain("Digest of the graded part: ") + m.code(r.Digest))
	_, err := io.WriteString(w, m.out.String())
	return err
}

// markdown collects blocks.
type markdown struct{ out strings.Builder }

// line adds a block of one line; an empty one ends a list.
func (m *markdown) line(text string) {
	if text = strings.TrimSpace(text); text != "" {
		m.out.WriteString(text + "\n")
	}
	if !strings.HasSuffix(m.out.String(), "\n\n") {
		m.out.WriteString("\n")
	}
}

func (m *markdown) item(text string) { m.out.WriteString("- " + text + "\n") }

// plain writes a text of ours, or of an author, with what Markdown and HTML would take for
// their own marked as text.
func (*markdown) plain(text string) string {
	return strings.NewReplacer(
		"&", "&amp;", "<", "&lt;", ">", "&gt;", "\\", "\\\\", "`", "\\`", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]",
		"|", "\\|", "#", "\\#", "~", "\\~", "$", "\\$", "@", "@<!-- -->", "://", ":<!-- -->//", "www.", "www<!-- -->.",
	).Replace(takehome.Line(text))
}

// code writes a stranger's text on one line. A bar would end a cell of a table.
func (*markdown) code(text string) string {
	text = strings.ReplaceAll(takehome.Line(text), "|", "¦")
	if strings.TrimSpace(text) == "" {
		return ""
	}
	fence := strings.Repeat("`", longestRun(text, '`')+1)
	if len(fence) > 1 || strings.HasPrefix(text, " ") {
		return fence + " " + text + " " + fence
	}
	return fence + text + fence
}

// block writes a stranger's lines as they are.
func (m *markdown) block(syntax, text string) {
	text = strings.TrimRight(takehome.Clean(text), "\n")
	if text == "" {
		return
	}
	fence := strings.Repeat("`", max(3, longestRun(text, '`')+1))
	m.out.WriteString(fence + syntax + "\n" + text + "\n" + fence + "\n\n")
}

func longestRun(text string, of rune) int {
	longest, run := 0, 0
	for _, r := range text {
		if run++; r != of {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// table writes cells that are Markdown already.
func (m *markdown) table(header []string, rows [][]string) {
	m.out.WriteString("| " + strings.Join(header, " | ") + " |\n|" + strings.Repeat(" --- |", len(header)) + "\n")
	for _, row := range rows {
		m.out.WriteString("| " + strings.Join(row, " | ") + " |\n")
	}
	m.out.WriteString("\n")
}

func (m *markdown) scores(card *takehome.Scorecard, books ledger) {
	m.line("**" + m.plain(percent(card.Percent)) + " %** " + m.plain(sentence(books)))
	for _, words := range capWords("The total", card.Caps) {
		m.line("**" + m.plain(words) + "**")
	}
	var rows [][]string
	for _, each := range card.Criteria {
		if !each.Assessed {
			rows = append(rows, []string{m.plain(each.Title), "not assessed", ""})
			continue
		}
		rows = append(rows, []string{m.plain(each.Title), m.plain(percent(each.Percent)) + " %", points(each.Earned) + " of " + points(each.Possible)})
	}
	m.table([]string{"Criterion", "Score", "Points"}, rows)
}

func (m *markdown) withoutScore(r takehome.Report) {
	title, meaning := headline(r.Canonical.Status)
	if r.Canonical.Status == takehome.Graded {
		title, meaning = "No score", "The report says graded, but holds no scorecard; please report this."
	}
	m.line("## " + m.plain(title))
	m.line(m.plain(meaning))
	if fault := r.Run.Fault; fault != nil {
		m.item("Whose: " + m.plain(ownerWords(fault.Owner)))
		m.item("What: " + m.code(fault.Summary))
		m.item("Next step: " + m.code(fault.Hint))
		m.line("")
	}
}

// losses lists what failed first; what Postgres refused is shown with its words.
func (m *markdown) losses(books ledger, evidence map[string][]takehome.Evidence) {
	losses := books.losses()
	if len(losses) == 0 {
		return
	}
	m.line("## What failed first")
	for i, each := range losses {
		if i == openLosses {
			m.item(fmt.Sprintf("… and %d more in report.json", len(losses)-i))
			break
		}
		text := fmt.Sprintf("**−%s** %s %s", points(each.lost), m.code(each.ID), m.plain(each.Title))
		if seen := m.code(each.result.Summary); seen != "" {
			text += "<br>saw " + seen
		}
		if wanted := beyondTitle(each.result.Wanted, each.Title); wanted != "" {
			text += "; wanted " + m.code(wanted)
		}
		if said := refusalOf(evidence[each.ID]); said != "" {
			text += "<br>Postgres said " + m.code(said)
		}
		m.item(text)
	}
	m.line("")
}

// plainSyntax is what may stand behind the fence of a code block.
var plainSyntax = regexp.MustCompile(`^[a-z]{1,16}$`)

func (m *markdown) exhibit(of takehome.Exhibit) {
	view := newExhibit(of, "", new(int))
	title := m.plain(view.TheirName)
	if view.StaffOnly {
		title += " (staff only)"
	}
	m.line("## " + title)
	m.line(m.plain(strings.ReplaceAll(view.TheirNote, "\n", " ")))
	for _, drawing := range of.Drawings[:min(len(of.Drawings), partsShown)] {
		m.line("### " + m.plain(drawing.Title))
		switch {
		case drawing.Source == "":
			m.line("The drawing is in the page.")
		case len(drawing.Source) > sourceShown:
			m.line("The drawing is too large for this summary; it is in the page.")
		case plainSyntax.MatchString(drawing.Syntax):
			m.block(drawing.Syntax, drawing.Source)
		default:
			m.block("", drawing.Source)
		}
	}
	m.plans(view)
	for _, table := range view.Tables {
		if table.TheirTitle != "" {
			m.line("### " + m.plain(table.TheirTitle))
		}
		m.rows(table)
	}
}

// plans are trees of text, the figures side by side above them.
func (m *markdown) plans(view exhibitView) {
	if len(view.Plans) == 0 {
		return
	}
	if len(view.Work) > 0 {
		header := []string{""}
		for _, plan := range view.Plans {
			header = append(header, m.plain(plan.TheirTitle))
		}
		var rows [][]string
		for _, each := range view.Work {
			row := []string{m.plain(each.Name)}
			for _, value := range each.Values {
				row = append(row, m.plain(value))
			}
			rows = append(rows, append(row, each.Change))
		}
		m.table(append(header, ""), rows)
	}
	for _, plan := range view.Plans {
		s := newScreen(Look{Width: markdownWidth})
		s.plan(plan)
		m.block("", s.out.String())
	}
}

// rows shows a table, as far as it can be read beside other text.
func (m *markdown) rows(table tableView) {
	var header []string
	for _, column := range table.TheirColumns {
		header = append(header, m.code(column.Their))
	}
	if len(header) == 0 {
		return
	}
	var rows [][]string
	for i, row := range table.Rows {
		if i == rowsShown {
			break
		}
		var cells []string
		for _, cell := range row[:min(len(row), len(header))] {
			cells = append(cells, m.code(cell.Their))
		}
		rows = append(rows, cells)
	}
	m.table(header, rows)
	if hidden := len(table.Rows) + table.Hidden - len(rows); hidden > 0 {
		m.line(fmt.Sprintf("… and %d more rows", hidden))
	} else if len(rows) == 0 {
		m.line("No rows.")
	}
}
