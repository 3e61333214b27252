// Package catalog finds challenge packages and decodes them strictly, once. A package
// is a folder with challenge.yaml, brief.md and what its kind needs; the ones that come
// with the program are embedded, any other is a folder on disk with the same rights.
//
// It stands at the start of the straight line, beside intake.
package catalog

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/internal/authored"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// Kind reads what belongs to one kind of challenge in a package.
type Kind interface {
	Name() string
	// Load decodes the files of checks, in the order in which they run.
	Load(files fs.FS, checkFiles []string) ([]takehome.Check, takehome.Grader, error)
}

// Package is a loaded challenge with everything that is needed to grade it.
type Package struct {
	Challenge takehome.Challenge
	Grader    takehome.Grader
	Files     fs.FS
	// Submissions holds reference, alternatives and mutants; nil where the package has none.
	Submissions fs.FS
	// Dir is the folder of a package on disk, "" for an embedded one.
	Dir string
}

// Catalog knows the embedded challenges and the kinds.
type Catalog struct {
	embedded fs.FS
	kinds    []Kind
}

// New makes a catalog over the embedded packages.
func New(embedded fs.FS, kinds []Kind) *Catalog { return &Catalog{embedded: embedded, kinds: kinds} }

// IDs lists the embedded challenges, sorted.
func (c *Catalog) IDs() ([]string, error) {
	entries, err := fs.ReadDir(c.embedded, ".")
	if err != nil {
		return nil, fmt.Errorf("list the embedded challenges: %w", err)
	}
	var ids []string
	for _, entry := range entries {
		if entry.IsDir() {
			ids = append(ids, entry.Name())
		}
	}
	return ids, nil
}

// Load finds a challenge by its id or by the path of a folder.
func (c *Catalog) Load(name string) (Package, error) {
	ids, err := c.IDs()
	if err != nil {
		return Package{}, err
	}
	if slices.Contains(ids, name) {
		files, err := fs.Sub(c.embedded, name)
		if err != nil {
			return Package{}, fmt.Errorf("open challenge %s: %w", name, err)
		}
		return c.load(files, "")
	}
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		root, err := os.OpenRoot(name)
		if err != nil {
			return Package{}, &takehome.Fault{Owner: takehome.Operator, Summary: "the challenge folder " + takehome.Line(name) + " cannot be opened", Err: err}
		}
		return c.load(root.FS(), name)
	case err == nil:
		return Package{}, &takehome.Fault{
			Owner: takehome.Operator, Summary: takehome.Line(name) + " is a file, a challenge is a folder or an id",
			Hint: "name a folder with a challenge.yaml, or one of: " + strings.Join(ids, ", "),
		}
	default:
		problem := "there is no challenge " + fmt.Sprintf("%q", takehome.Line(name))
		if near := authored.Nearest(name, ids); near != "" {
			problem += fmt.Sprintf(" (did you mean %q?)", near)
		}
		return Package{}, &takehome.Fault{
			Owner: takehome.Operator, Summary: problem,
			Hint: "takehome challenge list shows them: " + strings.Join(ids, ", "),
		}
	}
}

const (
	challengeFile     = "challenge.yaml"
	briefFile         = "brief.md"
	submissionsFolder = "submissions"
)

