package relay

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync"
)

// The engine sends both output streams of a process over one connection: eight bytes of
// head (stream, three zeros, length) before each piece.
const (
	demuxHead   = 8
	demuxStdout = 1
	demuxStderr = 2
	stderrLimit = 2 << 10
)

// Stdio makes one stream of what the engine hands back for a process without a terminal.
type Stdio struct {
	from  io.Reader
	to    io.WriteCloser
	left  int
	mu    sync.Mutex
	cries []byte // beginning of its standard error
}

// NewStdio reads the multiplexed output of a process and writes to its input. Closing it
// closes to, which the caller makes the whole connection.
func NewStdio(from io.Reader, to io.WriteCloser) *Stdio { return &Stdio{from: from, to: to} }

// Read returns what the process wrote to its standard output.
func (s *Stdio) Read(p []byte) (int, error) {
	for s.left == 0 {
		var head [demuxHead]byte
		if _, err := io.ReadFull(s.from, head[:]); err != nil {
			return 0, err
		}
		length := int(binary.BigEndian.Uint32(head[4:]))
		switch head[0] {
		case demuxStdout:
			s.left = length
		case demuxStderr:
			if err := s.listen(length); err != nil {
				return 0, err
			}
		default:
			return 0, fmt.Errorf("the engine sent a piece of stream %d", head[0])
		}
	}
	n, err := s.from.Read(p[:min(len(p), s.left)])
	s.left -= n
	return n, err
}

// listen keeps the beginning of the standard error: it tells why a helper did not start.
func (s *Stdio) listen(length int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	keep := min(length, stderrLimit-len(s.cries))
	piece := make([]byte, keep)
	if _, err := io.ReadFull(s.from, piece); err != nil {
		return err
	}
	s.cries = append(s.cries, piece...)
	_, err := io.CopyN(io.Discard, s.from, int64(length-keep))
	return err
}

// Stderr is the beginning of what the process wrote to its standard error.
func (s *Stdio) Stderr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return string(s.cries)
}

// Write sends to the process's standard input.
func (s *Stdio) Write(p []byte) (int, error) { return s.to.Write(p) }

// Close ends both directions.
func (s *Stdio) Close() error { return s.to.Close() }
