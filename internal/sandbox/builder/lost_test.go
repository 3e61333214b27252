package builder

import (
	"archive/tar"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/docker/docker/client"
	"github.com/stretchr/testify/require"
)

// TestRunAsksAgainWhereStepsWereLost plays an engine that ends its stream before it told the
// steps, as a busy one does: what failed is told all the same.
func TestRunAsksAgainWhereStepsWereLost(t *testing.T) {
	t.Parallel()
	const failure = `{"errorDetail":{"message":"executor failed running [/bin/sh -c false]: exit code: 1"},"error":"executor failed running [/bin/sh -c false]: exit code: 1"}` + "\n"
	told := status(t, [][]byte{vertex("sha256:01", "[2/2] RUN false", "exit code: 1", false)}, [][]byte{stepLine("sha256:01", "no luck\n")})
	for name, test := range map[string]struct {
		answers     []string
		instruction string
	}{
		"told at once":    {[]string{told + failure}, "RUN false"},
		"told when asked": {[]string{failure, told + failure}, "RUN false"},
		"never told":      {[]string{failure, failure}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int64
			engine := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if !strings.HasSuffix(r.URL.Path, "/build") {
					w.WriteHeader(http.StatusNotFound)
					return
				}
				_, _ = io.Copy(io.Discard, r.Body)
				_, _ = fmt.Fprint(w, test.answers[asked.Add(1)-1])
			}))
			t.Cleanup(engine.Close)
			cli, err := client.NewClientWithOpts(client.WithHost("tcp://"+engine.Listener.Addr().String()), client.WithVersion("1.41"))
			require.NoError(t, err)
			outcome, err := Run(t.Context(), cli, Request{Context: func(*tar.Writer) error { return nil }})
			require.NoError(t, err)
			require.EqualValues(t, len(test.answers), asked.Load())
			require.NotNil(t, outcome.Failure)
			require.Equal(t, InstructionFailed, outcome.Failure.Kind)
			require.Equal(t, 1, outcome.Failure.ExitCode)
			require.Equal(t, test.instruction, outcome.Failure.Instruction)
		})
	}
}
