package script

import (
	"bytes"
	"encoding/json"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// Request is one HTTP request as it will be sent.
type Request struct {
	Method string
	Path   string // with query, already escaped, sent as it is
	Header http.Header
	Body   []byte
	// NoBody tells an absent body from an empty one.
	NoBody bool
	// Fresh asks for a connection of its own. net/http replays requests silently when a
	// kept connection breaks (GET, HEAD, OPTIONS, and any with an idempotency key);
	// on a fresh connection it cannot.
	Fresh bool
	// Patience is how long to wait for the first byte of the answer; 0 means the usual 5 s.
	Patience time.Duration
	// Name is what the request is called in summaries: "create", "PUT on the collection".
	Name string
}

// Fault is why an exchange has no proper answer.
type Fault string

// The faults of an exchange. Each is a finding about the program.
const (
	NoFault        Fault = ""
	Refused        Fault = "refused"          // nothing accepts connections
	DialTimeout    Fault = "dial_timeout"     // the connection was not accepted in time
	Reset          Fault = "reset"            // the connection ended before an answer
	Hang           Fault = "hang"             // no answer in time
	BodyTimeout    Fault = "body_timeout"     // headers came, the body did not end in time
	BodyTruncated  Fault = "body_truncated"   // the body ended before its announced length
	BodyTooLarge   Fault = "body_too_large"   // more than MaxBody
	HeaderTooLarge Fault = "header_too_large" // more than MaxHeader
	BadHTTP        Fault = "bad_http"         // not an HTTP/1.1 answer
	GzipBomb       Fault = "gzip_bomb"        // inflates beyond MaxBody
	NotOffered     Fault = "not_offered"      // the API has no such operation: nothing was sent
)

// words spells a fault out for a reader.
func (f Fault) words() string {
	return map[Fault]string{
		Refused: "refused the connection", DialTimeout: "did not accept the connection in time",
		Reset: "closed the connection without an answer", Hang: "gave no answer in time",
		BodyTimeout: "did not finish its answer in time", BodyTruncated: "cut its answer short",
		BodyTooLarge: "sent more than 1 MiB", HeaderTooLarge: "sent more than 64 KiB of headers",
		BadHTTP: "did not speak HTTP", GzipBomb: "sent a compressed bomb", NotOffered: "is not offered",
	}[f]
}

// Exchange is one request and everything that came back.
type Exchange struct {
	Seq      int
	Check    string // the check it was made for; "" while binding
	Step     string // the author's name for the step
	Negative bool   // a correct program refuses it
	Request  Request

	Status    int
	Header    http.Header
	Body      []byte // at most MaxBody
	Truncated bool
	Fault     Fault
	Elapsed   time.Duration

	decoded *decodedJSON
	looks   *bool           // LooksLikeJSON, once it was asked
	query   *takehome.Query // of an SQL step
}

type decodedJSON struct {
	value   any
	problem error
}

// JSON returns the body as JSON: objects are map[string]any, numbers json.Number.
func (e *Exchange) JSON() (any, error) {
	if e.decoded == nil {
		value, err := ParseJSON(e.Body)
		e.decoded = &decodedJSON{value, err}
	}
	return e.decoded.value, e.decoded.problem
}

// Answered reports whether a whole HTTP answer came.
func (e *Exchange) Answered() bool { return e.Fault == NoFault }

// Success reports a 2xx answer.
func (e *Exchange) Success() bool { return e.Answered() && e.Status/100 == 2 }

// Media classifies the answer's body: none, json, problem, html, text or other. An
// empty body is none whatever its header says.
func (e *Exchange) Media() string {
	if len(e.Body) == 0 {
		return "none"
	}
	media, _, err := mime.ParseMediaType(e.Header.Get("Content-Type"))
	switch {
	case err != nil || media == "":
		return "other"
	case media == "application/problem+json":
		return "problem"
	case media == "application/json", strings.HasSuffix(media, "+json"):
		return "json"
	case media == "text/html", media == "application/xhtml+xml":
		return "html"
	case strings.HasPrefix(media, "text/"):
		return "text"
	}
	return "other"
}

// LooksLikeJSON reports whether the body is a JSON object or array, whatever its header says.
func (e *Exchange) LooksLikeJSON() bool {
	if e.looks == nil {
		trimmed := bytes.TrimSpace(e.Body)
		looks := len(trimmed) > 0 && (trimmed[0] == '{' || trimmed[0] == '[') && json.Valid(trimmed)
		e.looks = &looks
	}
	return *e.looks
}

// Describe says what the program answered, in words that are the same in every run.
func (e *Exchange) Describe() string {
	if !e.Answered() {
		return e.Request.Name + " " + e.Fault.words()
	}
	return e.Request.Name + " answered " + statusText(e.Status)
}

func statusText(code int) string {
	if text := http.StatusText(code); text != "" {
		return itoa(code) + " " + text
	}
	return itoa(code)
}

// Evidence makes the record that goes into the report.
func (e *Exchange) Evidence(differences []takehome.Difference) takehome.Evidence {
	record := takehome.Exchange{
		Seq: e.Seq, Step: e.Step, Method: takehome.Line(e.Request.Method),
		URL: takehome.Line(e.Request.Path), RequestHeaders: shownHeaders(e.Request.Header),
		Status: e.Status, ResponseHeaders: shownHeaders(e.Header), Fault: string(e.Fault),
		Micros: e.Elapsed.Microseconds(), Curl: Curl(e.Request), Differences: differences,
	}
	if !e.Request.NoBody {
		body := takehome.Quote(e.Request.Body, takehome.QuoteBody)
		record.RequestBody = &body
	}
	if len(e.Body) > 0 {
		body := takehome.Quote(e.Body, takehome.QuoteBody)
		body.Truncated = body.Truncated || e.Truncated
		record.ResponseBody = &body
	}
	return takehome.Evidence{Exchange: &record}
}

// secretHeaders are never shown.
var secretHeaders = map[string]bool{"Authorization": true, "Cookie": true, "Set-Cookie": true, "Proxy-Authorization": true}

const maxShownHeaders = 40

func shownHeaders(header http.Header) []takehome.Header {
	var shown []takehome.Header
	for _, name := range sortedKeys(header) {
		for _, value := range header[name] {
			if len(shown) == maxShownHeaders {
				return append(shown, takehome.Header{Name: "…", Value: "more headers are not shown"})
			}
			if secretHeaders[http.CanonicalHeaderKey(name)] {
				value = "(removed)"
			}
			shown = append(shown, takehome.Header{Name: takehome.Line(name), Value: takehome.Line(value)})
		}
	}
	return shown
}
