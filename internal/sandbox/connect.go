// Package sandbox runs a submission in a sealed pod: a container without a network that
// holds a helper, a Postgres beside it, and the candidate's program, which share its
// loopback. It is the only package that speaks to Docker.
//
// On the straight line it turns an Image and a StartPlan into a takehome.Lab:
//
//	engine, err := sandbox.Connect(ctx, settings)   // one for the whole process
//	lab, err := engine.Open(ctx, spec)              // while the image is still being built
//	lab.Equip(image, plan)
//	boot, err := lab.Start(ctx, takehome.StartOptions{})
//	err = lab.Close(ctx)                            // always, also after an error
//
// Everything that it makes carries labels and belongs to a lease, so that the next run
// can remove what a killed one left behind.
package sandbox

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/docker/docker/api/types/versions"
	"github.com/docker/docker/client"
	"github.com/rs/zerolog"
	"github.com/testcontainers/testcontainers-go"
	tclog "github.com/testcontainers/testcontainers-go/log"

	"github.com/takehome-dev/takehome/internal/sandbox/lease"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// leastAPI is the oldest engine API that has what a pod needs (one-shot statistics;
// private cgroup namespaces came with 1.40): Docker 20.10, December 2020.
const leastAPI = "1.41"

// Settings are what the operator may choose.
type Settings struct {
	// Host is the engine's address; empty: DOCKER_HOST, then the usual sockets.
	Host string
	// PodBinary is takehome-pod for the engine's architecture; empty: the file
	// takehome-pod-linux-<architecture> beside this program.
	PodBinary string
	// StateDir keeps the leases. All runners of a machine should share it.
	StateDir string
	// PostgresImage is what the database server is built on; empty: postgres:17.
	PostgresImage string
	// Log gets what happens, for a developer. The zero value is silent.
	Log zerolog.Logger
}

// Engine is a connection to Docker. It is safe for concurrent use.
type Engine struct {
	settings Settings
	cli      *client.Client
	arch     string // as Go calls it
	version  string
	lease    *lease.Lease
	provider *testcontainers.DockerProvider
	log      zerolog.Logger

	tidying sync.Once
	tidied  sync.WaitGroup

	making sync.Mutex // one image at a time
	pod    madeImage
	grader madeImage

	loading  sync.Mutex // one data set at a time
	datasets map[string]madeImage
}

// Connect finds the engine and asks whether it will do. Its errors are faults of the operator
// with a next step.
func Connect(ctx context.Context, settings Settings) (*Engine, error) {
	if settings.PostgresImage == "" {
		settings.PostgresImage = "postgres:17"
	}
	if settings.StateDir == "" {
		return nil, &takehome.Fault{Owner: takehome.Operator, Summary: "no state folder is set", Hint: "set --state-dir to a folder that may be written to"}
	}
	cli, err := reach(ctx, settings.Host)
	if err != nil {
		return nil, err
	}
	engine := &Engine{settings: settings, cli: cli, log: settings.Log, datasets: map[string]madeImage{}}
	if err := engine.accept(ctx); err != nil {
		_ = cli.Close()
		return nil, err
	}
	engine.lease, err = lease.Take(settings.StateDir)
	if err != nil {
		_ = cli.Close()
		return nil, &takehome.Fault{
			Owner: takehome.Operator, Summary: "the state folder " + strconv.Quote(settings.StateDir) + " cannot be used", Err: err,
			Hint: "make it writable, or set --state-dir to another folder",
		}
	}
	return engine, nil
}

// reach pings the engine at the given address, or at the first of the usual ones that answers.
func reach(ctx context.Context, host string) (*client.Client, error) {
	options := []client.Opt{client.FromEnv, client.WithAPIVersionNegotiation()}
	if host != "" {
		options = append(options, client.WithHost(host))
	}
	cli, err := client.NewClientWithOpts(options...)
	if err != nil {
		return nil, &takehome.Fault{
			Owner: takehome.Operator, Summary: "the address of the Docker engine cannot be used", Err: err,
			Hint: "correct --docker-host or DOCKER_HOST, such as unix:///var/run/docker.sock",
		}
	}
	first := ping(ctx, cli)
	if first == nil {
		return cli, nil
	}
	asked := cli.DaemonHost()
	_ = cli.Close()
	if host == "" && asked == client.DefaultDockerHost && client.IsErrConnectionFailed(first) {
		for _, other := range usualSockets() {
			cli, err := client.NewClientWithOpts(client.WithHost(other), client.WithAPIVersionNegotiation())
			if err != nil {
				continue
			}
			if ping(ctx, cli) == nil {
				return cli, nil
			}
			_ = cli.Close()
		}
	}
	return nil, unreachable(ctx, asked, first)
}

