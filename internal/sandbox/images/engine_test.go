package images

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/docker/docker/client"
	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// fakeImage is an image of the fake engine.
type fakeImage struct {
	id       string
	tags     []string
	digests  []string
	triggers []string
	created  time.Time // zero: long ago
}

// fakeEngine answers the few questions that this package asks, so that machines with
// registries of every mood can be tested on one without any.
type fakeEngine struct {
	mu       sync.Mutex
	images   []*fakeImage
	pull     func(name string) (status int, body string, image *fakeImage)
	pulls    []string
	snapshot bool // images are kept in containerd's store
	known    bool // the registry knows every name
}

func shortName(name string) string {
	return strings.TrimPrefix(strings.TrimPrefix(name, "docker.io/"), "library/")
}

func (f *fakeEngine) find(name string) *fakeImage {
	for _, image := range f.images {
		if slices.Contains(image.tags, name) || strings.HasPrefix(strings.TrimPrefix(image.id, "sha256:"), name) {
			return image
		}
	}
	return nil
}

func (f *fakeEngine) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/v1.41")
	fail := func(status int, message string) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"message": message})
	}
	switch {
	case path == "/info":
		status := [][2]string{}
		if f.snapshot {
			status = append(status, [2]string{"driver-type", "io.containerd.snapshotter.v1"})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"DriverStatus": status})
	case path == "/images/json":
		var list []map[string]any
		for _, image := range f.images {
			created := int64(1_700_000_000)
			if !image.created.IsZero() {
				created = image.created.Unix()
			}
			list = append(list, map[string]any{"Id": image.id, "RepoTags": image.tags, "Size": 1000, "Created": created})
		}
		_ = json.NewEncoder(w).Encode(list)
	case strings.HasPrefix(path, "/distribution/"):
		if !f.known {
			fail(http.StatusNotFound, "manifest unknown")
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{})
	case path == "/images/create":
		name := shortName(r.URL.Query().Get("fromImage")) + ":" + r.URL.Query().Get("tag")
		f.pulls = append(f.pulls, name)
		status, body, image := f.pull(name)
		if status != http.StatusOK {
			fail(status, body)
			return
		}
		if image != nil {
			f.images = slices.DeleteFunc(f.images, func(old *fakeImage) bool {
				old.tags = slices.DeleteFunc(old.tags, func(tag string) bool { return tag == name })
				return len(old.tags) == 0
			})
			f.images = append(f.images, image)
		}
		_, _ = fmt.Fprint(w, body)
	case strings.HasSuffix(path, "/tag"):
		image := f.find(strings.TrimSuffix(strings.TrimPrefix(path, "/images/"), "/tag"))
		name := r.URL.Query().Get("repo") + ":" + r.URL.Query().Get("tag")
		name = shortName(name)
		for _, other := range f.images {
			other.tags = slices.DeleteFunc(other.tags, func(tag string) bool { return tag == name })
		}
		image.tags = append(image.tags, name)
		w.WriteHeader(http.StatusCreated)
	case r.Method == http.MethodDelete:
		name := strings.TrimPrefix(path, "/images/")
		f.images = slices.DeleteFunc(f.images, func(image *fakeImage) bool {
			image.tags = slices.DeleteFunc(image.tags, func(tag string) bool { return tag == name })
			return len(image.tags) == 0
		})
		_, _ = fmt.Fprint(w, "[]")
	case strings.HasSuffix(path, "/json"):
		image := f.find(strings.TrimSuffix(strings.TrimPrefix(path, "/images/"), "/json"))
		if image == nil {
			fail(http.StatusNotFound, "no such image")
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{
			"Id": image.id, "RepoTags": image.tags, "RepoDigests": image.digests, "Config": map[string]any{"OnBuild": image.triggers},
		})
	default:
		fail(http.StatusNotImplemented, path)
	}
}

