package report

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/takehome-dev/takehome/internal/takehome"
)

func failed(seen, wanted, where, expect, given string, status int, body string) found {
	return found{
		verdict: takehome.Fail, seen: seen, wanted: wanted, where: where, expect: expect, given: given, status: status, body: body,
	}
}

// strongReport is a submission of about 92 %.
func strongReport(t *testing.T) takehome.Report {
	t.Helper()
	r := graded(t, "alvarez-todo-node", map[string]found{
		"B06": {verdict: takehome.Partial, credit: takehome.Frac(3, 5), seen: "204 without a body", wanted: "200 and an empty array"},
		"B09": {verdict: takehome.Partial, credit: takehome.Frac(4, 5), seen: "PATCH is not offered; a partial PUT keeps the other fields", wanted: "PATCH with 200 or 204"},
		"C10": {verdict: takehome.Partial, credit: takehome.Frac(1, 2), seen: "404, as the framework answers", wanted: "405 with Allow", fault: "110"},
		"C08": {verdict: takehome.NotApplicable, seen: "PATCH is not offered"},
		"D16": {verdict: takehome.NotApplicable, seen: "the API has no date field"},
		"D14": failed("500 for an id beyond the type", "400, 404 or 422", "status", "400, 404 or 422", "500", 500,
			`{"error":{"code":"internal","message":"value \"99999999999999999999\" is out of range for type bigint"}}`),
		"E05": failed("a reply repeats the text of the database driver", "no driver text, no stack frames, no paths", "/error/message",
			"a message without internals", `value "99999999999999999999" is out of range for type bigint`, 500,
			`{"error":{"code":"internal","message":"value \"99999999999999999999\" is out of range for type bigint"}}`),
		"C01": failed("201 without Location", "Location, or a link in the body", "header Location", "a path to the new todo", "(none)", 201, ""),
		"E07": {verdict: takehome.NotAssessed, seen: "too few kinds of error to compare"},
		"D13": {verdict: takehome.Duplicate, seen: "500 for an id beyond the type", wanted: "400, 404 or 422", cause: "D14", fault: "113"},
		"D20": {verdict: takehome.Pass, credit: takehome.Full(), seen: "as wanted", flaky: true},
	})
	first := r.Evidence["D20"][1].Exchange
	again := *first
	again.Seq, again.Try = again.Seq+1000, 2
	r.Evidence["D20"] = append(r.Evidence["D20"], takehome.Evidence{Exchange: &again})
	r.Canonical.Questions = []takehome.WorthAsking{
		{Ask: "What does your program do with an error of the database driver?", ListenFor: "It is logged whole, and the client gets words of one's own.", About: "E05", Checks: []string{"E05", "D14"}},
		{Ask: "How would you find out which of your queries is slow?", About: "functionality", Checks: []string{"B01"}},
	}
	return r
}

