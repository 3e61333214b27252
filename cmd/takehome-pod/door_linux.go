package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// door is one address at which the proxy listens. A shut door refuses connections as if
// nothing listened there, and yet nobody else can take its address: shutdown(2) on a
// listening socket of Linux stops the listening and keeps the binding, listen(2) on the
// same socket resumes it.
type door struct {
	given    bool
	listener *net.TCPListener
}

// openDoor listens without SO_REUSEADDR; see reuse.
func openDoor(address string, given bool) (*door, error) {
	config := net.ListenConfig{
		Control: func(_, _ string, raw syscall.RawConn) error {
			var failed error
			err := raw.Control(func(fd uintptr) { failed = reuse(int(fd), 0) })
			if err != nil {
				return err
			}
			return failed
		},
	}
	config.SetMultipathTCP(false) // an MPTCP socket does not resume listening
	listener, err := config.Listen(context.Background(), "tcp", address)
	if err != nil {
		return nil, err
	}
	tcp, ok := listener.(*net.TCPListener)
	if !ok {
		_ = listener.Close()
		return nil, fmt.Errorf("%s is not a TCP address", address)
	}
	return &door{given: given, listener: tcp}, nil
}

func (d *door) accept() (net.Conn, error) { return d.listener.Accept() }

// shut refuses from now on, also the connections that wait to be accepted.
func (d *door) shut() error {
	return d.control(func(fd int) error {
		if err := reuse(fd, 0); err != nil {
			return err
		}
		err := syscall.Shutdown(fd, syscall.SHUT_RD)
		if errors.Is(err, syscall.ENOTCONN) {
			return nil // it is shut already
		}
		return err
	})
}

// open accepts again. On a door that is open it changes nothing.
func (d *door) open() error {
	return d.control(func(fd int) error {
		if err := reuse(fd, 1); err != nil {
			return err
		}
		return os.NewSyscallError("listen", syscall.Listen(fd, 128))
	})
}

// reuse sets SO_REUSEADDR of a door. An open door has it, so that the connections it
// accepts inherit it and do not keep it shut after they were closed (TIME_WAIT). A shut
// door must not: a program that sets it too could bind the address and pose as the
// database.
func reuse(fd, value int) error {
	return os.NewSyscallError("setsockopt", syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, value))
}

func (d *door) control(action func(fd int) error) error {
	raw, err := d.listener.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) { failed = action(int(fd)) })
	if err != nil {
		return err
	}
	return failed
}

func (d *door) close() { _ = d.listener.Close() }

// sayTooMany refuses a connection in the words that Postgres itself uses when all its
// connections are taken (SQLSTATE 53300), so that a driver reports what it always does.
func sayTooMany(client net.Conn) {
	_ = client.SetDeadline(time.Now().Add(2 * time.Second))
	const sslRequest, gssRequest = 80877103, 80877104
	for range 3 {
		var head [8]byte
		if _, err := io.ReadFull(client, head[:]); err != nil {
			return
		}
		length, code := binary.BigEndian.Uint32(head[:]), binary.BigEndian.Uint32(head[4:])
		if code != sslRequest && code != gssRequest {
			if length < 8 || length > 10_000 {
				return
			}
			_, _ = io.CopyN(io.Discard, client, int64(length)-8)
			break
		}
		if _, err := client.Write([]byte{'N'}); err != nil {
			return
		}
	}
	const fields = "SFATAL\x00VFATAL\x00C53300\x00Msorry, too many clients already\x00\x00"
	message := binary.BigEndian.AppendUint32([]byte{'E'}, uint32(4+len(fields)))
	_, _ = client.Write(append(message, fields...))
}
