package builder

import (
	"regexp"
	"strings"

	cerrdefs "github.com/containerd/errdefs"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// failurePatterns tell kinds of failure by the builder's own words, which differ
// between versions of BuildKit and the old builder. The first that matches counts.
var failurePatterns = []struct {
	seen *regexp.Regexp
	kind FailureKind
}{
	{regexp.MustCompile(`(?i)dockerfile parse error|unknown instruction|unknown flag|dockerfile syntax|file with no instructions|flag .* requires`), Malformed},
	{regexp.MustCompile(`(?i)dial tcp|no such host|i/o timeout|tls handshake|x509:|connection refused.*v2|toomanyrequests|request canceled while waiting`), BaseUnreachable},
	{regexp.MustCompile(`(?i)failed to (?:compute cache key|calculate checksum|walk)|copy failed|add failed|forbidden path outside the build context|no source files were specified|lstat .*no such file`), SourceMissing},
	{regexp.MustCompile(`(?i)pull access denied|manifest (?:for .* not found|unknown)|repository does not exist|failed to resolve source metadata|load metadata for|insufficient_scope|authorization failed`), BaseMissing},
	{regexp.MustCompile(`(?i)target stage .* could not be found|failed to reach build target`), Malformed},
	{regexp.MustCompile(`: not found$`), BaseMissing},
}

// lacksBuildKit tells that the engine refused version 2 of the build API.
func lacksBuildKit(err error) bool {
	if err == nil {
		return false
	}
	text := strings.ToLower(err.Error())
	return strings.Contains(text, "buildkit") && (cerrdefs.IsNotImplemented(err) || cerrdefs.IsInvalidArgument(err) || cerrdefs.IsInternal(err)) ||
		strings.Contains(text, "invalid builder version") || strings.Contains(text, "unknown builder version")
}

// refused sorts an answer other than 200 to the build itself: what the engine says
// about the Dockerfile is a failure of the build, everything else is a fault.
func refused(err error, progress *transcript) error {
	if lacksBuildKit(err) {
		return err
	}
	if cerrdefs.IsInvalidArgument(err) || cerrdefs.IsNotFound(err) {
		progress.failure = strings.TrimPrefix(err.Error(), "Error response from daemon: ")
		return nil
	}
	return engineFault("the engine did not take a build", err)
}

// noSpace tells that a disk is full, by the words of the C library and of Go.
func noSpace(text string) bool {
	return strings.Contains(strings.ToLower(text), "no space left on device")
}

// engineBroke tells failures that are about the engine and not about what is built.
func engineBroke(said string) bool {
	lower := strings.ToLower(said)
	for _, word := range []string{
		"rpc error", "unavailable", "transport is closing", "failed to mount", "failed to create shim", "oci runtime",
		"input/output error", "cannot allocate memory", "too many open files", "failed to create lease", "database not open",
		"failed to register layer", "error creating overlay mount", "containerd",
	} {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}

// Ids that differ from run to run.
var (
	cacheRef = regexp.MustCompile(`failed to calculate checksum of ref [^ :]+(?:::[^ :]+)?:? ?`)
	longHex  = regexp.MustCompile(`\b(?:sha256:)?[0-9a-z]{25}\b|\b(?:sha256:)?[0-9a-f]{12,64}\b`)
	mountDir = regexp.MustCompile(`/\S*?/(?:buildkit-mount\d+|docker-builder\d+|overlay2/[^/\s]+/(?:merged|diff)|snapshots/\d+/fs)`)
	solving  = regexp.MustCompile(`^(?:failed to solve(?: with frontend [^:]+)?: |rpc error: code = \w+ desc = |failed to (?:create LLB definition|build LLB|solve LLB|compute cache key): )+`)
)

// withoutIDs makes the builder's words the same in every run.
func withoutIDs(said string) string {
	said = solving.ReplaceAllString(strings.TrimSpace(said), "")
	said = cacheRef.ReplaceAllString(said, "")
	said = mountDir.ReplaceAllString(said, "")
	said = longHex.ReplaceAllString(said, "…")
	return takehome.Line(said)
}
