package corpus_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/corpus"
)

// An edit whose text is not in its file any more is found here, and not after an hour of grading.
func TestEveryVariantCanBePutTogether(t *testing.T) {
	t.Parallel()
	corpora, err := filepath.Glob(filepath.Join("..", "..", "testdata", "submissions", "*"))
	require.NoError(t, err)
	require.NotEmpty(t, corpora)
	for _, folder := range corpora {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			t.Parallel()
			files := os.DirFS(folder)
			variants, err := corpus.Load(files)
			require.NoError(t, err)
			for _, variant := range variants {
				if err := variant.Materialise(files, t.TempDir()); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
