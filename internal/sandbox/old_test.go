package sandbox

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/docker/docker/api/types/image"
	"github.com/stretchr/testify/require"
)

func TestImagesOfOldRecipesAreRemoved(t *testing.T) {
	t.Parallel()
	engine := connect(t)
	ctx := t.Context()
	require.NoError(t, engine.Prepare(ctx))
	pod, database := engine.KnownImages()
	repository := fmt.Sprintf("takehome/test-%x", randomBytes(4))
	tag := func(id, name string) {
		require.NoError(t, engine.cli.ImageTag(ctx, id, repository+":"+name))
	}
	// Both images are young; an age of nothing makes them old.
	tag(pod, "now")
	tag(database, "then")
	t.Cleanup(func() {
		for _, name := range []string{"now", "then"} {
			_, _ = engine.cli.ImageRemove(context.WithoutCancel(ctx), repository+":"+name, image.RemoveOptions{}) // it should be gone
		}
	})
	there := func(name string) bool {
		found, err := engine.findImage(ctx, repository+":"+name, "")
		require.NoError(t, err)
		return found.id != ""
	}

	engine.removeOld(ctx, repository, time.Hour*24*365, tagged(repository+":now"))
	require.True(t, there("then"), "another version of the program may still need it")

	engine.removeOld(ctx, repository, 0, tagged(repository+":now"))
	require.True(t, there("now"))
	require.False(t, there("then"))
}

func TestADataSetIsSparedWithItsServer(t *testing.T) {
	t.Parallel()
	spared := loadedInto("takehome/postgres:aa")
	require.True(t, spared(image.Summary{Labels: map[string]string{labelServer: "takehome/postgres:aa"}}))
	require.False(t, spared(image.Summary{Labels: map[string]string{labelServer: "takehome/postgres:bb"}}))
	require.False(t, spared(image.Summary{}), "one that tells no server is older than the label")
}
