package sandbox

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"

	"github.com/takehome-dev/takehome/internal/sandbox/profile"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// filledLimit is the most that an image may hold below a VOLUME of its own.
const filledLimit = 256 << 20

// furnish looks into the volumes that the image declares. An empty one becomes a tmpfs. One
// in which the image has files would lose them that way, and the program its code or its
// data; such a volume is made of memory too, but as a volume, into which the engine copies
// the files. A *refusedByEngine error is a finding.
func (l *Lab) furnish(ctx context.Context, image takehome.Image) error {
	if l.furnished == image.ID || len(profile.Volumes(image.Volumes)) == 0 {
		return nil
	}
	l.filled = nil
	sizes, err := l.volumeSizes(ctx, image)
	if err != nil {
		return err
	}
	var filled []profile.Filled
	for _, path := range profile.Volumes(image.Volumes) {
		size := sizes[path]
		if size > filledLimit {
			return &refusedByEngine{why: fmt.Sprintf("the image has more than %d MiB below its VOLUME %s: leave the VOLUME out", filledLimit>>20, takehome.Line(path))}
		}
		if size > 0 {
			name := l.containerName(fmt.Sprintf("volume-%d", len(l.volumes)+1))
			l.volumes = append(l.volumes, name)
			filled = append(filled, profile.Filled{Path: path, Volume: name, Bytes: size + l.spec.Limits.WithDefaults().VolumeBytes})
		}
	}
	if len(filled) > 0 {
		if err := l.hold(ctx, filled); err != nil {
			return err
		}
	}
	l.filled, l.furnished = filled, image.ID
	return nil
}

// volumeSizes measures what the image has below each of its volumes, in a container that
// never runs.
func (l *Lab) volumeSizes(ctx context.Context, image takehome.Image) (map[string]int64, error) {
	name, err := l.claim("look")
	if err != nil {
		return nil, err
	}
	config, host := profile.Program{Image: image, Tools: l.toolVolume(), Pod: l.podID, Labels: l.labels(roleProgram)}.Config()
	err = l.engine.insist(ctx, "create a container to look into the image", slow, func(ctx context.Context) error {
		_, err := l.engine.cli.ContainerCreate(ctx, config, host, nil, nil, name)
		return fromImage(err)
	})
	sizes := map[string]int64{}
	for _, path := range profile.Volumes(image.Volumes) {
		if err == nil {
			sizes[path], err = l.engine.sizeBelow(ctx, name, path)
		}
	}
	return sizes, errors.Join(err, l.engine.remove(ctx, name))
}

// sizeBelow adds up the files of a folder in a container, with a page for each entry, until
// they are too many.
func (e *Engine) sizeBelow(ctx context.Context, name, path string) (int64, error) {
	const page = 4 << 10
	var size int64
	err := e.call(ctx, "look into a volume of the image", slow, func(ctx context.Context) error {
		stream, _, err := e.cli.CopyFromContainer(ctx, name, path)
		if cerrdefs.IsNotFound(err) {
			return nil // the engine will make an empty folder
		}
		if err != nil {
			return err
		}
		defer func() { _ = stream.Close() }()
		reader := tar.NewReader(stream)
		for first := true; size <= filledLimit; first = false {
			header, err := reader.Next()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			if !first { // the first entry is the folder itself
				size += page + max(0, header.Size)
			}
		}
		return nil
	})
	return size, err
}

// hold keeps the volumes mounted as long as the lab lives: memory that nobody mounts is
// gone, also between the copying and the start.
func (l *Lab) hold(ctx context.Context, filled []profile.Filled) error {
	name, err := l.claim("keeper")
	if err != nil {
		return err
	}
	config, host := profile.Keeper{
		Image: l.engine.pod.id, Pod: l.podID, Tools: l.toolVolume(), Filled: filled,
		Deadline: l.podLeft(), Labels: l.labels(rolePod),
	}.Config()
	err = l.engine.insist(ctx, "create the keeper of the volumes", slow, func(ctx context.Context) error {
		_, err := l.engine.cli.ContainerCreate(ctx, config, host, nil, nil, name)
		return err
	})
	if err != nil {
		return err
	}
	return l.engine.call(ctx, "start the keeper of the volumes", slow, func(ctx context.Context) error {
		return l.engine.cli.ContainerStart(ctx, name, container.StartOptions{})
	})
}

// volumeNames lists every volume of the lab.
func (l *Lab) volumeNames() []string {
	return slices.Concat([]string{l.toolVolume(), l.socketVolume()}, l.volumes)
}
