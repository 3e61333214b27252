package intake_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/intake"
)

// BenchmarkOpen takes in a repository of ordinary size: 200 files, 1.2 MiB.
func BenchmarkOpen(b *testing.B) {
	var items []item
	for i := range 200 {
		items = append(items, item{
			name: fmt.Sprintf("internal/part%d/section/file%d.go", i%20, i),
			body: strings.Repeat(fmt.Sprintf("// line of file %d\n", i), 300),
		})
	}
	for name, given := range map[string]string{"folder": folderOf(b, items...), "zip": zipOf(b, items...), "tar.gz": tarOf(b, items...)} {
		b.Run(name, func(b *testing.B) {
			temp := b.TempDir()
			for b.Loop() {
				tree, err := intake.Open(b.Context(), given, intake.Options{TempDir: temp})
				require.NoError(b, err)
				require.NoError(b, tree.Close())
			}
		})
	}
}
