package sandbox

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// What the engine made of each profile, field by field, as it tells it itself. Fields that
// are empty are left out, names that vary are replaced.
func TestContainersAreConfinedAsAsked(t *testing.T) {
	t.Parallel()
	lab, boot := started(t, LabSpec{}, "serve")
	require.True(t, boot.Listening)
	for role, container := range map[string]string{
		rolePod: lab.podID, roleDatabase: lab.containerName(roleDatabase), roleProgram: lab.current.id,
	} {
		inspected, err := lab.engine.cli.ContainerInspect(t.Context(), container)
		require.NoError(t, err)
		masked, readOnly := inspected.HostConfig.MaskedPaths, inspected.HostConfig.ReadonlyPaths
		for _, path := range []string{"/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"} {
			require.Contains(t, masked, path)
		}
		for _, path := range []string{"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"} {
			require.Contains(t, readOnly, path)
		}
		require.False(t, inspected.HostConfig.Privileged)
		require.Empty(t, inspected.NetworkSettings.Ports, "nothing is published")
		for _, mounted := range inspected.Mounts {
			require.Equal(t, "volume", string(mounted.Type), "nothing of the host is mounted")
		}
		inspected.HostConfig.MaskedPaths, inspected.HostConfig.ReadonlyPaths = nil, nil
		if role == roleDatabase {
			inspected.Config.Env = nil // the base image's
		}
		for label := range inspected.Config.Labels {
			if !slices.Contains([]string{labelRun, labelHost, labelLab, labelRole, labelDeadline}, label) {
				delete(inspected.Config.Labels, label) // the base image's
			}
		}

		raw, err := json.Marshal(map[string]any{"Config": inspected.Config, "HostConfig": inspected.HostConfig, "AppArmorAndProcess": []string{inspected.ProcessLabel, inspected.MountLabel}})
		require.NoError(t, err)
		var fields any
		require.NoError(t, json.Unmarshal(raw, &fields))
		text, err := json.MarshalIndent(pruned(fields), "", "  ")
		require.NoError(t, err)
		got := lab.anonymous(string(text)) + "\n"
		golden := filepath.Join("testdata", "inspected-"+role+".json")
		if *update {
			require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
			continue
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		require.Equal(t, string(want), got, role)
	}
}

// pruned drops what is empty, and the text of the seccomp profile, which has a test of its own.
func pruned(value any) any {
	switch value := value.(type) {
	case map[string]any:
		kept := map[string]any{}
		for name, field := range value {
			if field = pruned(field); field != nil {
				kept[name] = field
			}
		}
		if len(kept) == 0 {
			return nil
		}
		return kept
	case []any:
		var kept []any
		for _, item := range value {
			if item = pruned(item); item != nil {
				kept = append(kept, item)
			}
		}
		if len(kept) == 0 {
			return nil
		}
		return kept
	case string:
		if strings.HasPrefix(value, "seccomp=") {
			return "seccomp=(profile/seccomp.json)"
		}
		if value == "" {
			return nil
		}
	case float64:
		if value == 0 {
			return nil
		}
	case bool:
		if !value {
			return nil
		}
	}
	return value
}

// anonymous replaces what varies from run to run.
func (l *Lab) anonymous(text string) string {
	pairs := []string{
		l.podID, "(pod)", l.current.id, "(program)", l.engine.lease.Run, "(run)", l.engine.lease.Host, "(host)", l.name, "(lab)",
		l.image.ID, "(image)", l.engine.grader.id, "(database image)", l.engine.pod.id, "(pod image)",
		l.given.String(), "127.83.x.y", l.host, "db-xxxxxx", l.logins.Owner.User, "(user)", l.logins.Owner.Password, "(password)", l.logins.Database, "(database)",
		`"PORT=` + itoa(l.port), `"PORT=20000`, l.labels(rolePod)[labelDeadline], "(deadline)",
	}
	text = strings.NewReplacer(pairs...).Replace(text)
	return regexp.MustCompile(`("(?:hold|init)",\s+)"\d+"`).ReplaceAllString(text, `$1"(seconds)"`)
}

// The filter is tried for real: each call would work, or fail in another way, without it.
func TestTheKernelRefusesWhatTheProfileLeavesOut(t *testing.T) {
	t.Parallel()
	lab, boot := started(t, LabSpec{}, "serve")
	const eperm, ebadf = "errno 1", "errno 9"
	cases := []struct {
		name    string
		number  string
		a, b, c string
		want    string
	}{
		{"io_uring_setup", "425", "1", "0", "0", eperm},
		{"io_uring_enter", "426", "0", "0", "0", eperm},
		{"userfaultfd", "323", "0", "0", "0", eperm},
		{"keyctl", "250", "0", "0", "0", eperm},
		{"add_key", "248", "0", "0", "0", eperm},
		{"bpf", "321", "0", "0", "0", eperm},
		{"perf_event_open", "298", "0", "0", "0", eperm},
		{"unshare a user namespace", "272", "0x10000000", "0", "0", eperm},
		{"mount", "165", "0", "0", "0", eperm},
		{"socket AF_VSOCK", "41", "40", "1", "0", eperm},
		{"socket AF_VSOCK, hidden in 64 bits", "41", "0x100000028", "1", "0", eperm},
		{"socket AF_ALG", "41", "38", "5", "0", eperm},
		{"socket AF_PACKET", "41", "17", "3", "0", eperm},
		{"socket, raw", "41", "2", "3", "1", eperm},
		{"socket, ordinary", "41", "2", "1", "0", "errno 0"},
		{"close, ordinary", "3", "9999", "0", "0", ebadf},
	}
	for _, test := range cases {
		_, got := get(t, lab, boot, "/syscall", "n", test.number, "a", test.a, "b", test.b, "c", test.c)
		require.Equal(t, test.want, got, test.name)
	}
	_, status := get(t, lab, boot, "/read", "path", "/proc/self/status")
	require.Contains(t, status, "NoNewPrivs:\t1")
	require.Contains(t, status, "Seccomp:\t2")
	for _, set := range []string{"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"} {
		require.Contains(t, status, set+":\t0000000000000000")
	}
}

// What a program can see of us: nothing that tells a run, a check or a password of ours.
func TestAProgramSeesNothingOfOurs(t *testing.T) {
	t.Parallel()
	lab, boot := started(t, LabSpec{}, "serve")
	var seen strings.Builder
	for _, path := range []string{
		"/proc/self/environ", "/proc/1/cmdline", "/proc/self/mountinfo", "/proc/self/cgroup", "/etc/hosts", "/etc/hostname", "/etc/resolv.conf",
	} {
		status, body := get(t, lab, boot, "/read", "path", path)
		require.Equal(t, 200, status, "%s: %s", path, body)
		seen.WriteString(body)
	}
	status, _ := get(t, lab, boot, "/read", "path", "/proc/1/environ")
	require.Equal(t, 500, status, "init is not to be looked into")
	for _, secret := range []string{
		lab.logins.Probe.Password, lab.logins.Admin.Password, lab.logins.Probe.User, lab.engine.grader.secret, "docker.sock",
	} {
		require.NotContains(t, seen.String(), secret)
	}
	status, _ = get(t, lab, boot, "/read", "path", "/takehome/socket/.s.PGSQL.5432")
	require.Equal(t, 500, status, "the server's socket is not in this container")
}
