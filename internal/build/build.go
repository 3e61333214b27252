// Package build reads the clean copy of a submission and answers two questions without
// starting anything: how is its image built (the recipe), and how is its program started
// (the start plan)? It stands between intake and the sandbox on the straight line.
//
// What the repository says is used before anything is guessed, and every answer carries
// its source. A submission that cannot be built is a finding (takehome.Breakdown); an
// error is a fault of ours.
package build

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/build/language"
	"github.com/takehome-dev/takehome/internal/build/manifest"
	"github.com/takehome-dev/takehome/internal/build/names"
	"github.com/takehome-dev/takehome/internal/build/source"
	"github.com/takehome-dev/takehome/internal/build/tree"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Proposal is how to build and start a submission.
type Proposal struct {
	Recipe takehome.Recipe
	Start  takehome.StartPlan
	// Breakdown is set where there is nothing to build: no Dockerfile and no program in a
	// language that has a recipe. Recipe and Start then hold what was found all the same.
	Breakdown *takehome.Breakdown
}

// Plan reads the submission and proposes a recipe and a start plan. The result depends on
// the bytes of the submission alone. An error is ours: the clean copy could not be read.
func Plan(ctx context.Context, submission takehome.Submission) (proposal Proposal, err error) {
	files, err := tree.Open(submission.Dir)
	if err != nil {
		return Proposal{}, err
	}
	defer func() { err = errors.Join(err, files.Close()) }()
	p := &planner{files: files, home: home(files)}
	p.readManifest()
	p.readCompose()
	p.chooseFolder()
	if err := p.scan(ctx); err != nil {
		return Proposal{}, err
	}
	p.chooseRecipe()
	p.dialect = p.chooseDialect()
	proposal = Proposal{Recipe: p.recipe, Breakdown: p.breakdown}
	proposal.Start = takehome.StartPlan{Folder: p.folder, Ready: p.manifest.Ready}
	proposal.Start.Command, proposal.Start.CommandBy = p.command()
	proposal.Start.Env = p.environment()
	proposal.Start.Ports = p.ports(proposal.Start.Command, proposal.Start.CommandBy)
	proposal.Start.Migration = p.migration(proposal.Start.Command)
	proposal.Start.DatabaseHosts = p.databaseHosts()
	proposal.Start.Notes = append(p.notes, files.Notes()...)
	if err := errors.Join(ctx.Err(), files.Err()); err != nil {
		return Proposal{}, fmt.Errorf("read the submission: %w", err)
	}
	return proposal, nil
}

// home finds where the repository begins. The archive that a forge offers for download
// holds one folder with everything in it.
func home(files *tree.Tree) string {
	const deepest = 2
	at := "."
	for range deepest {
		var folders []string
		for _, folder := range files.Folders(at) {
			if name := path.Base(folder); !strings.HasPrefix(name, ".") && name != "__MACOSX" {
				folders = append(folders, folder)
			}
		}
		if len(folders) != 1 || len(files.Names(at)) > 0 || len(files.Under(folders[0])) == 0 {
			break
		}
		at = folders[0]
	}
	return at
}

// planner holds what is known so far. Every step fills in a part and reads the earlier ones.
type planner struct {
	files     *tree.Tree
	home      string // where the repository begins: "." or the one folder of an archive
	manifest  manifest.Start
	hasStart  bool // there is a takehome.yaml
	compose   composition
	folder    string // of the program
	facts     source.Facts
	recipe    takehome.Recipe
	own       ownDockerfile
	app       language.App // the recognised program, where there is no Dockerfile
	dialect   names.Dialect
	breakdown *takehome.Breakdown
	notes     []string
	examples  map[string]example
	scripts   map[string]bool // files that package scripts run by hand; nil: not listed yet
	goTools   []string        // folders of a Go module's other main packages
	sqlSize   int             // bytes of SQL that were read
}

// note adds a remark to the start plan. It has to be one safe line.
func (p *planner) note(format string, values ...any) {
	line := takehome.Line(fmt.Sprintf(format, values...))
	if !slices.Contains(p.notes, line) {
		p.notes = append(p.notes, line)
	}
}

func (p *planner) project() language.Project {
	return language.Project{Files: p.files, Folder: p.folder, Facts: p.facts}
}

func (p *planner) readManifest() {
	name, ok := p.files.First(p.home, "takehome.yaml", "takehome.yml")
	if !ok {
		return
	}
	text, ok := p.files.Text(name)
	if !ok {
		return
	}
	start, notes := manifest.Read(text)
	p.manifest, p.hasStart = start, true
	for _, line := range notes {
		p.note("%s", line)
	}
}

// scan reads the code of the program's folder. Frontends in it do not count.
func (p *planner) scan(ctx context.Context) error {
	facts, err := source.Scan(ctx, p.files, p.folder, p.inFrontend)
	if err != nil {
		return fmt.Errorf("read the code: %w", err)
	}
	p.facts = facts
	return nil
}

// inFrontend reports whether a file lies in a folder of the program's that is made for browsers.
func (p *planner) inFrontend(name string) bool {
	for at := path.Dir(name); at != "." && at != p.folder; at = path.Dir(at) {
		if isFrontendName(path.Base(at)) && !p.isPackageOfServer(at) {
			return true
		}
	}
	return false
}

func (p *planner) isPackageOfServer(folder string) bool {
	name := language.Name(p.files, folder)
	return name != "" && (name != "node" || language.PackageKind(p.files, folder) == language.ServerPackage)
}

// databaseHosts are the names that scripts of the repository may use for its database.
func (p *planner) databaseHosts() []string {
	var hosts []string
	for _, host := range p.compose.database.Hosts {
		if hostName.MatchString(host) && host != "localhost" && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// underFolder joins a folder and a name of a stranger's, and stays in the submission.
func underFolder(folder, name string) (string, bool) {
	joined := path.Join(folder, name)
	if joined == ".." || strings.HasPrefix(joined, "../") || strings.HasPrefix(name, "/") {
		return "", false
	}
	return joined, true
}
