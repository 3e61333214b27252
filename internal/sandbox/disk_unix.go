//go:build linux || darwin

package sandbox

import "syscall"

// freeBytes is what an ordinary user may still write to the disk of a folder.
func freeBytes(folder string) (int64, bool) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil {
		return 0, false
	}
	return clamp(disk.Bavail * uint64(disk.Bsize)), true //nolint:gosec,unconvert // the type of Bsize differs between systems
}
