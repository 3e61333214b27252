package profile

import (
	"strconv"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"

	"github.com/takehome-dev/takehome/internal/sandbox/postgres"
)

// Database describes the container of Postgres.
type Database struct {
	Image   string
	Pod     string
	Tools   string
	Sockets string // volume in which its socket lies
	// DataBytes is the room that a data set needs, beside what every submission gets.
	DataBytes int64
	Deadline  time.Duration
	Labels    map[string]string
}

// Config fills in what is to be created. The data is in memory, so its size is part of the
// memory limit; a little is used of all this unless a submission asks for it.
func (d Database) Config(config *container.Config, host *container.HostConfig) {
	config.Image = d.Image
	config.Entrypoint = wrapped(d.Deadline, []string{postgres.Start})
	config.Cmd = nil
	config.Labels = d.Labels
	config.Healthcheck = &container.HealthConfig{Test: []string{"NONE"}}
	config.StopSignal = "SIGTERM"

	*host = *confined(1152*mib+d.DataBytes, 256)
	host.ReadonlyRootfs = true
	host.NetworkMode = container.NetworkMode("container:" + d.Pod)
	host.ShmSize = 64 * mib
	host.Tmpfs = map[string]string{
		"/tmp":             tmpfs(16*mib, "noexec"),
		postgres.DataMount: tmpfs(64*mib, "noexec"),
		postgres.BaseMount: tmpfs(384*mib+d.DataBytes, "noexec"),
		// More than the tables: they are full before the log is, however slow a checkpoint.
		postgres.WALMount: tmpfs(448*mib+d.DataBytes, "noexec"),
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

// Keeper describes a container that does nothing but keep filled volumes mounted.
type Keeper struct {
	Image    string
	Pod      string
	Tools    string
	Filled   []Filled
	Deadline time.Duration
	Labels   map[string]string
}

// Config returns what to create.
func (k Keeper) Config() (*container.Config, *container.HostConfig) {
	config := &container.Config{
		Image: k.Image, User: PodUser, Entrypoint: []string{Tool, "hold", seconds(k.Deadline)}, Labels: k.Labels,
		Healthcheck: &container.HealthConfig{Test: []string{"NONE"}}, StopSignal: "SIGTERM",
	}
	host := confined(32*mib, 32)
	host.ReadonlyRootfs = true
	host.NetworkMode = container.NetworkMode("container:" + k.Pod)
	host.ShmSize = 64 * kib
	host.Mounts = []mount.Mount{tools(k.Tools)}
	for i, filled := range k.Filled {
		host.Mounts = append(host.Mounts, filled.mount("/keep/"+strconv.Itoa(i), k.Labels))
	}
	return config, host
}
