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
	fault := func(id, problem string) error {
		return authored.Fault(challengeFile, authored.LineOf(data, id), problem)
	}
	switch {
	case d.Takehome != formatVersion:
		return fault("", fmt.Sprintf("takehome: %d is the version of the format that this program reads, not %d", formatVersion, d.Takehome))
	case !plainID.MatchString(d.ID):
		return fault("", fmt.Sprintf("id %q must be lower-case words joined by hyphens", d.ID))
	case !semantic.MatchString(d.Version):
		return fault("", fmt.Sprintf("version %q must be three numbers such as 1.0.0", d.Version))
	case d.Title == "" || d.Kind == "" || d.Summary == "":
		return fault("", "title, summary and kind are needed")
	case len(d.Checks) == 0:
		return fault("", "checks must list at least one file")
	}
	sum := 0
	ids := map[string]bool{}
	for _, c := range d.Rubric.Criteria {
		if c.ID == "" || c.Title == "" || ids[c.ID] {
			return fault(c.ID, fmt.Sprintf("criterion %q needs an id of its own and a title", c.ID))
		}
		if c.Share < 0 {
			return fault(c.ID, fmt.Sprintf("criterion %s: a share cannot be negative", c.ID))
		}
		ids[c.ID] = true
		sum += c.Share
	}
	if sum != 100 {
		return fault("", fmt.Sprintf("the shares of the criteria add up to %d, not to 100", sum))
	}
	for _, g := range d.Rubric.Gates {
		switch {
		case g.ID == "" || g.Reason == "" || len(g.AllZero) == 0:
			return fault(g.ID, fmt.Sprintf("gate %q needs id, reason and all_zero", g.ID))
		case g.Cap < 0 || g.Cap > 99:
			return fault(g.ID, fmt.Sprintf("gate %s: cap must be from 0 to 99", g.ID))
		case g.Criterion != "" && !ids[g.Criterion]:
			return fault(g.ID, fmt.Sprintf("gate %s: there is no criterion %q", g.ID, g.Criterion))
		}
	}
	if i := slices.IndexFunc(d.Rubric.Groups, func(g group) bool { return g.ID == "" || g.Title == "" }); i >= 0 {
		return fault(d.Rubric.Groups[i].ID, "a group needs id and title")
	}
	return nil
}
