package script_test

import (
	"compress/gzip"
	"io"
)

// writeBomb writes 64 MiB of nothing, compressed.
func writeBomb(w io.Writer) {
	packed := gzip.NewWriter(w)
	for range 1024 {
		_, _ = packed.Write(make([]byte, 64<<10))
	}
	_ = packed.Close()
}
