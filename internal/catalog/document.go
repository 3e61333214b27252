package catalog

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"

	"github.com/goccy/go-yaml/ast"

	"github.com/takehome-dev/takehome/internal/authored"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// formatVersion is the version of challenge.yaml that this program reads.
const formatVersion = 1

// document is challenge.yaml.
type document struct {
	Takehome     int           `yaml:"takehome"` // version of the format
	ID           string        `yaml:"id"`
	Version      string        `yaml:"version"`
	Title        string        `yaml:"title"`
	Kind         string        `yaml:"kind"`
	Summary      string        `yaml:"summary"`
	Duration     string        `yaml:"duration"`
	Skills       []string      `yaml:"skills"`
	Deliverables []deliverable `yaml:"deliverables"`
	Starter      []handOut     `yaml:"starter"` // files for a candidate, handed out by init
	Rubric       rubric        `yaml:"rubric"`
	Checks       []string      `yaml:"checks"`
}

type deliverable struct {
	Title string `yaml:"title"`
	Note  string `yaml:"note"`
}

type handOut struct {
	File string `yaml:"file"` // in the package
	As   string `yaml:"as"`   // in the candidate's folder; the same where it is left out
	Note string `yaml:"note"` // what it is, one phrase
}

// rubric is written out in challenge.yaml, or in a file that it names there, such as one
// that the kind brings.
type rubric struct {
	Criteria []criterion `yaml:"criteria"`
	Gates    []gate      `yaml:"gates"`
	Groups   []group     `yaml:"groups"`

	file string // where it is written, if not in challenge.yaml
}

// UnmarshalYAML reads a rubric, or the name of its file.
func (r *rubric) UnmarshalYAML(node ast.Node) error {
	if node.Type() == ast.StringType {
		return authored.Node(node, &r.file)
	}
	type plain rubric
	return authored.Node(node, (*plain)(r))
}

// source is the file in which something is written.
type source struct {
	name string
	data []byte
}

// readRubric makes sure of the rubric and says where it is written.
func (d *document) readRubric(files fs.FS, data []byte) (source, error) {
	at := source{name: challengeFile, data: data}
	if name := d.Rubric.file; name != "" {
		text, err := text(files, name)
		if !fs.ValidPath(name) || errors.Is(err, fs.ErrNotExist) {
			return source{}, authored.Fault(challengeFile, lineOfKey(data, "rubric"), "there is no file "+takehome.Line(name))
		}
		if err != nil {
			return source{}, err
		}
		at = source{name: name, data: text}
		d.Rubric = rubric{}
		if err := authored.Decode(name, text, &d.Rubric); err != nil {
			return source{}, err
		}
	}
	return at, d.Rubric.problem(at)
}

type criterion struct {
	ID    string `yaml:"id"`
	Title string `yaml:"title"`
	Share int    `yaml:"share"`
	Skill string `yaml:"skill"`
	// Optional: nothing in the brief asks for it. Its share is not part of the 100 per cent.
	Optional bool `yaml:"optional"`

	Questions []question `yaml:"questions"`
}

// words is the criterion as the rubric knows it.
func (c criterion) words() takehome.Criterion {
	words := takehome.Criterion{ID: c.ID, Title: c.Title, Share: c.Share, Skill: c.Skill, Optional: c.Optional}
	for _, each := range c.Questions {
		words.Questions = append(words.Questions, each.words())
	}
	return words
}

// question is asked in the interview. One of a criterion speaks of all its checks.
type question struct {
	Ask       string `yaml:"ask"`
	ListenFor string `yaml:"listen_for"`
	When      string `yaml:"when"` // lost (the default), passed or always
}

func (q question) words() takehome.Question {
	return takehome.Question{Ask: q.Ask, ListenFor: q.ListenFor, When: takehome.Occasion(cmp.Or(q.When, string(takehome.OnLoss)))}
}

type gate struct {
	ID        string   `yaml:"id"`
	Reason    string   `yaml:"reason"`
	AllZero   []string `yaml:"all_zero"`
	AnyFault  []string `yaml:"any_fault"`
	Criterion string   `yaml:"criterion"`
	Cap       int      `yaml:"cap"`
}

type group struct {
	ID    string `yaml:"id"`
	Title string `yaml:"title"`
}

