package script

import (
	"context"
	"net"
)

// Dial opens a connection of its own to the program, for probes that speak HTTP slowly,
// half, or wrongly. A *takehome.DialError is a finding, any other error is ours.
func (c *Client) Dial(ctx context.Context) (net.Conn, error) {
	return c.network.Dial(ctx, "tcp", c.address)
}

// Host is the Host header that every request of ours carries.
func (c *Client) Host() string { return hostHeader }

// Revivals is how often the program ended by itself so far and was started again.
func (r *Runner) Revivals() int { return r.revivals }
