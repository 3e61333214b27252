package mapping

import (
	"github.com/takehome-dev/takehome/graders/schema/live"
)

// Find maps a schema. It is deterministic: the same schema and override give the same
// mapping, to the byte.
func Find(schema live.Schema, override Override) Mapping {
	return Mapping{}
}
