package images

import (
	"bufio"
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io/fs"
	"net/netip"
	"net/url"
	"os/exec"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// host is the machine that takehome runs on. Its own settings are read to make
// stand-ins that can download what the machine itself can download. Credentials are
// never taken over: candidates' instructions run in these images.
type host struct {
	files       fs.FS // its root folder
	environment func(string) string
	run         func(ctx context.Context, name string, args ...string) ([]byte, error)
}

// runOnHost runs a program of the host with fixed arguments and returns its output.
func runOnHost(ctx context.Context, name string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, queryDeadline)
	defer cancel()
	command := exec.CommandContext(ctx, name, args...)
	command.WaitDelay = time.Second
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("run %s on the host: %w", name, err)
	}
	return output, nil
}

// facts are what stand-ins depend on.
type facts struct {
	debian       bool // Debian or Ubuntu
	sources      sources
	certificates []certificate
	apt          []setting
	golang       toolchain
	npmRegistry  string
	pipIndex     string
}

// setting is a named value.
type setting struct{ name, value string }

// certificate is an additional authority that the host trusts.
type certificate struct {
	name string // of its file
	pem  []byte
}

// toolchain is the host's Go.
type toolchain struct {
	root     string // GOROOT; empty: the host has none
	version  string // "1.26.8"
	minor    int
	settings []setting // GOPROXY and the like, where they differ from the defaults
}

// names are the official names that the toolchain's stand-in takes.
func (t toolchain) names() []string {
	if t.root == "" {
		return nil
	}
	short := "1." + strconv.Itoa(t.minor)
	return []string{"golang:" + t.version, "golang:" + short, "golang:" + short + "-bookworm", "golang:" + short + "-trixie", "golang:1", "golang:latest"}
}

// facts reads what the host tells. Nothing of it is needed for every stand-in, so
// that what is missing is simply left out.
func (h host) facts(ctx context.Context) *facts {
	release := h.osRelease()
	read := &facts{
		debian:       release["ID"] == "debian" || release["ID"] == "ubuntu" || strings.Contains(release["ID_LIKE"], "debian"),
		certificates: h.certificates(),
		golang:       h.golang(ctx),
		npmRegistry:  h.npmRegistry(),
		pipIndex:     h.pipIndex(),
	}
	if release["ID"] == "debian" {
		read.sources = h.aptSources(release["VERSION_CODENAME"])
	}
	if read.debian {
		read.apt = h.aptSettings(ctx)
	}
	return read
}

func (h host) osRelease() map[string]string {
	values := map[string]string{}
	for line := range h.lines("etc/os-release") {
		if name, value, ok := strings.Cut(line, "="); ok {
			values[name] = strings.Trim(value, `"'`)
		}
	}
	return values
}

// lines yields the lines of a file, without comments and surrounding space; none if it cannot be read.
func (h host) lines(name string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		file, err := h.files.Open(name)
		if err != nil {
			return
		}
		defer file.Close() //nolint:errcheck // only read from
		scanner := bufio.NewScanner(file)
		for scanner.Scan() {
			line := strings.TrimSpace(scanner.Text())
			if strings.HasPrefix(line, "#") || strings.HasPrefix(line, ";") {
				continue
			}
			if !yield(line) {
				return
			}
		}
	}
}

// certificates reads what update-ca-certificates would add on the host.
func (h host) certificates() []certificate {
	var found []certificate
	_ = fs.WalkDir(h.files, "usr/local/share/ca-certificates", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".crt" {
			return nil //nolint:nilerr // what cannot be read is left out
		}
		content, err := fs.ReadFile(h.files, name)
		if err != nil {
			return nil //nolint:nilerr // what cannot be read is left out
		}
		if block, _ := pem.Decode(content); block != nil && block.Type == "CERTIFICATE" {
			found = append(found, certificate{name: path.Base(name), pem: content})
		}
		return nil
	})
	slices.SortFunc(found, func(a, b certificate) int { return strings.Compare(a.name, b.name) })
	return found
}

// aptWanted are the settings of apt without which downloads may fail. A name that
// ends with :: stands for all settings below it.
var aptWanted = []string{
	"Acquire::Check-Valid-Until", "Acquire::Check-Date", "Acquire::Retries", "Acquire::ForceIPv4", "Acquire::ForceIPv6",
	"Acquire::http::Proxy", "Acquire::https::Proxy", "Acquire::http::Proxy::", "Acquire::https::Proxy::",
	"Acquire::http::Pipeline-Depth", "Acquire::http::No-Cache", "Acquire::http::Timeout", "Acquire::https::Timeout",
}

