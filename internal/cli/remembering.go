package cli

import (
	"os"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// remembering is stdout. It keeps the first failure to write, so that a result which
// did not arrive whole is never reported as one that did.
type remembering struct {
	stream *os.File
	err    error
}

// Write implements io.Writer.
func (r *remembering) Write(text []byte) (int, error) {
	n, err := r.stream.Write(text)
	if err != nil && r.err == nil {
		r.err = err
	}
	return n, err
}

// fault says that the result could not be written, or is nil.
func (r *remembering) fault() error {
	if r.err == nil {
		return nil
	}
	return &takehome.Fault{
		Owner: takehome.Operator, Summary: "the result could not be written to stdout", Err: r.err,
		Hint: "make room where stdout is redirected to, then call it again",
	}
}
