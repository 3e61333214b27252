package restapi

import (
	"os"
	"path"
	"slices"
	"strings"
)

// shells are programs that run others and, as process 1, hand no signal on to them.
var shells = []string{"sh", "bash", "ash", "dash"}

// startsShell reports whether the command of the program is a shell or a shell script.
func (r *grading) startsShell() bool {
	image := r.session.Image
	command := append(slices.Clone(image.Entrypoint), image.Command...)
	if len(r.session.Plan.Command) > 0 {
		command = r.session.Plan.Command
	}
	if len(command) == 0 {
		return false
	}
	base := path.Base(command[0])
	return slices.Contains(shells, base) || strings.HasSuffix(base, ".sh") || strings.Contains(base, "entrypoint")
}

func hasRootNumber(user string) bool {
	name, _, _ := strings.Cut(user, ":")
	return name == "root" || strings.Trim(name, "0") == ""
}

// ownRecipe reports whether the submission has a Dockerfile. Without one the image is
// made by a recipe of ours and says nothing about the candidate.
func (r *grading) ownRecipe() bool {
	root, err := os.OpenRoot(r.session.Submission.Dir)
	if err != nil {
		return false
	}
	defer func() { _ = root.Close() }() // opened for reading
	for _, folder := range distinct([]string{".", r.session.Plan.Folder, "api", "backend", "server", "app"}) {
		for _, name := range []string{"Dockerfile", "Containerfile", "docker/Dockerfile"} {
			if _, err := root.Stat(path.Join(folder, name)); folder != "" && err == nil {
				return true
			}
		}
	}
	return false
}

// restartsItself reports whether a compose file tells its engine to start a program again.
func (r *grading) restartsItself() bool {
	root, err := os.OpenRoot(r.session.Submission.Dir)
	if err != nil {
		return false
	}
	defer func() { _ = root.Close() }() // opened for reading
	for _, name := range []string{"docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"} {
		text, err := readCapped(root, name)
		if err == nil && restartPolicy.MatchString(text) {
			return true
		}
	}
	return false
}
