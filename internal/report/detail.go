package report

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// Detail writes everything that a report knows about one check: what was wanted and
// seen, what it cost and why, and all of its evidence, nothing left out. A check that
// the report does not have is a fault of the operator.
func Detail(w io.Writer, r takehome.Report, check string, look Look) error {
	books := newLedger(r)
	found := books.byID[check]
	if found == nil {
		return unknownCheck(books, check)
	}
	s := newScreen(look)
	s.check(found, books)
	for i, piece := range r.Evidence[check] {
		s.gap()
		s.evidence(i+1, piece)
	}
	if len(r.Evidence[check]) == 0 {
		s.gap()
		s.line(s.Dim("No evidence is kept for this check."))
	}
	return s.writeTo(w)
}

func unknownCheck(books ledger, check string) error {
	var ids []string
	for _, each := range books.entries {
		if strings.EqualFold(each.ID, check) {
			return &takehome.Fault{
				Owner: takehome.Operator, Summary: fmt.Sprintf("the report has no check %q", takehome.Line(check)),
				Hint: "did you mean " + takehome.Line(each.ID) + "?",
			}
		}
		ids = append(ids, takehome.Line(each.ID))
	}
	hint := "it has no checks at all"
	if len(ids) > 0 {
		hint = "it has " + strings.Join(ids, " ")
	}
	return &takehome.Fault{
		Owner: takehome.Operator, Summary: fmt.Sprintf("the report has no check %q", takehome.Line(check)), Hint: hint,
	}
}

func (s *screen) check(e *entry, books ledger) {
	verdict, words := e.result.Verdict, e.wording()
	if e.forgone() {
		verdict = takehome.NotApplicable
	}
	s.line(s.Verdict(verdict, s.glyph(verdict)+" "+words.Word) + "  " + s.Bold(takehome.Line(e.ID)+"  "+takehome.Line(e.Title)))
	s.gap()
	s.fact("Wanted", beyondTitle(e.result.Wanted, e.Title))
	s.fact("Seen", takehome.Line(e.result.Summary))
	s.fact("Meaning", words.Meaning)
	s.fact("Points", pointsWords(e))
	s.fact("Basis", basisAndSource(e.ReportedCheck))
	s.fact("Group", takehome.Line(e.Group)+" "+takehome.Line(e.GroupTitle))
	s.fact("Criterion", takehome.Line(e.Criterion))
	s.fact("Skill", takehome.Line(e.Skill))
	s.fact("Shown", visibilityWords(e.Visibility))
	if cause := books.byID[e.result.Cause]; cause != nil {
		s.fact("Cause", takehome.Line(cause.ID)+" "+takehome.Line(cause.Title))
	} else {
		s.fact("Cause", takehome.Line(e.result.Cause))
	}
	s.fact("Fault code", takehome.Line(e.result.Fault))
	if e.result.Flaky {
		s.fact("Flaky", "a second try gave another outcome")
	}
	s.fact("Hint", takehome.Line(e.Hint))
	s.fact("Guidance", takehome.Clean(e.Guidance))
}

// pointsWords says what a check earned of what it is worth.
func pointsWords(e *entry) string {
	worth := e.Weight.String()
	switch {
	case e.Weight == 0:
		return ""
	case !e.result.Verdict.Counts():
		return "worth " + worth + ", not counted"
	case e.Bonus:
		return points(e.earned()) + " of " + worth + " as a bonus on top of the total"
	case e.weighs.Sign() > 0:
		return points(e.earned()) + " of " + worth + "; what is missing weighs " + e.weighs.Percent() + " % of the total"
	}
	return points(e.earned()) + " of " + worth
}

func basisAndSource(check takehome.ReportedCheck) string {
	return strings.Join(nonEmpty(basisWords(check.Basis), takehome.Line(check.Source)), ", ")
}

func (s *screen) evidence(number int, piece takehome.Evidence) {
	switch {
	case piece.Exchange != nil:
		s.exchange(number, piece.Exchange)
	case piece.Query != nil:
		s.query(number, piece.Query)
	case piece.Note != nil:
		s.line(s.Bold(fmt.Sprintf("%d. %s", number, takehome.Line(piece.Note.Title))))
		s.text("   ", &piece.Note.Text)
	}
}

func (s *screen) exchange(number int, x *takehome.Exchange) {
	s.line(s.Bold(fmt.Sprintf("%d. %s", number, stepWords(x))) + s.Dim(fmt.Sprintf("  exchange %d, %s", x.Seq, micros(x.Micros))))
	if x.Curl != "" {
		prompt := "   $ "
		for part := range strings.Lines(takehome.Clean(x.Curl)) {
			s.line(prompt + strings.TrimSuffix(part, "\n"))
			prompt = "   > "
		}
	} else {
		s.line("   " + takehome.Line(x.Method) + " " + takehome.Line(x.URL))
		s.headers(x.RequestHeaders)
		s.text("   ", x.RequestBody)
	}
	s.line("   " + replyWords(x))
	s.headers(x.ResponseHeaders)
	s.text("   ", x.ResponseBody)
	for _, each := range x.Differences {
		s.labelled("   difference: ", "     ", fmt.Sprintf("%s: wanted %s, got %s",
			takehome.Clean(each.Where), takehome.Clean(each.Wanted), takehome.Clean(each.Got)))
	}
}

func stepWords(x *takehome.Exchange) string {
	words := takehome.Line(x.Method + " " + x.URL)
	if x.Step != "" {
		words = takehome.Line(x.Step)
	}
	if x.Try > 1 {
		words = "second try: " + words
	}
	return words
}

// replyWords is the first line of a reply: "HTTP 200 OK", or why there is none.
func replyWords(x *takehome.Exchange) string {
	status := ""
	if x.Status != 0 {
		status = strings.TrimSpace(fmt.Sprintf("HTTP %d %s", x.Status, http.StatusText(x.Status)))
	}
	switch {
	case x.Fault == "" && status == "":
		return "no reply"
	case x.Fault == "":
		return status
	case status == "":
		return "no proper reply: " + faultWords(x.Fault)
	}
	return status + "; " + faultWords(x.Fault)
}

func (s *screen) headers(headers []takehome.Header) {
	for _, each := range headers {
		s.line("   | " + takehome.Line(each.Name) + ": " + takehome.Line(each.Value))
	}
}

// text adds a body or a log, and what is missing of it.
func (s *screen) text(indent string, text *takehome.Text) {
	if text == nil {
		return
	}
	s.block(indent, text.Shown)
	if text.Truncated {
		s.line(s.Dim(fmt.Sprintf("%s… a part of %s, sha256 %s", indent, size(text.Bytes), takehome.Line(text.SHA256))))
	}
}

func (s *screen) query(number int, q *takehome.Query) {
	s.line(s.Bold(fmt.Sprintf("%d. SQL as %s", number, takehome.Line(string(q.Role)))))
	s.block("   ", q.SQL)
	if q.SQLState != "" || q.Message != "" {
		s.labelled("   error ", "     ", takehome.Line(q.SQLState)+" "+takehome.Clean(q.Message))
		return
	}
	s.line("   " + count(len(q.Rows), "row", "rows"))
	if len(q.Columns) > 0 {
		s.block("   ", cells(q.Columns))
	}
	for _, row := range q.Rows {
		s.block("   ", cells(row))
	}
}

func cells(values []string) string {
	safe := make([]string, len(values))
	for i, value := range values {
		safe[i] = takehome.Line(value)
	}
	return strings.Join(safe, " | ")
}
