package todo

import "testing"

func TestCheck(t *testing.T) {
	blank, fine, odd := "  ", "Water the plants", "urgent"
	for name, test := range map[string]struct {
		change Change
		whole  bool
		ok     bool
	}{
		"whole without title":   {Change{}, true, false},
		"partial without title": {Change{}, false, true},
		"blank":                 {Change{Title: &blank}, true, false},
		"fine":                  {Change{Title: &fine}, true, true},
		"odd priority":          {Change{Title: &fine, Priority: &odd}, true, false},
	} {
		if err := check(test.change, test.whole); (err == nil) != test.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}
