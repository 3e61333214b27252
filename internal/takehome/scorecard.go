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

// Parts is how much of the total each criterion makes up, in their order; together 1, or
// nothing. The share of a criterion of which nothing could be assessed goes to the others.
// An optional one that was assessed has exactly its share, taken from the others.
func (s Scorecard) Parts() []Fraction {
	var required, optional int64
	for _, c := range s.Criteria {
		switch {
		case !c.Assessed:
		case c.Optional:
			optional += int64(c.Share)
		default:
			required += int64(c.Share)
		}
	}
	parts := make([]Fraction, len(s.Criteria))
	for i, c := range s.Criteria {
		share := Frac(int64(c.Share), 1)
		switch {
		case !c.Assessed || c.Share == 0:
		case required == 0:
			parts[i] = share.Div(Frac(optional, 1))
		case c.Optional:
			parts[i] = share.Div(Frac(100, 1))
		default:
			parts[i] = share.Mul(Frac(100-optional, 100)).Div(Frac(required, 1))
		}
	}
	return parts
}

// CriterionScore is one criterion: credit·weight over applicable weight.
type CriterionScore struct {
	ID       string          `json:"id"`
	Title    string          `json:"title"`
	Share    int             `json:"share"`              // as the rubric says, per cent
	Optional bool            `json:"optional,omitempty"` // its share is taken from the others when it is assessed
	Assessed bool            `json:"assessed"`           // false: nothing could be judged, its share goes to the others
	Earned   Fraction        `json:"earned"`             // points
	Possible Fraction        `json:"possible"`           // points
	Score    Fraction        `json:"score"`              // after its caps, 0 to 1
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
