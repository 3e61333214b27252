package sandbox

import (
	"context"
	"slices"
	"time"

	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/image"
)

// Names of the images that we make and that outlive a run; a tag tells the recipe.
const (
	podRepository      = "takehome/pod"
	databaseRepository = "takehome/postgres"
	datasetRepository  = "takehome/dataset"
)

// keepOld is how long an image of another recipe stays when a new one was made. Two versions
// of takehome on one machine would otherwise take each other's away.
const keepOld = 7 * 24 * time.Hour

// removeOld removes images under a name that were made longer ago, but for those that are
// spared. What still uses one keeps it, and the next time tries again: no run ends because
// of this.
func (e *Engine) removeOld(ctx context.Context, repository string, age time.Duration, spared func(image.Summary) bool) {
	err := e.call(ctx, "remove old images of "+repository, slow, func(ctx context.Context) error {
		found, err := e.cli.ImageList(ctx, image.ListOptions{Filters: filters.NewArgs(filters.Arg("reference", repository))})
		if err != nil {
			return err
		}
		for _, each := range found {
			if spared(each) || time.Since(time.Unix(each.Created, 0)) < age {
				continue
			}
			for _, tag := range each.RepoTags {
				if _, err := e.cli.ImageRemove(ctx, tag, image.RemoveOptions{PruneChildren: true}); err == nil {
					e.log.Debug().Str("image", tag).Msg("removed an image of an old recipe")
				}
			}
		}
		return nil
	})
	if err != nil {
		e.log.Info().Err(err).Msg("old images are left alone")
	}
}

// tagged spares the image with a tag.
func tagged(tag string) func(image.Summary) bool {
	return func(each image.Summary) bool { return slices.Contains(each.RepoTags, tag) }
}

// loadedInto spares the data sets that were loaded into the server's image with a tag: the
// others are of no use to this program any more.
func loadedInto(server string) func(image.Summary) bool {
	return func(each image.Summary) bool { return each.Labels[labelServer] == server }
}