func (h host) aptSettings(ctx context.Context) []setting {
	output, err := h.run(ctx, "apt-config", "dump", "Acquire")
	if err != nil {
		return nil
	}
	var found []setting
	for line := range strings.Lines(string(output)) {
		name, value, ok := strings.Cut(strings.TrimSpace(line), " ")
		value = strings.TrimSuffix(strings.TrimPrefix(value, `"`), `";`)
		wanted := slices.ContainsFunc(aptWanted, func(w string) bool {
			return strings.EqualFold(name, w) || strings.HasSuffix(w, "::") && len(name) > len(w) && strings.EqualFold(name[:len(w)], w)
		})
		if !ok || !wanted || value == "" || strings.ContainsAny(value, "\"\\\n") {
			continue
		}
		if strings.Contains(strings.ToLower(name), "::proxy") && value != "DIRECT" && !shareable(value) {
			continue
		}
		found = append(found, setting{name, value})
	}
	return found
}

// goWanted are the settings of Go without which downloads may fail.
var goWanted = []string{"GOPROXY", "GONOPROXY", "GOPRIVATE", "GONOSUMDB", "GOSUMDB", "GOINSECURE"}

func (h host) golang(ctx context.Context) toolchain {
	if runtime.GOOS != "linux" {
		return toolchain{} // its programs would not run in the image
	}
	var told struct{ GOROOT, GOVERSION string }
	output, err := h.run(ctx, "go", "env", "-json", "GOROOT", "GOVERSION")
	if err != nil || json.Unmarshal(output, &told) != nil {
		return toolchain{}
	}
	version, _, _ := strings.Cut(strings.TrimPrefix(told.GOVERSION, "go"), " ")
	parts := strings.Split(version, ".")
	if len(parts) < 2 || parts[0] != "1" || told.GOROOT == "" {
		return toolchain{}
	}
	minor, err := strconv.Atoi(parts[1])
	if err != nil {
		return toolchain{} // a development version
	}
	found := toolchain{root: told.GOROOT, version: version, minor: minor}
	changed := map[string]string{}
	if output, err := h.run(ctx, "go", "env", "-changed", "-json"); err == nil {
		_ = json.Unmarshal(output, &changed)
	}
	for _, name := range goWanted {
		if value := changed[name]; value != "" && !strings.Contains(value, "@") && !strings.ContainsAny(value, "\n\r") {
			found.settings = append(found.settings, setting{name, value})
		}
	}
	return found
}

func (h host) npmRegistry() string {
	for _, name := range []string{"npm_config_registry", "NPM_CONFIG_REGISTRY"} {
		if value := h.environment(name); shareable(value) {
			return value
		}
	}
	return h.iniValue("registry", ".npmrc", "/etc/npmrc", "/usr/etc/npmrc", "/usr/local/etc/npmrc")
}

func (h host) pipIndex() string {
	if value := h.environment("PIP_INDEX_URL"); shareable(value) {
		return value
	}
	return h.iniValue("index-url", ".config/pip/pip.conf", ".pip/pip.conf", "/etc/pip.conf")
}

// iniValue finds a web address in settings files; names without a leading slash are below the home folder.
func (h host) iniValue(key string, names ...string) string {
	for _, name := range names {
		if !strings.HasPrefix(name, "/") {
			name = path.Join(h.environment("HOME"), name)
		}
		for line := range h.lines(strings.TrimPrefix(name, "/")) {
			left, right, ok := strings.Cut(line, "=")
			if value := strings.Trim(strings.TrimSpace(right), `"'`); ok && strings.TrimSpace(left) == key && shareable(value) {
				return value
			}
		}
	}
	return ""
}

// shareable tells whether an address may go into an image: it holds no credentials
// and can be reached from a container.
func shareable(address string) bool {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.User != nil || parsed.Host == "" ||
		strings.ContainsAny(address, " \"'\\\n\r\t$`") || parsed.Hostname() == "localhost" {
		return false
	}
	ip, err := netip.ParseAddr(parsed.Hostname())
	return err != nil || !ip.IsLoopback()
}