func (c *Catalog) load(files fs.FS, dir string) (Package, error) {
	data, err := fs.ReadFile(files, challengeFile)
	if err != nil {
		return Package{}, authored.Fault(path.Join(dir, challengeFile), 0, "a challenge package needs this file")
	}
	var file document
	if err := authored.Decode(challengeFile, data, &file); err != nil {
		return Package{}, err
	}
	challenge := file.challenge()
	if err := file.problem(data); err != nil {
		return Package{}, err
	}
	kind := slices.IndexFunc(c.kinds, func(k Kind) bool { return k.Name() == file.Kind })
	if kind < 0 {
		return Package{}, authored.Fault(challengeFile, 0, fmt.Sprintf("kind %q must be one of %s", file.Kind, strings.Join(c.kindNames(), ", ")))
	}
	checks, grader, err := c.kinds[kind].Load(files, file.Checks)
	if err != nil {
		return Package{}, err
	}
	challenge.Rubric.Checks = checks
	if err := prove(challenge.Rubric); err != nil {
		return Package{}, err
	}
	if err := file.attribute(checks); err != nil {
		return Package{}, err
	}
	if err := proveStarter(files, challenge.Starter); err != nil {
		return Package{}, err
	}
	sortChecks(challenge.Rubric)
	brief, err := fs.ReadFile(files, briefFile)
	if err != nil {
		return Package{}, authored.Fault(briefFile, 0, "a challenge package needs a brief for the candidate")
	}
	challenge.Brief = string(brief)
	if challenge.Digest, err = digest(files); err != nil {
		return Package{}, err
	}
	loaded := Package{Challenge: challenge, Grader: grader, Files: files, Dir: dir}
	if info, err := fs.Stat(files, submissionsFolder); err == nil && info.IsDir() {
		if loaded.Submissions, err = fs.Sub(files, submissionsFolder); err != nil {
			return Package{}, fmt.Errorf("open the package's submissions: %w", err)
		}
	}
	return loaded, nil
}

func (c *Catalog) kindNames() []string {
	names := make([]string, 0, len(c.kinds))
	for _, kind := range c.kinds {
		names = append(names, kind.Name())
	}
	return names
}

// digest is over the path and content of every file of the package but its submissions.
func digest(files fs.FS) (string, error) {
	hash := sha256.New()
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name == submissionsFolder {
				return fs.SkipDir
			}
			return nil
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		_, err = fmt.Fprintf(hash, "%s %x\n", name, sum)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read the challenge package: %w", err)
	}
	return "sha256:" + hex.EncodeToString(hash.Sum(nil)), nil
}

// sortChecks puts checks in the order of groups and ids, in which they are shown. The
// grader keeps the order in which they run.
func sortChecks(rubric takehome.Rubric) {
	rank := func(c takehome.Check) int {
		return slices.IndexFunc(rubric.Groups, func(g takehome.Group) bool { return g.ID == c.Group })
	}
	slices.SortFunc(rubric.Checks, func(a, b takehome.Check) int {
		return cmp.Or(rank(a)-rank(b), strings.Compare(a.ID, b.ID))
	})
}

// prove checks what must hold between the checks and the rest of the rubric: ids are
// unique, every need, gate, group and criterion exists, needs have no circle.
func prove(rubric takehome.Rubric) error {
	fault := func(problem string) error { return authored.Fault(challengeFile, 0, problem) }
	seen := map[string]takehome.Check{}
	for _, check := range rubric.Checks {
		if _, twice := seen[check.ID]; twice {
			return fault("check " + check.ID + " exists twice")
		}
		seen[check.ID] = check
		if !slices.ContainsFunc(rubric.Criteria, func(c takehome.Criterion) bool { return c.ID == check.Criterion }) {
			return fault(fmt.Sprintf("check %s: there is no criterion %q", check.ID, check.Criterion))
		}
		if !slices.ContainsFunc(rubric.Groups, func(g takehome.Group) bool { return g.ID == check.Group }) {
			return fault(fmt.Sprintf("check %s: there is no group %q", check.ID, check.Group))
		}
		for _, need := range check.Needs {
			// A need that runs later could never be looked at.
			if _, before := seen[need]; !before || need == check.ID {
				return fault(fmt.Sprintf("check %s needs %s, which is no check that runs before it", check.ID, need))
			}
		}
	}
	for _, gate := range rubric.Gates {
		for _, id := range gate.AllZero {
			if _, known := seen[id]; !known {
				return fault(fmt.Sprintf("gate %s: there is no check %s", gate.ID, id))
			}
		}
	}
	if len(rubric.Checks) == 0 {
		return fault("a challenge without checks would pass everybody")
	}
	return nil
}
