package builder

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// folder writes files; a name that ends with / is a folder, a content that starts
// with -> is a link.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		target := filepath.Join(root, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(target), 0o755))
		switch link, isLink := strings.CutPrefix(content, "->"); {
		case strings.HasSuffix(name, "/"):
			require.NoError(t, os.MkdirAll(target, 0o755))
		case isLink:
			require.NoError(t, os.Symlink(link, target))
		default:
			require.NoError(t, os.WriteFile(target, []byte(content), 0o600))
		}
	}
	return root
}

// archived returns the tar stream of a tree and the names in it.
func archived(t *testing.T, tree *sourceTree) (stream []byte, names []string) {
	t.Helper()
	var out bytes.Buffer
	archive := tar.NewWriter(&out)
	require.NoError(t, tree.write(archive, []byte("FROM scratch\n")))
	require.NoError(t, archive.Close())
	stream = out.Bytes()
	for reader := tar.NewReader(bytes.NewReader(stream)); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return stream, names
		}
		require.NoError(t, err)
		require.Equal(t, fileTime, header.ModTime.UTC())
		require.Zero(t, header.Uid+header.Gid)
		require.Empty(t, header.Uname+header.Gname)
		name := header.Name
		if header.Linkname != "" {
			name += " -> " + header.Linkname
		}
		names = append(names, name)
	}
}

func TestContextIsTheSameForTheSameFiles(t *testing.T) {
	t.Parallel()
	files := map[string]string{"b.txt": "b", "a/x.sh": "#!/bin/sh\n", "a/y": "->../b.txt", "empty/": "", "z.txt": "z"}
	var streams [][]byte
	for range 2 {
		root := folder(t, files)
		require.NoError(t, os.Chmod(filepath.Join(root, "a/x.sh"), 0o711))
		require.NoError(t, os.Chtimes(filepath.Join(root, "b.txt"), time.Now(), time.Unix(int64(len(streams)), 0)))
		tree, err := openTree(root, ".", "Dockerfile")
		require.NoError(t, err)
		defer tree.Close() //nolint:errcheck // only read from
		stream, names := archived(t, tree)
		require.Equal(t, []string{dockerfileName, "a/", "a/x.sh", "a/y -> ../b.txt", "b.txt", "empty/", "z.txt"}, names)
		streams = append(streams, stream)
	}
	require.True(t, bytes.Equal(streams[0], streams[1]))
}

func TestContextObeysDockerignore(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"Dockerfile": "FROM scratch\n", "keep.txt": "", "secret.env": "", "node_modules/a/index.js": "", "docs/a.md": "", "docs/README.md": "",
		"src/a.test.js": "", "src/a.js": "", dockerfileName: "theirs",
	}
	for _, test := range []struct {
		name, ignore, file string
		want               []string
	}{
		{name: "none", want: []string{
			"Dockerfile", "docs/", "docs/README.md", "docs/a.md", "keep.txt", "node_modules/", "node_modules/a/", "node_modules/a/index.js", "secret.env", "src/", "src/a.js", "src/a.test.js",
		}},
		{
			name: "usual", ignore: "# comment\nnode_modules\n*.env\n**/*.test.js\nDockerfile\n.dockerignore\ndocs\n!docs/README.md\n",
			want: []string{"docs/README.md", "keep.txt", "src/", "src/a.js"},
		},
		{name: "everything", ignore: "**\n", want: nil},
		{name: "everything but", ignore: "*\n!src\n", want: []string{"src/", "src/a.js", "src/a.test.js"}},
		{name: "beside the Dockerfile", ignore: "*\n", file: "api.Dockerfile.dockerignore", want: nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			root := folder(t, files)
			if test.ignore != "" {
				name := test.file
				if name == "" {
					name = ".dockerignore"
				}
				require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(test.ignore), 0o600))
			}
			tree, err := openTree(root, "", "api.Dockerfile")
			require.NoError(t, err)
			defer tree.Close() //nolint:errcheck // only read from
			_, names := archived(t, tree)
			require.Equal(t, dockerfileName, names[0])
			var others []string
			for _, name := range names[1:] {
				if name != ".dockerignore" {
					others = append(others, name)
				}
			}
			require.Equal(t, test.want, others)
		})
	}
}

func TestContextRefusesHostileIgnoreFiles(t *testing.T) {
	t.Parallel()
	for name, content := range map[string]string{
		"pattern": "[\n", "many": strings.Repeat("a\n", maxIgnorePatterns+1), "large": strings.Repeat("#", maxIgnoreBytes+1),
	} {
		_, err := openTree(folder(t, map[string]string{".dockerignore": content}), ".", "Dockerfile")
		require.ErrorIs(t, err, errIgnore, name)
	}
	// A link to a file of the host is not followed; a folder of that name is no ignore file.
	tree, err := openTree(folder(t, map[string]string{".dockerignore": "->/etc/passwd"}), ".", "Dockerfile")
	require.NoError(t, err)
	defer tree.Close() //nolint:errcheck // only read from
	require.Nil(t, tree.ignored)
	other, err := openTree(folder(t, map[string]string{".dockerignore/": ""}), ".", "Dockerfile")
	require.NoError(t, err)
	defer other.Close() //nolint:errcheck // only read from
}

func TestContextStaysInside(t *testing.T) {
	t.Parallel()
	root := folder(t, map[string]string{"api/main.go": "", "out": "->/etc", "up": "->..", "file": ""})
	tree, err := openTree(root, "api", "api/Dockerfile")
	require.NoError(t, err)
	defer tree.Close() //nolint:errcheck // only read from
	_, names := archived(t, tree)
	require.Equal(t, []string{dockerfileName, "main.go"}, names)
	for _, context := range []string{"../..", "/etc", "out", "up", "nosuch", "file"} {
		_, err := openTree(root, context, "Dockerfile")
		require.ErrorIs(t, err, errContext, context)
	}
	whole, err := openTree(root, ".", "Dockerfile")
	require.NoError(t, err)
	defer whole.Close() //nolint:errcheck // only read from
	_, names = archived(t, whole)
	require.Contains(t, names, "out -> /etc", "a link is sent as a link; it ends inside the build")
}

func TestProxyArgs(t *testing.T) {
	t.Parallel()
	environment := map[string]string{
		"HTTP_PROXY": "http://user:secret@proxy.example:3128", "https_proxy": "http://proxy.example:3128", "ALL_PROXY": "http://127.0.0.1:1080",
		"NO_PROXY": "localhost,.example", "HTTPS_PROXY": "http://localhost:1", "http_proxy": "proxy.example:8080",
	}
	require.Equal(t, map[string]string{
		"https_proxy": "http://proxy.example:3128", "NO_PROXY": "localhost,.example", "http_proxy": "proxy.example:8080",
	}, ProxyArgs(func(name string) string { return environment[name] }))
}
