package images

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"github.com/distribution/reference"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// wanted is the name of an image as somebody wrote it.
type wanted struct {
	given    string // as written
	name     string // for the engine: "node:20", "gcr.io/distroless/static:latest"
	registry string // "docker.io"
	path     string // "library/node"
	tag      string // "20"; empty where only a digest is given
}

// parse reads the name of an image. Names that are no names are the author's.
func parse(given string) (wanted, error) {
	named, err := reference.ParseNormalizedNamed(given)
	if err != nil {
		return wanted{}, fmt.Errorf("read the image name %s: %w", takehome.Line(given), err)
	}
	_, pinned := named.(reference.Digested)
	if !pinned {
		named = reference.TagNameOnly(named)
	}
	parsed := wanted{
		given: given, name: reference.FamiliarString(named),
		registry: reference.Domain(named), path: reference.Path(named),
	}
	if tagged, ok := named.(reference.Tagged); ok {
		parsed.tag = tagged.Tag()
	}
	return parsed, nil
}

// refusal is what a submission gets that names an image it must not start from.
func refusal(given, why string) error {
	return &takehome.Refusal{
		Rule: "dockerfile:from", Entry: takehome.Line("FROM " + given), Why: why,
		Hint: "start from an official image by its name and version, such as node:20 or python:3.13",
	}
}

// isID matches what an engine may take for the id of an image.
var isID = regexp.MustCompile(`^(?:sha256:)?[0-9a-f]{12,64}$`)

// admit refuses names that a submission must not start from: ids and names of what
// is on this engine only, and registries that are on the operator's own network.
func admit(given string) (wanted, error) {
	refuse := func(why string) error { return refusal(given, why) }
	if isID.MatchString(given) {
		return wanted{}, refuse("an image is named by its id, which means something on one machine only")
	}
	parsed, err := parse(given)
	if err != nil {
		return wanted{}, refuse("this is not the name of an image")
	}
	if first, _, _ := strings.Cut(parsed.path, "/"); first == "takehome" {
		return wanted{}, refuse("names under takehome/ are images of the grader")
	}
	hostname, _, _ := strings.Cut(parsed.registry, ":")
	_, notAddress := netip.ParseAddr(strings.Trim(hostname, "[]"))
	if hostname == "localhost" || notAddress == nil || strings.HasPrefix(parsed.registry, "[") || !strings.Contains(hostname, ".") ||
		strings.HasSuffix(hostname, ".local") || strings.HasSuffix(hostname, ".internal") || strings.HasSuffix(hostname, ".localhost") {
		return wanted{}, refuse("the registry is on a private network")
	}
	return parsed, nil
}

// unpinned is the name without its digest.
func (w wanted) unpinned() string {
	name, _, _ := strings.Cut(w.name, "@")
	if w.tag == "" {
		name += ":latest"
	}
	return name
}

// mirrors of Docker's official images, whose names end like the originals.
var officialPrefixes = []string{
	"docker.io/library/", "registry.docker.com/library/", "registry.hub.docker.com/library/", "public.ecr.aws/docker/library/", "mirror.gcr.io/library/",
}

// official returns the name of an official image: "node" for docker.io/library/node.
func (w wanted) official() string {
	full := w.registry + "/" + w.path
	for _, prefix := range officialPrefixes {
		if rest, ok := strings.CutPrefix(full, prefix); ok && !strings.Contains(rest, "/") {
			return rest
		}
	}
	return ""
}

// preloaded lists official images that an operator without a registry may have put
// on the engine by hand (docker load); such an image has no digest of a registry.
var preloaded = map[string]bool{
	"alpine": true, "amazoncorretto": true, "bash": true, "busybox": true, "clojure": true, "composer": true, "debian": true,
	"eclipse-temurin": true, "elixir": true, "erlang": true, "fedora": true, "gcc": true, "golang": true, "gradle": true,
	"haskell": true, "julia": true, "maven": true, "nginx": true, "node": true, "openjdk": true, "perl": true, "php": true,
	"postgres": true, "pypy": true, "python": true, "ruby": true, "rust": true, "sapmachine": true, "swift": true, "ubuntu": true,
}
