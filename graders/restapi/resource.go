package restapi

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/authored"
)

// Resource is what a challenge says about the thing its API keeps: api.yaml.
type Resource struct {
	// Nouns and Prefixes make the paths under which the collection is looked for.
	Nouns    []string `yaml:"nouns"`
	Prefixes []string `yaml:"prefixes"`
	// Contract is what the brief recommends; it is tried first.
	Contract Contract `yaml:"contract"`
	// Fields by meaning, the main text first.
	Fields []FieldWords `yaml:"fields"`
	// IDs are the names an identifier may have.
	IDs []string `yaml:"ids"`
	// Operations names the check under which the absence of an operation is charged.
	Operations map[string]string `yaml:"operations"`
	// Policies are patterns over the candidate's documentation.
	Policies map[string][]string `yaml:"policies"`

	policies map[string][]*regexp.Regexp
}

// Contract is the recommended shape.
type Contract struct {
	Collection string `yaml:"collection"`
}

// FieldWords is one field by meaning and the names and values it may have.
type FieldWords struct {
	Meaning string   `yaml:"meaning"`
	Kind    string   `yaml:"kind"` // text, flag, date, choice
	Names   []string `yaml:"names"`
	// No and Yes are the values of a flag that is kept as a word.
	No  []string `yaml:"no"`
	Yes []string `yaml:"yes"`
	// Values are the usual values of a choice.
	Values []string `yaml:"values"`
}

// The kinds of fields.
const (
	kindText   = "text"
	kindFlag   = "flag"
	kindDate   = "date"
	kindChoice = "choice"
)

// LoadResource decodes api.yaml.
func LoadResource(name string, data []byte) (Resource, error) {
	var resource Resource
	if err := authored.Decode(name, data, &resource); err != nil {
		return Resource{}, err
	}
	if problem := resource.problem(); problem != "" {
		return Resource{}, authored.Fault(name, 0, problem)
	}
	resource.policies = map[string][]*regexp.Regexp{}
	for policy, patterns := range resource.Policies {
		for _, pattern := range patterns {
			compiled, err := regexp.Compile("(?i)" + pattern)
			if err != nil {
				return Resource{}, authored.Fault(name, 0, fmt.Sprintf("policy %s: %v", policy, err))
			}
			resource.policies[policy] = append(resource.policies[policy], compiled)
		}
	}
	return resource, nil
}

func (r Resource) problem() string {
	switch {
	case len(r.Nouns) == 0 || len(r.IDs) == 0 || r.Contract.Collection == "":
		return "nouns, ids and contract.collection are needed"
	case len(r.Fields) == 0 || r.Fields[0].Kind != kindText:
		return "fields are needed, the main text first"
	}
	for _, field := range r.Fields {
		if field.Meaning == "" || len(field.Names) == 0 {
			return "every field has a meaning and names"
		}
		if !slices.Contains([]string{kindText, kindFlag, kindDate, kindChoice}, field.Kind) {
			return fmt.Sprintf("field %s: kind must be text, flag, date or choice", field.Meaning)
		}
	}
	for _, operation := range []string{script.Create, script.Fetch, script.List, script.Replace, script.Patch, script.Delete} {
		if r.Operations[operation] == "" {
			return "operations must name the check that owns " + operation
		}
	}
	return ""
}

// main is the field that holds an item's text.
func (r Resource) main() FieldWords { return r.Fields[0] }
