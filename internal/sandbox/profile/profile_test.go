package profile

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

func TestMain(m *testing.M) {
	flag.Bool("update", false, "rewrite the golden files")
	m.Run()
}

func update() bool { return flag.Lookup("update").Value.String() == "true" }

// The golden files hold what is asked for; a test of package sandbox compares what the
// engine made of it.
func TestProfilesAreTheGoldenOnes(t *testing.T) {
	t.Parallel()
	labels := map[string]string{"takehome.run": "0123456789"}
	program := Program{
		Image:   takehome.Image{ID: "sha256:1", Volumes: []string{"/data", "data/", "/", "/.takehome", "/tmp", "/cache"}},
		Command: []string{"node", "server.js"}, Env: []string{"PORT=20000"}, Pod: "pod", Tools: "tools",
		Deadline: time.Hour, Labels: labels,
	}
	writable := program
	writable.Writable = true
	type made struct {
		Config *container.Config
		Host   *container.HostConfig
	}
	cases := map[string]func() made{
		"program-read-only": func() made { c, h := program.Config(); return made{c, h} },
		"program-writable":  func() made { c, h := writable.Config(); return made{c, h} },
		"pod": func() made {
			c, h := Pod{Image: "takehome/pod:1", Tools: "tools", Sockets: "sockets", Hosts: []string{"db:127.0.0.1"}, Deadline: time.Hour, Labels: labels}.Config()
			return made{c, h}
		},
		"database": func() made {
			c, h := &container.Config{}, &container.HostConfig{}
			Database{Image: "takehome/postgres:1", Pod: "pod", Tools: "tools", Sockets: "sockets", Deadline: time.Hour, Labels: labels}.Config(c, h)
			return made{c, h}
		},
	}
	for name, make := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := make()
			for i, option := range got.Host.SecurityOpt {
				if strings.HasPrefix(option, "seccomp=") {
					require.Equal(t, "seccomp="+seccomp, option)
					got.Host.SecurityOpt[i] = "seccomp=(seccomp.json)"
				}
			}
			text, err := json.MarshalIndent(got, "", "  ")
			require.NoError(t, err)
			golden := filepath.Join("testdata", name+".json")
			if update() {
				require.NoError(t, os.WriteFile(golden, append(text, '\n'), 0o644))
				return
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), string(text)+"\n")
		})
	}
}

func TestOnlyAnImagesOwnUserThatIsNotRootIsKept(t *testing.T) {
	t.Parallel()
	for user, want := range map[string]string{
		"": ProgramUser, "root": ProgramUser, "0": ProgramUser, "0:0": ProgramUser, "root:root": ProgramUser, "00": ProgramUser,
		"node": "node", "1000": "1000", "1000:1000": "1000:1000", "app:root": "app:root",
	} {
		program := Program{Image: takehome.Image{User: user}}
		config, _ := program.Config()
		require.Equal(t, want, config.User, "USER %q", user)
		program.Writable = true
		config, _ = program.Config()
		require.Equal(t, user, config.User)
	}
}

func TestASecondIsTheLeast(t *testing.T) {
	t.Parallel()
	require.Equal(t, "1", seconds(0))
	require.Equal(t, "90", seconds(90*time.Second))
	require.Equal(t, "91", seconds(90*time.Second+time.Millisecond))
}
