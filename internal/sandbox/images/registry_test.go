package images_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// registry serves one image, library/thing:1, and knows no other.
func registry(t *testing.T) (address string) {
	t.Helper()
	var layer, packed bytes.Buffer
	archive := tar.NewWriter(&layer)
	require.NoError(t, archive.WriteHeader(&tar.Header{Name: "hello", Mode: 0o644, Size: 5, Typeflag: tar.TypeReg}))
	_, err := archive.Write([]byte("hello"))
	require.NoError(t, err)
	require.NoError(t, archive.Close())
	squeezed := gzip.NewWriter(&packed)
	_, err = squeezed.Write(layer.Bytes())
	require.NoError(t, err)
	require.NoError(t, squeezed.Close())

	blobs := map[string][]byte{}
	add := func(content []byte) (digest string) {
		sum := sha256.Sum256(content)
		digest = "sha256:" + hex.EncodeToString(sum[:])
		blobs[digest] = content
		return digest
	}
	written := func(value any) []byte {
		content, err := json.Marshal(value)
		require.NoError(t, err)
		return content
	}
	layerSum := sha256.Sum256(layer.Bytes())
	config := written(map[string]any{
		"architecture": runtime.GOARCH, "os": "linux", "config": map[string]any{},
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{"sha256:" + hex.EncodeToString(layerSum[:])}},
	})
	const kind = "application/vnd.docker.distribution.manifest.v2+json"
	manifest := written(map[string]any{
		"schemaVersion": 2, "mediaType": kind,
		"config": map[string]any{"mediaType": "application/vnd.docker.container.image.v1+json", "size": len(config), "digest": add(config)},
		"layers": []any{map[string]any{"mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip", "size": packed.Len(), "digest": add(packed.Bytes())}},
	})
	manifestDigest := add(manifest)

	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		digest := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
		switch {
		case r.URL.Path == "/v2/":
		case r.URL.Path == "/v2/library/thing/manifests/1" || digest == manifestDigest:
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Docker-Content-Digest", manifestDigest)
			w.Header().Set("Content-Length", strconv.Itoa(len(manifest)))
			if r.Method == http.MethodGet {
				_, _ = w.Write(manifest)
			}
		case blobs[digest] != nil:
			_, _ = w.Write(blobs[digest])
		default:
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}`))
		}
	}))
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}
