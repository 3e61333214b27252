// Package dockerfile writes the Dockerfiles of submissions that have none, and reads
// those of submissions that have one. Writing is safe against hostile names: whatever
// comes from a submission stands in a JSON array, or it is refused. Reading uses
// BuildKit's own parser, so that we understand a file as the builder will.
package dockerfile

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Writer collects the instructions of a Dockerfile.
type Writer struct{ out bytes.Buffer }

// NewWriter begins a file. The comment keeps the first line from being taken for a
// directive of the builder's.
func NewWriter() *Writer {
	w := &Writer{}
	w.out.WriteString("# Written by takehome because the submission has no Dockerfile.\n")
	return w
}

// Bytes is the file.
func (w *Writer) Bytes() []byte { return w.out.Bytes() }

// Line writes an instruction of ours: a constant, or one in which every variable part
// has passed SafePath or SafeWord.
func (w *Writer) Line(text string) {
	w.out.WriteString(strings.ReplaceAll(text, "\n", " ") + "\n")
}

// Comment writes a comment of ours.
func (w *Writer) Comment(text string) { w.Line("# " + text) }

// Run writes a RUN instruction that no shell sees, from words of any content.
func (w *Writer) Run(words ...string) { w.exec("RUN", words) }

// Command writes the CMD instruction, from words of any content.
func (w *Writer) Command(words ...string) { w.exec("CMD", words) }

func (w *Writer) exec(instruction string, words []string) {
	w.out.WriteString(instruction + " " + Array(words) + "\n")
}

// Array writes words as the JSON array of an exec form. "<<" is spelled as escapes, so
// that no word can look like the start of a heredoc.
func Array(words []string) string {
	if words == nil {
		words = []string{}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(words); err != nil { // strings always encode
		return "[]"
	}
	return strings.ReplaceAll(strings.TrimSpace(out.String()), "<<", `\u003c\u003c`)
}

// Copy writes a COPY of files into the working folder. All paths must be safe.
func (w *Writer) Copy(owner, to string, from ...string) {
	w.Line("COPY --chown=" + owner + " " + strings.Join(from, " ") + " " + to)
}

var (
	safePath = regexp.MustCompile(`^[A-Za-z0-9_.@][A-Za-z0-9_.@+-]*(/[A-Za-z0-9_.@][A-Za-z0-9_.@+-]*)*$`)
	safeWord = regexp.MustCompile(`^[A-Za-z0-9_.@:/+=~-]+$`)
)

// SafePath reports whether a path may stand in an instruction without quotes: no spaces,
// no variables, no patterns, nothing that leads upwards.
func SafePath(path string) bool {
	return len(path) < 200 && safePath.MatchString(path) && !strings.Contains("/"+path+"/", "/../")
}

// SafeWord reports whether a word means nothing to a shell or to the builder.
func SafeWord(word string) bool { return len(word) < 200 && safeWord.MatchString(word) }

// SafeArgument reports whether a word can be an argument of a process, and be written
// down: JSON knows no bytes that are not UTF-8.
func SafeArgument(word string) bool {
	return len(word) < 8<<10 && !strings.ContainsRune(word, 0) && utf8.ValidString(word)
}
