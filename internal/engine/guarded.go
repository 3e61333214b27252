package engine

import (
	"fmt"
	"runtime/debug"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// guarded turns a panic in one station into a fault of ours. Without it the process would
// end on the spot, and the pod, the image and the clean copy would outlive the run.
func guarded(station string, do func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = &takehome.Fault{
				Owner: takehome.Takehome, Summary: "takehome broke down during " + station,
				Hint: "please report it with this message; the submission can be graded again, it lost nothing",
				Err:  fmt.Errorf("panic: %v\n%s", cause, debug.Stack()),
			}
		}
	}()
	return do()
}
