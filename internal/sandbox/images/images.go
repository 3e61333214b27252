// Package images makes sure of the images that a run starts from: an image that is
// there already, one pulled from a registry, or – only where no registry can be
// reached – a stand-in made on the spot from Debian's packages.
//
// On the straight line it stands beside builder: before a Dockerfile is built, every
// image it starts from is resolved here. A stand-in never takes the place of an image
// that a registry would give, and it is always reported as a takehome.Substitute.
package images

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/docker/docker/client"
	"golang.org/x/sync/errgroup"
)

// Options says how images are found and made. The zero value of a field means its default.
type Options struct {
	// StateDir holds the locks that keep two processes from making the same image.
	StateDir string
	// Environment looks up the variables of the process, for proxy and package-manager
	// settings; nil: none are set.
	Environment func(string) string
	// OnLine gets each line of progress, safe to show. It may be called from several goroutines.
	OnLine func(string)
	// AnswerIn is how long a registry may take to say whether it has an image.
	AnswerIn time.Duration
}

// Deadlines of what can hang.
const (
	defaultAnswer = 8 * time.Second
	pullDeadline  = 15 * time.Minute
	makeDeadline  = 15 * time.Minute // one stand-in
	queryDeadline = 30 * time.Second
)

// atOnce is how many images are pulled or made at the same time.
const atOnce = 3

// Store finds, pulls and makes images on one engine. It may be used by several
// goroutines, and by several processes that share Options.StateDir.
type Store struct {
	engine  *client.Client
	options Options
	host    host

	mu       sync.Mutex
	answered map[string]bool          // registries by host name: whether one answered
	locks    map[string]chan struct{} // one stand-in of a family at a time
	settled  map[string]string        // stand-ins that have their names, by family
	facts    *facts                   // of the host, once they are known
}

// Open makes a Store. It does not talk to the engine yet.
func Open(engine *client.Client, options Options) *Store {
	if options.OnLine == nil {
		options.OnLine = func(string) {}
	}
	if options.Environment == nil {
		options.Environment = func(string) string { return "" }
	}
	if options.AnswerIn == 0 {
		options.AnswerIn = defaultAnswer
	}
	if options.StateDir == "" {
		options.StateDir = filepath.Join(os.TempDir(), "takehome")
	}
	return &Store{
		engine: engine, options: options,
		host:     host{files: os.DirFS("/"), environment: options.Environment, run: runOnHost},
		answered: map[string]bool{}, locks: map[string]chan struct{}{}, settled: map[string]string{},
	}
}

// Ensure makes sure that the engine has images under the given official names
// ("postgres:17"), pulled or as stand-ins. Every error is a takehome.Fault with a
// next step.
func (s *Store) Ensure(ctx context.Context, names ...string) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, name := range names {
		group.Go(func() error {
			wanted, err := parse(name)
			if err != nil {
				return err
			}
			found, err := s.find(ctx, wanted)
			if err != nil {
				return err
			}
			if found.missing {
				return missingFault(wanted)
			}
			return nil
		})
	}
	return group.Wait()
}
