package query

import (
	"io/fs"
	"strings"
	"time"

	"github.com/takehome-dev/takehome/graders/query/shop"
)

// shopFile is the shared data as a script that a candidate can run.
const shopFile = "shop.sql"

// withShop adds that script to the files of the kind. It is put together from the scripts
// that load the prepared databases, so that there is one text of them.
type withShop struct{ fs.FS }

// Open opens a file of the kind.
func (w withShop) Open(name string) (fs.File, error) {
	if name != shopFile {
		return w.FS.Open(name)
	}
	text := shop.Script()
	return &handOut{Reader: strings.NewReader(text), size: int64(len(text))}, nil
}

// handOut is the opened script.
type handOut struct {
	*strings.Reader
	size int64
}

func (h *handOut) Stat() (fs.FileInfo, error) { return h, nil }
func (h *handOut) Close() error               { return nil }

// The script as its own fs.FileInfo.
func (h *handOut) Name() string       { return shopFile }
func (h *handOut) Size() int64        { return h.size }
func (h *handOut) Mode() fs.FileMode  { return 0o444 }
func (h *handOut) ModTime() time.Time { return time.Time{} }
func (h *handOut) IsDir() bool        { return false }
func (h *handOut) Sys() any           { return nil }
