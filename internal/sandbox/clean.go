package sandbox

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/volume"

	"github.com/takehome-dev/takehome/internal/sandbox/lease"
)

// Cleaned counts what was removed.
type Cleaned struct {
	Containers, Networks, Volumes, Images int
}

// Total is the sum.
func (c Cleaned) Total() int { return c.Containers + c.Networks + c.Volumes + c.Images }

func (c *Cleaned) add(other Cleaned) {
	c.Containers += other.Containers
	c.Networks += other.Networks
	c.Volumes += other.Volumes
	c.Images += other.Images
}

// strangerGrace is how long after its deadline an object of another machine's runner, whose
// lease we cannot see, counts as left behind.
const strangerGrace = time.Hour

// object is something with our labels.
type object struct {
	kind   string // container, network, volume, image: also the order of removal
	id     string
	name   string
	labels map[string]string
}

// Clean removes what no living runner owns. It never touches what does not carry all of our
// labels, and removes nothing of a runner whose lease is held.
func (e *Engine) Clean(ctx context.Context) (Cleaned, error) {
	found, err := e.labelled(ctx)
	if err != nil {
		return Cleaned{}, err
	}
	byRun := map[string][]object{}
	for _, object := range found {
		run := object.labels[labelRun]
		byRun[run] = append(byRun[run], object)
	}
	runs, err := lease.Known(e.settings.StateDir)
	if err != nil {
		return Cleaned{}, err
	}
	for _, run := range runs {
		if _, found := byRun[run]; !found {
			byRun[run] = nil // a lease without objects
		}
	}
	var total Cleaned
	var failures []error
	for run, objects := range byRun {
		if run == e.lease.Run {
			continue
		}
		cleaned, err := e.cleanRun(ctx, run, objects)
		total.add(cleaned)
		failures = append(failures, err)
	}
	return total, errors.Join(failures...)
}

// tidy cleans once, beside the first lab, and keeps nobody waiting.
func (e *Engine) tidy(ctx context.Context) {
	e.tidying.Do(func() {
		e.tidied.Go(func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closePatience)
			defer cancel()
			cleaned, err := e.Clean(ctx)
			if err != nil || cleaned.Total() > 0 {
				e.log.Info().Err(err).Int("objects", cleaned.Total()).Msg("removed what an earlier run left behind")
			}
		})
	})
}

// cleanRun removes the objects of one run if nobody lives who owns them.
func (e *Engine) cleanRun(ctx context.Context, run string, objects []object) (Cleaned, error) {
	var ours, strangers []object
	for _, object := range objects {
		switch {
		case object.labels[labelHost] == e.lease.Host:
			ours = append(ours, object)
		case overdue(object) && strings.HasPrefix(object.name, namePrefix(run)):
			strangers = append(strangers, object)
		}
	}
	var cleaned Cleaned
	var failures []error
	if len(ours) > 0 || len(objects) == 0 {
		_, err := lease.Free(e.settings.StateDir, run, func() error {
			removed, err := e.removeAll(ctx, ours)
			cleaned.add(removed)
			return err
		})
		failures = append(failures, err)
	}
	removed, err := e.removeAll(ctx, strangers)
	cleaned.add(removed)
	return cleaned, errors.Join(append(failures, err)...)
}

// overdue objects of other hosts are judged by their deadline, and by their name, which
// unlike a label cannot come from an image. Images of other hosts are left alone.
func overdue(object object) bool {
	deadline, err := strconv.ParseInt(object.labels[labelDeadline], 10, 64)
	return err == nil && object.kind != kindImage && time.Now().After(time.Unix(deadline, 0).Add(strangerGrace))
}

// The kinds of object, in the order in which they can be removed.
const (
	kindContainer = "container"
	kindNetwork   = "network"
	kindVolume    = "volume"
	kindImage     = "image"
)

func (e *Engine) removeAll(ctx context.Context, objects []object) (Cleaned, error) {
	var cleaned Cleaned
	var failures []error
	steps := []struct {
		kind   string
		count  *int
		remove func(id string) error
	}{
		{kindContainer, &cleaned.Containers, func(id string) error { return e.remove(ctx, id) }},
		{kindNetwork, &cleaned.Networks, func(id string) error { return e.removeNetwork(ctx, id) }},
		{kindVolume, &cleaned.Volumes, func(id string) error { return e.removeVolume(ctx, id) }},
		{kindImage, &cleaned.Images, func(id string) error { return e.RemoveImage(ctx, id) }},
	}
	for _, step := range steps {
		var ids []string
		for _, object := range objects {
			if object.kind == step.kind {
				ids = append(ids, object.id)
			}
		}
		for _, err := range inParallel(ids, step.remove) {
			if err == nil {
				*step.count++
			}
			failures = append(failures, err)
		}
	}
	return cleaned, errors.Join(failures...)
}

func (e *Engine) removeNetwork(ctx context.Context, id string) error {
	return e.call(ctx, "remove a network", slow, func(ctx context.Context) error {
		err := e.cli.NetworkRemove(ctx, id)
		if cerrdefs.IsNotFound(err) || cerrdefs.IsConflict(err) {
			return nil
		}
		return err
	})
}

// RemoveImage removes the image of a submission. One that is gone, or that something else
// still uses, is no error.
func (e *Engine) RemoveImage(ctx context.Context, id string) error {
	return e.call(ctx, "remove an image", slow, func(ctx context.Context) error {
		_, err := e.cli.ImageRemove(ctx, id, image.RemoveOptions{Force: true, PruneChildren: true})
		if cerrdefs.IsNotFound(err) || cerrdefs.IsConflict(err) {
			return nil
		}
		return err
	})
}

// labelled lists everything that carries all of our labels.
func (e *Engine) labelled(ctx context.Context) ([]object, error) {
	var found []object
	keep := func(kind, id, name string, labels map[string]string) {
		for _, label := range []string{labelRun, labelHost, labelRole, labelDeadline} {
			if labels[label] == "" {
				return
			}
		}
		found = append(found, object{kind: kind, id: id, name: strings.TrimPrefix(name, "/"), labels: labels})
	}
	filter := filters.NewArgs(filters.Arg("label", labelRun))
	err := e.call(ctx, "list what is left behind", slow, func(ctx context.Context) error {
		containers, err := e.cli.ContainerList(ctx, container.ListOptions{All: true, Filters: filter})
		if err != nil {
			return err
		}
		for _, c := range containers {
			keep(kindContainer, c.ID, strings.Join(c.Names, ","), c.Labels)
		}
		networks, err := e.cli.NetworkList(ctx, network.ListOptions{Filters: filter})
		if err != nil {
			return err
		}
		for _, n := range networks {
			keep(kindNetwork, n.ID, n.Name, n.Labels)
		}
		volumes, err := e.cli.VolumeList(ctx, volume.ListOptions{Filters: filter})
		if err != nil {
			return err
		}
		for _, v := range volumes.Volumes {
			keep(kindVolume, v.Name, v.Name, v.Labels)
		}
		images, err := e.cli.ImageList(ctx, image.ListOptions{Filters: filter})
		if err != nil {
			return err
		}
		for _, i := range images {
			keep(kindImage, i.ID, strings.Join(i.RepoTags, ","), i.Labels)
		}
		return nil
	})
	return found, err
}
