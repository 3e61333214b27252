package report

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// pieceView is one piece of evidence. Exactly one of its parts is set.
type pieceView struct {
	Exchange *exchangeView
	Query    *queryView
	Note     *noteView
}

type exchangeView struct {
	Seq            int
	TheirStep      string
	Reply          string // "HTTP 200 OK"
	Bad            bool   // no proper reply
	Elapsed        string
	TheirCurl      string
	TheirHeaders   []string
	Request        *textView // where there is no curl
	Body           *textView
	First          *differenceView
	Differences    []differenceView
	MoreDifference int
}

// differenceView shows where two values part: what they share is plain, what differs is marked.
type differenceView struct {
	TheirWhere                                  string
	TheirHead, TheirWanted, TheirGot, TheirTail string
	Apart                                       bool // they share nothing
}

type queryView struct {
	Role         string
	TheirSQL     string
	TheirColumns []string
	TheirRows    [][]string
	Rows         string
	MoreRows     int
	TheirError   string
}

type noteView struct {
	TheirTitle string
	Text       *textView
}

// textView is a body or a log.
type textView struct {
	Their string
	Cut   string // what is not shown, empty where all is
}

// newPiece lays out one piece, and tells how many bytes of the page it takes.
func newPiece(piece takehome.Evidence, body int) (view pieceView, cost int) {
	switch {
	case piece.Exchange != nil:
		view.Exchange = newExchange(piece.Exchange, body)
		cost = view.Exchange.cost()
	case piece.Query != nil:
		view.Query = newQuery(piece.Query, body)
		cost = view.Query.cost()
	case piece.Note != nil:
		view.Note = &noteView{takehome.Line(piece.Note.Title), newText(&piece.Note.Text, body)}
		cost = view.Note.Text.cost()
	}
	return view, cost + pieceOverhead
}

func newExchange(x *takehome.Exchange, body int) *exchangeView {
	view := &exchangeView{
		Seq: x.Seq, TheirStep: stepWords(x), Reply: replyWords(x), Bad: x.Status == 0 || x.Fault != "",
		Elapsed: micros(x.Micros), Body: newText(x.ResponseBody, body),
	}
	if x.Curl != "" {
		view.TheirCurl = clipped(x.Curl, curlShown)
	} else {
		view.TheirCurl = takehome.Line(x.Method) + " " + takehome.Line(x.URL)
		view.Request = newText(x.RequestBody, body)
	}
	for _, each := range x.ResponseHeaders[:min(len(x.ResponseHeaders), headersShown)] {
		view.TheirHeaders = append(view.TheirHeaders, takehome.Line(each.Name)+": "+takehome.Line(each.Value))
	}
	for _, each := range x.Differences[:min(len(x.Differences), diffsShown)] {
		view.Differences = append(view.Differences, newDifference(each))
	}
	if len(view.Differences) > 0 {
		view.First, view.Differences = &view.Differences[0], view.Differences[1:]
	}
	view.MoreDifference = max(0, len(x.Differences)-diffsShown)
	return view
}

func newDifference(d takehome.Difference) differenceView {
	wanted, got := []rune(clipped(d.Wanted, takehome.QuoteLine)), []rune(clipped(d.Got, takehome.QuoteLine))
	head := 0
	for head < min(len(wanted), len(got)) && wanted[head] == got[head] {
		head++
	}
	tail := 0
	for tail < min(len(wanted), len(got))-head && wanted[len(wanted)-1-tail] == got[len(got)-1-tail] {
		tail++
	}
	if head+tail < 4 { // nothing to speak of in common: no part is worth a mark
		return differenceView{
			TheirWhere: takehome.Line(d.Where), TheirWanted: string(wanted), TheirGot: string(got), Apart: true,
		}
	}
	return differenceView{
		TheirWhere: takehome.Line(d.Where), TheirHead: string(wanted[:head]), TheirTail: string(wanted[len(wanted)-tail:]),
		TheirWanted: string(wanted[head : len(wanted)-tail]), TheirGot: string(got[head : len(got)-tail]),
	}
}

func newQuery(q *takehome.Query, body int) *queryView {
	view := &queryView{
		Role: takehome.Line(string(q.Role)), TheirSQL: clipped(q.SQL, body), TheirColumns: lines(q.Columns, cellsShown),
		Rows: count(len(q.Rows), "row", "rows"), MoreRows: max(0, len(q.Rows)-rowsShown),
	}
	for _, row := range q.Rows[:min(len(q.Rows), rowsShown)] {
		view.TheirRows = append(view.TheirRows, lines(row, cellsShown))
	}
	if q.SQLState != "" || q.Message != "" {
		view.TheirError, view.Rows = strings.TrimSpace(takehome.Line(q.SQLState)+" "+takehome.Line(q.Message)), ""
	}
	return view
}

// lines makes each of at most limit values one safe line.
func lines(values []string, limit int) []string {
	var safe []string
	for _, value := range values[:min(len(values), limit)] {
		safe = append(safe, takehome.Line(value))
	}
	return safe
}

// clipped is at most limit bytes of text, safe to show, and says so where it is cut.
func clipped(text string, limit int) string {
	if len(text) <= limit {
		return takehome.Clean(text)
	}
	return takehome.Clean(clip(text, limit)) + "…"
}

// newText shows the beginning of a body; nil where there is none.
func newText(text *takehome.Text, limit int) *textView {
	if text == nil || text.Shown == "" {
		return nil
	}
	view := &textView{Their: clipped(text.Shown, limit)}
	if text.Truncated || len(text.Shown) > limit {
		view.Cut = fmt.Sprintf("The first %s of %s are shown.", size(int64(min(len(text.Shown), limit))), size(text.Bytes))
	}
	return view
}

// newTail shows the end of a log, from the beginning of a line; nil where there is none.
func newTail(text *takehome.Text, limit int) *textView {
	if text == nil || text.Shown == "" {
		return nil
	}
	shown := []byte(text.Shown)
	if len(shown) > limit {
		shown = shown[len(shown)-limit:]
		if at := slices.Index(shown, '\n'); at >= 0 && at < len(shown)-1 {
			shown = shown[at+1:]
		}
	}
	view := &textView{Their: takehome.Clean(string(shown))}
	if text.Truncated || len(text.Shown) > limit {
		view.Cut = fmt.Sprintf("The last %s of %s are shown.", size(int64(len(shown))), size(text.Bytes))
	}
	return view
}

func written(texts ...string) int {
	total := 0
	for _, text := range texts {
		total += len(template.HTMLEscapeString(text))
	}
	return total
}

func (t *textView) cost() int {
	if t == nil {
		return 0
	}
	return written(t.Their)
}

func (x *exchangeView) cost() int {
	total := written(x.TheirCurl, x.TheirStep) + written(x.TheirHeaders...) + x.Request.cost() + x.Body.cost()
	if x.First != nil {
		total += x.First.cost()
	}
	for _, each := range x.Differences {
		total += each.cost()
	}
	return total
}

func (d differenceView) cost() int {
	return written(d.TheirWhere, d.TheirWanted, d.TheirGot) + 2*written(d.TheirHead, d.TheirTail) + pieceOverhead/2
}

func (q *queryView) cost() int {
	total := written(q.TheirSQL, q.TheirError) + written(q.TheirColumns...)
	for _, row := range q.TheirRows {
		total += written(row...) + len(row)*len("<td><code></code></td>")
	}
	return total
}
