package images

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// machine is a host with the given files, variables and answers of programs.
func machine(files, environment, programs map[string]string) host {
	tree := fstest.MapFS{}
	for name, content := range files {
		tree[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return host{
		files:       tree,
		environment: func(name string) string { return environment[name] },
		run: func(_ context.Context, name string, args ...string) ([]byte, error) {
			answer, ok := programs[name+" "+strings.Join(args, " ")]
			if !ok {
				return nil, errors.New("no such program")
			}
			return []byte(answer), nil
		},
	}
}

const authority = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"

func TestAptSources(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, codename string
		files          map[string]string
		want           sources
		list           string
	}{
		{name: "nothing", codename: "bookworm"},
		{
			name: "one line a source", codename: "bookworm",
			files: map[string]string{"etc/apt/sources.list": `# deb http://commented.example/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg] http://mirror.example/debian/ bookworm main contrib # note
deb-src http://source.example/debian bookworm main
deb http://updates.example/debian bookworm-updates main
deb http://security.example/debian-security bookworm-security main
deb http://second.example/debian bookworm main
`},
			want: sources{"http://mirror.example/debian", "http://updates.example/debian", "http://security.example/debian-security"},
			list: "deb http://mirror.example/debian trixie main\ndeb http://updates.example/debian trixie-updates main\ndeb http://security.example/debian-security trixie-security main\n",
		},
		{
			name: "stanzas", codename: "bookworm",
			files: map[string]string{"etc/apt/sources.list.d/debian.sources": `Types: deb
# a comment
URIs: https://mirror.example/debian
  http://other.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc: def
 -----END PGP PUBLIC KEY BLOCK-----

Types: deb
Enabled: no
URIs: http://off.example/debian
Suites: bookworm-security
Components: main

Types: deb-src
URIs: http://source.example/debian
Suites: bookworm-security
Components: main
`},
			want: sources{mirror: "https://mirror.example/debian", updates: "https://mirror.example/debian"},
			list: "deb https://mirror.example/debian trixie main\ndeb https://mirror.example/debian trixie-updates main\n",
		},
		{
			name: "passwords, files and loopback are not for images", codename: "trixie",
			files: map[string]string{
				"etc/apt/sources.list.d/a.list": "deb http://user:secret@mirror.example/debian trixie main\ndeb file:/srv/debian trixie main\n" +
					"deb http://127.0.0.1:3142/debian trixie main\ndeb cdrom:[x]/ trixie main\ndeb http://good.example/debian trixie main\n",
				"etc/apt/sources.list.d/b.list.save": "deb http://saved.example/debian trixie-updates main\n",
			},
			want: sources{mirror: "http://good.example/debian"},
			list: "deb http://good.example/debian trixie main\n",
		},
		{
			name: "other archives do not count", codename: "bookworm",
			files: map[string]string{"etc/apt/sources.list": "deb http://vendor.example/node nodistro main\ndeb http://b.example/debian bookworm contrib\n"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			found := machine(test.files, nil, nil).aptSources(test.codename)
			require.Equal(t, test.want, found)
			require.Equal(t, test.list, found.list("trixie"))
		})
	}
}

func TestFactsOfAMachine(t *testing.T) {
	t.Parallel()
	read := machine(map[string]string{
		"etc/os-release":                              "# x\nID=debian\nVERSION_CODENAME=bookworm\nPRETTY_NAME=\"Debian\"\n",
		"etc/apt/sources.list":                        "deb http://mirror.example/debian bookworm main\n",
		"usr/local/share/ca-certificates/b.crt":       authority,
		"usr/local/share/ca-certificates/more/a.crt":  authority,
		"usr/local/share/ca-certificates/README.txt":  authority,
		"usr/local/share/ca-certificates/private.crt": "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",
		"home/u/.npmrc":                               "//registry.example/:_authToken=secret\nregistry=http://user:pw@registry.example/\nregistry = \"https://npm.example/\"\n",
		"home/u/.config/pip/pip.conf":                 "[global]\nindex-url = https://pip.example/simple\n",
		"etc/apt/apt.conf.d/99private":                "Acquire::http::Proxy \"http://u:p@proxy.example\";\n",
	}, map[string]string{"HOME": "/home/u", "PIP_INDEX_URL": "https://user:secret@pip.example/simple"}, map[string]string{
		"apt-config dump Acquire": `Acquire "";
Acquire::Check-Valid-Until "false";
Acquire::Check-Date "false";
Acquire::http::Proxy "http://u:secret@proxy.example:3128";
Acquire::https::Proxy "http://proxy.example:3128";
Acquire::http::Proxy::mirror.example "DIRECT";
Acquire::Languages "none";
`,
		"go env -json GOROOT GOVERSION": `{"GOROOT": "/usr/lib/go-1.26", "GOVERSION": "go1.26.8 X:nodwarf5"}`,
		"go env -changed -json":         `{"GOPROXY": "https://goproxy.example,direct", "GOPRIVATE": "x.example", "GOSUMDB": "off", "GOFLAGS": "-mod=mod", "GONOPROXY": "https://u:p@h"}`,
	}).facts(t.Context())
	require.True(t, read.debian)
	require.Equal(t, sources{mirror: "http://mirror.example/debian"}, read.sources)
	require.Equal(t, []certificate{{"a.crt", []byte(authority)}, {"b.crt", []byte(authority)}}, read.certificates)
	require.Equal(t, []setting{
		{"Acquire::Check-Valid-Until", "false"},
		{"Acquire::Check-Date", "false"},
		{"Acquire::https::Proxy", "http://proxy.example:3128"},
		{"Acquire::http::Proxy::mirror.example", "DIRECT"},
	}, read.apt)
	require.Equal(t, "https://npm.example/", read.npmRegistry)
	require.Equal(t, "https://pip.example/simple", read.pipIndex)
	require.Equal(t, toolchain{
		root: "/usr/lib/go-1.26", version: "1.26.8", minor: 26,
		settings: []setting{{"GOPROXY", "https://goproxy.example,direct"}, {"GOPRIVATE", "x.example"}, {"GOSUMDB", "off"}},
	}, read.golang)
}

// No credential of the host reaches a recipe, whose text candidates can read.
func TestRecipesHoldNoCredentials(t *testing.T) {
	t.Parallel()
	read := &facts{
		golang:      toolchain{root: "/go", version: "1.26.8", minor: 26, settings: []setting{{"GOPROXY", `https://a.example/$x"y\z`}}},
		npmRegistry: "https://npm.example/", pipIndex: "https://pip.example/simple",
	}
	for _, family := range families(read.golang) {
		made, err := read.recipe(family, "takehome/stand-in:base-012345678901")
		require.NoError(t, err)
		require.Len(t, made.digest, 64)
		require.Equal(t, family.name, standInFamily(made.tag()))
		if family.name == "debian" {
			continue
		}
		require.Contains(t, string(made.text), "FROM ${BASE}\n")
		if family.name == "golang" {
			require.Contains(t, string(made.text), `ENV GOPROXY="https://a.example/\$x\"y\\z"`+"\n")
		}
	}
	bare := machine(nil, nil, nil).facts(t.Context())
	require.Empty(t, bare.golang.root)
	require.False(t, bare.debian)
	require.Nil(t, bare.golang.names())
}

func TestRecipeDigests(t *testing.T) {
	t.Parallel()
	one := &facts{sources: sources{mirror: "http://a.example"}}
	digest := func(of *facts, name, base string) string {
		for _, family := range families(of.golang) {
			if family.name == name {
				made, err := of.recipe(family, base)
				require.NoError(t, err)
				return made.digest
			}
		}
		return ""
	}
	same := &facts{sources: sources{mirror: "http://a.example"}}
	require.Equal(t, digest(one, "debian", ""), digest(same, "debian", ""))
	require.NotEqual(t, digest(one, "debian", ""), digest(&facts{sources: sources{mirror: "http://b.example"}}, "debian", ""), "another mirror")
	require.NotEqual(t, digest(one, "debian", ""), digest(&facts{sources: one.sources, certificates: []certificate{{"a", nil}}}, "debian", ""), "another authority")
	require.NotEqual(t, digest(one, "node", "x"), digest(one, "node", "y"), "another base")
	require.NotEqual(t, digest(one, "node", "x"), digest(&facts{npmRegistry: "https://npm.example"}, "node", "x"), "another registry")
	require.NotEqual(t, digest(one, "golang", "x"), digest(&facts{golang: toolchain{version: "1.27"}}, "golang", "x"), "another Go")
}
