package images

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/docker/docker/api/types/image"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// slim holds the settings with which the official slim image saves space.
var slim = map[string]string{
	"etc/dpkg/dpkg.cfg.d/docker": "path-exclude /usr/share/doc/*\npath-include /usr/share/doc/*/copyright\npath-exclude /usr/share/man/*\n" +
		"path-exclude /usr/share/groff/*\npath-exclude /usr/share/info/*\npath-exclude /usr/share/lintian/*\n" +
		"path-exclude /usr/share/locale/*\npath-include /usr/share/locale/locale.alias\n",
	"etc/dpkg/dpkg.cfg.d/docker-apt-speedup": "force-unsafe-io\n",
	"etc/apt/apt.conf.d/docker-clean": `DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/*.deb /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
`,
	"etc/apt/apt.conf.d/docker-slim": "Acquire::Languages \"none\";\nAcquire::GzipIndexes \"true\";\nApt::AutoRemove::SuggestsImportant \"false\";\n",
	"usr/sbin/policy-rc.d":           "#!/bin/sh\nexit 101\n",
}

// bootstrap makes the debian stand-in and imports it under its own name.
func (s *Store) bootstrap(ctx context.Context, facts *facts, recipe recipe) error {
	if err := s.needDebootstrap(ctx, facts); err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "takehome-debian-")
	if err != nil {
		return fmt.Errorf("make a folder for a root file system: %w", err)
	}
	defer os.RemoveAll(work) //nolint:errcheck // a temporary folder; nothing depends on its end
	if err := writeOverlay(filepath.Join(work, "extra"), facts); err != nil {
		return fmt.Errorf("prepare a root file system: %w", err)
	}
	//nolint:gosec // fixed script and arguments; the mirror is the host's own and passed as an argument
	command := exec.CommandContext(ctx, "unshare", "--mount", "--propagation", "private",
		"sh", "-c", string(recipe.text), "bootstrap", filepath.Join(work, "root"), suite, facts.sources.mirror, filepath.Join(work, "extra"))
	command.WaitDelay = 5 * time.Second
	for _, proxy := range facts.apt {
		if name := map[string]string{"acquire::http::proxy": "http_proxy", "acquire::https::proxy": "https_proxy"}[strings.ToLower(proxy.name)]; name != "" {
			command.Env = append(command.Environ(), name+"="+proxy.value)
		}
	}
	stream, err := command.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start debootstrap: %w", err)
	}
	said := &lastLines{emit: func(line string) { s.say("debian", line) }}
	command.Stderr = said
	if err := command.Start(); err != nil {
		return bootstrapFault(err, "")
	}
	importErr := s.importRoot(ctx, &untilFirst{stream: stream}, facts, recipe)
	_, _ = io.Copy(io.Discard, stream)
	if err := command.Wait(); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("make the debian stand-in: %w", ctx.Err())
		}
		return bootstrapFault(err, said.String())
	}
	return importErr
}

// untilFirst delays nothing and hides that a stream may end without a byte: an empty
// one, from a script that failed, is an error rather than an empty image.
type untilFirst struct {
	stream io.Reader
	seen   bool
}

var errNoRoot = errors.New("no root file system was made")

func (u *untilFirst) Read(into []byte) (int, error) {
	count, err := u.stream.Read(into)
	if count == 0 && errors.Is(err, io.EOF) && !u.seen {
		return 0, errNoRoot
	}
	u.seen = u.seen || count > 0
	return count, err
}

func (s *Store) importRoot(ctx context.Context, root io.Reader, facts *facts, recipe recipe) error {
	changes := []string{`CMD ["bash"]`}
	for name, value := range recipe.labels() {
		changes = append(changes, "LABEL "+name+"="+quoteEnv(value))
	}
	if len(facts.certificates) > 0 {
		for _, name := range []string{
			"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "PIP_CERT", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "GIT_SSL_CAINFO",
		} {
			changes = append(changes, "ENV "+name+"="+certificateBundle)
		}
	}
	// The engine reads the whole stream before it answers, so that a bufio smooths both sides.
	answer, err := s.engine.ImageImport(ctx, image.ImportSource{Source: bufio.NewReaderSize(root, 1<<20), SourceName: "-"},
		recipe.tag(), image.ImportOptions{Changes: changes, Message: "made by takehome from Debian's packages"})
	if errors.Is(err, errNoRoot) {
		return err
	}
	if err != nil {
		return engineFault(err)
	}
	defer answer.Close() //nolint:errcheck // only read from
	return drain(answer)
}

