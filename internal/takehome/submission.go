package takehome

// Submission is a clean copy of what a candidate handed in.
type Submission struct {
	Name   string   `json:"-"`      // how the reader knows it: the last part of what was given
	Dir    string   `json:"-"`      // the clean copy: regular files, folders and links that stay inside
	Digest string   `json:"digest"` // "sha256:…" over paths, kinds, modes and contents
	Files  int      `json:"files"`
	Bytes  int64    `json:"bytes"`
	Origin Origin   `json:"-"`
	Notes  []string `json:"notes,omitempty"` // what was dropped or looked odd
}

// Origin is where a submission came from.
type Origin struct {
	Kind   string `json:"kind"`             // folder, zip, tar.gz, git
	Given  string `json:"given"`            // as it was named on the command line, quoted
	Commit string `json:"commit,omitempty"` // of a git submission
}

// Recipe says how to build a submission's image.
type Recipe struct {
	Source     string    `json:"source"`              // "Dockerfile", "api/Dockerfile", "detected: node"
	Language   string    `json:"language,omitempty"`  // go, node, python, ruby, java
	Context    string    `json:"context"`             // folder of the submission that is sent to the builder, "."
	Dockerfile []byte    `json:"-"`                   // the text to build from
	Generated  bool      `json:"generated,omitempty"` // written by us, because the submission has none
	Target     string    `json:"target,omitempty"`    // stage of a multi-stage file, where a compose file names one
	Args       []Setting `json:"args,omitempty"`      // build arguments
	Bases      []string  `json:"bases"`               // images from outside that it starts from, in order, without duplicates
	Notes      []string  `json:"notes,omitempty"`
}

// StartPlan says how to start a submission's program and where every part of that
// knowledge came from. Values may hold the placeholders {host} {port} {database}
// {user} {password} of our database and {listen} for the port we give to the program.
type StartPlan struct {
	Folder    string     `json:"folder"`               // of a mono-repository, "." otherwise
	Env       []Setting  `json:"env"`                  // sorted by name
	Command   []string   `json:"command,omitempty"`    // replaces the image's command
	CommandBy string     `json:"command_by,omitempty"` // its source
	Ports     []Port     `json:"ports,omitempty"`      // where the repository says it listens
	Migration *Migration `json:"migration,omitempty"`
	Ready     string     `json:"ready,omitempty"` // path that answers when it is ready
	Notes     []string   `json:"notes,omitempty"`
	// DatabaseHosts are the names by which the repository's own compose file knows its
	// database, such as "todo-db". A script of the image may wait for such a name, so it
	// has to resolve to the database in the pod.
	DatabaseHosts []string `json:"-"`
}

// Setting is a named value and its source: "contract", "takehome.yaml",
// "docker-compose.yml: service api", ".env.example", "src/db.js reads it", …
type Setting struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Source string `json:"source"`
}

// Port is a port that the repository names. Declared ones were announced in a place
// where a reader looks for them, so that ignoring PORT is not a hard-coded value.
type Port struct {
	Number   int    `json:"number"`
	Source   string `json:"source"`
	Declared bool   `json:"declared,omitempty"`
}

// Migration prepares an empty database before the program starts: SQL files that we
// apply as the owner role, or a command that runs once in the built image, in place of
// its entrypoint. Where a repository has both (a compose file that mounts an init.sql,
// and a migration tool), the files come first.
type Migration struct {
	Command []string `json:"command,omitempty"`
	Files   []string `json:"files,omitempty"` // slash paths inside the submission, in order
	Source  string   `json:"source"`
	// Declared ones come from takehome.yaml, a compose file or a Procfile; the others were recognised.
	Declared bool `json:"declared,omitempty"`
	// Scripts is what to send to the database for Files, each as one query of the simple protocol.
	Scripts []Script `json:"-"`
}

// Script is a piece of SQL from a migration file: its up half, without statements that
// concern the server instead of the database (CREATE DATABASE, roles, \connect).
// A statement that must not run in a transaction block is a Script of its own.
type Script struct {
	File string
	SQL  string
}

// Image is a built submission.
type Image struct {
	ID          string   `json:"id"`
	Entrypoint  []string `json:"entrypoint,omitempty"`
	Command     []string `json:"command,omitempty"`
	Env         []string `json:"env,omitempty"`
	User        string   `json:"user,omitempty"`
	Workdir     string   `json:"workdir,omitempty"`
	Ports       []int    `json:"ports,omitempty"` // EXPOSE
	Volumes     []string `json:"volumes,omitempty"`
	Bytes       int64    `json:"bytes"`
	HealthCheck bool     `json:"-"` // the image says how to ask its program for its health
	// Substitutes are the stand-ins that took the place of images this machine cannot have.
	Substitutes []Substitute `json:"substitutes,omitempty"`
}

// Substitute is a stand-in that was used under the name of an official image,
// because the machine has no image registry.
type Substitute struct {
	Wanted string `json:"wanted"` // "node:18-alpine"
	Used   string `json:"used"`   // "node 20.19 on Debian trixie"
	Exact  bool   `json:"exact"`  // same distribution family and major version: a failure is the candidate's
}

// Breakdown is a build or a start that failed because of the submission: a finding.
type Breakdown struct {
	Phase  string   `json:"phase"`           // "build", "migrate" or "start"
	Reason string   `json:"reason"`          // one sentence without a full stop
	Where  string   `json:"where,omitempty"` // the failing instruction or command
	Tried  []string `json:"tried,omitempty"` // what we did, in order
	Help   string   `json:"help,omitempty"`  // what would probably mend it
	Log    Text     `json:"log"`             // the last lines
}
