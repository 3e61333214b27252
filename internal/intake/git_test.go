package intake_test

import (
	"bytes"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/intake"
)

// repository is a bare repository with three commits that a real git serves over TLS.
type repository struct {
	bare              string
	url               string
	options           intake.Options
	first, second, at string // commits; at is HEAD
	work              string
}

func git(tb testing.TB, dir string, arguments ...string) string {
	tb.Helper()
	command := exec.CommandContext(tb.Context(), "git", arguments...)
	command.Dir = dir
	command.Env = []string{
		"HOME=" + tb.TempDir(), "PATH=" + os.Getenv("PATH"), "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=A", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=A", "GIT_COMMITTER_EMAIL=a@example.com",
		"GIT_AUTHOR_DATE=2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE=2026-01-01T00:00:00Z",
	}
	output, err := command.CombinedOutput()
	require.NoError(tb, err, "git %v: %s", arguments, output)
	return strings.TrimSpace(string(output))
}

func needGit(tb testing.TB) string {
	tb.Helper()
	program, err := exec.LookPath("git")
	if err != nil {
		tb.Skip("no git on this machine to serve a repository with")
	}
	backend := filepath.Join(git(tb, tb.TempDir(), "--exec-path"), "git-http-backend")
	if _, err := os.Stat(backend); err != nil {
		tb.Skipf("the git of this machine (%s) has no git-http-backend", program)
	}
	return backend
}

func serve(tb testing.TB, items ...item) *repository {
	tb.Helper()
	backend := needGit(tb)
	base := tb.TempDir()
	r := &repository{bare: filepath.Join(base, "todo.git"), work: folderOf(tb, item{name: "README.md", body: "first\n"})}
	commit := func(message string) string {
		git(tb, r.work, "add", "--all", "--force")
		git(tb, r.work, "commit", "-q", "-m", message)
		return git(tb, r.work, "rev-parse", "HEAD")
	}
	git(tb, r.work, "init", "-q", "-b", "main")
	r.first = commit("first")
	require.NoError(tb, os.WriteFile(filepath.Join(r.work, "README.md"), []byte("second\n"), 0o644))
	r.second = commit("second")
	git(tb, r.work, "tag", "-a", "-m", "handed in", "v1")
	for _, i := range items {
		at := filepath.Join(r.work, i.name)
		require.NoError(tb, os.MkdirAll(filepath.Dir(at), 0o755))
		if i.link != "" {
			require.NoError(tb, os.Symlink(i.link, at))
			continue
		}
		require.NoError(tb, os.WriteFile(at, []byte(i.body), os.FileMode(i.permissions())))
	}
	require.NoError(tb, os.WriteFile(filepath.Join(r.work, "README.md"), []byte("third\n"), 0o644))
	r.at = commit("third")
	git(tb, base, "clone", "-q", "--bare", r.work, r.bare)
	server := httptest.NewTLSServer(gitHandler(backend, base))
	tb.Cleanup(server.Close)
	r.url = server.URL + "/todo.git"
	r.options.CABundle = certificateOf(server)
	return r
}

func gitHandler(backend, root string) http.Handler {
	return &cgi.Handler{Path: backend, Stderr: io.Discard, Env: []string{
		"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*",
	}}
}

func certificateOf(server *httptest.Server) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
}

func TestACommitIsFetched(t *testing.T) {
	t.Parallel()
	r := serve(t, item{name: "start.sh", body: "#!/bin/sh\n", mode: 0o755}, item{name: "docs/latest.md", link: "../README.md"},
		item{name: "script.sh", body: "#!/bin/sh\n# not executable\n"}, item{name: ".gitattributes", body: "*.md export-ignore eol=crlf filter=lfs\n"})
	for name, c := range map[string]struct{ suffix, readme, commit string }{
		"HEAD":                  {"", "third\n", r.at},
		"full commit":           {"#" + r.at, "third\n", r.at},
		"full commit with at":   {"@" + r.at, "third\n", r.at},
		"upper case":            {"#" + strings.ToUpper(r.at), "third\n", r.at},
		"abbreviated tip":       {"#" + r.at[:8], "third\n", r.at},
		"older commit":          {"#" + r.first, "first\n", r.first},
		"older, abbreviated":    {"@" + r.first[:7], "first\n", r.first},
		"branch":                {"#main", "third\n", r.at},
		"tag":                   {"#v1", "second\n", r.second},
		"commit of the tag":     {"#" + r.second, "second\n", r.second},
		"full name of a branch": {"#refs/heads/main", "third\n", r.at},
		"a slash at the end":    {"/#" + r.at, "third\n", r.at},
	} {
		tree := open(t, r.url+c.suffix, r.options)
		require.Equal(t, c.readme, listing(t, tree)["README.md"], name)
		require.Equal(t, c.commit, tree.Submission.Origin.Commit, name)
		require.Equal(t, "git", tree.Submission.Origin.Kind)
		require.Equal(t, r.url+"#"+c.commit, strings.Replace(tree.Submission.Origin.Given, "/#", "#", 1), name)
		require.Equal(t, "todo", tree.Submission.Name)
		require.NoFileExists(t, filepath.Join(filepath.Dir(tree.Submission.Dir), "fetched.pack"))
		if c.suffix == "" {
			require.Equal(t, []string{"no commit was named; HEAD was taken, which may be another one tomorrow"}, tree.Submission.Notes)
		} else {
			require.Empty(t, tree.Submission.Notes, name)
		}
	}
}

