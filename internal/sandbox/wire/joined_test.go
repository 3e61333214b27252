package wire_test

import (
	"bytes"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/hashicorp/yamux"
	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/sandbox/wire"
)

// counted notes how long each write was.
type counted struct {
	net.Conn
	mu      sync.Mutex
	lengths []int
}

func (c *counted) Write(p []byte) (int, error) {
	c.mu.Lock()
	c.lengths = append(c.lengths, len(p))
	c.mu.Unlock()
	return c.Conn.Write(p)
}

func TestAFrameIsOneWrite(t *testing.T) {
	t.Parallel()
	left, right := net.Pipe()
	watched := &counted{Conn: left}
	client, err := yamux.Client(wire.Joined(watched), wire.Session())
	require.NoError(t, err)
	server, err := yamux.Server(right, wire.Session())
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close(); _ = server.Close() })
	stream, err := client.Open()
	require.NoError(t, err)
	far, err := server.Accept()
	require.NoError(t, err)
	for _, length := range []int{12, 1, 5000} { // 12 is as long as a head
		sent := bytes.Repeat([]byte{0}, length)
		_, err := stream.Write(sent)
		require.NoError(t, err)
		got := make([]byte, length)
		_, err = io.ReadFull(far, got)
		require.NoError(t, err)
		require.Equal(t, sent, got)
	}
	watched.mu.Lock()
	defer watched.mu.Unlock()
	require.Subset(t, watched.lengths, []int{12 + 12, 12 + 1, 12 + 5000})
	require.NotContains(t, watched.lengths, 5000)
}
