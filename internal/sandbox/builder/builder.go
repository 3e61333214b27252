// Package builder turns a Dockerfile and its context into an image, through the
// engine's API with BuildKit, and tells a build that failed because of the
// submission from one that failed because of the machine.
//
// On the straight line it stands between Recipe and Lab: Run builds anything (the
// images of our own as well), Submission builds what a candidate handed in.
package builder

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/docker/docker/api/types/build"
	"github.com/docker/docker/client"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// Defaults of a Request.
const (
	DefaultLogLimit    = 64 << 10
	DefaultOutputLimit = 16 << 20
)

// Request says what to build.
type Request struct {
	// Context writes the files that the Dockerfile can see, the Dockerfile itself
	// included. It may be called a second time, where the engine lacks BuildKit.
	Context    func(*tar.Writer) error
	Dockerfile string // its name inside the context
	Args       map[string]string
	Target     string            // stage to stop at; empty: the last
	Labels     map[string]string // win over labels of the Dockerfile
	Tag        string            // empty: the image has no name, only its id
	Network    string            // of RUN instructions; empty: the engine's default

	Deadline    time.Duration // 0: as long as ctx allows
	LogLimit    int           // bytes of output that are kept; 0: DefaultLogLimit
	OutputLimit int64         // bytes of output after which the build is stopped; 0: DefaultOutputLimit

	OnLine func(string) // gets each line of progress, safe to show; may be nil
}

// Outcome is how a build ended. Exactly one of ImageID and Failure is set.
type Outcome struct {
	ImageID string
	Log     []byte // the end of what the build printed, as it came
	Failure *Failure
}

// Failure is a build that failed because of what was built.
type Failure struct {
	Kind        FailureKind
	Instruction string // "RUN npm ci", as the builder shows it; empty where none is known
	Message     string // what the builder said, without ids; one line
	ExitCode    int    // of the command, for InstructionFailed
	Log         []byte // the end of what the failing instruction printed
}

// FailureKind says what went wrong in a build.
type FailureKind string

// The kinds of failure.
const (
	InstructionFailed FailureKind = "instruction" // a command ended with an exit code other than 0
	SourceMissing     FailureKind = "source"      // COPY or ADD of what is not there
	BaseMissing       FailureKind = "base"        // the image it starts from was not found
	BaseUnreachable   FailureKind = "registry"    // the image it starts from could not be asked for
	Malformed         FailureKind = "malformed"   // the engine's builder could not read the Dockerfile
	DeadlinePassed    FailureKind = "deadline"
	OutputFlood       FailureKind = "output"
	Unexplained       FailureKind = "other"
)

// Why a build was stopped by us, as causes of its context.
var (
	errDeadline = errors.New("the build took longer than its deadline")
	errFlood    = errors.New("the build printed more than its limit")
)

// Run builds an image. A build that fails because of its Dockerfile or context is
// a Failure of the outcome; an error is the operator's (the engine, its disk) or
// ours. A cancelled context stops the build and everything that runs in it.
func Run(ctx context.Context, cli *client.Client, request Request) (Outcome, error) {
	if request.LogLimit == 0 {
		request.LogLimit = DefaultLogLimit
	}
	if request.OutputLimit == 0 {
		request.OutputLimit = DefaultOutputLimit
	}
	if request.OnLine == nil {
		request.OnLine = func(string) {}
	}
	building, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	if request.Deadline > 0 {
		timer := time.AfterFunc(request.Deadline, func() { stop(errDeadline) })
		defer timer.Stop()
	}

	try := func(version build.BuilderVersion) (*transcript, error) {
		progress := newTranscript(request, func() { stop(errFlood) })
		return progress, attempt(building, cli, request, version, progress)
	}
	progress, err := try(build.BuilderBuildKit)
	if err == nil && progress.lostSteps() {
		progress, err = try(build.BuilderBuildKit)
	}
	if lacksBuildKit(err) {
		progress, err = try(build.BuilderV1)
	}
	switch cause := context.Cause(building); {
	case ctx.Err() != nil:
		return Outcome{Log: progress.log.tail()}, fmt.Errorf("build an image: %w", ctx.Err())
	case errors.Is(cause, errDeadline):
		return progress.failed(DeadlinePassed, fmt.Sprintf("it took longer than %s", request.Deadline)), nil
	case errors.Is(cause, errFlood):
		return progress.failed(OutputFlood, fmt.Sprintf("it printed more than %d MiB", request.OutputLimit>>20)), nil
	}
	if err != nil {
		return Outcome{Log: progress.log.tail()}, err
	}
	return progress.outcome()
}

// attempt sends one build and reads its progress to the end. What the builder says
// about the Dockerfile stays in progress; the error is about the exchange itself.
func attempt(ctx context.Context, cli *client.Client, request Request, version build.BuilderVersion, progress *transcript) error {
	body, sent := sendContext(request.Context)
	defer func() { _ = sent.stop(body) }()
	args := make(map[string]*string, len(request.Args))
	for name, value := range request.Args {
		args[name] = &value
	}
	options := build.ImageBuildOptions{
		Version: version, Dockerfile: request.Dockerfile, BuildArgs: args, Target: request.Target,
		Labels: request.Labels, NetworkMode: request.Network, Remove: true, ForceRemove: true,
		// The old builder can be made to take a forged image for a cached step (CVE-2024-24557).
		NoCache: version == build.BuilderV1,
	}
	if request.Tag != "" {
		options.Tags = []string{request.Tag}
	}
	response, err := cli.ImageBuild(ctx, body, options)
	if err != nil {
		if sendErr := sent.stop(body); sendErr != nil {
			return fmt.Errorf("send the build context: %w", sendErr)
		}
		return refused(err, progress)
	}
	defer response.Body.Close() //nolint:errcheck // only read from
	if err := progress.read(response.Body); err != nil && ctx.Err() == nil {
		if sendErr := sent.stop(body); sendErr != nil {
			return fmt.Errorf("send the build context: %w", sendErr)
		}
		return engineFault("the engine stopped answering during a build", err)
	}
	return nil
}

// sending is a context on its way to the engine.
type sending struct {
	done chan struct{}
	err  error // of the context itself; set before done is closed
}

// stop ends the sending, should it still be going on, and returns what was wrong with the context.
func (s *sending) stop(body *io.PipeReader) error {
	_ = body.Close()
	<-s.done
	return s.err
}

// sendContext writes a context into a pipe. Closing the reader ends the writing.
func sendContext(write func(*tar.Writer) error) (*io.PipeReader, *sending) {
	reader, writer := io.Pipe()
	sent := &sending{done: make(chan struct{})}
	go func() {
		defer close(sent.done)
		buffered := bufio.NewWriterSize(writer, 256<<10)
		archive := tar.NewWriter(buffered)
		err := write(archive)
		if err == nil {
			err = archive.Close()
		}
		if err == nil {
			err = buffered.Flush()
		}
		_ = writer.CloseWithError(err)
		if !errors.Is(err, io.ErrClosedPipe) { // the engine's side has its own error then
			sent.err = err
		}
	}()
	return reader, sent
}

// engineFault is what the operator has to look after.
func engineFault(summary string, err error) *takehome.Fault {
	fault := &takehome.Fault{
		Owner: takehome.Operator, Summary: summary, Err: err,
		Hint: "look at the engine's log (journalctl -u docker), then run it again",
	}
	if noSpace(err.Error()) {
		fault.Hint = "free disk space on the engine's machine (docker system df shows what uses it), then run it again"
	}
	return fault
}
