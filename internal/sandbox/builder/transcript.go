package builder

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// message is one entry of the engine's progress stream.
type message struct {
	Stream string          `json:"stream"`
	ID     string          `json:"id"`
	Aux    json.RawMessage `json:"aux"`
	Error  string          `json:"error"`
	Detail struct {
		Message string `json:"message"`
		Code    int    `json:"code"`
	} `json:"errorDetail"`
}

// transcript is what a build has said so far.
type transcript struct {
	request Request
	flood   func() // stops the build

	log     tailBuffer
	shown   lines
	printed int64
	imageID string
	failure string // the last word of the builder
	code    int    // its exit code, where the old builder tells it

	steps   map[string]*stepRecord // by digest
	current *stepRecord            // the step that printed or began last
	first   *stepRecord            // the step that failed first
}

// stepRecord is what is known of one step.
type stepRecord struct {
	name     string
	failure  string
	begun    bool
	ended    bool
	internal bool
	log      tailBuffer
}

// maxSteps bounds the memory of a transcript.
const maxSteps = 5000

func newTranscript(request Request, flood func()) *transcript {
	return &transcript{
		request: request, flood: flood,
		log:   tailBuffer{limit: request.LogLimit},
		shown: lines{emit: func(line string) { request.OnLine(takehome.Line(line)) }},
		steps: map[string]*stepRecord{},
	}
}

// read takes in the stream to its end.
func (t *transcript) read(stream io.Reader) error {
	decoder := json.NewDecoder(stream)
	for {
		var entry message
		if err := decoder.Decode(&entry); errors.Is(err, io.EOF) {
			t.shown.flush()
			return nil
		} else if err != nil {
			return fmt.Errorf("read the progress of the build: %w", err)
		}
		if err := t.take(entry); err != nil {
			return err
		}
	}
}

func (t *transcript) take(entry message) error {
	switch {
	case entry.ID == "moby.buildkit.trace":
		var raw []byte
		if err := json.Unmarshal(entry.Aux, &raw); err != nil {
			return errTrace
		}
		decoded, err := decodeTrace(raw)
		if err != nil {
			return err
		}
		t.follow(decoded)
	case len(entry.Aux) > 0:
		var image struct{ ID string }
		if err := json.Unmarshal(entry.Aux, &image); err == nil && image.ID != "" {
			t.imageID = image.ID
		}
	case entry.Stream != "":
		t.followOld(entry.Stream)
	}
	if entry.Error != "" || entry.Detail.Message != "" {
		t.failure = entry.Detail.Message
		if t.failure == "" {
			t.failure = entry.Error
		}
		t.code = entry.Detail.Code
	}
	return nil
}

// follow takes in BuildKit's progress.
func (t *transcript) follow(news trace) {
	for _, vertex := range news.steps {
		record := t.record(vertex.digest)
		if record == nil {
			continue
		}
		record.name = vertex.name
		record.internal = !strings.HasPrefix(vertex.name, "[") || strings.HasPrefix(vertex.name, "[internal]")
		if vertex.failure != "" {
			record.failure = vertex.failure
			if t.first == nil && !strings.Contains(vertex.failure, "context canceled") {
				t.first = record
			}
		}
		if !record.begun && (vertex.started || vertex.cached) && vertex.name != "" {
			record.begun = true
			if !record.internal {
				t.current = record
				cached := ""
				if vertex.cached {
					cached = " (cached)"
				}
				t.print(record, []byte(vertex.name+cached+"\n"), false)
			}
		}
		record.ended = record.ended || vertex.completed
	}
	for _, piece := range news.logs {
		if record := t.record(piece.digest); record != nil {
			t.current = record
			t.print(record, piece.text, true)
		}
	}
}

// oldStep is how the old builder announces an instruction.
var oldStep = regexp.MustCompile(`^Step (\d+)/(\d+) : (.*)`)

// followOld takes in the text of the old builder.
func (t *transcript) followOld(text string) {
	if match := oldStep.FindStringSubmatch(text); match != nil {
		if record := t.record("old:" + match[1]); record != nil {
			record.name = strings.TrimSpace(match[3])
			record.begun = true
			t.current = record
		}
	}
	t.print(t.current, []byte(text), t.current != nil)
}

