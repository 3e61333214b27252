package builder

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
)

func appendText(to []byte, number protowire.Number, value string) []byte {
	return protowire.AppendString(protowire.AppendTag(to, number, protowire.BytesType), value)
}

// vertex writes a step as BuildKit does.
func vertex(digest, name, failure string, cached bool) []byte {
	message := appendText(nil, 1, digest)
	message = appendText(message, 2, "sha256:an-input")
	message = appendText(message, 3, name)
	if cached {
		message = protowire.AppendVarint(protowire.AppendTag(message, 4, protowire.VarintType), 1)
	}
	message = appendText(message, 5, "\x08\x01")
	if failure != "" {
		message = appendText(message, 7, failure)
	}
	return message
}

func stepLine(digest, text string) []byte {
	message := appendText(nil, 1, digest)
	message = protowire.AppendVarint(protowire.AppendTag(message, 3, protowire.VarintType), 2)
	return appendText(message, 4, text)
}

// status wraps steps and lines into one message of the engine's stream.
func status(t *testing.T, steps, lines [][]byte) string {
	t.Helper()
	var message []byte
	for _, step := range steps {
		message = appendText(message, 1, string(step))
	}
	message = appendText(message, 2, "\x0a\x01x") // a status, which we do not look at
	for _, line := range lines {
		message = appendText(message, 3, string(line))
	}
	entry, err := json.Marshal(map[string]string{"id": "moby.buildkit.trace", "aux": base64.StdEncoding.EncodeToString(message)})
	require.NoError(t, err)
	return string(entry) + "\n"
}

func read(t *testing.T, stream string) *transcript {
	t.Helper()
	var shown []string
	progress := newTranscript(Request{LogLimit: 4 << 10, OutputLimit: 1 << 20, OnLine: func(line string) { shown = append(shown, line) }}, func() {})
	require.NoError(t, progress.read(strings.NewReader(stream)))
	return progress
}

func TestTranscriptFollowsBuildKit(t *testing.T) {
	t.Parallel()
	stream := status(t, [][]byte{vertex("d0", "[internal] load metadata", "", false), vertex("d1", "[1/3] FROM node:20", "", true)}, nil) +
		status(t, [][]byte{vertex("d2", "[build 2/3] RUN npm  ci", "", false)}, [][]byte{stepLine("d2", "added "), stepLine("d2", "1 package\n")}) +
		status(t, [][]byte{vertex("d3", "[other 2/2] RUN sleep", "context canceled: context canceled", false)}, nil) +
		status(t, [][]byte{vertex("d2", "[build 2/3] RUN npm  ci", `process "/bin/sh -c npm ci" did not complete successfully: exit code: 7`, false)}, nil) +
		`{"errorDetail":{"message":"failed to solve: exit code: 7"},"error":"failed to solve"}` + "\n"
	outcome, err := read(t, stream).outcome()
	require.NoError(t, err)
	require.Equal(t, &Failure{
		Kind: InstructionFailed, Instruction: "RUN npm ci", ExitCode: 7, Log: []byte("added 1 package\n"),
		Message: `process "/bin/sh -c npm ci" did not complete successfully: exit code: 7`,
	}, outcome.Failure)
	require.Equal(t, "[1/3] FROM node:20 (cached)\n[build 2/3] RUN npm  ci\nadded 1 package\n[other 2/2] RUN sleep\n", string(outcome.Log))

	outcome, err = read(t, `{"id":"moby.image.id","aux":{"ID":"sha256:abc"}}`+"\n").outcome()
	require.NoError(t, err)
	require.Equal(t, "sha256:abc", outcome.ImageID)
}

func TestTranscriptBlamesTheEngine(t *testing.T) {
	t.Parallel()
	for _, said := range []string{
		"failed to copy: write /var/lib/docker/overlay2/x: no space left on device",
		"rpc error: code = Unavailable desc = transport is closing",
		"failed to register layer: operation not permitted",
		"failed to create shim task: OCI runtime create failed",
	} {
		entry, err := json.Marshal(map[string]any{"errorDetail": map[string]string{"message": said}})
		require.NoError(t, err)
		_, err = read(t, string(entry)).outcome()
		require.Error(t, err, said)
	}
	full := status(t, [][]byte{vertex("d1", "[1/1] RUN x", "exit code: 1", false)}, [][]byte{stepLine("d1", "tar: write error: No space left on device\n")}) +
		`{"error":"exit code: 1"}`
	_, err := read(t, full).outcome()
	require.Error(t, err, "a full disk is never the candidate's")
	_, err = read(t, "").outcome()
	require.Error(t, err, "an answer without an image")
}

