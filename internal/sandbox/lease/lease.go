// Package lease tells whether the runner that made something still lives. A lease is a
// locked file: the kernel drops the lock when the process ends, however it ends, so no
// heartbeat is needed and no clock is trusted.
package lease

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/gofrs/flock"
)

const (
	folder   = "leases"
	suffix   = ".lock"
	hostFile = "host"
)

// Lease is this runner's claim to the objects that carry its name.
type Lease struct {
	Run  string // name of the run: letters and digits, random
	Host string // name of the state folder the lease lies in, random
	lock *flock.Flock
}

// Take makes a new lease below the state folder, which it creates.
func Take(stateDir string) (*Lease, error) {
	if err := os.MkdirAll(filepath.Join(stateDir, folder), 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the leases: %w", err)
	}
	host, err := host(stateDir)
	if err != nil {
		return nil, err
	}
	for range 10 {
		lease := &Lease{Run: random(5), Host: host}
		lease.lock = flock.New(file(stateDir, lease.Run), flock.SetPermissions(0o600))
		locked, err := lease.lock.TryLock()
		if err != nil {
			return nil, fmt.Errorf("lock a lease: %w", err)
		}
		// A runner that tidies up may have locked and removed the file in between.
		if _, err := os.Stat(lease.lock.Path()); locked && err == nil {
			return lease, nil
		}
		_ = lease.lock.Unlock()
	}
	return nil, errors.New("no lease could be locked in ten attempts")
}

// Release gives the lease back. What still carries its name may then be removed by anybody.
func (l *Lease) Release() error {
	if err := l.lock.Unlock(); err != nil {
		return fmt.Errorf("unlock the lease: %w", err)
	}
	return remove(l.lock)
}

// validRun is what Take makes. Anything else was not made by us.
func validRun(run string) bool { return regexp.MustCompile(`^[0-9a-f]{10}$`).MatchString(run) }

// Free reports whether no living runner holds the lease of a run, and calls release
// while it holds that lease itself, so that two who tidy up never meet. A name that
// Take cannot have made is not free: it is not ours to judge.
func Free(stateDir, run string, release func() error) (bool, error) {
	if !validRun(run) {
		return false, nil
	}
	if err := os.MkdirAll(filepath.Join(stateDir, folder), 0o700); err != nil {
		return false, fmt.Errorf("make the folder of the leases: %w", err)
	}
	lock := flock.New(file(stateDir, run), flock.SetPermissions(0o600))
	locked, err := lock.TryLock()
	if err != nil {
		return false, fmt.Errorf("try a lease: %w", err)
	}
	if !locked {
		return false, nil
	}
	err = release()
	if unlockErr := lock.Unlock(); err != nil || unlockErr != nil {
		return true, errors.Join(err, unlockErr)
	}
	return true, remove(lock)
}

// remove deletes the file of a lease, which must be unlocked first: Windows deletes no
// open file.
func remove(lock *flock.Flock) error {
	if err := os.Remove(lock.Path()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove a lease: %w", err)
	}
	return nil
}

// Known lists the runs that have a lease file, living or not.
func Known(stateDir string) ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(stateDir, folder))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the leases: %w", err)
	}
	var runs []string
	for _, entry := range entries {
		if run, ok := strings.CutSuffix(entry.Name(), suffix); ok && validRun(run) {
			runs = append(runs, run)
		}
	}
	return runs, nil
}

// host returns the random name of a state folder. Leases can be judged only by who sees
// the same folder; the name tells who does, and cannot be guessed by an image's labels.
func host(stateDir string) (string, error) {
	name := filepath.Join(stateDir, hostFile)
	fresh := random(8)
	err := writeNew(stateDir, name, fresh)
	if err == nil {
		return fresh, nil
	}
	if !errors.Is(err, os.ErrExist) {
		return "", fmt.Errorf("name the state folder: %w", err)
	}
	content, err := os.ReadFile(name)
	if err != nil {
		return "", fmt.Errorf("read the name of the state folder: %w", err)
	}
	known := strings.TrimSpace(string(content))
	if !regexp.MustCompile(`^[0-9a-f]{16}$`).MatchString(known) {
		return "", fmt.Errorf("%s does not hold the name of a state folder: remove it", name)
	}
	return known, nil
}

// writeNew creates a file with its content at once, or fails with os.ErrExist.
func writeNew(dir, name, content string) error {
	temporary, err := os.CreateTemp(dir, ".host-")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(temporary.Name()) }()
	_, err = temporary.WriteString(content + "\n")
	if err := errors.Join(err, temporary.Close()); err != nil {
		return err
	}
	if _, err := os.Stat(name); err == nil {
		return os.ErrExist
	}
	err = os.Link(temporary.Name(), name)
	if err != nil && !errors.Is(err, os.ErrExist) {
		return os.Rename(temporary.Name(), name) // a file system without hard links
	}
	return err
}

func file(stateDir, run string) string { return filepath.Join(stateDir, folder, run+suffix) }

func random(n int) string {
	raw := make([]byte, n)
	_, _ = rand.Read(raw) // never fails
	return hex.EncodeToString(raw)
}