// A folder, a git address, a zip and a tar.gz of git archive are the same submission.
func TestAGitCommitHasTheDigestOfItsFolder(t *testing.T) {
	t.Parallel()
	r := serve(t, item{name: "start.sh", body: "#!/bin/sh\n", mode: 0o755}, item{name: "docs/latest.md", link: "../README.md"},
		item{name: "script.sh", body: "#!/bin/sh\n# not executable\n"})
	want := open(t, r.url+"#"+r.at, r.options).Submission
	require.Equal(t, want.Digest, open(t, r.work, intake.Options{}).Submission.Digest)
	for _, format := range []string{"zip", "tar.gz"} {
		packed := filepath.Join(t.TempDir(), "archive")
		git(t, r.work, "archive", "--format="+format, "--prefix=todo-main/", "-o", packed, "HEAD")
		require.Equal(t, want.Digest, open(t, packed, intake.Options{}).Submission.Digest, format)
	}
	require.Equal(t, 3, want.Files)
}

func TestAnOldCommitIsFetchedAloneWhereTheServerAllowsIt(t *testing.T) {
	t.Parallel()
	r := serve(t)
	git(t, r.bare, "config", "uploadpack.allowReachableSHA1InWant", "true")
	tree := open(t, r.url+"#"+r.first, r.options)
	require.Equal(t, "first\n", listing(t, tree)["README.md"])
}

func TestACommitThatIsNotThere(t *testing.T) {
	t.Parallel()
	r := serve(t)
	for _, missing := range []string{"#" + strings.Repeat("ab", 20), "#abcdef0", "#nobranch", "@" + strings.Repeat("cd", 20)} {
		require.Contains(t, fault(t, r.url+missing, r.options).Summary, "has no commit, branch or tag", missing)
	}
	require.Equal(t, "git", refusal(t, r.url+"#"+strings.Repeat("ab", 32), r.options).Rule)
	gone := fault(t, strings.Replace(r.url, "todo.git", "other.git", 1), r.options)
	require.Contains(t, gone.Summary, "does not hand out")
}

// IN-14, IN-15, IN-17: hooks, filters, submodules and large files are data.
func TestNothingOfARepositoryIsExecuted(t *testing.T) {
	t.Parallel()
	r := serve(t, item{name: "main.go", body: "x"}, item{name: ".gitattributes", body: "* filter=evil diff=evil merge=evil\n"},
		item{name: ".gitmodules", body: "[submodule \"x\"]\n\tpath = \"x\\r\"\n\turl = ext::sh -c 'touch /tmp/owned'\n"},
		item{name: ".githooks/post-checkout", body: "#!/bin/sh\ntouch /tmp/owned\n", mode: 0o755},
		item{name: "data.bin", body: "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 53687091200\n"})
	git(t, r.work, "update-index", "--add", "--cacheinfo", "160000,"+r.first+",lib/dep")
	git(t, r.work, "update-index", "--add", "--cacheinfo", "160000,"+r.first+",evil\r")
	git(t, r.work, "commit", "-q", "-m", "submodules")
	git(t, r.work, "push", "-q", r.bare, "main")
	git(t, r.bare, "config", "filter.evil.smudge", "touch /tmp/owned")
	tree := open(t, r.url+"#main", r.options)
	found := listing(t, tree)
	require.Contains(t, found, ".githooks/post-checkout")
	require.NotContains(t, found, "lib/dep")
	require.NotContains(t, found, "evil\r")
	require.Equal(t, []string{
		`evil\u{0D} is a git submodule; submodules are not fetched`,
		"lib/dep is a git submodule; submodules are not fetched",
		"data.bin is kept in Git LFS; only its pointer is here, its content was not fetched",
	}, tree.Submission.Notes)
	require.NoFileExists(t, "/tmp/owned")
}

func TestAnEmptyRepositoryIsRefused(t *testing.T) {
	t.Parallel()
	backend, base := needGit(t), t.TempDir()
	git(t, base, "init", "-q", "--bare", "empty.git")
	server := httptest.NewServer(gitHandler(backend, base)) // plain http is for this machine
	t.Cleanup(server.Close)
	require.Equal(t, "empty", refusal(t, server.URL+"/empty.git", intake.Options{}).Rule)
}

