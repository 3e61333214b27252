package postgres_test

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/sandbox/postgres"
)

func TestContextHoldsTheRecipeWithItsModes(t *testing.T) {
	t.Parallel()
	var buffer bytes.Buffer
	w := tar.NewWriter(&buffer)
	require.NoError(t, postgres.Context(w))
	require.NoError(t, w.Close())
	modes := map[string]int64{}
	for r := tar.NewReader(&buffer); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		modes[header.Name] = header.Mode
	}
	require.Equal(t, map[string]int64{
		"Dockerfile": 0o644, "prepare": 0o755, "start": 0o755,
		"postgresql.conf": 0o644, "pg_hba.conf": 0o644, "roles.sql": 0o644,
	}, modes)
}

func TestDigestDependsOnTheBaseOnly(t *testing.T) {
	t.Parallel()
	first := postgres.Digest("sha256:a")
	require.Equal(t, first, postgres.Digest("sha256:a"))
	require.NotEqual(t, postgres.Digest("sha256:a"), postgres.Digest("sha256:b"))
}

func TestLoginsAreRandomAndNeedNoQuoting(t *testing.T) {
	t.Parallel()
	plain := regexp.MustCompile(`^[a-z0-9]+$`)
	seen := map[string]bool{}
	for range 50 {
		logins := postgres.NewLogins()
		words := []string{
			logins.Database, logins.Owner.User, logins.Owner.Password, logins.Probe.User,
			logins.Probe.Password, logins.Admin.User, logins.Admin.Password,
		}
		for _, word := range words {
			require.Regexp(t, plain, word)
			require.False(t, seen[word], word)
			seen[word] = true
		}
		require.Contains(t, logins.Statements(), "ALTER ROLE postgres NOLOGIN PASSWORD NULL;\n")
	}
}
