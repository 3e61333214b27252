package intake

import (
	"path"
	"strings"
)

// maxHops is how many links one path may lead through, as on Linux.
const maxHops = 40

// checkLinks refuses symbolic links that lead out of the submission or in a circle. A
// link to something that is not there, or was left out, stays inside and is kept.
//
// The paths are resolved as a kernel does it, link by link: after a link to a folder,
// ".." means the parent of that folder, so a path that looks as if it stayed inside may leave.
func checkLinks(entries []entry) error {
	targets := make(map[string]string)
	for _, e := range entries {
		if e.kind == kindLink {
			targets[e.path] = e.target
		}
	}
	for _, e := range entries {
		if e.kind != kindLink {
			continue
		}
		if why := followLink(e.path, targets); why != "" {
			return refuse(ruleSymlink, e.path, why, "use links only to files and folders of the submission, by relative paths")
		}
	}
	return nil
}

// followLink returns why a link is refused, or "".
func followLink(at string, targets map[string]string) string {
	here, left, hops := "", at, 0
	for left != "" {
		var element string
		element, left, _ = strings.Cut(left, "/")
		switch element {
		case "", ".":
			continue
		case "..":
			if here == "" {
				return "the link leads out of the submission"
			}
			if here = path.Dir(here); here == "." {
				here = ""
			}
			continue
		}
		target, isLink := targets[path.Join(here, element)]
		if !isLink {
			here = path.Join(here, element)
			continue
		}
		if why := refusedTarget(target); why != "" {
			return why
		}
		if hops++; hops > maxHops {
			return "the link leads in a circle"
		}
		left = target + "/" + left
	}
	return ""
}

func refusedTarget(target string) string {
	switch {
	case target == "":
		return "the link has no target"
	case strings.HasPrefix(target, "/"), strings.Contains(target, `\`), len(target) > 1 && target[1] == ':':
		return "the target of the link is absolute or not a path of this system"
	case len(target) > maxListedPath, strings.ContainsAny(target, "\x00\n\r\x1b"):
		return "the target of the link is no path"
	}
	return ""
}