func TestTranscriptIsBounded(t *testing.T) {
	t.Parallel()
	flooded := false
	progress := newTranscript(Request{LogLimit: 100, OutputLimit: 10_000, OnLine: func(line string) {
		require.NotContains(t, line, "\n")
		require.Less(t, len(line), 2000)
	}}, func() { flooded = true })
	var stream strings.Builder
	for number := range 200 {
		digest := fmt.Sprintf("d%d", number)
		stream.WriteString(status(t, [][]byte{vertex(digest, "[1/1] RUN x", "", false)}, [][]byte{stepLine(digest, strings.Repeat("y", 500))}))
	}
	require.NoError(t, progress.read(strings.NewReader(stream.String())))
	require.True(t, flooded)
	require.LessOrEqual(t, len(progress.log.tail()), 100)
}

func TestClassify(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]FailureKind{
		`executor failed running [/bin/sh -c false]: exit code: 1`:                                                                            InstructionFailed,
		`process "/bin/sh -c false" did not complete successfully: exit code: 2`:                                                              InstructionFailed,
		`The command '/bin/sh -c false' returned a non-zero code: 127`:                                                                        InstructionFailed,
		`failed to solve with frontend dockerfile.v0: failed to create LLB definition: dockerfile parse error line 3: unknown instruction: X`: Malformed,
		`dockerfile parse error line 3: Unknown flag: link`:                                                                                   Malformed,
		`failed to compute cache key: "/a" not found: not found`:                                                                              SourceMissing,
		`failed to calculate checksum of ref abc::def: "/a": not found`:                                                                       SourceMissing,
		`COPY failed: file not found in build context or excluded by .dockerignore: stat a: file does not exist`:                              SourceMissing,
		`pull access denied, repository does not exist or may require authorization`:                                                          BaseMissing,
		`docker.io/library/node:99: not found`:                                                                                                BaseMissing,
		`failed to do request: Head "https://h/v2/": dial tcp: lookup h: no such host`:                                                        BaseUnreachable,
		`target stage x could not be found`:                                                                                                   Malformed,
		`something else`:                                                                                                                      Unexplained,
	} {
		kind, _ := classify(said, 0)
		require.Equal(t, want, kind, said)
	}
}

func TestMessagesAreTheSameInEveryRun(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		`failed to solve with frontend dockerfile.v0: rpc error: code = Unknown desc = failed to compute cache key: "/a" not found: not found`: `"/a" not found: not found`,
		`failed to calculate checksum of ref 4f2c8e1a9b7d::q0x1y2z3: "/a": not found`:                                                          `"/a": not found`,
		`failed to walk /var/lib/docker/tmp/buildkit-mount1234/dist: lstat /var/lib/docker/tmp/buildkit-mount1234/dist: denied`:                `failed to walk /dist: lstat /dist: denied`,
		`layer sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef is broken`:                                              `layer … is broken`,
	} {
		require.Equal(t, want, withoutIDs(said))
	}
}

// FuzzTrace: the decoder never panics and keeps no more than it was given.
func FuzzTrace(f *testing.F) {
	f.Add(appendText(nil, 1, string(vertex("d", "[1/1] RUN x", "exit code: 1", true))))
	f.Add(appendText(nil, 3, string(stepLine("d", "text"))))
	f.Add([]byte{0xff, 0xff})
	f.Fuzz(func(t *testing.T, raw []byte) {
		decoded, err := decodeTrace(raw)
		if err != nil {
			return
		}
		size := 0
		for _, s := range decoded.steps {
			size += len(s.digest) + len(s.name) + len(s.failure)
		}
		for _, l := range decoded.logs {
			size += len(l.digest) + len(l.text)
		}
		require.LessOrEqual(t, size, len(raw))
	})
}
