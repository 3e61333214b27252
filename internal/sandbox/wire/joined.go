package wire

import (
	"encoding/binary"
	"io"
)

// yamux writes the head and the body of a frame one after the other. Over an engine's
// stdio each write is a journey of its own, through a daemon and a pipe, so the two are
// joined.
const (
	muxHead = 12 // version, type, flags (2), stream (4), length (4)
	muxData = 0  // the type whose length is that of a body which follows
)

// Joined makes one write of each frame that a yamux session sends. Both ends need not agree
// on it. Its Write must not be called concurrently, which a session does not do.
func Joined(stream io.ReadWriteCloser) io.ReadWriteCloser {
	return &joined{ReadWriteCloser: stream}
}

type joined struct {
	io.ReadWriteCloser
	pending []byte // a head whose body has not come yet, then both
}

func (j *joined) Write(p []byte) (int, error) {
	if len(j.pending) == 0 {
		if len(p) == muxHead && p[1] == muxData && binary.BigEndian.Uint32(p[8:]) > 0 {
			j.pending = append(j.pending, p...)
			return len(p), nil
		}
		return j.ReadWriteCloser.Write(p)
	}
	j.pending = append(j.pending, p...)
	_, err := j.ReadWriteCloser.Write(j.pending)
	j.pending = j.pending[:0]
	if err != nil {
		return 0, err
	}
	return len(p), nil
}
