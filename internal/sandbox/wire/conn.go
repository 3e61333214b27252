package wire

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// ErrBroken means that the stream ended without a word about the connection it
// carried: the relay broke, which is never the program's doing.
var ErrBroken = errors.New("the stream into the pod broke")

// ErrHungUp is what Read returns after the other end called Close.
var ErrHungUp = errors.New("the other end hung up")

// What a frame says. Its head is one byte of kind and three of length.
const (
	frameData  = 'd'
	frameEnd   = 'e' // no more data from this side; the other direction goes on
	frameClose = 'c' // this side is done with the connection
	frameReset = 'r' // this side's connection was reset, or shall be
)

const (
	headLength = 4
	// ChunkLength is the most data one frame carries.
	ChunkLength = 32<<10 - headLength
	// farewell is how long Close waits for room in the stream.
	farewell = 100 * time.Millisecond
)

// Conn is a connection carried by a stream. Unlike the bare stream it tells the end
// of one direction, an orderly close, a reset and a broken relay apart, because the
// first three say something about the program and the last one about us.
type Conn struct {
	stream        net.Conn
	local, remote net.Addr
	stuck         func() // called by Close where no farewell could be written; may be nil

	reading sync.Mutex
	in      *bufio.Reader
	left    int   // of the current frame
	ended   error // what every later Read returns

	writing sync.Mutex
	out     []byte
	spoiled error // after a partial write no frame boundary is known

	closed atomic.Bool
}

// NewConn makes a connection of a stream. Both ends must do so.
func NewConn(stream net.Conn, local, remote net.Addr, stuck func()) *Conn {
	return &Conn{stream: stream, local: local, remote: remote, stuck: stuck, in: bufio.NewReaderSize(stream, 4<<10)}
}

// Read returns data, io.EOF after the other direction ended, syscall.ECONNRESET after
// a reset, ErrHungUp after a close, an error that is os.ErrDeadlineExceeded, or ErrBroken.
func (c *Conn) Read(p []byte) (int, error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	if len(p) == 0 {
		return 0, nil
	}
	for c.left == 0 {
		if c.ended != nil {
			return 0, c.ended
		}
		if err := c.nextFrame(); err != nil {
			return 0, c.opError("read", err)
		}
	}
	n, err := c.in.Read(p[:min(len(p), c.left)])
	c.left -= n
	if n > 0 {
		return n, nil
	}
	return 0, c.opError("read", err)
}

// nextFrame reads a frame's head. A deadline that passes in the middle of it loses nothing.
func (c *Conn) nextFrame() error {
	head, err := c.in.Peek(headLength)
	if err != nil {
		return err
	}
	kind, length := head[0], int(binary.BigEndian.Uint32(head)&0xFFFFFF)
	_, _ = c.in.Discard(headLength)
	switch kind {
	case frameData:
		c.left = length
	case frameEnd:
		c.ended = io.EOF
	case frameReset:
		c.ended = &net.OpError{Op: "read", Net: c.remote.Network(), Addr: c.remote, Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	case frameClose:
		c.ended = ErrHungUp
	default:
		return fmt.Errorf("unknown frame %q", kind)
	}
	return nil
}

// Write sends all of p, in several frames if it is long.
func (c *Conn) Write(p []byte) (int, error) {
	c.writing.Lock()
	defer c.writing.Unlock()
	written := 0
	for written < len(p) {
		chunk := p[written:min(len(p), written+ChunkLength)]
		if err := c.writeFrame(frameData, chunk); err != nil {
			return written, c.opError("write", err)
		}
		written += len(chunk)
	}
	return written, nil
}

func (c *Conn) writeFrame(kind byte, chunk []byte) error {
	if c.closed.Load() && kind == frameData {
		return net.ErrClosed
	}
	if c.spoiled != nil {
		return c.spoiled
	}
	c.out = binary.BigEndian.AppendUint32(c.out[:0], uint32(kind)<<24|uint32(len(chunk))) //nolint:gosec // at most ChunkLength
	c.out = append(c.out, chunk...)
	if _, err := c.stream.Write(c.out); err != nil {
		c.spoiled = err
		return err
	}
	return nil
}

// CloseWrite ends this direction, as shutdown(SHUT_WR) does.
func (c *Conn) CloseWrite() error {
	c.writing.Lock()
	defer c.writing.Unlock()
	return c.opErrorOrNil("close", c.writeFrame(frameEnd, nil))
}

// Close ends the connection in both directions after what was written.
func (c *Conn) Close() error { return c.leave(frameClose) }

// Reset ends the connection at once; the program sees a reset, not an end.
func (c *Conn) Reset() error { return c.leave(frameReset) }

func (c *Conn) leave(kind byte) error {
	if c.closed.Swap(true) {
		return net.ErrClosed
	}
	_ = c.stream.SetReadDeadline(time.Unix(1, 0)) // wakes a reader
	_ = c.stream.SetWriteDeadline(time.Now().Add(farewell))
	c.writing.Lock()
	err := c.writeFrame(kind, nil)
	c.writing.Unlock()
	if err != nil && c.stuck != nil {
		c.stuck()
	}
	return c.stream.Close()
}

// Abandon closes the stream without a word. The other end takes it for a broken relay.
func (c *Conn) Abandon() error {
	c.closed.Store(true)
	past := time.Unix(1, 0)
	_ = c.stream.SetDeadline(past)
	return c.stream.Close()
}

// opError sorts an error of the stream into closed by ourselves, deadline, and broken.
func (c *Conn) opError(op string, err error) error {
	var timeout net.Error
	switch {
	case c.closed.Load():
		err = net.ErrClosed
	case errors.As(err, &timeout) && timeout.Timeout():
		err = os.ErrDeadlineExceeded
	default:
		err = fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return &net.OpError{Op: op, Net: c.remote.Network(), Addr: c.remote, Err: err}
}

func (c *Conn) opErrorOrNil(op string, err error) error {
	if err == nil {
		return nil
	}
	return c.opError(op, err)
}

// LocalAddr names this end.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr is the address inside the pod.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline bounds reads and writes.
func (c *Conn) SetDeadline(t time.Time) error { return c.unlessClosed(c.stream.SetDeadline, t) }

// SetReadDeadline bounds reads.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.unlessClosed(c.stream.SetReadDeadline, t) }

// SetWriteDeadline bounds writes. A write that it interrupts spoils the connection for writing.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	return c.unlessClosed(c.stream.SetWriteDeadline, t)
}

func (c *Conn) unlessClosed(set func(time.Time) error, t time.Time) error {
	if c.closed.Load() {
		return net.ErrClosed
	}
	return set(t)
}

// Address is the name of one end of a Conn.
type Address struct{ Net, Name string }

// Network is "tcp" or "unix".
func (a Address) Network() string { return a.Net }

// String is the name.
func (a Address) String() string { return a.Name }
