// Package wire is the language that the runner and takehome-pod speak: requests and
// replies, and connections carried as framed streams. Each request opens one stream of
// a yamux session over the stdio of `takehome-pod serve`.
//
// It is compiled into the helper that runs beside hostile code, so it imports the
// standard library and yamux only, and holds nothing that a candidate must not see.
package wire

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/hashicorp/yamux"
)

// Version is checked by the runner before anything else: the helper may come from an
// image that is older than the runner.
const Version = 1

// Op names what a stream is for.
type Op string

// After OpDial and a reply without Refusal the stream carries a Conn; every other
// operation ends with its reply.
const (
	OpHello     Op = "hello"     // Reply.Version
	OpDial      Op = "dial"      // Network, Address, Timeout
	OpHangUp    Op = "hang-up"   // ID: ends a dialled connection whose stream is stuck
	OpListening Op = "listening" // Reply.Listeners
	OpProxy     Op = "proxy"     // Proxy: opens the doors of the database proxy
	OpMode      Op = "mode"      // Mode
	OpCounts    Op = "counts"    // Reply.Counts; Reset starts counting anew
)

// Request is the first message of a stream.
type Request struct {
	Op      Op            `json:"op"`
	ID      uint64        `json:"id,omitempty"`
	Network string        `json:"network,omitempty"`
	Address string        `json:"address,omitempty"`
	Timeout time.Duration `json:"timeout,omitempty"`
	Proxy   *Proxy        `json:"proxy,omitempty"`
	Mode    *Mode         `json:"mode,omitempty"`
	Reset   bool          `json:"reset,omitempty"`
}

// Reply answers a Request.
type Reply struct {
	Version   int        `json:"version,omitempty"`
	Refusal   Refusal    `json:"refusal,omitempty"` // why a dial did not connect; a finding
	Failure   string     `json:"failure,omitempty"` // what the helper itself could not do
	Listeners []Listener `json:"listeners,omitempty"`
	Counts    Counts     `json:"counts"`
}

// Refusal is why a connection inside the pod was not made.
type Refusal string

// The reasons of takehome.DialError.
const (
	Refused      Refusal = "refused"
	TimedOut     Refusal = "timeout"
	Unreachable  Refusal = "unreachable"
	NoSuchSocket Refusal = "no such socket"
)

// Listener is a TCP socket of the pod that accepts connections and is not the helper's.
type Listener struct {
	Address string `json:"address"` // IP, "0.0.0.0" or "::" for all
	Port    int    `json:"port"`
}

// Proxy says where the database proxy listens and where it leads.
type Proxy struct {
	Given   []string `json:"given"`   // addresses that only a program reaches that uses what it was given
	Other   []string `json:"other"`   // every other address that leads to the database
	Maybe   []string `json:"maybe"`   // like Other, but allowed to be missing: IPv6 loopback
	Backend string   `json:"backend"` // unix socket
	Cap     int      `json:"cap"`     // connections at a time, in every mode
}

// Mode is how the database proxy treats connections.
type Mode struct {
	Kind  string        `json:"kind"` // pass, refuse, blackhole, delay, limit
	Delay time.Duration `json:"delay,omitempty"`
	Limit int           `json:"limit,omitempty"`
}

// The kinds of Mode.
const (
	Pass      = "pass"
	Refuse    = "refuse"
	BlackHole = "blackhole"
	Delay     = "delay"
	Limit     = "limit"
)

// Counts are the database connections since the last reset, by the address they used.
type Counts struct {
	Given int `json:"given"`
	Other int `json:"other"`
	Open  int `json:"open"`
}

// messageLimit bounds a request or a reply; the largest is a list of listeners.
const messageLimit = 1 << 20

// Send writes one message.
func Send(w io.Writer, message any) error {
	body, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("encode a message: %w", err)
	}
	if len(body) > messageLimit {
		return fmt.Errorf("a message of %d bytes is too long", len(body))
	}
	framed := binary.BigEndian.AppendUint32(make([]byte, 0, 4+len(body)), uint32(len(body))) //nolint:gosec // at most messageLimit
	_, err = w.Write(append(framed, body...))
	return err
}

// Receive reads one message.
func Receive(r io.Reader, message any) error {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	length := binary.BigEndian.Uint32(head[:])
	if length > messageLimit {
		return errors.New("a message is too long")
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(r, body); err != nil {
		return err
	}
	if err := json.Unmarshal(body, message); err != nil {
		return fmt.Errorf("decode a message: %w", err)
	}
	return nil
}

// Session is the yamux configuration of both ends. Keep-alive finds a daemon that
// went away without a word; the window bounds what one connection may hold in memory.
func Session() *yamux.Config {
	config := yamux.DefaultConfig()
	config.AcceptBacklog = 1024
	config.KeepAliveInterval = 10 * time.Second
	config.ConnectionWriteTimeout = 30 * time.Second
	config.StreamOpenTimeout = 0
	config.StreamCloseTimeout = 10 * time.Second
	config.LogOutput = io.Discard
	return config
}
