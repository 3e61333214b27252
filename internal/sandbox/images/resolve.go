package images

import (
	"context"
	"errors"
	"strings"

	cerrdefs "github.com/containerd/errdefs"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// found is how the wanted image came to be on the engine.
type found struct {
	image      local
	missing    bool // the registry answered that it has no such image
	substitute *takehome.Substitute
}

// Resolve makes sure of an image that a submission wants to start from: present, pulled,
// or served by a stand-in, which is then reported. An image that the registry does not
// have is the candidate's Breakdown. A name that policy forbids is a takehome.Refusal;
// where there is neither a registry nor a stand-in, the error is a takehome.Fault.
// "scratch" is no image and always there.
func (s *Store) Resolve(ctx context.Context, name string) (*takehome.Substitute, *takehome.Breakdown, error) {
	if name == "scratch" {
		return nil, nil, nil
	}
	wanted, err := admit(name)
	if err != nil {
		return nil, nil, err
	}
	found, err := s.find(ctx, wanted)
	if err != nil {
		return nil, nil, err
	}
	if found.missing {
		return nil, &takehome.Breakdown{
			Phase: "build", Where: "FROM " + takehome.Line(name),
			Reason: "the base image " + takehome.Line(name) + " does not exist",
			Tried:  []string{"asked the registry " + takehome.Line(wanted.registry) + " for it"},
			Help:   "check the name and the version; an image that needs a login cannot be used",
		}, nil
	}
	if found.substitute == nil {
		if err := s.admitLocal(ctx, wanted, found.image); err != nil {
			return nil, nil, err
		}
	}
	return found.substitute, nil, nil
}

// find makes sure of an image: local, pulled, or a stand-in.
func (s *Store) find(ctx context.Context, wanted wanted) (found, error) {
	there, ok, err := s.inspect(ctx, wanted.name)
	if err != nil {
		return found{}, err
	}
	if ok && there.standIn == "" {
		return found{image: there}, nil
	}
	got, err := s.pull(ctx, wanted)
	if err != nil {
		return found{}, err
	}
	switch got {
	case absent:
		return found{missing: true}, nil
	case pulled:
		there, ok, err = s.inspect(ctx, wanted.name)
		if err == nil && !ok {
			err = pullFault(wanted, errors.New("it was gone after the pull"))
		}
		return found{image: there}, err
	case noAnswer:
	}
	return s.serve(ctx, wanted)
}

// serve puts a stand-in under the wanted name, without the digest if it has one: no
// stand-in could have it.
func (s *Store) serve(ctx context.Context, wanted wanted) (found, error) {
	chosen, ok := choose(wanted, s.theFacts(ctx).golang)
	if !ok {
		return found{}, noWayFault(wanted)
	}
	made, err := s.standIn(ctx, chosen.family)
	if err != nil {
		return found{}, err
	}
	if err := s.takeName(ctx, made, wanted.unpinned()); err != nil {
		return found{}, err
	}
	return found{substitute: &takehome.Substitute{
		Wanted: takehome.Line(wanted.given), Used: made.family.what, Exact: chosen.exact,
	}}, nil
}

// admitLocal refuses images that only this engine has, and such as bring
// instructions of their own into a build.
func (s *Store) admitLocal(ctx context.Context, wanted wanted, image local) error {
	refuse := func(why string) error { return refusal(wanted.given, why) }
	if len(image.triggers) > 0 {
		return refuse("the image runs instructions of its own in every build (ONBUILD)")
	}
	if preloaded[wanted.official()] {
		return nil
	}
	if len(image.digests) == 0 {
		return refuse("the image exists on this machine only")
	}
	if !s.inventsDigests(ctx) {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, s.options.AnswerIn)
	defer cancel()
	_, err := s.engine.DistributionInspect(ctx, wanted.name, "")
	if cerrdefs.IsNotFound(err) || cerrdefs.IsUnauthorized(err) || cerrdefs.IsPermissionDenied(err) {
		return refuse("the image exists on this machine only")
	}
	return nil
}

// inventsDigests tells that the engine keeps its images in containerd's store, where
// an image that was built here has a digest as if it had come from a registry.
func (s *Store) inventsDigests(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, queryDeadline)
	defer cancel()
	info, err := s.engine.Info(ctx)
	if err != nil {
		return false
	}
	for _, status := range info.DriverStatus {
		if strings.Contains(status[1], "io.containerd.snapshotter") {
			return true
		}
	}
	return false
}

func missingFault(wanted wanted) error {
	return &takehome.Fault{
		Owner: takehome.Takehome, Summary: "the image " + wanted.name + " does not exist in its registry",
		Hint: "please report it with this message",
	}
}

func noWayFault(wanted wanted) error {
	return &takehome.Fault{
		Owner: takehome.Operator, Hint: "connect the machine to the registry, or pull " + takehome.Line(wanted.name) + " by hand",
		Summary: "the registry " + takehome.Line(wanted.registry) + " cannot be reached, and nothing can stand in for " + takehome.Line(wanted.given),
	}
}
