package takehome

// Finding is what the observation of one check found: something about the
// candidate's program, never about us.
type Finding struct {
	Verdict Verdict  `json:"verdict"`
	Credit  Fraction `json:"credit"`
	// Summary says what was seen, in words that are the same in every run: no ids,
	// times or other values that vary.
	Summary string `json:"summary"`
	// Wanted says what full credit asks for.
	Wanted string `json:"wanted,omitempty"`
	// Fault is the code under which the loss is charged, with Check.Operation: a number of
	// the Web Fuzzing Commons list where one fits, a word of ours otherwise.
	Fault string `json:"fault,omitempty"`
	Flaky bool   `json:"flaky,omitempty"`
	// Cause is the check that blocks this one, or under which its fault is charged.
	Cause string `json:"cause,omitempty"`
}

// Result is the finding of one check.
type Result struct {
	Check string `json:"check"`
	Finding
}

// Judgement is what a grader hands back. It is complete also when the program never started.
type Judgement struct {
	Results  []Result
	Evidence map[string][]Evidence // by check
	Binding  []BindingEntry
	Exhibits []Exhibit
	Boot     *Boot
	Phases   []Phase
	Notes    []string
	Log      Text // end of the program's own output
}

// BindingEntry is one decision about the shape of a candidate's API, made and frozen before scoring.
type BindingEntry struct {
	Name       string `json:"name"`  // "collection", "id", "field text", "update"
	Value      string `json:"value"` // "/api/v1/tasks", "/data/id", "PUT"
	Source     string `json:"source"`
	Confidence int    `json:"confidence"` // per cent
}

// Evidence is one piece of proof. Exactly one of its parts is set.
type Evidence struct {
	Exchange *Exchange `json:"exchange,omitempty"`
	Query    *Query    `json:"query,omitempty"`
	Note     *Note     `json:"note,omitempty"`
}

// Exchange is one HTTP request and what came back.
type Exchange struct {
	Seq             int          `json:"seq"`             // number within the run
	Check           string       `json:"check,omitempty"` // for which it was sent; empty while binding
	Try             int          `json:"try,omitempty"`   // 2: when the check was run again
	Step            string       `json:"step,omitempty"`
	Method          string       `json:"method"`
	URL             string       `json:"url"`
	RequestHeaders  []Header     `json:"request_headers,omitempty"`
	RequestBody     *Text        `json:"request_body,omitempty"`
	Status          int          `json:"status,omitempty"`
	ResponseHeaders []Header     `json:"response_headers,omitempty"`
	ResponseBody    *Text        `json:"response_body,omitempty"`
	Fault           string       `json:"fault,omitempty"` // why there is no proper answer: "hang", "refused", …
	Micros          int64        `json:"micros"`          // until the answer was complete
	Curl            string       `json:"curl,omitempty"`
	Differences     []Difference `json:"differences,omitempty"`
}

// Header is one header field, values of secrets removed.
type Header struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Difference is one place where an answer is not what was wanted.
type Difference struct {
	Where  string `json:"where"` // "status", "header Location", "/data/title"
	Wanted string `json:"wanted"`
	Got    string `json:"got"`
}

// Query is one SQL statement of ours and what it returned.
type Query struct {
	Role     Role       `json:"role"`
	SQL      string     `json:"sql"`
	Columns  []string   `json:"columns,omitempty"`
	Rows     [][]string `json:"rows,omitempty"`
	SQLState string     `json:"sqlstate,omitempty"`
	Message  string     `json:"message,omitempty"`
}

// Note is a piece of evidence in words: the end of a log, a place in a file, a computed figure.
type Note struct {
	Title string `json:"title"`
	Text  Text   `json:"text"`
	// OfFiles tells that it speaks of the files of the submission alone, which their
	// author knows.
	OfFiles bool `json:"of_files,omitempty"`
}

// Phase is a part of a run and how long it took.
type Phase struct {
	Name   string `json:"name"`
	Micros int64  `json:"micros"`
}
