package images

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/gofrs/flock"

	"github.com/takehome-dev/takehome/internal/sandbox/builder"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// labels are what is written on a stand-in.
func (r recipe) labels() map[string]string {
	return map[string]string{LabelStandIn: r.family.name, LabelWhat: r.family.what, LabelRecipe: r.digest}
}

// theFacts reads what the host tells, once.
func (s *Store) theFacts(ctx context.Context) *facts {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.facts == nil {
		s.facts = s.host.facts(ctx)
	}
	return s.facts
}

// standIn makes sure of the stand-in of a family and returns its own name.
func (s *Store) standIn(ctx context.Context, name string) (recipe, error) {
	facts := s.theFacts(ctx)
	all := families(facts.golang)
	at := slices.IndexFunc(all, func(f family) bool { return f.name == name })
	if at < 0 {
		return recipe{}, fmt.Errorf("no stand-in is called %q", name)
	}
	family := all[at]
	if strings.HasPrefix(name, "golang") && facts.golang.root == "" {
		return recipe{}, &takehome.Fault{
			Owner: takehome.Operator, Summary: "no image registry can be reached, and this machine has no Go toolchain to make a golang image from",
			Hint: "install Go on this machine, or connect it to an image registry",
		}
	}
	base := ""
	if family.base != "" {
		below, err := s.standIn(ctx, family.base)
		if err != nil {
			return recipe{}, err
		}
		base = below.tag()
	}
	wanted, err := facts.recipe(family, base)
	if err != nil {
		return recipe{}, err
	}
	unlock, err := s.lock(ctx, name)
	if err != nil {
		return recipe{}, err
	}
	defer unlock()
	_, there, err := s.inspect(ctx, wanted.tag())
	if err != nil || there && s.isSettled(wanted) {
		return wanted, err
	}
	if !there {
		if err := s.make(ctx, facts, wanted); err != nil {
			return recipe{}, err
		}
		s.say(name, "ready")
	}
	if err := s.takeNames(ctx, wanted); err != nil {
		return recipe{}, err
	}
	s.mu.Lock()
	s.settled[name] = wanted.tag()
	s.mu.Unlock()
	return wanted, nil
}

// isSettled tells that this process has given the stand-in its names already.
func (s *Store) isSettled(made recipe) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.settled[made.family.name] == made.tag()
}

// make makes a stand-in under its own name.
func (s *Store) make(ctx context.Context, facts *facts, wanted recipe) error {
	ctx, cancel := context.WithTimeout(ctx, makeDeadline)
	defer cancel()
	if wanted.family.base == "" {
		return s.bootstrap(ctx, facts, wanted)
	}
	return s.build(ctx, wanted)
}

// build makes a stand-in on top of another.
func (s *Store) build(ctx context.Context, recipe recipe) error {
	args := builder.ProxyArgs(s.options.Environment)
	args["BASE"] = recipe.base
	outcome, err := builder.Run(ctx, s.engine, builder.Request{
		Context: recipe.writeContext, Dockerfile: "Dockerfile", Args: args, Labels: recipe.labels(), Tag: recipe.tag(),
		OnLine: func(line string) { s.say(recipe.family.name, line) },
	})
	if err != nil {
		return err
	}
	if outcome.Failure != nil {
		return &takehome.Fault{
			Owner: takehome.Operator, Summary: "the " + recipe.family.name + " stand-in could not be made",
			Err:  fmt.Errorf("%s: %s: %s", outcome.Failure.Instruction, outcome.Failure.Message, takehome.QuoteTail(outcome.Failure.Log, 800)),
			Hint: "check that containers of this engine reach the package mirror of this machine, then run takehome images again",
		}
	}
	return nil
}

// lock keeps everybody else, in this and in other processes, from making the same stand-in.
func (s *Store) lock(ctx context.Context, name string) (unlock func(), err error) {
	s.mu.Lock()
	turn := s.locks[name]
	if turn == nil {
		turn = make(chan struct{}, 1)
		s.locks[name] = turn
	}
	s.mu.Unlock()
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the %s stand-in: %w", name, ctx.Err())
	}
	folder := filepath.Join(s.options.StateDir, "images")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		<-turn
		return nil, &takehome.Fault{
			Owner: takehome.Operator, Summary: "the state folder cannot be written", Err: err,
			Hint: "give another folder with --state-dir, or make it writable",
		}
	}
	file := flock.New(filepath.Join(folder, name+".lock"))
	if _, err := file.TryLockContext(ctx, 100*time.Millisecond); err != nil {
		<-turn
		return nil, fmt.Errorf("wait for the %s stand-in: %w", name, err)
	}
	return func() {
		_ = file.Close()
		<-turn
	}, nil
}

