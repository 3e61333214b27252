package report

import (
	"bytes"
	_ "embed" // for the schema
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// SizeLimit is the largest report that Read accepts. The report of a full run is
// about a hundredth of it.
const SizeLimit = 64 << 20

// depthLimit is far beyond what a report needs, and far below what hurts a decoder.
const depthLimit = 32

//go:embed report.schema.json
var schema []byte

// Schema is the JSON Schema (draft 2020-12) of a report as JSON.
func Schema() []byte { return bytes.Clone(schema) }

// Read reads what Write wrote as "json". It is strict: a report is refused when it is
// larger than SizeLimit, has another format, an unknown or a repeated field, anything after
// its end, or a digest that is not the one of its canonical part. Errors are
// *takehome.Fault of the operator, who named the file.
func Read(from io.Reader) (takehome.Report, error) {
	raw, err := io.ReadAll(io.LimitReader(from, SizeLimit+1))
	if err != nil {
		return takehome.Report{}, fmt.Errorf("read the report: %w", err)
	}
	if len(raw) > SizeLimit {
		return takehome.Report{}, unreadable(fmt.Sprintf("it is larger than %d MiB", SizeLimit>>20), nil)
	}
	if err := checkFormat(raw); err != nil {
		return takehome.Report{}, err
	}
	if err := checkNames(raw); err != nil {
		return takehome.Report{}, unreadable("it is not well-formed", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	var r takehome.Report
	if err := decoder.Decode(&r); err != nil {
		return takehome.Report{}, unreadable("a part of it is not what the format says", err)
	}
	if got := Digest(r.Canonical); r.Digest != got {
		return takehome.Report{}, &takehome.Fault{
			Owner: takehome.Operator,
			Summary: fmt.Sprintf("the report was changed after it was written: it says its digest is %s, but its content has %s",
				takehome.Line(r.Digest), got),
			Hint: "use the original report.json, or grade the submission again",
		}
	}
	return r, nil
}

// checkFormat looks at the name of the format before anything else, so that a report
// of another version is told apart from a broken one.
func checkFormat(raw []byte) error {
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return unreadable("it is not JSON as takehome writes it", err)
	}
	switch head.Schema {
	case takehome.ReportSchema:
		return nil
	case "":
		return unreadable("it does not say which format it has", nil)
	}
	hint := "render it with the takehome that wrote it, or grade the submission again"
	if strings.HasPrefix(head.Schema, "takehome-report/") {
		hint = "it was written by another version of takehome: " + hint
	}
	return &takehome.Fault{
		Owner: takehome.Operator,
		Summary: fmt.Sprintf("the report has the format %q, this takehome reads %q",
			takehome.Line(head.Schema), takehome.ReportSchema),
		Hint: hint,
	}
}

func unreadable(why string, cause error) error {
	return &takehome.Fault{
		Owner: takehome.Operator, Summary: "this is not a report that takehome can read: " + why, Err: cause,
		Hint: "name a report.json that takehome wrote",
	}
}

// checkNames refuses repeated names in an object, of which a decoder would keep the
// last one silently, nesting without end, and anything after the end of the report.
func checkNames(raw []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	if err := walkValue(decoder, 0); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the end of the report")
	}
	return nil
}

func walkValue(decoder *json.Decoder, depth int) error {
	token, err := decoder.Token()
	if err != nil {
		return fmt.Errorf("read the next value: %w", err)
	}
	open, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	if depth == depthLimit {
		return fmt.Errorf("it is nested more than %d levels deep", depthLimit)
	}
	seen := map[string]bool{}
	for decoder.More() {
		if open == '{' {
			name, err := decoder.Token()
			if err != nil {
				return fmt.Errorf("read a name: %w", err)
			}
			text, _ := name.(string)
			if seen[text] {
				return fmt.Errorf("%q is there twice in one object", takehome.Line(text))
			}
			seen[text] = true
		}
		if err := walkValue(decoder, depth+1); err != nil {
			return err
		}
	}
	_, err = decoder.Token() // the closing bracket
	return err
}
