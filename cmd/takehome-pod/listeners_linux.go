package main

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"github.com/takehome-dev/takehome/internal/sandbox/wire"
)

// strangers lists the listening TCP sockets of the network namespace that are not this
// process's own.
func strangers() ([]wire.Listener, error) {
	own, err := ownSockets()
	if err != nil {
		return nil, fmt.Errorf("list own sockets: %w", err)
	}
	var found []wire.Listener
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		file, err := os.Open(table)
		if errors.Is(err, os.ErrNotExist) {
			continue // no IPv6
		}
		if err != nil {
			return nil, fmt.Errorf("read the socket table: %w", err)
		}
		listeners, err := parseSockets(file, own)
		_ = file.Close()
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", table, err)
		}
		found = append(found, listeners...)
	}
	return found, nil
}

// listenerLimit keeps a program that listens everywhere from making a list without end.
const listenerLimit = 1000

// parseSockets reads a table as proc_net_tcp(5) describes it: after a heading one line
// a socket, with the local address, the state (0A is LISTEN) and the inode.
func parseSockets(table io.Reader, own map[string]bool) ([]wire.Listener, error) {
	const listening = "0A"
	var found []wire.Listener
	lines := bufio.NewScanner(table)
	for lines.Scan() && len(found) < listenerLimit {
		fields := strings.Fields(lines.Text())
		if len(fields) < 10 || fields[3] != listening || own[fields[9]] {
			continue
		}
		address, port, err := parseAddress(fields[1])
		if err != nil {
			return nil, err
		}
		found = append(found, wire.Listener{Address: address, Port: port})
	}
	return found, lines.Err()
}

// parseAddress reads "0100007F:1F90": the address as 32-bit words in the machine's own
// byte order, the port as a number.
func parseAddress(text string) (string, int, error) {
	host, portText, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(host)
	if err != nil || len(raw)%4 != 0 {
		return "", 0, fmt.Errorf("odd address %q", text)
	}
	port, err := strconv.ParseUint(portText, 16, 16)
	if err != nil {
		return "", 0, fmt.Errorf("odd port %q", text)
	}
	for i := 0; i < len(raw); i += 4 {
		word := binary.BigEndian.Uint32(raw[i:])
		binary.NativeEndian.PutUint32(raw[i:], word)
	}
	address, ok := netip.AddrFromSlice(raw)
	if !ok {
		return "", 0, fmt.Errorf("odd address %q", text)
	}
	return address.Unmap().String(), int(port), nil
}

// ownSockets returns the inodes of this process's sockets.
func ownSockets() (map[string]bool, error) {
	folder, err := os.Open("/proc/self/fd")
	if err != nil {
		return nil, err
	}
	names, err := folder.Readdirnames(-1)
	_ = folder.Close()
	if err != nil {
		return nil, err
	}
	own := map[string]bool{}
	for _, name := range names {
		target, err := os.Readlink("/proc/self/fd/" + name)
		if inode, isSocket := strings.CutPrefix(target, "socket:["); err == nil && isSocket {
			own[strings.TrimSuffix(inode, "]")] = true
		}
	}
	return own, nil
}