// Answers of a registry, as engines of several versions report them.
func answers(status int, body string) func(string) (int, string, *fakeImage) {
	return func(string) (int, string, *fakeImage) { return status, body, nil }
}

func gives(image fakeImage) func(string) (int, string, *fakeImage) {
	return func(name string) (int, string, *fakeImage) {
		image.tags = []string{name}
		return http.StatusOK, `{"status":"Pulling from library/x"}` + "\n" + `{"status":"Download complete"}` + "\n", &image
	}
}

const noHost = "Get \"https://registry.example/v2/\": dial tcp: lookup registry.example: no such host"

// store opens a Store on a fake engine, on a machine with Go 1.26.
func store(t *testing.T, engine *fakeEngine) *Store {
	t.Helper()
	server := httptest.NewServer(engine)
	t.Cleanup(server.Close)
	cli, err := client.NewClientWithOpts(client.WithHost("tcp://"+server.Listener.Addr().String()), client.WithVersion("1.41"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = cli.Close() })
	opened := Open(cli, Options{StateDir: t.TempDir(), AnswerIn: 2 * time.Second})
	opened.facts = &facts{golang: toolchain{root: "/go", version: "1.26.8", minor: 26}}
	return opened
}

// made is the stand-in of a family as it would be made on the fake machine.
func made(t *testing.T, store *Store, name string, tags ...string) []*fakeImage {
	t.Helper()
	var images []*fakeImage
	for name != "" {
		of := families(store.facts.golang)[slices.IndexFunc(families(store.facts.golang), func(f family) bool { return f.name == name })]
		base := ""
		if of.base != "" {
			base = tagOf(t, store, of.base)
		}
		made, err := store.facts.recipe(of, base)
		require.NoError(t, err)
		images = append(images, &fakeImage{id: "sha256:" + made.digest, tags: append(tags, made.tag())})
		name, tags = of.base, nil
	}
	return images
}

func tagOf(t *testing.T, store *Store, name string) string {
	t.Helper()
	return made(t, store, name)[0].tags[0]
}

