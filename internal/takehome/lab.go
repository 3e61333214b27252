package takehome

import (
	"context"
	"net"
	"time"
)

// Lab is a sealed pod around one submission: its program, a Postgres of its own,
// and nothing else. Every method obeys its context. An error is a fault of ours
// (or of the operator's engine); what the program does is in the returned values.
type Lab interface {
	Network
	Program
	Database
}

// Network reaches into the pod. There is no way out of it.
type Network interface {
	// Dial connects to an address inside the pod: ("tcp", "127.0.0.1:8080"). A refused,
	// reset or timed out connection inside the pod is returned as *DialError; every
	// other error means that the pod itself cannot be reached.
	Dial(ctx context.Context, network, address string) (net.Conn, error)
	// Listening lists the TCP ports on which the submission listens, sorted.
	Listening(ctx context.Context) ([]int, error)
}

// DialError is a connection that was not made inside the pod: a finding.
type DialError struct {
	Address string
	Reason  string // "refused", "timeout", "unreachable", "no such socket"
}

// Error says what was tried.
func (e *DialError) Error() string { return "dial " + e.Address + " in the pod: " + e.Reason }

// Program controls the submission's process.
type Program interface {
	// Start creates and starts the program and waits until it listens, exits or the
	// start deadline passes. A program that runs already is stopped first.
	Start(ctx context.Context, options StartOptions) (Boot, error)
	// Stop asks the program to end (SIGTERM), kills it after grace, and removes its container.
	Stop(ctx context.Context, grace time.Duration) (Exit, error)
	// Signal sends a signal by name: "TERM", "KILL", "HUP".
	Signal(ctx context.Context, name string) error
	// State tells whether the program runs, and how it ended if not.
	State(ctx context.Context) (Exit, error)
	// Logs returns the end of what the program printed since it was last started.
	Logs(ctx context.Context, limit int) (Text, error)
	// Stats reads the program's resource use.
	Stats(ctx context.Context) (Stats, error)
}

// StartOptions varies a start. The zero value is the normal start by the plan.
type StartOptions struct {
	// WithoutDatabase points the program at a database that refuses connections,
	// until Proxy is called with ProxyPass.
	WithoutDatabase bool
	// Patience is how long to wait for a listener; 0 means the configured start deadline.
	Patience time.Duration
}

// Boot is how a start went.
type Boot struct {
	Listening bool          `json:"listening"`
	Address   string        `json:"-"`                 // to dial, "127.0.0.1:31234"
	PortBy    PortSource    `json:"port_by,omitempty"` // how it chose its port
	Port      int           `json:"-"`
	Profile   string        `json:"profile"` // "read-only" or "writable"
	Exit      Exit          `json:"exit"`
	Breakdown *Breakdown    `json:"breakdown,omitempty"` // set when it does not listen
	Elapsed   time.Duration `json:"-"`
	// Database counts the program's connections during this start, by the host name they used.
	Database Connections `json:"database"`
}

// PortSource says which of the ports we know of the program listened on.
type PortSource string

// A program listens on the port we gave it, on one its repository announces, or on another.
const (
	PortGiven    PortSource = "given"
	PortDeclared PortSource = "declared"
	PortOther    PortSource = "other"
)

// Exit is the state of a process.
type Exit struct {
	Running     bool          `json:"running"`
	Code        int           `json:"code,omitempty"`
	OutOfMemory bool          `json:"out_of_memory,omitempty"`
	Forced      bool          `json:"forced,omitempty"` // ended by us after the grace period or the deadline
	Elapsed     time.Duration `json:"-"`                // from the request to the end, for Stop
}

// Stats is the program's resource use.
type Stats struct {
	MemoryBytes     int64
	MemoryPeakBytes int64
	MemoryLimit     int64
	Processes       int64
}

// Connections counts connections that the program made to its database, by the
// address it used: the host name it was given, or any other that reaches it.
type Connections struct {
	Given int `json:"given"`
	Other int `json:"other"`
	Open  int `json:"-"` // right now
}

// Database is the submission's Postgres, seen from outside the submission.
type Database interface {
	// Access returns how to log in with one of our roles. The socket is dialled through Dial.
	Access(role Role) Access
	// Proxy sets how the program's connections to its database are treated.
	Proxy(ctx context.Context, mode ProxyMode) error
	// Connections counts the program's connections since its last start.
	Connections(ctx context.Context) (Connections, error)
}

// Role is a login to the submission's database.
type Role string

// No role of ours is a superuser while it looks at something a candidate made.
const (
	RoleOwner Role = "owner" // the role the program uses; owns what it creates
	RoleProbe Role = "probe" // reads everything, owns nothing
	RoleAdmin Role = "admin" // superuser; catalog and statistics only, never a candidate's object
)

// Access is a login. Network is "unix", Address the socket inside the pod.
type Access struct {
	Network, Address         string
	Database, User, Password string
}

// ProxyMode is what happens to the program's database connections.
type ProxyMode struct {
	Kind  string        // ProxyPass, ProxyRefuse, ProxyBlackHole, ProxyDelay, ProxyLimit
	Delay time.Duration // for ProxyDelay: added to each exchange
	Limit int           // for ProxyLimit: connections at a time
}

// The kinds of ProxyMode. Refuse also resets the connections that are open.
const (
	ProxyPass      = "pass"
	ProxyRefuse    = "refuse"
	ProxyBlackHole = "blackhole"
	ProxyDelay     = "delay"
	ProxyLimit     = "limit"
)
