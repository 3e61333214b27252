package profile

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/mount"

	"github.com/takehome-dev/takehome/internal/takehome"
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
	Filled   []Filled
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
	for _, volume := range Volumes(p.Image.Volumes) {
		host.Tmpfs[volume] = tmpfs(limits.VolumeBytes, "exec", "nr_inodes=16k")
	}
	host.Mounts = []mount.Mount{tools(p.Tools)}
	for _, filled := range p.Filled {
		delete(host.Tmpfs, filled.Path)
		host.Mounts = append(host.Mounts, filled.mount(filled.Path, p.Labels))
	}
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

// Filled is a volume that an image declares and in which it has files.
type Filled struct {
	Path   string // in the image
	Volume string
	Bytes  int64 // its size
}

// mount makes it a volume of memory: limited like a tmpfs, and yet the engine copies the
// image's files into it.
func (f Filled) mount(target string, labels map[string]string) mount.Mount {
	return mount.Mount{
		Type: mount.TypeVolume, Source: f.Volume, Target: target,
		VolumeOptions: &mount.VolumeOptions{
			Labels: labels,
			DriverConfig: &mount.Driver{Name: "local", Options: map[string]string{
				"type": "tmpfs", "device": "tmpfs", "o": "nosuid,nodev,size=" + strconv.FormatInt(f.Bytes, 10),
			}},
		},
	}
}

// Volumes are the mount points that an image declares. Each becomes a tmpfs of limited
// size; left to the engine it would be a folder on the host's disk without any limit.
func Volumes(declared []string) []string {
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
