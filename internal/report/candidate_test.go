package report

import (
	"bytes"
	"html"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// canary is a word that must not come through.
func canary(place string) string { return "canary-" + place + "-7f3q" }

// planted is a graded report with one hidden and one hinted check, and a word planted in
// every place that could tell something of the hidden one.
func planted(t *testing.T) takehome.Report {
	t.Helper()
	r := graded(t, "planted", map[string]found{
		"C08": {verdict: takehome.Duplicate, cause: "D07", seen: "the same as in D07"},
		"C09": {verdict: takehome.Blocked, cause: "D07", seen: "could not be observed because D07 failed"},
		"D06": failed(canary("hinted-summary"), "as wanted", "status", "4xx", "200", 200, canary("hinted-body")),
	})
	rubric := r.Canonical.Rubric
	for i := range rubric {
		switch check := &rubric[i]; check.ID {
		case "D07":
			check.Visibility, check.Title, check.Hint = takehome.Hidden, canary("title"), canary("hint")
			check.Source, check.Guidance, check.Skill = canary("source"), canary("guidance"), canary("skill")
		case "D06":
			check.Visibility, check.Hint = takehome.Hinted, "think of fields that nobody knows"
		case "D08":
			check.Visibility = "later" // of another version: it is not known to be open
			check.Title = canary("unknown-visibility")
		case "R01":
			check.Guidance = canary("staff")
		}
	}
	for i := range r.Canonical.Results {
		if result := &r.Canonical.Results[i]; result.Check == "D07" {
			result.Finding = takehome.Finding{
				Verdict: takehome.Fail, Summary: canary("summary"), Wanted: canary("wanted"), Fault: canary("fault"),
			}
		}
	}
	r.Canonical.Results = append(r.Canonical.Results, takehome.Result{Check: "Z01", Finding: takehome.Finding{Verdict: takehome.Pass, Credit: takehome.Full(), Summary: canary("unlisted")}})
	r.Canonical.Seed = canary("seed")
	r.Canonical.Questions = []takehome.WorthAsking{{Ask: canary("question") + "?", About: "D07", Checks: []string{"D07"}}}
	body := func(place string) *takehome.Text {
		text := takehome.Quote([]byte(canary(place)), takehome.QuoteBody)
		return &text
	}
	exchange := func(seq int, check, method, place string) takehome.Evidence {
		return takehome.Evidence{Exchange: &takehome.Exchange{
			Seq: seq, Check: check, Method: method, URL: "/todos/" + canary(place+"-url"), RequestBody: body(place + "-request"),
			ResponseBody: body(place + "-response"), Curl: "curl " + canary(place+"-curl"), Status: 200,
			Differences: []takehome.Difference{{Where: "/0/title", Wanted: canary(place + "-wanted"), Got: canary(place + "-got")}},
		}}
	}
	r.Evidence["D07"] = []takehome.Evidence{exchange(500, "D07", "POST", "hidden")}
	r.Evidence["D06"] = []takehome.Evidence{exchange(400, "D06", "POST", "hinted")}
	r.Evidence["Z01"] = []takehome.Evidence{exchange(700, "Z01", "POST", "unlisted")}
	later := exchange(600, "E01", "GET", "x").Exchange
	later.URL, later.Curl, later.RequestBody = "/todos", "curl /todos", nil
	later.Differences[0].Wanted = "a title"
	r.Evidence["E01"] = []takehome.Evidence{
		exchange(500, "D07", "POST", "borrowed"), // a check over the whole run shows what another one sent
		{Exchange: later},
		{Query: &takehome.Query{Role: takehome.RoleProbe, SQL: "select title from todos", Columns: []string{"title"}, Rows: [][]string{{canary("row")}}, Message: canary("message")}},
		{Note: &takehome.Note{Title: "the program's log", Text: *body("note")}},
		{Note: &takehome.Note{Title: "files", Text: takehome.Quote([]byte("kept-note-of-files"), takehome.QuoteBody), OfFiles: true}},
	}
	earlier := exchange(1, "B01", "POST", "y").Exchange
	earlier.URL, earlier.Curl, earlier.Differences = "/todos", "curl kept-curl", nil
	earlier.RequestBody, earlier.ResponseBody = nil, &takehome.Text{Shown: "kept-body", Bytes: 9}
	r.Evidence["B01"] = []takehome.Evidence{{Exchange: earlier}}
	r.Exhibits = []takehome.Exhibit{
		{
			ID: canary("exhibit-id"), Title: canary("exhibit-title"), Note: canary("exhibit-note"), StaffOnly: true,
			Drawings: []takehome.Drawing{{Title: canary("drawing"), SVG: canary("svg"), Source: canary("source-of-drawing")}},
			Plans:    []takehome.Plan{{Title: canary("plan"), SQL: canary("sql"), Root: takehome.PlanNode{Kind: canary("node"), Notes: []string{canary("node-note")}}}},
			Tables:   []takehome.Table{{Title: canary("table"), Columns: []string{canary("column")}, Rows: [][]string{{canary("cell")}}}},
		},
		{
			ID: "open", Title: "kept-exhibit", Note: "what D07 saw",
			Tables: []takehome.Table{{Title: "of D07", Columns: []string{"check"}, Rows: [][]string{{"D07"}}}},
		},
	}
	r.Run.ProgramLog = *body("program-log")
	r.Run.Notes = []string{canary("run-note")}
	r.Digest = ""
	return r
}

func renderings(t *testing.T, r takehome.Report) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, format := range Formats() {
		all[format.Name] = html.UnescapeString(rendered(t, format.Name, r))
	}
	var advice bytes.Buffer
	require.NoError(t, WriteAdvice(&advice, r, Look{}))
	all["advice"] = advice.String()
	for _, check := range r.Canonical.Rubric {
		var detail bytes.Buffer
		require.NoError(t, Detail(&detail, r, check.ID, Look{}))
		all["detail "+check.ID] = detail.String()
	}
	return all
}

