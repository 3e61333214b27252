package builder

import "bytes"

// tailBuffer keeps the end of what is written to it.
type tailBuffer struct {
	limit int
	kept  []byte
}

// Write never fails.
func (b *tailBuffer) Write(piece []byte) (int, error) {
	b.kept = append(b.kept, piece...)
	if len(b.kept) > 2*b.limit {
		b.kept = append(b.kept[:0], b.kept[len(b.kept)-b.limit:]...)
	}
	return len(piece), nil
}

// tail returns a copy of at most limit bytes.
func (b *tailBuffer) tail() []byte {
	return bytes.Clone(b.kept[max(0, len(b.kept)-b.limit):])
}

// lines cuts what is written to it into lines for a reader. A line without an end
// is cut at maxLine; a carriage return ends a line, as in a progress bar.
type lines struct {
	emit    func(string)
	pending []byte
}

const maxLine = 1 << 10

func (l *lines) write(piece []byte) {
	for len(piece) > 0 {
		end := bytes.IndexAny(piece, "\r\n")
		if end < 0 {
			l.pending = append(l.pending, piece...)
			if len(l.pending) > maxLine {
				l.flush()
			}
			return
		}
		l.pending = append(l.pending, piece[:end]...)
		l.flush()
		piece = piece[end+1:]
	}
}

func (l *lines) flush() {
	if line := bytes.TrimRight(l.pending, " \t"); len(line) > 0 {
		l.emit(string(line))
	}
	l.pending = l.pending[:0]
}