func (t *transcript) record(digest string) *stepRecord {
	record := t.steps[digest]
	if record == nil && len(t.steps) < maxSteps {
		record = &stepRecord{log: tailBuffer{limit: t.request.LogLimit}}
		t.steps[digest] = record
	}
	return record
}

// print keeps and shows a piece of output; own output of a step is kept with it.
func (t *transcript) print(record *stepRecord, piece []byte, own bool) {
	t.printed += int64(len(piece))
	if t.printed > t.request.OutputLimit {
		t.flood()
		return
	}
	_, _ = t.log.Write(piece)
	if own && record != nil {
		_, _ = record.log.Write(piece)
	}
	t.shown.write(piece)
}

// lostSteps reports whether the engine said that a command failed and did not tell which. On
// a busy machine it may end the stream before the steps are in it; what a reader is told must
// not depend on that, so the build, most of it cached by now, is asked for again.
func (t *transcript) lostSteps() bool {
	kind, _ := classify(t.failure, t.code)
	return kind == InstructionFailed && t.first == nil
}

// outcome judges a build that ran to its end.
func (t *transcript) outcome() (Outcome, error) {
	if t.failure == "" {
		if t.imageID == "" {
			return Outcome{Log: t.log.tail()}, engineFault("the engine ended a build without an image", errTrace)
		}
		return Outcome{ImageID: t.imageID, Log: t.log.tail()}, nil
	}
	record := t.first
	if record == nil && t.code != 0 { // the old builder: the step that ran last
		record = t.current
	}
	said := t.failure
	if record != nil && record.failure != "" {
		said = record.failure
	}
	if noSpace(said) || record != nil && noSpace(string(record.log.tail())) {
		return Outcome{Log: t.log.tail()}, engineFault("the engine has no disk space left for a build", errors.New(takehome.Line(said)))
	}
	kind, code := classify(said, t.code)
	if kind == BaseMissing && record != nil && copies(instruction(record.name)) {
		kind = SourceMissing
	}
	if record == nil && kind != Malformed && kind != BaseMissing && kind != BaseUnreachable {
		record = t.current
	}
	if kind == Unexplained && engineBroke(said) {
		return Outcome{Log: t.log.tail()}, engineFault("the engine could not finish a build", errors.New(takehome.Line(said)))
	}
	result := t.failedAt(record, kind, withoutIDs(said))
	result.Failure.ExitCode = code
	return result, nil
}

// failed is the outcome of a build that we stopped.
func (t *transcript) failed(kind FailureKind, said string) Outcome {
	record := t.current
	for _, other := range t.steps { // of several that run at once, the one that still does
		if record == nil || record.ended && other.begun && !other.ended && !other.internal {
			record = other
		}
	}
	return t.failedAt(record, kind, said)
}

func (t *transcript) failedAt(record *stepRecord, kind FailureKind, said string) Outcome {
	failure := &Failure{Kind: kind, Message: takehome.Line(said)}
	if record != nil && !record.internal {
		failure.Instruction = takehome.Line(instruction(record.name))
		failure.Log = record.log.tail()
	}
	return Outcome{Log: t.log.tail(), Failure: failure}
}

// stepPrefix is BuildKit's "[build 3/7] " before an instruction.
var stepPrefix = regexp.MustCompile(`^\[[^\]]*\] `)

func instruction(name string) string {
	return strings.Join(strings.Fields(stepPrefix.ReplaceAllString(name, "")), " ")
}

// exitCode is how BuildKit (old and new) and the old builder tell that a command failed.
var exitCode = regexp.MustCompile(`(?:exit code: |returned a non-zero code: )(\d+)`)

// copies tells that an instruction takes files from the context or from another stage.
func copies(instruction string) bool {
	keyword, _, _ := strings.Cut(instruction, " ")
	return strings.EqualFold(keyword, "COPY") || strings.EqualFold(keyword, "ADD")
}

func classify(said string, code int) (FailureKind, int) {
	if match := exitCode.FindStringSubmatch(said); match != nil {
		if parsed, err := strconv.Atoi(match[1]); err == nil {
			code = parsed
		}
	}
	if code != 0 {
		return InstructionFailed, code
	}
	for _, pattern := range failurePatterns {
		if pattern.seen.MatchString(said) {
			return pattern.kind, 0
		}
	}
	return Unexplained, 0
}