func TestCandidatesSeeNothingOfHiddenChecks(t *testing.T) {
	t.Parallel()
	staff := planted(t)
	require.Contains(t, rendered(t, "json", staff), canary("title"), "the staff see all of it")
	seen := ForCandidate(staff)
	for name, text := range renderings(t, seen) {
		require.NotContains(t, text, "canary-", name)
		require.NotRegexp(t, `\bD07\b`, text, name)
		require.NotRegexp(t, `\bD08\b`, text, name)
		require.NotRegexp(t, `\bZ01\b`, text, name)
	}
	require.Equal(t, &takehome.View{For: takehome.ForCandidate, Hinted: 1, Hidden: 3}, seen.Canonical.View)
	require.Equal(t, canary("seed"), staff.Canonical.Seed, "the report itself is left as it was")
	require.Equal(t, "D07", staff.Exhibits[1].Tables[0].Rows[0][0])
	require.Equal(t, canary("x-response"), staff.Evidence["E01"][1].Exchange.ResponseBody.Shown)
}

func TestCandidatesSeeWhatIsTheirs(t *testing.T) {
	t.Parallel()
	all := renderings(t, ForCandidate(planted(t)))
	for _, format := range []string{"json", "html", "text", "md"} {
		require.Contains(t, all[format], "kept-exhibit", format)
	}
	for _, word := range []string{"kept-body", "kept-curl", "kept-note-of-files", "think of fields that nobody knows"} {
		require.Contains(t, all["json"], word)
		require.Contains(t, all["html"], word)
	}
	for _, format := range []string{"html", "text", "advice"} {
		require.Contains(t, strings.Join(strings.Fields(all[format]), " "), "3 further checks are not shown; they are part of the score.", format)
	}
	require.Contains(t, all["advice"], "look  think of fields that nobody knows")
}

// Of a run that was cut short nobody knows what was stored before an answer.
func TestCandidatesSeeNoAnswersOfACutRun(t *testing.T) {
	t.Parallel()
	r := planted(t)
	r.Canonical.Status, r.Canonical.Scorecard = takehome.Inconclusive, nil
	r.Run.Fault = &takehome.ReportedFault{Owner: takehome.Takehome, Summary: "observe D07 failed", Cause: canary("cause")}
	for name, text := range renderings(t, ForCandidate(r)) {
		require.NotContains(t, text, "canary-", name)
		require.NotContains(t, text, "D07", name)
		require.NotContains(t, text, "kept-body", name)
	}
}

func TestTheViewOfACandidateIsAReport(t *testing.T) {
	t.Parallel()
	seen := ForCandidate(planted(t))
	read, err := Read(strings.NewReader(rendered(t, "json", seen)))
	require.NoError(t, err)
	require.Equal(t, rendered(t, "json", seen), rendered(t, "json", read))
	require.Equal(t, rendered(t, "json", seen), rendered(t, "json", ForCandidate(read)), "once is enough")
}

func TestAnOwnCheckSaysThatItIsNoScore(t *testing.T) {
	t.Parallel()
	r := strongReport(t)
	seen := OwnCheck(r, 4)
	require.Equal(t, r.Run.ProgramLog, seen.Run.ProgramLog, "no hidden check ran, so the log is theirs")
	var advice bytes.Buffer
	require.NoError(t, WriteAdvice(&advice, seen, Look{}))
	require.Contains(t, advice.String(), "this is not the score. 4 further checks run at")
	require.NotContains(t, advice.String(), "93.6")
	golden(t, "strong.advice", advice.String())
}

func TestReviewItemsAreNeverPoints(t *testing.T) {
	t.Parallel()
	r := strongReport(t)
	for _, format := range []string{"text", "html", "json"} {
		text := strings.Join(strings.Fields(html.UnescapeString(rendered(t, format, r))), " ")
		require.Contains(t, text, "Look for a split between HTTP, rules and storage", format)
	}
	for _, result := range r.Canonical.Results {
		if strings.HasPrefix(result.Check, "R") {
			require.Equal(t, takehome.NeedsReview, result.Verdict)
		}
	}
	before := rendered(t, "text", r)
	require.Contains(t, before, "None of it is part of the score.")
	var detail bytes.Buffer
	require.NoError(t, Detail(&detail, r, "R01", Look{}))
	require.NotContains(t, detail.String(), "Points")
	require.False(t, r.Canonical.Scorecard.Criteria[3].Assessed)
}

func TestFlakyChecksShowBothTries(t *testing.T) {
	t.Parallel()
	r := strongReport(t)
	var detail bytes.Buffer
	require.NoError(t, Detail(&detail, r, "D20", Look{}))
	require.Contains(t, detail.String(), "second try: the request of D20")
	page := rendered(t, "html", r)
	require.Contains(t, page, "second try: the request of D20")
	require.Contains(t, page, "the two tries do not agree")
}
