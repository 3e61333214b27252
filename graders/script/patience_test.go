package script

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPatienceIsBounded(t *testing.T) {
	t.Parallel()
	m := &manners{}
	now := time.Now()
	require.True(t, m.grant("5", now))
	require.True(t, m.grant("5", now), "waiting side by side counts once")
	require.Equal(t, 5*time.Second, m.waited)
	now = now.Add(5 * time.Second)
	require.True(t, m.grant("900", now), "ten seconds of it")
	require.Equal(t, 15*time.Second, m.waited)
	now = now.Add(10 * time.Second)
	require.True(t, m.grant("10", now))
	now = now.Add(10 * time.Second)
	require.False(t, m.grant("10", now), "thirty seconds in all")
	require.Equal(t, 1, m.exhausted)
}

func TestRetryAfterIsReadInBothForms(t *testing.T) {
	t.Parallel()
	now := time.Date(2030, 1, 15, 9, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"3": 3 * time.Second, " 0 ": 0, now.Add(7 * time.Second).Format(http.TimeFormat): 7 * time.Second,
		"soon": time.Second, "-4": time.Second, "99999999999999999999": time.Second,
	} {
		require.Equal(t, want, retryAfter(text, now), text)
	}
}
