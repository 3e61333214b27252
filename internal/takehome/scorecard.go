package takehome

// Scorecard is the arithmetic over all results. Every figure in it is exact.
type Scorecard struct {
	Criteria []CriterionScore `json:"criteria"`
	Total    Fraction         `json:"total"`   // after all caps, 0 to 1
	Percent  string           `json:"percent"` // Total for a reader, "87.5"
	Uncapped Fraction         `json:"uncapped"`
	Bonus    Fraction         `json:"bonus"` // part of Total that bonus checks added
	Caps     []AppliedCap     `json:"caps,omitempty"`
	Counts   map[Verdict]int  `json:"counts"`
	Skills   []SkillScore     `json:"skills,omitempty"`
}

// SkillScore sums the checks that show one skill. It explains the total and is no part
// of it: no share and no cap applies.
type SkillScore struct {
	Skill    string   `json:"skill"`
	Assessed bool     `json:"assessed"` // false: nothing could be judged
	Earned   Fraction `json:"earned"`   // points
	Possible Fraction `json:"possible"` // points
	Percent  string   `json:"percent"`
}

// CriterionScore is one criterion: credit·weight over applicable weight.
type CriterionScore struct {
	ID       string          `json:"id"`
	Title    string          `json:"title"`
	Share    int             `json:"share"`    // as the rubric says, per cent
	Assessed bool            `json:"assessed"` // false: nothing could be judged, its share goes to the others
	Earned   Fraction        `json:"earned"`   // points
	Possible Fraction        `json:"possible"` // points
	Score    Fraction        `json:"score"`    // after its caps, 0 to 1
	Percent  string          `json:"percent"`
	Caps     []AppliedCap    `json:"caps,omitempty"`
	Counts   map[Verdict]int `json:"counts"`
}

// AppliedCap is a gate that closed.
type AppliedCap struct {
	Gate   string `json:"gate"`
	Reason string `json:"reason"`
	Cap    int    `json:"cap"` // per cent
}
