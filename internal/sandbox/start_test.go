package sandbox

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

func runALab([]string) int { return 0 }

func TestAProgramOnTheGivenPort(t *testing.T) {
	t.Parallel()
	lab, boot := started(t, LabSpec{}, "serve", "database")
	require.True(t, boot.Listening, "%+v", boot.Breakdown)
	require.Equal(t, takehome.PortGiven, boot.PortBy)
	require.Equal(t, "read-only", boot.Profile)
	require.Equal(t, 1, boot.Database.Given)
	require.Zero(t, boot.Database.Other)
	status, body := get(t, lab, boot, "/")
	require.Equal(t, 200, status)
	require.Equal(t, "ok", body)
	_, body = get(t, lab, boot, "/id")
	require.Contains(t, body, "65532:65532")
	ports, err := lab.Listening(t.Context())
	require.NoError(t, err)
	require.Equal(t, []int{boot.Port}, ports)
}
