package term

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
)

// Progress shows what is going on while it goes on. Where the cursor can be moved
// back, every check that runs for more than a second has a line of its own, which is
// rewritten in place and gone in the end. Elsewhere there is one line for each finished
// check, and no carriage return. It may be used from several goroutines.
type Progress struct {
	surface Surface
	live    bool

	mutex   sync.Mutex
	running []*task // in the order of their start
	shown   string  // the live lines on the surface, "" if there are none
	partial []byte  // of a log line that has not ended
	stop    chan struct{}
	stopped sync.WaitGroup
}

type task struct {
	key, text string
	started   time.Time
}

const (
	// showAfter spares the reader a flicker of lines that end at once.
	showAfter = time.Second
	// redrawEvery is how soon the seconds in a live line are right again.
	redrawEvery = 200 * time.Millisecond
	// mostLive is how many live lines there are at most.
	mostLive = 8
)

// NewProgress begins to show progress. The caller closes it before it writes anything
// else on the surface.
func NewProgress(surface Surface) *Progress {
	p := &Progress{surface: surface, live: surface.CanRewrite, stop: make(chan struct{})}
	if p.live {
		p.stopped.Go(p.keepCurrent)
	}
	return p
}

func (p *Progress) keepCurrent() {
	ticker := time.NewTicker(redrawEvery)
	defer ticker.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-ticker.C:
			p.mutex.Lock()
			p.write("")
			p.mutex.Unlock()
		}
	}
}

// Start says that something begins. The key names it until Done.
func (p *Progress) Start(key, text string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.running = append(p.running, &task{key: key, text: text, started: time.Now()})
}

// Done says that it ended, and leaves a line for good. A nil line leaves none.
func (p *Progress) Done(key string, line Line) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.running = slices.DeleteFunc(p.running, func(t *task) bool { return t.key == key })
	if line == nil {
		p.write("")
		return
	}
	p.write(p.surface.Render(line) + "\n")
}

// Print leaves a line for good.
func (p *Progress) Print(line Line) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.write(p.surface.Render(line) + "\n")
}

// Log is a writer for whole lines of a log, which must not run into the live lines.
// It keeps the beginning of a line until its end is written, and lets no escape sequence
// through: a log for it has no colours.
func (p *Progress) Log() io.Writer { return logWriter{p} }

type logWriter struct{ progress *Progress }

// Write implements io.Writer.
func (w logWriter) Write(text []byte) (int, error) {
	p := w.progress
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.partial = append(p.partial, text...)
	if end := bytes.LastIndexByte(p.partial, '\n') + 1; end > 0 {
		p.write(Safe(string(p.partial[:end])))
		p.partial = append([]byte(nil), p.partial[end:]...)
	}
	return len(text), nil
}

// Close erases the live lines. It may be called more than once.
func (p *Progress) Close() {
	p.mutex.Lock()
	p.running = nil
	rest := Safe(string(p.partial))
	p.partial = nil
	if rest != "" {
		rest += "\n"
	}
	p.write(rest)
	wasOpen := false
	select {
	case <-p.stop:
	default:
		wasOpen = true
		close(p.stop)
	}
	p.mutex.Unlock()
	if wasOpen {
		p.stopped.Wait()
	}
}

// write leaves text for good, with the live lines below it as they are now. All of it
// is one write, so that nothing comes between. That the reader's stream is closed is
// nothing to report to the reader.
func (p *Progress) write(text string) {
	lines := p.liveLines()
	if text == "" && lines == p.shown {
		return
	}
	_, _ = io.WriteString(p.surface.Writer, eraser(p.shown)+text+lines)
	p.shown = lines
}

// eraser moves to the beginning of the lines that are shown and clears the rest of the screen.
func eraser(shown string) string {
	if shown == "" {
		return ""
	}
	return fmt.Sprintf("\r\x1b[%dA\x1b[J", strings.Count(shown, "\n"))
}

// liveLines is a line for everything that runs for long enough. None is as wide as the
// terminal: a line that wraps takes two, and the eraser would miss one.
func (p *Progress) liveLines() string {
	if !p.live {
		return ""
	}
	columns, rows := p.surface.now()
	most := mostLive
	if rows > 0 {
		most = min(most, rows-2)
	}
	var out strings.Builder
	shown, hidden := 0, 0
	for _, t := range p.running {
		elapsed := time.Since(t.started)
		if elapsed < showAfter {
			continue
		}
		if shown >= most {
			hidden++
			continue
		}
		shown++
		seconds := fmt.Sprintf(" %d s", int(elapsed/time.Second))
		out.WriteString(p.surface.liveLine(t.text, seconds, columns))
	}
	if hidden > 0 {
		out.WriteString(p.surface.liveLine(fmt.Sprintf("and %d more", hidden), "", columns))
	}
	return out.String()
}

func (s Surface) liveLine(text, seconds string, columns int) string {
	sign := "> "
	if s.Unicode {
		sign = "› "
	}
	text = oneLine(text)
	if columns > 0 {
		text = s.clip(text, columns-1-width(sign)-width(seconds))
	}
	line := Line{{sign, Faint}, {Text: text}, {seconds, Faint}}
	if columns > 0 {
		line = s.Clip(line, columns-1)
	}
	return s.Render(line) + "\n"
}
