package sandbox

import (
	"strconv"
	"time"
)

// The labels that every object of ours carries. All of them are set on every object,
// because a container inherits the labels of its image, and an image those of its Dockerfile.
const (
	labelRun      = "takehome.run"      // the lease
	labelHost     = "takehome.host"     // the state folder in which the lease lies
	labelLab      = "takehome.lab"      // the pod
	labelRole     = "takehome.role"     // what it is for
	labelDeadline = "takehome.deadline" // Unix time after which nobody needs it
	// labelRecipe, labelSecret and labelServer are on images of ours that outlive a run.
	labelRecipe = "takehome.recipe"
	labelSecret = "takehome.bootstrap"
	labelServer = "takehome.server" // the tag of the server's image below a data set
)

// The values of labelRole.
const (
	rolePod       = "pod"
	roleDatabase  = "database"
	roleProgram   = "program"
	roleMigration = "migration"
	roleImage     = "image"
)

// namePrefix begins the name of every container and volume of a run. Unlike a label it
// cannot come from an image.
func namePrefix(run string) string { return "takehome-" + run + "-" }

// ImageLabels are for an image that is made for this run only. Clean removes it if the
// run is over and did not.
func (e *Engine) ImageLabels(deadline time.Time) map[string]string {
	return e.labels("", roleImage, deadline)
}

func (e *Engine) labels(lab, role string, deadline time.Time) map[string]string {
	return map[string]string{
		labelRun: e.lease.Run, labelHost: e.lease.Host, labelLab: lab, labelRole: role,
		labelDeadline: strconv.FormatInt(deadline.Unix(), 10),
	}
}
