package builder

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
	"golang.org/x/sync/errgroup"

	"github.com/takehome-dev/takehome/internal/sandbox/builder/admission"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Bases makes sure of the images that a Dockerfile starts from. Where a stand-in takes
// the place of the wanted image, it is on the engine under the wanted name, without
// the digest if the name has one.
type Bases interface {
	Resolve(ctx context.Context, name string) (*takehome.Substitute, *takehome.Breakdown, error)
}

// Job is a submission to build.
type Job struct {
	Submission takehome.Submission
	Recipe     takehome.Recipe
	Bases      Bases
	Labels     map[string]string // of the image; they win over the submission's
	Args       map[string]string // build arguments of ours, such as ProxyArgs
	Network    string            // of RUN instructions: "" or "default", "none"
	Deadline   time.Duration     // 0: DefaultDeadline
	MaxBytes   int64             // of the image; 0: DefaultMaxBytes
	OnLine     func(string)      // gets each line of progress, safe to show; may be nil
}

// Defaults of a Job.
const (
	DefaultDeadline = 5 * time.Minute
	DefaultMaxBytes = 4 << 30
)

// How much of a log is shown: of the whole build, and of the instruction that failed.
const (
	shownLog      = 16 << 10
	shownLastWord = takehome.QuoteBody
)

// queryDeadline bounds a question to the engine.
const queryDeadline = 30 * time.Second

// Submission builds the image of a submission. The caller removes it by its id. A
// build that fails because of the submission is a Breakdown; what policy forbids is a
// *takehome.Refusal; every other error is not the candidate's. The text is the end of
// what the build printed.
func Submission(ctx context.Context, cli *client.Client, job Job) (takehome.Image, *takehome.Breakdown, takehome.Text, error) {
	none := takehome.Text{}
	if job.Deadline == 0 {
		job.Deadline = DefaultDeadline
	}
	if job.MaxBytes == 0 {
		job.MaxBytes = DefaultMaxBytes
	}
	engine, err := askEngine(ctx, cli)
	if err != nil {
		return takehome.Image{}, nil, none, err
	}
	args := job.args()
	admitted, broken, err := admission.Admit(job.Recipe.Dockerfile, admission.Options{
		Name: job.Recipe.Source, Args: args, Target: job.Recipe.Target, Architecture: engine.architecture, Old: engine.old,
	})
	if broken != nil || err != nil {
		broken, err = job.unreadable(broken, err)
		return takehome.Image{}, job.finish(broken), none, err
	}
	substitutes, broken, err := job.resolve(ctx, admitted.Bases)
	if broken != nil || err != nil {
		return takehome.Image{}, job.finish(broken), none, err
	}
	tree, err := openTree(job.Submission.Dir, job.Recipe.Context, job.Recipe.Source)
	if err != nil {
		broken, err := job.noContext(err)
		return takehome.Image{}, job.finish(broken), none, err
	}
	defer tree.Close() //nolint:errcheck // only read from

	text := admitted.Dockerfile(unpinned(substitutes))
	outcome, err := Run(ctx, cli, Request{
		Context:    func(archive *tar.Writer) error { return tree.write(archive, text) },
		Dockerfile: dockerfileName, Args: args, Labels: job.Labels, Network: job.Network,
		Deadline: job.Deadline, OnLine: job.OnLine,
	})
	log := takehome.QuoteTail(outcome.Log, shownLog)
	if errors.Is(err, errIgnore) {
		broken, err := job.noContext(err)
		return takehome.Image{}, job.finish(broken), log, err
	}
	if err != nil {
		return takehome.Image{}, nil, log, err
	}
	if outcome.Failure != nil {
		broken, err := judgement{job: job, failure: *outcome.Failure, tree: tree, substitutes: substitutes}.judge()
		return takehome.Image{}, job.finish(broken), log, err
	}
	built, broken, err := inspect(ctx, cli, outcome.ImageID, job)
	if broken != nil || err != nil {
		removeImage(ctx, cli, outcome.ImageID)
		return takehome.Image{}, job.finish(broken), log, err
	}
	built.Substitutes = substitutes
	return built, nil, log, nil
}

// args are the build arguments: the submission's own, then ours. Arguments that
// direct the builder itself are ours alone.
func (j Job) args() map[string]string {
	args := map[string]string{}
	for _, arg := range j.Recipe.Args {
		if !strings.HasPrefix(strings.ToUpper(arg.Name), "BUILDKIT_") {
			args[arg.Name] = arg.Value
		}
	}
	maps.Copy(args, j.Args)
	// What a cache mount holds is never shared between submissions.
	args["BUILDKIT_CACHE_MOUNT_NS"] = "takehome-" + strings.TrimPrefix(j.Submission.Digest, "sha256:")
	return args
}

// finish completes a Breakdown.
func (j Job) finish(broken *takehome.Breakdown) *takehome.Breakdown {
	if broken != nil {
		broken.Phase = "build"
		broken.Tried = append([]string{"build the image from " + takehome.Line(j.Recipe.Source)}, broken.Tried...)
	}
	return broken
}

