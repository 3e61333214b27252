//go:build !linux

package main

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// The helper only ever runs in Linux containers; elsewhere it merely compiles.

func hold(time.Duration) int { return exitUsage }

func serve(io.ReadCloser, io.WriteCloser) error {
	return errors.New("runs in Linux containers only")
}

func initialise(_ time.Duration, _ []string, stderr io.Writer) int {
	_, _ = fmt.Fprint(stderr, "takehome-pod: runs in Linux containers only\n")
	return exitUsage
}
