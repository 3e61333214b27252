//go:build !linux && !darwin

package sandbox

// freeBytes is not known here: the engine's disk is inside a virtual machine.
func freeBytes(string) (int64, bool) { return 0, false }
