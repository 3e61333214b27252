package catalog

import (
	"fmt"
	"regexp"
	"slices"

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
	Rubric       rubric        `yaml:"rubric"`
	Checks       []string      `yaml:"checks"`
}

type deliverable struct {
	Title string `yaml:"title"`
	Note  string `yaml:"note"`
}

type rubric struct {
	Criteria []criterion `yaml:"criteria"`
	Gates    []gate      `yaml:"gates"`
	Groups   []group     `yaml:"groups"`
}

type criterion struct {
	ID    string `yaml:"id"`
	Title string `yaml:"title"`
	Share int    `yaml:"share"`
	Skill string `yaml:"skill"`
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
	for _, item := range d.Rubric.Criteria {
		challenge.Rubric.Criteria = append(challenge.Rubric.Criteria, takehome.Criterion(item))
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
	return d.Rubric.problem(data)
}

func (r rubric) problem(data []byte) error {
	fault := func(id, problem string) error {
		return authored.Fault(challengeFile, authored.LineOf(data, id), problem)
	}
	sum := 0
	var criteria []string
	for _, c := range r.Criteria {
		switch {
		case c.ID == "" || c.Title == "" || slices.Contains(criteria, c.ID):
			return fault(c.ID, fmt.Sprintf("criterion %q needs an id of its own and a title", c.ID))
		case c.Share < 0 || c.Share > 100:
			return fault(c.ID, fmt.Sprintf("criterion %s: a share is from 0 to 100 per cent", c.ID))
		}
		criteria = append(criteria, c.ID)
		sum += c.Share
	}
	if sum != 100 {
		problem := fmt.Sprintf("the shares of the criteria add up to %d, not to 100", sum)
		return authored.Fault(challengeFile, firstLine(data, `^[ \t]+criteria[ \t]*:`), problem)
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