// keepOld is how long a stand-in of another recipe stays. Two versions of takehome on
// one machine would otherwise take each other's away.
const keepOld = 7 * 24 * time.Hour

// takeNames gives a stand-in its official names, where they are free or belong to
// another stand-in, and removes old stand-ins of the same family.
func (s *Store) takeNames(ctx context.Context, made recipe) error {
	for _, name := range made.family.names {
		if err := s.takeName(ctx, made, name); err != nil {
			return err
		}
	}
	asking, cancel := context.WithTimeout(ctx, queryDeadline)
	defer cancel()
	old, err := s.engine.ImageList(asking, image.ListOptions{Filters: filters.NewArgs(filters.Arg("reference", repository))})
	if err != nil {
		return engineFault(err)
	}
	for _, candidate := range old {
		mine := slices.ContainsFunc(candidate.RepoTags, func(tag string) bool { return standInFamily(tag) == made.family.name })
		if !mine || slices.Contains(candidate.RepoTags, made.tag()) || time.Since(time.Unix(candidate.Created, 0)) < keepOld {
			continue
		}
		// Its own name goes last: by it the others are known to be a stand-in's.
		slices.SortStableFunc(candidate.RepoTags, func(a, b string) int { return cmp.Compare(standInFamily(a), standInFamily(b)) })
		for _, tag := range candidate.RepoTags {
			if standInFamily(tag) == "" {
				if err := s.takeName(ctx, made, tag); err != nil {
					return err
				}
				continue
			}
			// A program that still uses it keeps it; the next call tries again.
			_, _ = s.engine.ImageRemove(asking, tag, image.RemoveOptions{PruneChildren: true})
		}
	}
	return nil
}

// takeName puts a stand-in under a name, unless a real image has it.
func (s *Store) takeName(ctx context.Context, made recipe, name string) error {
	local, there, err := s.inspect(ctx, name)
	if err != nil {
		return err
	}
	if there && (local.standIn == "" || slices.Contains(local.tags, made.tag())) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, queryDeadline)
	defer cancel()
	if err := s.engine.ImageTag(ctx, made.tag(), name); err != nil {
		return engineFault(err)
	}
	return nil
}

// local is an image that the engine has.
type local struct {
	id       string
	tags     []string
	digests  []string // of registries
	standIn  string   // its family, if it is one of ours
	triggers []string // ONBUILD
	bytes    int64
	created  string
}

// inspect looks a name up on the engine. An image that was found by anything but
// this very name (its id, for instance) counts as not there.
func (s *Store) inspect(ctx context.Context, name string) (local, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, queryDeadline)
	defer cancel()
	found, err := s.engine.ImageInspect(ctx, name)
	if cerrdefs.IsNotFound(err) {
		return local{}, false, nil
	}
	if err != nil {
		return local{}, false, engineFault(err)
	}
	image := local{
		id: found.ID, tags: found.RepoTags, digests: found.RepoDigests, bytes: found.Size, created: found.Created,
	}
	if found.Config != nil {
		image.triggers = found.Config.OnBuild
	}
	for _, tag := range found.RepoTags {
		if family := standInFamily(tag); family != "" {
			image.standIn = family
		}
	}
	named := slices.Contains(found.RepoTags, name) || strings.Contains(name, "@")
	return image, named, nil
}

// engineElsewhere tells that the engine cannot run this machine's programs.
func (s *Store) engineElsewhere(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, queryDeadline)
	defer cancel()
	version, err := s.engine.ServerVersion(ctx)
	return err == nil && (version.Os != "linux" || version.Arch != runtime.GOARCH)
}

func (s *Store) say(what, line string) { s.options.OnLine(takehome.Line(what + ": " + line)) }

func engineFault(err error) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("ask the engine: %w", err)
	}
	return &takehome.Fault{
		Owner: takehome.Operator, Summary: "the engine did not do what it was asked for an image", Err: err,
		Hint: "check that docker info works and that its disk is not full, then run it again",
	}
}

// drain reads an answer of the engine to its end and returns the error in it.
func drain(answer io.Reader) error {
	decoder := json.NewDecoder(answer)
	for {
		var entry struct{ Error string }
		if err := decoder.Decode(&entry); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return engineFault(err)
		}
		if entry.Error != "" {
			return engineFault(errors.New(takehome.Line(entry.Error)))
		}
	}
}
