package script_test

import (
	"bytes"
	"compress/gzip"
	"sync"
)

// bomb is 16 MiB of nothing, compressed once.
var bomb = sync.OnceValue(func() []byte {
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	for range 256 {
		_, _ = writer.Write(make([]byte, 64<<10))
	}
	_ = writer.Close()
	return packed.Bytes()
})
