package mapping

import "github.com/takehome-dev/takehome/internal/takehome"

// Entries are the mapping for the report, with its reasons.
func (m Mapping) Entries() []takehome.BindingEntry { return nil }
