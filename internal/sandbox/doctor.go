package sandbox

import (
	"context"
	"net/url"
	"slices"
	"strings"
)

// Facts are what `takehome doctor` wants to know about the engine.
type Facts struct {
	Host          string // address of the engine
	EngineVersion string
	APIVersion    string // as negotiated
	OS            string // "Debian GNU/Linux 12 (bookworm)"
	Kernel        string
	Architecture  string // as Go calls it
	StorageDriver string
	CgroupVersion string // "1" or "2"
	CPUs          int
	MemoryBytes   int64
	Seccomp       bool
	AppArmor      bool
	Rootless      bool
	UserRemapped  bool // root in a container is nobody on the host
	BuildKit      bool // the engine builds with it by default
	// The limits that the kernel can enforce.
	MemoryLimit, CPULimit, ProcessLimit bool
	DataRoot                            string
	FreeBytes                           int64 // on the disk of DataRoot; -1 where it cannot be known from here
	Warnings                            []string
	Images                              []ImageFact
	Leftovers                           Cleaned // what Clean would look at: of other runners, living or not
}

// ImageFact is an image that a run needs.
type ImageFact struct {
	Purpose string // "database base", "database server", "helper"
	Ref     string
	Present bool
}

// Doctor looks at the engine and changes nothing.
func (e *Engine) Doctor(ctx context.Context) (Facts, error) {
	facts := Facts{
		Host: e.cli.DaemonHost(), EngineVersion: e.version, APIVersion: e.cli.ClientVersion(), Architecture: e.arch, FreeBytes: -1,
	}
	err := e.call(ctx, "tell about itself", quick, func(ctx context.Context) error {
		info, err := e.cli.Info(ctx)
		if err != nil {
			return err
		}
		facts.OS, facts.Kernel, facts.StorageDriver = info.OperatingSystem, info.KernelVersion, info.Driver
		facts.CgroupVersion, facts.CPUs, facts.MemoryBytes = info.CgroupVersion, info.NCPU, info.MemTotal
		facts.MemoryLimit, facts.CPULimit, facts.ProcessLimit = info.MemoryLimit, info.CPUCfsQuota, info.PidsLimit
		facts.DataRoot, facts.Warnings = info.DockerRootDir, info.Warnings
		has := func(option string) bool {
			return slices.ContainsFunc(info.SecurityOptions, func(o string) bool { return strings.HasPrefix(o, "name="+option) })
		}
		facts.Seccomp, facts.AppArmor, facts.Rootless, facts.UserRemapped = has("seccomp"), has("apparmor"), has("rootless"), has("userns")
		ping, err := e.cli.Ping(ctx)
		facts.BuildKit = ping.BuilderVersion == "2"
		return err
	})
	if err != nil {
		return facts, err
	}
	if address, err := url.Parse(facts.Host); err == nil && address.Scheme == "unix" {
		if free, ok := freeBytes(facts.DataRoot); ok {
			facts.FreeBytes = free
		}
	}
	base, err := e.findImage(ctx, e.settings.PostgresImage, "")
	if err != nil {
		return facts, err
	}
	facts.Images = []ImageFact{{Purpose: "database base", Ref: e.settings.PostgresImage, Present: base.id != ""}}
	facts.Leftovers, err = e.leftovers(ctx)
	return facts, err
}

func (e *Engine) leftovers(ctx context.Context) (Cleaned, error) {
	var count Cleaned
	found, err := e.labelled(ctx)
	for _, object := range found {
		if object.labels[labelRun] == e.lease.Run {
			continue
		}
		switch object.kind {
		case kindContainer:
			count.Containers++
		case kindNetwork:
			count.Networks++
		case kindVolume:
			count.Volumes++
		case kindImage:
			count.Images++
		}
	}
	return count, err
}
