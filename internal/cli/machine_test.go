package cli_test

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// silentEngine accepts connections and says nothing. Its socket lies in a short path,
// because the length of such a path is limited.
func silentEngine(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "takehome-silent-") //nolint:usetesting // the path of t.TempDir is too long for a socket
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	socket := filepath.Join(folder, "s")
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", socket)
	require.NoError(t, err)
	over := make(chan struct{})
	t.Cleanup(func() {
		_ = listener.Close()
		<-over
	})
	go func() {
		defer close(over)
		var held []net.Conn
		for {
			conn, err := listener.Accept()
			if err != nil {
				break
			}
			held = append(held, conn)
		}
		for _, conn := range held {
			_ = conn.Close()
		}
	}()
	return "unix://" + socket
}

// smallDisk mounts a small file system.
func smallDisk(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	output, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder).CombinedOutput()
	if err != nil {
		t.Skipf("no file system can be mounted here: %s", output)
	}
	t.Cleanup(func() { _ = exec.Command("umount", folder).Run() })
	return folder
}