func TestResolveWhereARegistryAnswers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, wanted string
		engine       *fakeEngine
		standIn      string // that is under the wanted name already
		missing      bool
		rule         string
		owner        takehome.Owner
		pulls        int
	}{
		{name: "pulled", wanted: "node:20", engine: &fakeEngine{pull: gives(fakeImage{id: "sha256:aa", digests: []string{"node@sha256:1"}})}, pulls: 1},
		{name: "there", wanted: "node:20", engine: &fakeEngine{images: []*fakeImage{{id: "sha256:aa", tags: []string{"node:20"}, digests: []string{"node@sha256:1"}}}}},
		{name: "loaded by hand", wanted: "node:20", engine: &fakeEngine{images: []*fakeImage{{id: "sha256:aa", tags: []string{"node:20"}}}}},
		{
			name: "a stand-in gives way", wanted: "node:20", standIn: "node",
			engine: &fakeEngine{pull: gives(fakeImage{id: "sha256:aa", digests: []string{"node@sha256:1"}})}, pulls: 1,
		},
		{
			name: "no such version, though a stand-in could serve it", wanted: "node:20.99", standIn: "node", missing: true, pulls: 1,
			engine: &fakeEngine{pull: answers(http.StatusNotFound, "manifest for node:20.99 not found: manifest unknown: manifest unknown")},
		},
		{
			name: "no such repository", wanted: "nosuch/image", missing: true, pulls: 1,
			engine: &fakeEngine{pull: answers(http.StatusNotFound, "pull access denied for nosuch/image, repository does not exist or may require 'docker login': denied: requested access to the resource is denied")},
		},
		{name: "unauthorized", wanted: "ghcr.io/a/b", missing: true, pulls: 1, engine: &fakeEngine{pull: answers(http.StatusInternalServerError, "Head \"https://ghcr.io/v2/a/b/manifests/latest\": unauthorized")}},
		{
			name: "error in the stream", wanted: "node:99", missing: true, pulls: 1,
			engine: &fakeEngine{pull: answers(http.StatusOK, `{"error":"manifest for node:99 not found: manifest unknown"}`)},
		},
		{name: "too many pulls", wanted: "node:20", owner: takehome.Operator, pulls: 1, engine: &fakeEngine{pull: answers(http.StatusInternalServerError, "toomanyrequests: You have reached your pull rate limit.")}},
		{name: "ill registry", wanted: "node:20", owner: takehome.Operator, pulls: 1, engine: &fakeEngine{pull: answers(http.StatusInternalServerError, "received unexpected HTTP status: 503 Service Unavailable")}},
		{
			name: "broken off", wanted: "node:20", owner: takehome.Operator, pulls: 1,
			engine: &fakeEngine{pull: answers(http.StatusOK, `{"status":"Pulling from library/node"}`+"\n"+`{"error":"unexpected EOF"}`)},
		},
		{name: "disk full", wanted: "node:20", owner: takehome.Operator, pulls: 1, engine: &fakeEngine{pull: answers(http.StatusInternalServerError, "write /var/lib/docker/tmp/x: no space left on device")}},
		{name: "another candidate's", wanted: "cand-1", rule: "dockerfile:from", engine: &fakeEngine{images: []*fakeImage{{id: "sha256:aa", tags: []string{"cand-1:latest"}}}}},
		{
			name: "another candidate's in containerd's store", wanted: "cand-1", rule: "dockerfile:from",
			engine: &fakeEngine{snapshot: true, images: []*fakeImage{{id: "sha256:aa", tags: []string{"cand-1:latest"}, digests: []string{"cand-1@sha256:1"}}}},
		},
		{
			name: "public, in containerd's store", wanted: "oven/bun:1",
			engine: &fakeEngine{snapshot: true, known: true, images: []*fakeImage{{id: "sha256:aa", tags: []string{"oven/bun:1"}, digests: []string{"oven/bun@sha256:1"}}}},
		},
		{
			name: "found by its id only", wanted: "deadbeef", missing: true, pulls: 1,
			engine: &fakeEngine{images: []*fakeImage{{id: "sha256:deadbeef00", tags: []string{"private:1"}}}, pull: answers(http.StatusNotFound, "pull access denied")},
		},
		{
			name: "triggers", wanted: "evil/image", rule: "dockerfile:from", pulls: 1,
			engine: &fakeEngine{pull: gives(fakeImage{id: "sha256:aa", digests: []string{"x@sha256:1"}, triggers: []string{"ADD http://169.254.169.254/ /x"}})},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			store := store(t, test.engine)
			if test.standIn != "" {
				test.engine.images = append(test.engine.images, made(t, store, test.standIn, test.wanted)...)
			}
			substitute, broken, err := store.Resolve(t.Context(), test.wanted)
			require.Nil(t, substitute, "nothing is substituted where a registry answers")
			require.Len(t, test.engine.pulls, test.pulls)
			switch {
			case test.owner != "":
				require.Equal(t, test.owner, takehome.OwnerOf(err))
				require.NotEmpty(t, takehome.AsFault(err).Hint)
			case test.rule != "":
				var refusal *takehome.Refusal
				require.ErrorAs(t, err, &refusal)
				require.Equal(t, test.rule, refusal.Rule)
			case test.missing:
				require.NoError(t, err)
				require.Equal(t, "the base image "+test.wanted+" does not exist", broken.Reason)
			default:
				require.NoError(t, err)
				require.Nil(t, broken)
			}
		})
	}
}

