// Package report renders a takehome.Report and nothing else. It stands at the end
// of the straight line: the JSON it writes is the artefact of a run, and every
// other format is made from that JSON's content alone, so that a report can be
// rendered again, years later, without Docker. No verdict and no score is made here.
//
// A new format is one file and one line in the table of Formats.
package report

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// Format is one way to render a report.
type Format struct {
	Name  string // as it is named on the command line, also the extension of a file
	About string // one phrase for a help text
	write func(io.Writer, takehome.Report) error
}

// Formats lists the formats by name.
func Formats() []Format {
	return []Format{
		{"html", "one self-contained page for people who hire", writeHTML},
		{"json", "the artefact itself, described by a JSON Schema", writeJSON},
		{"md", "a summary in Markdown, for a pull request", writeMarkdown},
		{"text", "the last screen of a run, for a terminal or a pipe", writePlainText},
	}
}

// Write renders a report in the named format. The same report gives the same
// bytes. A report without a digest is given one; a report whose digest is not that
// of its canonical part is refused, since nothing could read it back. Nothing is
// written unless the whole rendering succeeded.
func Write(w io.Writer, format string, r takehome.Report) error {
	for _, known := range Formats() {
		if known.Name != format {
			continue
		}
		sealed, err := seal(r)
		if err != nil {
			return err
		}
		var rendered bytes.Buffer
		if err := known.write(&rendered, sealed); err != nil {
			return fmt.Errorf("render the report as %s: %w", format, err)
		}
		if _, err := rendered.WriteTo(w); err != nil {
			return fmt.Errorf("write the report as %s: %w", format, err)
		}
		return nil
	}
	return unknownFormat(format)
}

func unknownFormat(format string) error {
	var names []string
	for _, known := range Formats() {
		names = append(names, known.Name)
	}
	return &takehome.Fault{
		Owner:   takehome.Operator,
		Summary: fmt.Sprintf("there is no report format %q", takehome.Line(format)),
		Hint:    "choose one of " + strings.Join(names, ", "),
	}
}

// seal prepares a report for every renderer: its digest is there and right, times
// are in UTC, and what is empty is empty in one way only.
func seal(r takehome.Report) (takehome.Report, error) {
	digest := Digest(r.Canonical)
	if r.Digest != "" && r.Digest != digest {
		return r, fmt.Errorf("the report says its digest is %s, but that of its canonical part is %s",
			takehome.Line(r.Digest), digest)
	}
	r.Digest = digest
	r.Run.Started = r.Run.Started.UTC()
	return filled(r), nil
}