func ping(ctx context.Context, cli *client.Client) error {
	ctx, cancel := context.WithTimeout(ctx, pingPatience)
	defer cancel()
	_, err := cli.Ping(ctx)
	return err
}

// usualSockets is where Docker Desktop and rootless engines listen.
func usualSockets() []string {
	var sockets []string
	if home, err := os.UserHomeDir(); err == nil {
		sockets = append(sockets, filepath.Join(home, ".docker", "run", "docker.sock"), filepath.Join(home, ".docker", "desktop", "docker.sock"))
	}
	sockets = append(sockets, fmt.Sprintf("/run/user/%d/docker.sock", os.Getuid()))
	var found []string
	for _, socket := range sockets {
		if _, err := os.Stat(socket); err == nil {
			found = append(found, "unix://"+socket)
		}
	}
	return found
}

// accept refuses an engine that cannot run a pod, and prepares testcontainers for it.
func (e *Engine) accept(ctx context.Context) error {
	err := e.call(ctx, "tell its version", quick, func(ctx context.Context) error {
		version, err := e.cli.ServerVersion(ctx)
		e.version, e.arch = version.Version, version.Arch
		if err == nil && version.Os != "linux" {
			return &takehome.Fault{
				Owner: takehome.Operator, Summary: "the Docker engine runs " + version.Os + " containers",
				Hint: "switch it to Linux containers",
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if api := e.cli.ClientVersion(); versions.LessThan(api, leastAPI) {
		return &takehome.Fault{
			Owner:   takehome.Operator,
			Summary: fmt.Sprintf("the Docker engine %s speaks API %s, and %s is needed", e.version, api, leastAPI),
			Hint:    "install Docker 20.10 or later",
		}
	}
	e.provider, err = newProvider(e.cli, e.settings.Host != "")
	return err
}

// testcontainers keeps its logger and its settings in variables of the whole process:
// preparing is held while they are read, silence sets the logger once.
var (
	preparing sync.Mutex
	silence   sync.Once
)

// newProvider makes testcontainers use our client. It reads its settings from the
// environment only, so that is where its reaper is switched off: Ryuk wants the engine's
// socket mounted, which has no place beside hostile code, and leases do its work. It
// also looks for an engine by itself, and panics where it finds none; an address that was
// given to us it must be told.
func newProvider(cli *client.Client, explicit bool) (provider *testcontainers.DockerProvider, err error) {
	preparing.Lock()
	defer preparing.Unlock()
	defer func() {
		if reason := recover(); reason != nil {
			err = &takehome.Fault{
				Owner: takehome.Operator, Summary: "the settings of testcontainers lead to no Docker engine", Err: fmt.Errorf("%v", reason),
				Hint: "correct ~/.testcontainers.properties or DOCKER_HOST",
			}
		}
	}()
	err = os.Setenv("TESTCONTAINERS_RYUK_DISABLED", "true")
	if err == nil {
		// A registry before every image's name, as some companies set it, would not find an
		// image by its id. This one adds nothing, and wins over the user's file.
		err = os.Setenv("TESTCONTAINERS_HUB_IMAGE_NAME_PREFIX", ".")
	}
	if err == nil && explicit {
		err = os.Setenv("DOCKER_HOST", cli.DaemonHost())
	}
	if err != nil {
		return nil, fmt.Errorf("prepare testcontainers: %w", err)
	}
	silence.Do(func() { tclog.SetDefault(silent{}) }) // some of its lines go to the package's own logger
	provider, err = testcontainers.NewDockerProvider(testcontainers.WithLogger(silent{}))
	if err != nil {
		return nil, fmt.Errorf("prepare testcontainers: %w", err)
	}
	if provider.Config().Config.RyukDisabled {
		_ = provider.Close()
		provider.SetClient(cli)
		return provider, nil
	}
	return nil, &takehome.Fault{
		Owner: takehome.Takehome, Summary: "testcontainers would start its reaper",
		Hint: "set TESTCONTAINERS_RYUK_DISABLED=true and report this",
	}
}

// silent is a logger for testcontainers.
type silent struct{}

func (silent) Printf(string, ...any) {}

// Client is the connection itself, for the packages below this folder that build images.
func (e *Engine) Client() *client.Client { return e.cli }

// Version is the engine's own version, "20.10.24".
func (e *Engine) Version() string { return e.version }

// Close gives the lease back. What this engine opened must be closed before.
func (e *Engine) Close() error {
	e.tidied.Wait()
	err := e.lease.Release()
	if closing := e.cli.Close(); err == nil && closing != nil {
		err = fmt.Errorf("close the connection to Docker: %w", closing)
	}
	return err
}
