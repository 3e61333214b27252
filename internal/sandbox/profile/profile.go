// Package profile says how the three containers of a pod are confined: the pod itself,
// the database server, and the candidate's program. It only describes; package sandbox
// creates. Every field is compared with a golden file, because a field that is missing
// here is a hole that nobody sees.
package profile

import (
	_ "embed"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"

	"github.com/takehome-dev/takehome/internal/sandbox/postgres"
	"github.com/takehome-dev/takehome/internal/takehome"
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

// Limits are the resources of a program. The zero value means the defaults.
type Limits struct {
	MemoryBytes int64 // 512 MiB
	NanoCPUs    int64 // one core
	Processes   int64 // 256, threads included
	TmpBytes    int64 // 64 MiB in /tmp
	VolumeBytes int64 // 32 MiB in each VOLUME of the image
	FileBytes   int64 // 64 MiB a file, where it may write to its disk
	DiskBytes   int64 // 256 MiB of disk, where it may write to it
}

// WithDefaults fills what is zero.
func (l Limits) WithDefaults() Limits {
	or := func(value *int64, standard int64) {
		if *value <= 0 {
			*value = standard
		}
	}
	or(&l.MemoryBytes, 512*mib)
	or(&l.NanoCPUs, 1e9)
	or(&l.Processes, 256)
	or(&l.TmpBytes, 64*mib)
	or(&l.VolumeBytes, 32*mib)
	or(&l.FileBytes, 64*mib)
	or(&l.DiskBytes, 256*mib)
	return l
}

// Program describes the container of the candidate's program.
type Program struct {
	Image    takehome.Image
	Command  []string // the whole command line
	Env      []string
	Pod      string // id of the container whose network it joins
	Tools    string // volume with the helper
	Deadline time.Duration
	Writable bool // the second profile: a writable layer, and the image's own user
	Limits   Limits
	Labels   map[string]string
}

// Config returns what to create.
func (p Program) Config() (*container.Config, *container.HostConfig) {
	limits := p.Limits.WithDefaults()
	config := &container.Config{
		Image:      p.Image.ID,
		User:       p.user(),
		Env:        p.Env,
		Entrypoint: wrapped(p.Deadline, p.Command),
		Labels:     p.Labels,
		// An image's health check would run the candidate's code at times of its own, and
		// put its words into what the engine tells us.
		Healthcheck: &container.HealthConfig{Test: []string{"NONE"}},
		StopSignal:  "SIGTERM",
	}
	host := confined(limits.MemoryBytes, limits.Processes)
	host.NanoCPUs = limits.NanoCPUs
	host.ReadonlyRootfs = !p.Writable
	host.NetworkMode = container.NetworkMode("container:" + p.Pod)
	host.ShmSize = 1 * mib
	host.OomScoreAdj = 500
	host.Tmpfs = map[string]string{"/tmp": tmpfs(limits.TmpBytes, "exec", "nr_inodes=16k")}
	for _, volume := range volumes(p.Image.Volumes) {
		host.Tmpfs[volume] = tmpfs(limits.VolumeBytes, "exec", "nr_inodes=16k")
	}
	host.Mounts = []mount.Mount{tools(p.Tools)}
	host.Ulimits = append(host.Ulimits, &container.Ulimit{Name: "nofile", Soft: 1024, Hard: 1024})
	if p.Writable {
		host.Ulimits = append(host.Ulimits, &container.Ulimit{Name: "fsize", Soft: limits.FileBytes, Hard: limits.FileBytes})
	}
	return config, host
}

// user is the image's own where that is not root. The writable profile leaves it alone:
// root without a single capability is not more than its own files' owner.
func (p Program) user() string {
	if RunsAsRoot(p.Image.User) && !p.Writable {
		return ProgramUser
	}
	return p.Image.User
}

// RunsAsRoot reports whether the USER of an image is, or may be left out to mean, root.
func RunsAsRoot(user string) bool {
	name, _, _ := strings.Cut(user, ":")
	number, err := strconv.ParseUint(name, 10, 64)
	return name == "" || name == "root" || err == nil && number == 0
}

// volumes are the mount points that an image declares. Each becomes a tmpfs of limited
// size; left to the engine it would be a folder on the host's disk without any limit.
func volumes(declared []string) []string {
	var mounts []string
	for _, volume := range declared {
		clean := path.Clean("/" + volume)
		if clean == "/" || clean == "/tmp" || clean == ToolDir || slices.Contains(mounts, clean) {
			continue
		}
		mounts = append(mounts, clean)
	}
	slices.Sort(mounts)
	return mounts
}

// Database describes the container of Postgres.
type Database struct {
	Image    string
	Pod      string
	Tools    string
	Sockets  string // volume in which its socket lies
	Deadline time.Duration
	Labels   map[string]string
}

// Config fills in what is to be created. The data is in memory, so its size is part of the
// memory limit.
func (d Database) Config(config *container.Config, host *container.HostConfig) {
	config.Image = d.Image
	config.Entrypoint = wrapped(d.Deadline, []string{postgres.Start})
	config.Cmd = nil
	config.Labels = d.Labels
	config.Healthcheck = &container.HealthConfig{Test: []string{"NONE"}}
	config.StopSignal = "SIGTERM"

	*host = *confined(1024*mib, 256)
	host.ReadonlyRootfs = true
	host.NetworkMode = container.NetworkMode("container:" + d.Pod)
	host.ShmSize = 64 * mib
	host.Tmpfs = map[string]string{
		"/tmp":             tmpfs(16*mib, "noexec"),
		postgres.DataMount: tmpfs(512*mib, "noexec"),
		postgres.WALMount:  tmpfs(192*mib, "noexec"),
	}
	// The official image declares a volume here; nothing of ours is in it.
	host.Tmpfs["/var/lib/postgresql/data"] = tmpfs(1*mib, "noexec")
	host.Mounts = []mount.Mount{tools(d.Tools), sockets(d.Sockets, d.Labels)}
}

// Pod describes the container that holds the network and the helper.
type Pod struct {
	Image    string
	Tools    string
	Sockets  string
	Hosts    []string // "name:address"
	Deadline time.Duration
	Labels   map[string]string
}

// Config returns what to create. It is the first to mount both volumes, and so fills them
// from its image.
func (p Pod) Config() (*container.Config, *container.HostConfig) {
	config := &container.Config{
		Image:      p.Image,
		User:       PodUser,
		Hostname:   Hostname,
		Entrypoint: []string{Tool, "hold", seconds(p.Deadline)},
		// Bounds the garbage collector below the memory limit.
		Env:         []string{"GOMEMLIMIT=96MiB"},
		Labels:      p.Labels,
		Healthcheck: &container.HealthConfig{Test: []string{"NONE"}},
		StopSignal:  "SIGTERM",
	}
	host := confined(128*mib, 128)
	host.ReadonlyRootfs = true
	host.NetworkMode = "none"
	host.ShmSize = 64 * kib
	host.ExtraHosts = append([]string{Hostname + ":127.0.0.1"}, p.Hosts...)
	// Without a network there is no resolver; this one fails at once, and tells nothing of
	// the host's own.
	host.DNS = []string{"127.0.0.1"}
	host.DNSSearch = []string{"."}
	host.DNSOptions = []string{"timeout:1", "attempts:1"}
	host.Sysctls = map[string]string{"net.ipv4.ip_unprivileged_port_start": "0"}
	tool := tools(p.Tools)
	tool.VolumeOptions = &mount.VolumeOptions{Labels: p.Labels}
	host.Mounts = []mount.Mount{tool, sockets(p.Sockets, p.Labels)}
	host.Ulimits = append(host.Ulimits, &container.Ulimit{Name: "nofile", Soft: 4096, Hard: 4096})
	return config, host
}

// confined is what all three have in common.
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
