package images

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// suite is the Debian release that all stand-ins are made of.
const suite = "trixie"

// Major versions that this release of Debian has.
const (
	debianMajor   = 13
	postgresMajor = 17
	nodeMajor     = 20
	pythonMajor   = 3
	pythonMinor   = 13
)

// family is a kind of stand-in.
type family struct {
	name   string
	base   string   // the family it is built on; empty: made by debootstrap
	folder string   // its recipe, below recipes/
	what   string   // for a reader: "node 20 on Debian trixie"
	names  []string // the official names it takes where no registry answers
}

// families lists all stand-ins. The alpine ones are the same programs with the
// commands that Dockerfiles for Alpine use (apk, addgroup -S) translated to Debian's.
func families(toolchain toolchain) []family {
	golang := "go " + toolchain.version + " on Debian trixie"
	list := []family{
		{name: "debian", folder: "debian", what: "Debian trixie", names: []string{"debian:trixie-slim", "debian:trixie"}},
		{name: "postgres", base: "debian", folder: "postgres", what: "postgres 17 on Debian trixie", names: []string{"postgres:17", "postgres:17-trixie"}},
		{name: "node", base: "debian", folder: "node", what: "node 20 on Debian trixie", names: []string{"node:20", "node:20-slim"}},
		{name: "python", base: "debian", folder: "python", what: "python 3.13 on Debian trixie", names: []string{"python:3.13", "python:3.13-slim"}},
		{name: "golang", base: "debian", folder: "golang", what: golang, names: toolchain.names()},
		{name: "distroless", base: "debian", folder: "distroless", what: "Debian trixie"},
	}
	for _, base := range []string{"debian", "postgres", "node", "python", "golang"} {
		at := slices.IndexFunc(list, func(f family) bool { return f.name == base })
		list = append(list, family{name: base + "-alpine", base: base, folder: "alpine", what: list[at].what})
	}
	return list
}

// choice is the stand-in that serves a wanted image.
type choice struct {
	family string
	exact  bool // same kind and major version, on glibc
}

var leadingVersion = regexp.MustCompile(`^v?(\d+)(?:\.(\d+))?`)

// choose finds the stand-in for a wanted image, by its name and tag alone.
func choose(image wanted, toolchain toolchain) (choice, bool) {
	if strings.HasPrefix(image.registry+"/"+image.path, "gcr.io/distroless/") {
		name := strings.TrimPrefix(image.path, "distroless/")
		if strings.HasPrefix(name, "static") || strings.HasPrefix(name, "base") || strings.HasPrefix(name, "cc") {
			return choice{family: "distroless"}, true
		}
		return choice{}, false
	}
	version, variants := image.tag, []string(nil)
	if words := strings.Split(image.tag, "-"); len(words) > 0 {
		version, variants = words[0], words
	}
	has := func(prefix string) bool {
		return slices.ContainsFunc(variants, func(word string) bool { return strings.HasPrefix(word, prefix) })
	}
	if has("windowsservercore") || has("nanoserver") || has("onbuild") {
		return choice{}, false
	}
	major, minor := -1, -1
	if match := leadingVersion.FindStringSubmatch(version); match != nil {
		major, _ = strconv.Atoi(match[1])
		if match[2] != "" {
			minor, _ = strconv.Atoi(match[2])
		}
	}
	chosen := choice{}
	switch image.official() {
	case "golang":
		chosen.family = "golang"
		chosen.exact = major == -1 || major == 1 && minor <= toolchain.minor
	case "node":
		chosen = choice{family: "node", exact: major == nodeMajor}
	case "python":
		chosen = choice{family: "python", exact: major == pythonMajor && minor == pythonMinor}
	case "postgres":
		chosen = choice{family: "postgres", exact: major == postgresMajor}
	case "debian":
		named := has(suite) || has("stable") || image.tag == "latest"
		chosen = choice{family: "debian", exact: major == debianMajor || major == -1 && named && !has("oldstable")}
	case "ubuntu":
		chosen = choice{family: "debian"}
	case "alpine", "busybox":
		return choice{family: "debian-alpine"}, true
	default:
		return choice{}, false
	}
	if has("alpine") {
		chosen = choice{family: chosen.family + "-alpine"}
	}
	return chosen, true
}
