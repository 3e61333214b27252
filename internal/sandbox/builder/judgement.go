package builder

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// judgement says whose fault a failed build is.
type judgement struct {
	job         Job
	failure     Failure
	tree        *sourceTree
	substitutes []takehome.Substitute
}

// killed is the exit code of a command that got SIGKILL. Nobody but the kernel sends
// it during a build, when the machine runs out of memory.
const killed = 137

// judge returns the candidate's Breakdown, or a fault of somebody else.
func (j judgement) judge() (*takehome.Breakdown, error) {
	ofOwnFiles := j.failure.Kind == SourceMissing && !strings.Contains(j.failure.Instruction, "--from=")
	if ofOwnFiles { // independent of the machine and of the base image
		return j.missingSource(), nil
	}
	if fault := j.machine(); fault != nil {
		return nil, fault
	}
	broken := &takehome.Breakdown{
		Where: j.failure.Instruction, Help: helpFor(string(j.failure.Log)),
		Log: takehome.QuoteTail(j.failure.Log, shownLastWord),
	}
	switch j.failure.Kind {
	case InstructionFailed:
		broken.Reason = fmt.Sprintf("a command of the build ended with exit code %d", j.failure.ExitCode)
	case SourceMissing:
		broken.Reason = "the build copies from an earlier stage what is not there"
	case DeadlinePassed:
		broken.Reason = fmt.Sprintf("the build took longer than %s", j.job.Deadline)
		broken.Help = "let the build do less: no watching, no servers, no waiting"
	case OutputFlood:
		broken.Reason = fmt.Sprintf("the build printed more than %d MiB", DefaultOutputLimit>>20)
		broken.Help = "make the build print less"
	case BaseMissing, BaseUnreachable, Malformed, Unexplained:
		return nil, j.unexplained()
	}
	return broken, nil
}

// unexplained is a failure whose cause is not in the submission: its Dockerfile was
// read and its base images were there before the build began.
func (j judgement) unexplained() error {
	fault := &takehome.Fault{
		Owner: takehome.Operator, Err: fmt.Errorf("%s %s", j.failure.Instruction, j.failure.Message),
		Summary: "the engine's builder could not do what the Dockerfile asks for",
		Hint:    "try it with a newer Docker Engine; docker build in the submission's folder shows the same error",
	}
	if j.failure.Kind == BaseMissing || j.failure.Kind == BaseUnreachable {
		fault.Summary = "a base image was lost during the build"
		fault.Hint = "run it again; nobody else should remove images on this engine meanwhile"
	}
	return fault
}

// machine tells that a build failed because of the machine it ran on.
func (j judgement) machine() error {
	log := string(j.failure.Log)
	fault := func(summary, hint string) error {
		return &takehome.Fault{
			Owner: takehome.Operator, Summary: summary, Hint: hint,
			Err: fmt.Errorf("%s: %s: %s", j.failure.Instruction, j.failure.Message, takehome.QuoteTail(j.failure.Log, 800)),
		}
	}
	if j.failure.ExitCode == killed {
		return fault("a command of the build was killed, most likely because the machine ran out of memory",
			"give the engine more memory, or grade fewer submissions at a time")
	}
	if strings.Contains(log, "exec format error") {
		return fault("the base image is for another kind of processor", "grade this submission on such a machine")
	}
	if unreachable.MatchString(log) {
		return fault("the build could not reach a host on the network",
			"check that containers of this engine have network access (docker run --rm node:20 npm ping), then run it again")
	}
	for _, substitute := range j.substitutes {
		if !substitute.Exact {
			return fault(fmt.Sprintf("the build failed on a stand-in: %s in place of %s", substitute.Used, substitute.Wanted),
				"grade this submission on a machine with an image registry")
		}
	}
	if len(j.substitutes) > 0 && lacking.MatchString(log) {
		return fault("the build needs something that the stand-ins of this machine do not have",
			"grade this submission on a machine with an image registry and a package index")
	}
	return nil
}

// unreachable matches what package managers say when a host of the outer network
// cannot be found or reached. Names without a dot (a database called "db") and the
// loopback are the submission's own.
var unreachable = regexp.MustCompile(`(?i)` + strings.Join([]string{
	`could not resolve host:? '?[a-z0-9-]+\.[a-z]`, // curl, git
	`(?:temporary failure resolving|could not resolve|failed to resolve|name resolution.*host=) ?'[a-z0-9-]+\.[a-z0-9.-]+'`, // apt, urllib3
	`getaddrinfo (?:enotfound|eai_again) [a-z0-9-]+\.[a-z]`,                                                                 // node
	`lookup [a-z0-9-]+\.[a-z0-9.-]+[^\n]*(?:no such host|i/o timeout|server misbehaving|connection refused)`,                // go
	`dial tcp:? [^\n]*:443: (?:i/o timeout|connect: (?:network is unreachable|connection refused|no route to host))`,        // go
	`network (?:is unreachable|request to https?://[a-z0-9-]+\.[a-z0-9./-]+ failed)`,                                        // npm
	`unable to (?:connect|resolve)(?: to| host address)?:? ['‘]?[a-z0-9-]+\.[a-z0-9.-]+`,                                    // wget, apt
	`unable to get local issuer certificate|self[- ]signed certificate in certificate chain|certificate signed by unknown authority`,
}, "|"))

// lacking matches what a build says that misses packages or tools which the official
// images, the package index or another release of Debian would have.
var lacking = regexp.MustCompile(`(?i)` + strings.Join([]string{
	`no matching distribution found|from versions: none`,
	`unable to locate package|has no installation candidate`,
	`requires go >= [0-9.]+ \(running go`,
	`\b(?:curl|wget|git|gcc|g\+\+|cc|c\+\+|make|cmake|python3?|unzip|jq|gnupg|gpg|pkg-config|poetry|uv|pnpm|yarn|corepack|node|npm|java|pg_config|psql|xz)\b: (?:command )?not found`,
	`spawn (?:git|python3?|make) enoent|unable to execute '?(?:gcc|cc|x86_64-linux-gnu-gcc)|gyp err! find python|pg_config executable not found`,
	`fatal error: [a-z0-9_./-]+\.h: no such file`,
	`not found: (?:make|gcc|g\+\+)\b`,
	`corepack cannot|no compatible signature found`,
}, "|"))

// missingName finds the file in the builder's words: `"/package-lock.json" not found`.
var missingName = regexp.MustCompile(`"(/[^"]*)"(?: not found|: not found)|(?:stat|lstat) /?([^\s:]+): (?:file does not exist|no such file)`)

// missingSource is COPY or ADD of what is not in the context.
func (j judgement) missingSource() *takehome.Breakdown {
	broken := &takehome.Breakdown{
		Where: j.failure.Instruction, Reason: "the Dockerfile copies a file that is not there",
		Help: "add the file to the repository, or correct the path: it counts from the build context " + takehome.Line(contextName(j.job.Recipe)),
	}
	match := missingName.FindStringSubmatch(j.failure.Message)
	if match == nil {
		return broken
	}
	name := strings.TrimPrefix(match[1]+match[2], "/")
	broken.Reason = "the Dockerfile copies " + takehome.Line(name) + ", which is not there"
	if j.tree != nil && j.tree.has(name) {
		broken.Reason = "the Dockerfile copies " + takehome.Line(name) + ", which .dockerignore leaves out"
		broken.Help = "remove the pattern from .dockerignore"
	}
	return broken
}

func contextName(recipe takehome.Recipe) string {
	if recipe.Context == "" || recipe.Context == "." {
		return "(the top folder)"
	}
	return recipe.Context
}
