package sandbox

import (
	"context"
	"encoding/binary"
	"errors"
	"io"

	"github.com/docker/docker/api/types/container"
)

// tail returns the last bytes that a container printed, both streams in the order in which
// they came.
func (e *Engine) tail(ctx context.Context, id string, limit int) ([]byte, error) {
	var kept lastBytes
	kept.limit = limit
	err := e.call(ctx, "read a log", quick, func(ctx context.Context) error {
		stream, err := e.cli.ContainerLogs(ctx, id, container.LogsOptions{ShowStdout: true, ShowStderr: true})
		if err != nil {
			return err
		}
		return errors.Join(kept.readPieces(stream), stream.Close())
	})
	return kept.bytes, err
}

// lastBytes keeps the end of what is written to it.
type lastBytes struct {
	limit int
	bytes []byte
}

func (l *lastBytes) Write(p []byte) (int, error) {
	l.bytes = append(l.bytes, p[max(0, len(p)-l.limit):]...)
	if over := len(l.bytes) - l.limit; over > 0 {
		l.bytes = append(l.bytes[:0], l.bytes[over:]...)
	}
	return len(p), nil
}

// readPieces reads a log in the engine's framing: eight bytes of head before each piece.
func (l *lastBytes) readPieces(stream io.Reader) error {
	for {
		var head [8]byte
		_, err := io.ReadFull(stream, head[:])
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if _, err := io.CopyN(l, stream, int64(binary.BigEndian.Uint32(head[4:]))); err != nil {
			return err
		}
	}
}
