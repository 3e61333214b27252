// Package profile says how the containers of a pod are confined: the pod itself,
// the database server, and the candidate's program. It only describes; package sandbox
// creates. Every field is compared with a golden file, because a field that is missing
// here is a hole that nobody sees.
package profile

import (
	_ "embed"
	"strconv"
	"strings"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"

	"github.com/takehome-dev/takehome/internal/sandbox/postgres"
)

// Where things are inside the containers.
const (
	ToolDir = "/.takehome"
	Tool    = ToolDir + "/takehome-pod"
	// ProgramUser runs a program whose image does not say otherwise; PodUser is another, so
	// that neither may signal or trace the other.
	ProgramUser = "65532:65532"
	PodUser     = "65531:65531"
	// Hostname is what the program's machine is called.
	Hostname = "app"
)

// ReadOnly and Writable are the two profiles of a program, in the order in which they are tried.
const (
	ReadOnly = "read-only"
	Writable = "writable"
)

const (
	kib = 1 << 10
	mib = 1 << 20
)

// confined is what all of them have in common.
func confined(memory, processes int64) *container.HostConfig {
	return &container.HostConfig{
		LogConfig: container.LogConfig{
			Type: "json-file", Config: map[string]string{"max-size": "1m", "max-file": "2", "mode": "blocking"},
		},
		RestartPolicy: container.RestartPolicy{Name: container.RestartPolicyDisabled},
		CapDrop:       []string{"ALL"},
		CgroupnsMode:  container.CgroupnsModePrivate,
		IpcMode:       container.IPCModePrivate,
		SecurityOpt:   []string{"no-new-privileges", "seccomp=" + seccomp},
		Resources: container.Resources{
			Memory: memory, MemorySwap: memory, // equal: no swap on top
			PidsLimit: &processes,
			Ulimits:   []*container.Ulimit{{Name: "core", Soft: 0, Hard: 0}},
		},
	}
}

// seccomp is the engine's default profile without io_uring, userfaultfd, the kernel's
// keyrings, and every socket family but unix, IPv4, IPv6 and netlink.
//
//go:generate go test -run TestSeccomp -update .
//go:embed seccomp.json
var seccomp string

// wrapped starts a command under the helper that ends it in time.
func wrapped(deadline time.Duration, command []string) []string {
	return append([]string{Tool, "init", seconds(deadline), "--"}, command...)
}

// seconds rounds up.
func seconds(d time.Duration) string {
	return strconv.FormatInt(max(1, int64((d+time.Second-1)/time.Second)), 10)
}

func tmpfs(size int64, options ...string) string {
	all := append([]string{"rw", "nosuid", "nodev", "size=" + strconv.FormatInt(size, 10), "mode=1777"}, options...)
	return strings.Join(all, ",")
}

func tools(volume string) mount.Mount {
	return mount.Mount{Type: mount.TypeVolume, Source: volume, Target: ToolDir, ReadOnly: true}
}

func sockets(volume string, labels map[string]string) mount.Mount {
	return mount.Mount{
		Type: mount.TypeVolume, Source: volume, Target: postgres.SocketDir,
		VolumeOptions: &mount.VolumeOptions{Labels: labels},
	}
}