// writeOverlay writes what is laid over the root file system before and after debootstrap.
func writeOverlay(folder string, facts *facts) error {
	write := func(when, name, content string) error {
		target := filepath.Join(folder, when, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil { //nolint:gosec // folders of a root file system
			return err
		}
		mode := os.FileMode(0o644)
		if strings.HasPrefix(content, "#!") {
			mode = 0o755
		}
		return os.WriteFile(target, []byte(content), mode)
	}
	for name, content := range slim {
		if err := write("before", name, content); err != nil {
			return err
		}
	}
	for _, authority := range facts.certificates {
		if err := write("before", "usr/local/share/ca-certificates/"+authority.name, string(authority.pem)); err != nil {
			return err
		}
	}
	var settings strings.Builder
	for _, s := range facts.apt {
		fmt.Fprintf(&settings, "%s \"%s\";\n", s.name, s.value)
	}
	if err := write("after", "etc/apt/apt.conf.d/50takehome", settings.String()); err != nil {
		return err
	}
	if facts.sources.mirror == "" {
		return nil
	}
	return write("after", "etc/apt/sources.list", facts.sources.list(suite))
}

// needDebootstrap makes sure that debootstrap can run here.
func (s *Store) needDebootstrap(ctx context.Context, facts *facts) error {
	const whatToDo = "connect the machine to an image registry (docker pull postgres:17 must work), or run takehome images once as root on Debian or Ubuntu"
	if !facts.debian || os.Geteuid() != 0 {
		return &takehome.Fault{
			Owner: takehome.Operator, Hint: whatToDo,
			Summary: "no image registry can be reached, and stand-ins can only be made by root on Debian or Ubuntu",
		}
	}
	if s.engineElsewhere(ctx) {
		return &takehome.Fault{
			Owner: takehome.Operator, Hint: whatToDo,
			Summary: "no image registry can be reached, and the engine runs on another kind of processor than this machine",
		}
	}
	missing := []string{}
	if _, err := exec.LookPath("debootstrap"); err != nil {
		missing = append(missing, "debootstrap")
	}
	if _, err := os.Stat("/usr/share/keyrings/debian-archive-keyring.gpg"); err != nil {
		missing = append(missing, "debian-archive-keyring")
	}
	if len(missing) == 0 {
		return nil
	}
	s.say("debian", "installing "+strings.Join(missing, " "))
	install := append([]string{"-o", "DPkg::Lock::Timeout=120", "-y", "-q", "--no-install-recommends", "install"}, missing...)
	if err := aptGet(ctx, install...); err == nil {
		return nil
	}
	if err := aptGet(ctx, "-q", "update"); err != nil {
		return bootstrapFault(err, "")
	}
	if err := aptGet(ctx, install...); err != nil {
		return bootstrapFault(err, "")
	}
	return nil
}

// aptGet runs apt-get on the host with fixed arguments.
func aptGet(ctx context.Context, args ...string) error {
	command := exec.CommandContext(ctx, "apt-get", args...)
	command.Env = append(command.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("run apt-get: %w: %s", err, takehome.QuoteTail(output, 500))
	}
	return nil
}

func bootstrapFault(err error, said string) error {
	if said != "" {
		err = fmt.Errorf("%w: %s", err, said)
	}
	return &takehome.Fault{
		Owner: takehome.Operator, Summary: "the debian stand-in could not be made with debootstrap", Err: err,
		Hint: "check that apt-get update works on this machine and that its disk is not full, then run takehome images again",
	}
}

// lastLines hands on each line that is written to it and keeps the last ones.
type lastLines struct {
	emit    func(string)
	pending []byte
	last    []string
}

func (l *lastLines) Write(piece []byte) (int, error) {
	l.pending = append(l.pending, piece...)
	for {
		line, rest, ok := strings.Cut(string(l.pending), "\n")
		if !ok {
			return len(piece), nil
		}
		l.pending = []byte(rest)
		line = takehome.Line(strings.TrimSpace(line))
		l.emit(line)
		l.last = append(l.last, line)
		if len(l.last) > 5 {
			l.last = l.last[1:]
		}
	}
}

// String returns the last lines.
func (l *lastLines) String() string { return strings.Join(l.last, "; ") }
