package admission

import (
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// run judges the flags of RUN.
func (j *judge) run(node *parser.Node, written string) (*takehome.Breakdown, line, error) {
	at := line{text: written}
	for _, flag := range node.Flags {
		name, value, _ := strings.Cut(strings.TrimPrefix(flag, "--"), "=")
		switch strings.ToLower(name) {
		case "network":
			if value != "default" && value != "none" {
				return nil, at, j.refuse(node, "network", "RUN asks for the network of the engine's machine", "remove --network")
			}
		case "security":
			if value != "sandbox" {
				return nil, at, j.refuse(node, "security", "RUN asks for rights over the engine's machine", "remove --security")
			}
		case "mount":
			broken, image, err := j.mount(node, value)
			if broken != nil || err != nil {
				return broken, at, err
			}
			if image != "" && at.image == "" {
				at = cutAt(written, "from=", image)
			}
		default:
			return nil, at, j.refuse(node, "flag", "RUN has a flag that is not known to be safe", "remove --"+name)
		}
	}
	return nil, at, nil
}

// mount judges one --mount of RUN and returns the image from outside that it reads.
func (j *judge) mount(node *parser.Node, value string) (*takehome.Breakdown, string, error) {
	fields, unreadable := csv.NewReader(strings.NewReader(value)).Read()
	if unreadable != nil {
		return j.malformed(parser.WithLocation(fmt.Errorf("--mount: %w", unreadable), node.Location())), "", nil
	}
	kind, image := "bind", ""
	for _, field := range fields {
		key, value, _ := strings.Cut(field, "=")
		switch strings.ToLower(strings.TrimSpace(key)) {
		case "type":
			kind = strings.ToLower(value)
		case "from":
			broken, name, err := j.source(node, value)
			if broken != nil || err != nil {
				return broken, "", err
			}
			image = name
		case "target", "dst", "destination":
			if ForbiddenPath(j.expand(value)) {
				return nil, "", j.refuse(node, "path", "the target of the mount is below /proc, /sys or /dev", "use another target")
			}
		}
	}
	switch kind {
	case "bind", "cache", "tmpfs":
		return nil, image, nil
	case "secret", "ssh":
		return nil, "", j.refuse(node, "mount", "a build here has no secrets and no keys", "make the build work without --mount=type="+kind)
	}
	return nil, "", j.refuse(node, "mount", "the type of the mount is not known to be safe", "use type=cache, type=bind or type=tmpfs")
}