// weakReport is a submission of about 31 %, with caps.
func weakReport(t *testing.T) takehome.Report {
	t.Helper()
	deviations := map[string]found{
		"B02": failed("404 for a todo that was just created", "200 and the same todo", "status", "200", "404", 404, `Cannot GET /todo/5`),
		"B01": failed("200 with an error in the body", "201 with an id", "status", "201", "200", 200,
			`{"success":false,"message":"Error: relation \"todos\" does not exist"}`),
		"B05": failed("the list does not contain the created todo", "a list with the created todo", "/0/title", `"k-a31f4a"`, `"buy milk"`, 200,
			`[{"id":1,"title":"buy milk","completed":false},{"id":2,"title":"walk the dog","completed":false}]`),
		"D11": failed("no reply within the time limit", "400 or 422", "", "", "", 0, ""),
		"C20": failed("3 of 9 error replies have a success status", "an error status for every error", "status", "4xx", "200", 200,
			`{"success":false,"message":"Error: title required"}`),
		"E05": failed("a stack trace", "no driver text, no stack frames, no paths", "body", "no stack frames",
			"at Object.<anonymous> (/app/index.js:14:11)", 500,
			"<pre>Error: invalid input syntax for type integer: &quot;abc&quot;<br>    at Object.&lt;anonymous&gt; (/app/index.js:14:11)<br>    at Module._compile (node:internal/modules/cjs/loader:1554:14)</pre>"),
		"D12": failed("500 for the id abc", "400, 404 or 422", "status", "400, 404 or 422", "500", 500, "Internal Server Error"),
		"I01": failed("no row with the canary in any table", "a row in our Postgres", "", "", "", 200, ""),
		"A03": {verdict: takehome.Partial, credit: takehome.Frac(3, 10), seen: "listens on 3000 whatever PORT says", wanted: "listens on PORT"},
		"C02": failed("GET /getTodos, POST /todo/create", "a noun collection", "", "", "", 200, ""),
		"E01": failed("errors are HTML pages", "JSON", "header Content-Type", "application/json", "text/html; charset=utf-8", 404, "<!DOCTYPE html><pre>Cannot GET /todo/5</pre>"),
	}
	hang := deviations["D11"]
	hang.fault = "hang"
	deviations["D11"] = hang
	for cause, blocked := range map[string]string{"B01": "B03 B04 B13 B15 C01 D06 D07", "B02": "B07 B08 B09 B10 B11 B12 B14 C03 C04 C05 D15 D19", "I01": "I02 A06"} {
		for id := range strings.FieldsSeq(blocked) {
			deviations[id] = found{verdict: takehome.Blocked, cause: cause, seen: "could not be observed"}
		}
	}
	for id := range strings.FieldsSeq("D01 D02 D03 D05 D09 C06 C07") {
		deviations[id] = failed("200 with the wrong todo", "4xx and nothing written", "status", "4xx", "200", 200, `{"success":true}`)
	}
	deviations["D08"] = found{verdict: takehome.Duplicate, cause: "D01", fault: "114", seen: "200 with the wrong todo"}
	r := graded(t, "todo-app-final-v2", deviations)
	r.Canonical.Recipe = &takehome.Recipe{Source: "detected: node", Language: "node", Context: ".", Generated: true, Bases: []string{"node:20"}}
	r.Run.Boot.PortBy = takehome.PortOther
	capAt(r.Canonical.Scorecard, "functionality", "not-persisted", "nothing is stored in the database it was given", 60)
	capAt(r.Canonical.Scorecard, "", "no-crud", "create, read and list all fail", 31)
	return r
}

// deadReport is a submission that did not boot.
func deadReport(t *testing.T) takehome.Report {
	t.Helper()
	const reason = "the program listened on no port within 60 s and ended with code 1"
	deviations := map[string]found{"A01": failed(reason, "a connection within 60 s", "", "", "", 0, "")}
	for _, check := range sampleChecks(t) {
		if check.ID != "A01" && check.ID != "A08" && check.Group != "R" && !check.Bonus {
			deviations[check.ID] = found{verdict: takehome.Blocked, cause: "A01", seen: "the program does not run"}
		}
	}
	r := graded(t, "okafor-todo-go", deviations)
	log := takehome.QuoteTail([]byte("2026/05/14 09:12:21 connecting to localhost:5432\n2026/05/14 09:12:21 dial tcp [::1]:5432: connect: connection refused\npanic: could not ping the database\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:41 +0x1f4\nexit status 2\n"), takehome.QuoteBody)
	help := "read the database's address from DATABASE_URL; main.go:33 has localhost in it"
	where := `CMD ["/server"]`
	r.Canonical.Breakdown = &takehome.BreakdownKind{Phase: "start", Reason: reason, Where: where, Help: help}
	r.Canonical.Binding = nil
	r.Run.Breakdown = &takehome.Breakdown{
		Phase: "start", Reason: reason, Where: where, Help: help, Log: log,
		Tried: []string{"started with a read-only file system", "started again with a writable one", "looked for a listener on every port"},
	}
	r.Run.Boot = &takehome.Boot{Profile: "writable", Exit: takehome.Exit{Code: 1}, Database: takehome.Connections{Other: 3}, Breakdown: r.Run.Breakdown}
	r.Run.ProgramLog = log
	r.Evidence = map[string][]takehome.Evidence{"A01": {{Note: &takehome.Note{Title: "End of the program's log", Text: log}}}}
	capAt(r.Canonical.Scorecard, "", "no-boot", "the program does not start", 10)
	return r
}

