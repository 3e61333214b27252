package cli

import (
	"sync"

	"github.com/takehome-dev/takehome/internal/term"
)

// notes takes the lines that are no result: logs, the making of images, the answer to a
// ^C. While a run shows its progress they go through it, or its live lines would tear them apart.
type notes struct {
	app      *app
	mutex    sync.Mutex
	progress *term.Progress // nil while nothing is shown
}

// Write implements io.Writer for whole lines.
func (n *notes) Write(text []byte) (int, error) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if n.progress != nil {
		return n.progress.Log().Write(text)
	}
	return n.app.streams.Err.Write(text)
}

// show begins to show progress; the returned function ends it, and may be called more than once.
func (n *notes) show() (*term.Progress, func()) {
	progress := term.NewProgress(n.app.streams.Err)
	n.mutex.Lock()
	defer n.mutex.Unlock()
	n.progress = progress
	return progress, func() {
		n.mutex.Lock()
		defer n.mutex.Unlock()
		n.progress = nil
		progress.Close()
	}
}