func TestARepositoryThatIsTooLargeIsRefused(t *testing.T) {
	t.Parallel()
	noise := bytes.Repeat([]byte("0123456789abcdef"), 4096)
	r := serve(t, item{name: "zeros", body: string(make([]byte, 3<<20))}, item{name: "noise", body: string(noise)})
	for _, limits := range []intake.Limits{{MaxBytes: 50}, {MaxBytes: 200 << 10}, {MaxFile: 1 << 20}, {MaxFiles: 2}} {
		options := r.options
		options.Limits = limits
		require.Contains(t, []string{"size", "count"}, refusal(t, r.url+"#"+r.at, options).Rule, "%+v", limits)
	}
}

func TestAServerIsOnlyTrustedWithACertificate(t *testing.T) {
	t.Parallel()
	r := serve(t)
	require.Contains(t, fault(t, r.url, intake.Options{}).Summary, "certificate that is not trusted")
	require.Contains(t, fault(t, r.url, intake.Options{CABundle: []byte("no certificate")}).Summary, "hold no certificate")
}

func TestCredentialsReachTheServerAndNobodyElse(t *testing.T) {
	t.Parallel()
	r := serve(t)
	behind := gitHandler(needGit(t), filepath.Dir(r.bare))
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		user, password, _ := request.BasicAuth()
		if user != "reviewer" || password != "hunter22" {
			w.Header().Set("WWW-Authenticate", "Basic")
			http.Error(w, "you are "+user+":"+password, http.StatusUnauthorized)
			return
		}
		behind.ServeHTTP(w, request)
	}))
	t.Cleanup(server.Close)
	options := intake.Options{CABundle: certificateOf(server)}
	at := func(user string) string {
		return strings.Replace(server.URL, "https://", "https://"+user+"@", 1) + "/todo.git#" + r.at
	}
	tree := open(t, at("reviewer:hunter22"), options)
	require.Equal(t, server.URL+"/todo.git#"+r.at, tree.Submission.Origin.Given)
	denied := fault(t, at("reviewer:letmein99"), options)
	require.Contains(t, denied.Summary, "does not hand out")
	require.NotContains(t, denied.Error()+denied.Hint, "letmein99")
	require.NotContains(t, denied.Error()+denied.Hint, "reviewer")
}

func TestRedirectsStayWhereTheyAreSafe(t *testing.T) {
	t.Parallel()
	r := serve(t)
	plain := httptest.NewServer(gitHandler(needGit(t), filepath.Dir(r.bare)))
	t.Cleanup(plain.Close)
	target := r.url
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		http.Redirect(w, request, target+strings.TrimPrefix(request.URL.Path, "/moved.git")+"?"+request.URL.RawQuery, http.StatusFound)
	}))
	t.Cleanup(server.Close)
	options := intake.Options{CABundle: append(certificateOf(server), r.options.CABundle...)}
	require.Equal(t, r.at, open(t, server.URL+"/moved.git", options).Submission.Origin.Commit)
	withSecret := strings.Replace(server.URL, "https://", "https://user:hunter22@", 1) + "/moved.git"
	require.ErrorContains(t, fault(t, withSecret, options), "must not see the credentials")
	target = plain.URL + "/todo.git"
	require.ErrorContains(t, fault(t, server.URL+"/moved.git", options), "away from https")
}

func TestAServerThatMisbehavesIsTheOperators(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		says   string
	}{
		"hangs": {func(_ http.ResponseWriter, request *http.Request) {
			select {
			case <-release:
			case <-request.Context().Done():
			}
		}, "took longer than"},
		"is no git server": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>\x1b[31mhello")) }, "cannot fetch"},
		"has no end": {func(w http.ResponseWriter, _ *http.Request) {
			for range 40 {
				_, _ = w.Write(bytes.Repeat([]byte("003f"+strings.Repeat("a", 40)+" refs/heads/xxxxxxxxx\n"), 10000))
			}
		}, "cannot fetch"},
		"fails": {func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, strings.Repeat("\x1b]0;owned\x07", 10000), http.StatusInternalServerError)
		}, "cannot fetch"},
	} {
		server := httptest.NewServer(c.answer)
		t.Cleanup(server.Close)
		found := fault(t, server.URL+"/x.git", intake.Options{FetchTimeout: time.Second})
		require.Contains(t, found.Summary, c.says, name)
		require.NotContains(t, found.Error(), "\x1b", name)
		require.Less(t, len(found.Error()), 2000, name)
	}
	close(release)
	require.Contains(t, fault(t, "http://127.0.0.1:1/x.git", intake.Options{}).Summary, "cannot fetch")
}