func inconclusiveReport(t *testing.T) takehome.Report {
	t.Helper()
	r := graded(t, "moreau-todo-python", nil)
	r.Canonical.Status, r.Canonical.Scorecard = takehome.Inconclusive, nil
	r.Canonical.Results = r.Canonical.Results[:22]
	r.Run.Fault = &takehome.ReportedFault{
		Owner: takehome.Operator, Summary: "the Docker engine stopped answering while the checks ran",
		Cause: "read unix @->/run/docker.sock: read: connection reset by peer",
		Hint:  "see that the engine runs (takehome doctor), then run the same command again",
	}
	return r
}

func refusedReport() takehome.Report {
	r := baseReport("delta.tar.gz")
	r.Canonical = takehome.Canonical{Status: takehome.Refused, Challenge: r.Canonical.Challenge, Seed: "7f3a91c2"}
	r.Run = takehome.Run{
		Started: r.Run.Started, Millis: 212, Name: "delta.tar.gz", Origin: takehome.Origin{Kind: "tar.gz", Given: "delta.tar.gz"},
		Environment: r.Run.Environment[2:], Phases: r.Run.Phases[:1],
		Fault: &takehome.ReportedFault{
			Owner: takehome.Candidate, Summary: "refused (path): ../../etc/cron.d/job: an entry may not leave the archive's root",
			Hint: "pack the folder again, without paths that begin with ..",
		},
	}
	return r
}

func interruptedReport(t *testing.T) takehome.Report {
	t.Helper()
	r := graded(t, "alvarez-todo-node", map[string]found{
		"B06": failed("null", "200 and an empty array", "body", "[]", "null", 200, "null"),
	})
	r.Canonical.Status, r.Canonical.Scorecard = takehome.Interrupted, nil
	r.Canonical.Results = r.Canonical.Results[:20]
	return r
}

// hugeReport has 150 checks, 60 of which failed, with more and longer evidence than any real run.
func hugeReport() takehome.Report {
	r := baseReport("huge")
	long := takehome.Quote([]byte(`{"items":[`+strings.Repeat(`{"id":1,"title":"a todo & its \"quotes\" <b>"},`, 400)+`]}`), takehome.QuoteBody)
	line := takehome.CriterionScore{
		ID: "all", Title: "Everything", Share: 100, Assessed: true, Earned: takehome.Frac(90, 1), Possible: takehome.Frac(150, 1),
		Score: takehome.Frac(3, 5), Percent: "60.0", Counts: map[takehome.Verdict]int{takehome.Pass: 90, takehome.Fail: 60},
	}
	for i := range 150 {
		id := fmt.Sprintf("X%03d", i+1)
		r.Canonical.Rubric = append(r.Canonical.Rubric, takehome.ReportedCheck{
			ID: id, Group: strconv.Itoa(i / 25), GroupTitle: fmt.Sprintf("Group %d", i/25+1), Title: fmt.Sprintf("check number %d of the huge report", i+1),
			Criterion: "all", Weight: 100, Basis: takehome.BasisBrief,
		})
		finding := takehome.Finding{Verdict: takehome.Pass, Credit: takehome.Full(), Summary: "as wanted"}
		if i%5 < 2 {
			finding = takehome.Finding{Verdict: takehome.Fail, Summary: "something else", Wanted: "something"}
		}
		r.Canonical.Results = append(r.Canonical.Results, takehome.Result{Check: id, Finding: finding})
		for j := range 12 {
			exchange := &takehome.Exchange{
				Seq: i*12 + j, Step: "step", Method: "GET", URL: "http://127.0.0.1:1/x", Status: 200, ResponseBody: &long, Curl: "curl 'http://127.0.0.1:1/x'",
			}
			if j == 10 && finding.Verdict == takehome.Fail {
				exchange.Step = "the step that failed"
				exchange.Differences = []takehome.Difference{{Where: "/items/3/title", Wanted: `"a todo"`, Got: `"another todo"`}}
			}
			r.Evidence[id] = append(r.Evidence[id], takehome.Evidence{Exchange: exchange})
		}
	}
	r.Canonical.Scorecard = &takehome.Scorecard{
		Criteria: []takehome.CriterionScore{line}, Total: line.Score, Uncapped: line.Score, Percent: line.Percent, Counts: line.Counts,
	}
	return r
}