// challenge turns the document into words.
func (d document) challenge() takehome.Challenge {
	challenge := takehome.Challenge{
		ID: d.ID, Version: d.Version, Title: d.Title, Kind: d.Kind,
		Summary: d.Summary, Duration: d.Duration, Skills: d.Skills,
	}
	for _, item := range d.Deliverables {
		challenge.Deliverables = append(challenge.Deliverables, takehome.Deliverable(item))
	}
	for _, item := range d.Starter {
		challenge.Starter = append(challenge.Starter, takehome.HandOut{File: item.File, As: cmp.Or(item.As, item.File), Note: item.Note})
	}
	for _, item := range d.Rubric.Criteria {
		challenge.Rubric.Criteria = append(challenge.Rubric.Criteria, item.words())
	}
	for _, item := range d.Rubric.Gates {
		challenge.Rubric.Gates = append(challenge.Rubric.Gates, takehome.Gate(item))
	}
	for _, item := range d.Rubric.Groups {
		challenge.Rubric.Groups = append(challenge.Rubric.Groups, takehome.Group(item))
	}
	return challenge
}

var (
	plainID  = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	semantic = regexp.MustCompile(`^\d+\.\d+\.\d+$`)
)

// problem proves the document itself.
func (d document) problem(data []byte) error {
	at := func(key, problem string) error {
		return authored.Fault(challengeFile, lineOfKey(data, key), problem)
	}
	switch {
	case d.Takehome != formatVersion:
		return at("takehome", fmt.Sprintf("takehome: %d is the version of the format that this program reads, not %d", formatVersion, d.Takehome))
	case !plainID.MatchString(d.ID):
		return at("id", fmt.Sprintf("id %q must be lower-case words joined by hyphens", takehome.Line(d.ID)))
	case !semantic.MatchString(d.Version):
		return at("version", fmt.Sprintf("version %q must be three numbers such as 1.0.0", takehome.Line(d.Version)))
	case d.Title == "" || d.Kind == "" || d.Summary == "":
		return at("id", "title, summary and kind are needed")
	case len(d.Checks) == 0:
		return at("checks", "checks must list at least one file")
	}
	return nil
}

func (r rubric) problem(at source) error {
	fault := func(id, problem string) error {
		return authored.Fault(at.name, authored.LineOf(at.data, id), problem)
	}
	sum, optional := 0, 0
	var criteria []string
	for _, c := range r.Criteria {
		switch {
		case c.ID == "" || c.Title == "" || slices.Contains(criteria, c.ID):
			return fault(c.ID, fmt.Sprintf("criterion %q needs an id of its own and a title", c.ID))
		case c.Share < 0 || c.Share > 100:
			return fault(c.ID, fmt.Sprintf("criterion %s: a share is from 0 to 100 per cent", c.ID))
		}
		criteria = append(criteria, c.ID)
		if c.Optional {
			optional += c.Share
		} else {
			sum += c.Share
		}
	}
	if optional >= 100 {
		return fault("", fmt.Sprintf("the shares of the optional criteria add up to %d, which leaves nothing to the others", optional))
	}
	if sum != 100 {
		problem := fmt.Sprintf("the shares of the criteria add up to %d, not to 100", sum)
		return authored.Fault(at.name, firstLine(at.data, `^[ \t]*criteria[ \t]*:`), problem)
	}
	var gates, groups []string
	for _, g := range r.Gates {
		switch {
		case g.ID == "" || slices.Contains(gates, g.ID) || g.Reason == "" || (len(g.AllZero) == 0) == (len(g.AnyFault) == 0):
			return fault(g.ID, fmt.Sprintf("gate %q needs an id of its own, reason, and either all_zero or any_fault", g.ID))
		case g.Cap < 0 || g.Cap > 99:
			return fault(g.ID, fmt.Sprintf("gate %s: cap must be from 0 to 99", g.ID))
		case g.Criterion != "" && !slices.Contains(criteria, g.Criterion):
			return fault(g.ID, fmt.Sprintf("gate %s: there is no criterion %q%s", g.ID, g.Criterion, meant(g.Criterion, criteria)))
		}
		gates = append(gates, g.ID)
	}
	for _, g := range r.Groups {
		if g.ID == "" || g.Title == "" || slices.Contains(groups, g.ID) {
			return fault(g.ID, fmt.Sprintf("group %q needs an id of its own and a title", g.ID))
		}
		groups = append(groups, g.ID)
	}
	return nil
}

// unknownSkill says that a skill is not among those of the challenge, or "".
func (d document) unknownSkill(skill string) string {
	if skill == "" || slices.Contains(d.Skills, skill) {
		return ""
	}
	return fmt.Sprintf("the challenge does not list the skill %q", takehome.Line(skill)) + meant(skill, d.Skills)
}
