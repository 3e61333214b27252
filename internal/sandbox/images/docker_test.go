package images

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/docker/docker/client"
	"github.com/stretchr/testify/require"
)

func TestEnsureEverything(t *testing.T) {
	cli, err := client.NewClientWithOpts(client.FromEnv, client.WithAPIVersionNegotiation())
	require.NoError(t, err)
	start := time.Now()
	log, _ := os.Create("/tmp/exp/ensure.log")
	store := Open(cli, Options{StateDir: "/tmp/exp/state", Environment: os.Getenv, OnLine: func(l string) {
		log.WriteString(time.Since(start).Round(time.Millisecond).String() + " " + l + "\n")
	}})
	err = store.Ensure(context.Background(), "postgres:17", "node:20", "golang:1.26", "python:3.13")
	require.NoError(t, err)
	t.Log(time.Since(start))
}
