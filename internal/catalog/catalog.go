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
	"errors"
	"fmt"
	"io"
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
			return Package{}, &takehome.Fault{Owner: takehome.Operator, Summary: "the challenge folder " + takehome.Line(name) + " cannot be opened", Err: err, Hint: "look at its rights, then try again"}
		}
		return c.load(root.FS(), name)
	case err == nil:
		return Package{}, &takehome.Fault{
			Owner: takehome.Operator, Summary: takehome.Line(name) + " is a file, a challenge is a folder or an id",
			Hint: "name a folder with a challenge.yaml, or one of: " + strings.Join(ids, ", "),
		}
	default:
		problem := fmt.Sprintf("there is no challenge %q", takehome.Line(name)) + meant(name, ids)
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
	data, err := text(files, challengeFile)
	if errors.Is(err, fs.ErrNotExist) {
		return Package{}, authored.Fault(takehome.Line(path.Join(dir, challengeFile)), 0, "a challenge package needs this file")
	}
	if err != nil {
		return Package{}, err
	}
	var file document
	if err := authored.Decode(challengeFile, data, &file); err != nil {
		return Package{}, err
	}
	if err := file.problem(data); err != nil {
		return Package{}, err
	}
	kind := slices.IndexFunc(c.kinds, func(k Kind) bool { return k.Name() == file.Kind })
	if kind < 0 {
		problem := fmt.Sprintf("kind %q must be one of %s", takehome.Line(file.Kind), strings.Join(c.kindNames(), ", "))
		return Package{}, authored.Fault(challengeFile, lineOfKey(data, "kind"), problem)
	}
	if files, err = withKind(files, c.kinds[kind]); err != nil {
		return Package{}, err
	}
	written, err := readSources(files, data, file.Checks)
	if err != nil {
		return Package{}, err
	}
	if written.rubric, err = file.readRubric(files, data); err != nil {
		return Package{}, err
	}
	challenge := file.challenge()
	checks, grader, err := c.kinds[kind].Load(files, file.Checks)
	if err != nil {
		return Package{}, err
	}
	challenge.Rubric.Checks = checks
	if err := prove(challenge.Rubric, written); err != nil {
		return Package{}, err
	}
	if err := file.attribute(written.rubric, checks); err != nil {
		return Package{}, err
	}
	if err := proveStarter(files, challenge.Starter); err != nil {
		return Package{}, err
	}
	sortChecks(challenge.Rubric)
	brief, err := text(files, briefFile)
	if errors.Is(err, fs.ErrNotExist) {
		return Package{}, authored.Fault(briefFile, 0, "a challenge package needs a brief for the candidate")
	}
	if err != nil {
		return Package{}, err
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

// digest is over the path and content of every file of the package but its submissions, and
// of every file that its kind brings.
func digest(files fs.FS) (string, error) {
	hash := sha256.New()
	err := digestBelow(hash, files, ".")
	if _, brought := files.(overlay); brought && err == nil {
		err = digestBelow(hash, files, kindFolder)
	}
	if err != nil {
		return "", unreadable("a file", err)
	}
	return "sha256:" + hex.EncodeToString(hash.Sum(nil)), nil
}

func digestBelow(hash io.Writer, files fs.FS, root string) error {
	return fs.WalkDir(files, root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name == submissionsFolder {
				return fs.SkipDir
			}
			return nil
		}
		opened, err := files.Open(name)
		if err != nil {
			return err
		}
		defer func() { _ = opened.Close() }() // opened for reading
		content := sha256.New()
		if _, err := io.Copy(content, opened); err != nil {
			return err
		}
		_, err = fmt.Fprintf(hash, "%s %x\n", name, content.Sum(nil))
		return err
	})
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
func prove(rubric takehome.Rubric, written sources) error {
	var criteria, groups []string
	for _, criterion := range rubric.Criteria {
		criteria = append(criteria, criterion.ID)
	}
	for _, group := range rubric.Groups {
		groups = append(groups, group.ID)
	}
	seen := map[string]bool{}
	for _, check := range rubric.Checks {
		if seen[check.ID] {
			return written.fault(check.ID, 2, "check "+check.ID+" exists twice")
		}
		seen[check.ID] = true
		if !slices.Contains(criteria, check.Criterion) {
			return written.fault(check.ID, 1, fmt.Sprintf("check %s: there is no criterion %q%s", check.ID, check.Criterion, meant(check.Criterion, criteria)))
		}
		if !slices.Contains(groups, check.Group) {
			return written.fault(check.ID, 1, fmt.Sprintf("check %s: there is no group %q", check.ID, check.Group))
		}
		for _, need := range check.Needs {
			// A need that runs later could never be looked at.
			if !seen[need] || need == check.ID {
				return written.fault(check.ID, 1, fmt.Sprintf("check %s needs %s, which is no check that runs before it", check.ID, need))
			}
		}
	}
	for _, gate := range rubric.Gates {
		for _, id := range gate.AllZero {
			if !seen[id] {
				line := authored.LineOf(written.rubric.data, gate.ID)
				return authored.Fault(written.rubric.name, line, fmt.Sprintf("gate %s: there is no check %s", gate.ID, id))
			}
		}
	}
	if len(rubric.Checks) == 0 {
		return authored.Fault(challengeFile, lineOfKey(written.challenge, "checks"), "a challenge without checks would pass everybody")
	}
	return nil
}

// meant asks whether another word was meant.
func meant(word string, words []string) string {
	if near := authored.Nearest(word, words); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	return ""
}
