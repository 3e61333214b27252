package profile

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"

	mobyseccomp "github.com/moby/profiles/seccomp"
	"github.com/opencontainers/runtime-spec/specs-go"
	"github.com/stretchr/testify/require"
)

// forbidden are system calls that the default profile allows, or allowed for years, and
// that no backend needs: each was a way out of a container.
func forbidden() []string {
	return []string{
		"io_uring_setup", "io_uring_enter", "io_uring_register", "userfaultfd",
		"add_key", "keyctl", "request_key", // the keyrings are not namespaced
		"socketcall", // hides the family of a socket from the filter
	}
}

// families are the socket families that stay. They are compared for equality, not
// excluded by number: the filter sees 64 bits of which the kernel uses 32, so "not 40"
// lets 40 + 2^32 pass.
func families() []uint64 {
	const unix, inet, inet6, netlink = 1, 2, 10, 16
	return []uint64{unix, inet, inet6, netlink}
}

func tightened() *mobyseccomp.Seccomp {
	tight := mobyseccomp.DefaultProfile()
	var rules []*mobyseccomp.Syscall
	for _, rule := range tight.Syscalls {
		rule.Names = slices.DeleteFunc(rule.Names, func(name string) bool {
			return name == "socket" || slices.Contains(forbidden(), name)
		})
		if len(rule.Names) > 0 {
			rules = append(rules, rule)
		}
	}
	for _, family := range families() {
		rules = append(rules, &mobyseccomp.Syscall{LinuxSyscall: specs.LinuxSyscall{
			Names: []string{"socket"}, Action: specs.ActAllow,
			Args: []specs.LinuxSeccompArg{{Index: 0, Value: family, Op: specs.OpEqualTo}},
		}})
	}
	tight.Syscalls = rules
	return tight
}

func TestSeccompProfileIsTheDefaultTightened(t *testing.T) {
	t.Parallel()
	want, err := json.MarshalIndent(tightened(), "", " ")
	require.NoError(t, err)
	want = append(want, '\n')
	if update() {
		require.NoError(t, os.WriteFile("seccomp.json", want, 0o644))
		return
	}
	require.True(t, bytes.Equal(want, []byte(seccomp)), "run go generate ./internal/sandbox/profile and read the difference")
	for _, name := range forbidden() {
		require.NotContains(t, seccomp, `"`+name+`"`)
	}
}