// unreadable turns what is wrong with a Dockerfile that we wrote into an error of ours.
func (j Job) unreadable(broken *takehome.Breakdown, err error) (*takehome.Breakdown, error) {
	if !j.Recipe.Generated {
		return broken, err
	}
	said := ""
	if broken != nil {
		said = broken.Where + ": " + broken.Reason
	} else {
		said = err.Error()
	}
	return nil, fmt.Errorf("read the Dockerfile that was written for %s: %s", takehome.Line(j.Recipe.Source), said)
}

// resolve makes sure of the base images. The first in the order of the Dockerfile
// that cannot be had decides.
func (j Job) resolve(ctx context.Context, bases []string) ([]takehome.Substitute, *takehome.Breakdown, error) {
	type answer struct {
		substitute *takehome.Substitute
		broken     *takehome.Breakdown
		err        error
	}
	answers := make([]answer, len(bases))
	var group errgroup.Group
	group.SetLimit(3)
	for at, base := range bases {
		group.Go(func() error {
			found := &answers[at]
			found.substitute, found.broken, found.err = j.Bases.Resolve(ctx, base)
			return nil
		})
	}
	_ = group.Wait()
	var substitutes []takehome.Substitute
	for _, found := range answers {
		if found.broken != nil || found.err != nil {
			return nil, found.broken, found.err
		}
		if found.substitute != nil {
			substitutes = append(substitutes, *found.substitute)
		}
	}
	return substitutes, nil, nil
}

// unpinned are the names of stand-ins for images that were named by their digest.
func unpinned(substitutes []takehome.Substitute) map[string]string {
	renamed := map[string]string{}
	for _, substitute := range substitutes {
		if name, _, pinned := strings.Cut(substitute.Wanted, "@"); pinned {
			renamed[substitute.Wanted] = name
		}
	}
	return renamed
}

// noContext judges a context that cannot be opened.
func (j Job) noContext(err error) (*takehome.Breakdown, error) {
	switch {
	case errors.Is(err, errIgnore):
		return &takehome.Breakdown{Reason: takehome.Line(err.Error()), Where: ".dockerignore", Help: "see the format of .dockerignore files"}, nil
	case errors.Is(err, errContext):
		return &takehome.Breakdown{
			Reason: "the build context " + takehome.Line(j.Recipe.Context) + " is not a folder of the submission",
			Where:  takehome.Line(j.Recipe.Source), Help: "name a folder of the repository as context",
		}, nil
	}
	return nil, err
}

// engineFacts is what a build needs to know of the engine.
type engineFacts struct {
	architecture string
	old          bool // before Docker 23
}

func askEngine(ctx context.Context, cli *client.Client) (engineFacts, error) {
	ctx, cancel := context.WithTimeout(ctx, queryDeadline)
	defer cancel()
	version, err := cli.ServerVersion(ctx)
	if err != nil {
		return engineFacts{}, engineFault("the engine does not answer", err)
	}
	first, _, _ := strings.Cut(version.Version, ".")
	major, err := strconv.Atoi(first)
	return engineFacts{architecture: version.Arch, old: err != nil || major < 23}, nil
}

// inspect reads what was built.
func inspect(ctx context.Context, cli *client.Client, id string, job Job) (takehome.Image, *takehome.Breakdown, error) {
	ctx, cancel := context.WithTimeout(ctx, queryDeadline)
	defer cancel()
	found, err := cli.ImageInspect(ctx, id)
	if err != nil {
		return takehome.Image{}, nil, engineFault("the engine does not know the image that it just built", err)
	}
	if found.Size > job.MaxBytes {
		return takehome.Image{}, &takehome.Breakdown{
			Reason: fmt.Sprintf("the image is larger than %d MiB", job.MaxBytes>>20),
			Help:   "start from a slim base image and leave build tools in an earlier stage",
		}, nil
	}
	built := takehome.Image{ID: found.ID, Bytes: found.Size}
	if config := found.Config; config != nil {
		if admission.ForbiddenPath(config.WorkingDir) {
			return takehome.Image{}, nil, &takehome.Refusal{
				Rule: "dockerfile:path", Entry: takehome.Line("WORKDIR " + config.WorkingDir),
				Why: "the image's working folder is below /proc, /sys or /dev", Hint: "use a folder of the image, such as /app",
			}
		}
		built.Entrypoint, built.Command, built.Env = config.Entrypoint, config.Cmd, config.Env
		built.User, built.Workdir = config.User, config.WorkingDir
		built.HealthCheck = config.Healthcheck != nil && len(config.Healthcheck.Test) > 0 && config.Healthcheck.Test[0] != "NONE"
		built.Volumes = slices.Sorted(maps.Keys(config.Volumes))
		for exposed := range config.ExposedPorts {
			number, protocol, _ := strings.Cut(exposed, "/")
			if port, err := strconv.Atoi(number); err == nil && (protocol == "" || protocol == "tcp") && port > 0 && port < 1<<16 {
				built.Ports = append(built.Ports, port)
			}
		}
		slices.Sort(built.Ports)
	}
	return built, nil, nil
}

// removeImage removes an image that nobody will use; what stays behind carries the
// labels by which leftovers are found.
func removeImage(ctx context.Context, cli *client.Client, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), queryDeadline)
	defer cancel()
	_, _ = cli.ImageRemove(ctx, id, image.RemoveOptions{Force: true, PruneChildren: true})
}