func TestResolveWithoutARegistry(t *testing.T) {
	t.Parallel()
	for _, said := range []string{
		noHost,
		"Get \"https://registry.example/v2/\": dial tcp 192.0.2.1:443: i/o timeout",
		"Get \"https://registry.example/v2/\": net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)",
		"Get \"https://registry.example/v2/\": proxyconnect tcp: dial tcp 192.0.2.1:3128: connect: connection refused",
		"Get \"https://registry.example/v2/\": tls: failed to verify certificate: x509: certificate signed by unknown authority",
		"error parsing HTTP 403 response body: invalid character 'B' looking for beginning of value",
		"Get \"https://registry.example/v2/\": EOF",
	} {
		engine := &fakeEngine{pull: answers(http.StatusInternalServerError, said)}
		store := store(t, engine)
		engine.images = append(engine.images, made(t, store, "node")...)
		engine.images = append(engine.images, made(t, store, "debian-alpine")[0])

		substitute, broken, err := store.Resolve(t.Context(), "node:18-slim")
		require.NoError(t, err, said)
		require.Nil(t, broken)
		require.Equal(t, &takehome.Substitute{Wanted: "node:18-slim", Used: "node 20 on Debian trixie"}, substitute)
		require.Contains(t, engine.find(tagOf(t, store, "node")).tags, "node:18-slim")

		substitute, _, err = store.Resolve(t.Context(), "node:20@sha256:"+sixtyFour)
		require.NoError(t, err)
		require.True(t, substitute.Exact)
		substitute, _, err = store.Resolve(t.Context(), "alpine:3.20")
		require.NoError(t, err)
		require.False(t, substitute.Exact)

		_, broken, err = store.Resolve(t.Context(), "ruby:3.3")
		require.Nil(t, broken, "we do not know whether it exists")
		require.Equal(t, takehome.Operator, takehome.OwnerOf(err))
		require.NotEmpty(t, takehome.AsFault(err).Hint)
		require.Len(t, engine.pulls, 1, "a registry is tried once")

		substitute, _, err = store.Resolve(t.Context(), "scratch")
		require.NoError(t, err)
		require.Nil(t, substitute)
	}
}

// A name is a stranger's; it cannot pretend to be the registry's silence.
func TestNamesAreNotReadAsAnswers(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"tls/x509", "toomanyrequests:1", "a/eof:tls", "connection-refused/dial-tcp"} {
		engine := &fakeEngine{pull: answers(http.StatusNotFound, "pull access denied for "+name+", repository does not exist")}
		_, broken, err := store(t, engine).Resolve(t.Context(), name)
		require.NoError(t, err, name)
		require.NotNil(t, broken, name)
	}
}

func TestAnOutageIsNoMachineWithoutARegistry(t *testing.T) {
	t.Parallel()
	engine := &fakeEngine{pull: gives(fakeImage{id: "sha256:aa", digests: []string{"x@sha256:1"}})}
	store := store(t, engine)
	_, _, err := store.Resolve(t.Context(), "node:22")
	require.NoError(t, err)
	engine.pull = answers(http.StatusInternalServerError, noHost)
	engine.images = append(engine.images, made(t, store, "node")...)
	substitute, _, err := store.Resolve(t.Context(), "node:20")
	require.Nil(t, substitute)
	require.Equal(t, takehome.Operator, takehome.OwnerOf(err))
}

// Another version of takehome on the same machine keeps its stand-ins; those that
// nobody has made for a week go, and their names pass on.
func TestOldStandInsGo(t *testing.T) {
	t.Parallel()
	engine := &fakeEngine{pull: answers(http.StatusInternalServerError, noHost), images: []*fakeImage{
		{id: "sha256:01", tags: []string{"takehome/stand-in:node-000000000001", "node:18", "node:20"}},
		{id: "sha256:02", tags: []string{"takehome/stand-in:node-000000000002", "node:22"}, created: time.Now()},
		{id: "sha256:03", tags: []string{"takehome/stand-in:node-alpine-000000000003", "node:18-alpine"}},
		{id: "sha256:04", tags: []string{"node:20-slim"}, digests: []string{"node@sha256:1"}},
	}}
	store := store(t, engine)
	engine.images = append(engine.images, made(t, store, "node")...)
	require.NoError(t, store.Ensure(t.Context(), "node:20"))
	current := engine.find(tagOf(t, store, "node"))
	require.ElementsMatch(t, []string{tagOf(t, store, "node"), "node:18", "node:20"}, current.tags)
	require.Nil(t, engine.find("takehome/stand-in:node-000000000001"), "old, and nobody's")
	require.NotNil(t, engine.find("takehome/stand-in:node-000000000002"), "young")
	require.NotNil(t, engine.find("takehome/stand-in:node-alpine-000000000003"), "of another family")
	require.Equal(t, "sha256:04", engine.find("node:20-slim").id, "a real image keeps its name")
}

