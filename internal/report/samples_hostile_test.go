package report

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// canaryAddress is replaced by the address of a listener that must never be asked for anything.
const canaryAddress = "127.0.0.1:9"

// polyglot tries to leave every context that a page, a terminal or a CI log has.
const polyglot = `<script>document.title='OWNED'</script>"'><img src=x onerror="document.title='OWNED'">` +
	`</title></style></pre></code></bdi><svg onload="document.title='OWNED'"></svg>` +
	`<link rel=stylesheet href="http://127.0.0.1:9/css"><img src="http://127.0.0.1:9/img"><iframe src="http://127.0.0.1:9/frame"></iframe>` +
	`<meta http-equiv=refresh content="0;url=http://127.0.0.1:9/go"><base href="http://127.0.0.1:9/">` +
	`<a id=owned href="javascript:document.title='OWNED'">x</a>*{background:url(http://127.0.0.1:9/bg)}` +
	`{{.Style}}${7*7}` + "\x1b[2J\x1b]52;c;T1dORUQ=\x07\r::error::OWNED ##[error]OWNED \u202Egnp.exe\u2066 \u200B \xff\x00"

// longLine is appended so that every limit is met.
var longLine = strings.Repeat("W", 100_000)

// hostileReport has the payload in every string of a report, at least two of
// everything, and stays a report that can be rendered.
func hostileReport(t *testing.T, payload string) takehome.Report {
	t.Helper()
	var r takehome.Report
	fill(reflect.ValueOf(&r).Elem(), payload)
	r.Schema, r.Digest = takehome.ReportSchema, ""
	r.Run.Started = time.Date(2026, 5, 14, 9, 12, 9, 0, time.UTC)
	r.Canonical.Status = takehome.Graded
	r.Canonical.Rubric, r.Canonical.Results = nil, nil
	verdicts := append(takehome.Verdicts(), takehome.Fail, takehome.Verdict(payload))
	r.Evidence = map[string][]takehome.Evidence{}
	for i, verdict := range verdicts {
		var check takehome.ReportedCheck
		fill(reflect.ValueOf(&check).Elem(), payload)
		check.ID = string(rune('A'+i)) + payload
		check.Bonus = i%3 == 0
		var result takehome.Result
		fill(reflect.ValueOf(&result).Elem(), payload)
		result.Check, result.Verdict, result.Credit = check.ID, verdict, takehome.Frac(1, 3)
		result.Cause = "A" + payload
		var pieces []takehome.Evidence
		fill(reflect.ValueOf(&pieces).Elem(), payload)
		r.Canonical.Rubric = append(r.Canonical.Rubric, check)
		r.Canonical.Results = append(r.Canonical.Results, result)
		r.Evidence[check.ID] = split(pieces)
	}
	return r
}

// split makes pieces of evidence that have one part each.
func split(pieces []takehome.Evidence) []takehome.Evidence {
	var single []takehome.Evidence
	for _, piece := range pieces {
		single = append(single, takehome.Evidence{Exchange: piece.Exchange}, takehome.Evidence{Query: piece.Query}, takehome.Evidence{Note: piece.Note})
	}
	return single
}

// fill sets every string that can be reached to the payload.
func fill(v reflect.Value, payload string) { fillDown(v, payload, 10) }

// fillDown stops at a depth, since the nodes of a plan hold nodes.
func fillDown(v reflect.Value, payload string, depth int) {
	if depth == 0 {
		return
	}
	switch v.Kind() {
	default: // the words have no fields of other kinds
	case reflect.String:
		v.SetString(payload)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillDown(v.Elem(), payload, depth-1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fillDown(v.Index(i), payload, depth-1)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fillDown(key, payload, depth-1)
		fillDown(value, payload, depth-1)
		v.SetMapIndex(key, value)
	case reflect.Struct:
		switch v.Addr().Interface().(type) {
		case *time.Time:
			return
		case *takehome.Fraction:
			v.Set(reflect.ValueOf(takehome.Frac(1, 3)))
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fillDown(v.Field(i), payload, depth-1)
			}
		}
	}
}
