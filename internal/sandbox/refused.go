package sandbox

import (
	"strings"
)

// refusedByEngine is a container that could not be created or started because of what the
// image asks for: an unknown user, a folder that cannot be made.
type refusedByEngine struct{ why string }

func (r *refusedByEngine) Error() string { return r.why }

// fromImage turns the engine's complaint about what an image asks for into a finding.
// Every other error is about the engine.
func fromImage(err error) error {
	if err == nil || isDiskFull(err) {
		return err
	}
	causes := map[string]string{
		"unable to find user":           "the image names a user that it does not have",
		"no matching entries in passwd": "the image names a user that it does not have",
		"unable to find group":          "the image names a group that it does not have",
		"no matching entries in group":  "the image names a group that it does not have",
		"uids and gids must be in":      "the image names a user by an impossible number",
		"invalid mount config":          "the image declares a volume where none can be mounted",
		"invalid mount path":            "the image declares a volume where none can be mounted",
		"duplicate mount point":         "the image declares a volume where none can be mounted",
		"no command specified":          "the image names no command to start",
		"mkdir /proc":                   "the working directory of the image cannot be made",
		"chdir to cwd":                  "the working directory of the image cannot be entered",
		"cwd must be an absolute path":  "the working directory of the image is not an absolute path",
		"not a directory":               "a folder that the image names is a file",
		"exec format error":             "the image is built for another kind of processor",
	}
	said := strings.ToLower(err.Error())
	for words, why := range causes {
		if strings.Contains(said, words) {
			return &refusedByEngine{why: why}
		}
	}
	return err
}