func TestASlowRegistryIsNone(t *testing.T) {
	t.Parallel()
	leave := make(chan struct{})
	engine := &fakeEngine{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/images/create") {
			<-leave
			return
		}
		engine.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(leave) })
	cli, err := client.NewClientWithOpts(client.WithHost("tcp://"+server.Listener.Addr().String()), client.WithVersion("1.41"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = cli.Close() })
	store := Open(cli, Options{StateDir: t.TempDir(), AnswerIn: 50 * time.Millisecond})
	store.facts = &facts{}
	engine.images = made(t, store, "node")
	substitute, _, err := store.Resolve(t.Context(), "node:20")
	require.NoError(t, err)
	require.NotNil(t, substitute)
}

func TestAnEngineThatIsGone(t *testing.T) {
	t.Parallel()
	cli, err := client.NewClientWithOpts(client.WithHost("tcp://127.0.0.1:1"), client.WithVersion("1.41"))
	require.NoError(t, err)
	_, _, err = Open(cli, Options{StateDir: t.TempDir()}).Resolve(t.Context(), "node:20")
	require.Equal(t, takehome.Operator, takehome.OwnerOf(err))
	require.NotEmpty(t, takehome.AsFault(err).Hint)
}

func TestEnsureAndList(t *testing.T) {
	t.Parallel()
	engine := &fakeEngine{pull: answers(http.StatusInternalServerError, noHost), images: []*fakeImage{
		{id: "sha256:aa", tags: []string{"python:3.13"}, digests: []string{"x@sha256:1"}}, {id: "sha256:bb", tags: []string{"private:1"}},
	}}
	store := store(t, engine)
	engine.images = append(engine.images, made(t, store, "node")...)
	engine.images = append(engine.images, &fakeImage{id: "sha256:cc", tags: []string{"postgres:17"}})
	require.NoError(t, store.Ensure(t.Context(), "node:20", "python:3.13", "postgres:17"))

	list, err := store.List(t.Context())
	require.NoError(t, err)
	created := time.Unix(1_700_000_000, 0).UTC()
	standIn := engine.find(tagOf(t, store, "node")).id
	base := engine.find(tagOf(t, store, "debian")).id
	require.Equal(t, []Status{
		{Name: "debian:trixie", ID: base, StandIn: true, What: "Debian trixie", Bytes: 1000, Created: created},
		{Name: "debian:trixie-slim", ID: base, StandIn: true, What: "Debian trixie", Bytes: 1000, Created: created},
		{Name: "golang:1.26"},
		{Name: "node:20", ID: standIn, StandIn: true, What: "node 20 on Debian trixie", Bytes: 1000, Created: created},
		{Name: "node:20-slim", ID: standIn, StandIn: true, What: "node 20 on Debian trixie", Bytes: 1000, Created: created},
		{Name: "postgres:17", ID: "sha256:cc", Bytes: 1000, Created: created},
		{Name: "python:3.13", ID: "sha256:aa", Bytes: 1000, Created: created},
	}, list)

	err = store.Ensure(t.Context(), "ruby:3.3")
	require.Equal(t, takehome.Operator, takehome.OwnerOf(err))
}
