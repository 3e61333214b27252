package main

import (
	"os"
	"os/signal"
	"syscall"
	"time"
)

// hold is PID 1 of the pod. It waits until its time is over or it is asked to end, and
// reaps what is left behind by the processes that the engine starts beside it.
func hold(limit time.Duration) int {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGCHLD, syscall.SIGTERM, syscall.SIGINT)
	deadline := time.NewTimer(limit)
	for {
		select {
		case <-deadline.C:
			return exitDeadline
		case received := <-signals:
			if received != syscall.SIGCHLD {
				return 0
			}
			for {
				pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
				if err != nil || pid <= 0 {
					break
				}
			}
		}
	}
}
