package script_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/graders/script"
)

// keyring hands out keys, each good until the program forgets it.
type keyring struct {
	client  *script.Client
	key     atomic.Int32
	broken  bool
	renewed atomic.Int32
}

func (k *keyring) Header() http.Header {
	return http.Header{"Authorization": {"Bearer " + strconv.Itoa(int(k.key.Load()))}}
}

func (k *keyring) Renew(ctx context.Context) (bool, error) {
	k.renewed.Add(1)
	if k.broken {
		return false, nil
	}
	_, err := k.client.Quietly(ctx, script.Request{Method: "POST", Path: "/login", NoBody: true, Bare: true})
	k.key.Add(1)
	return true, err
}

// program is a handler that takes the keys from wanted on.
func serve(t *testing.T, handler http.HandlerFunc) (*script.Client, *script.Ledger) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	ledger := &script.Ledger{}
	client := script.NewClient(&fakeLab{address: strings.TrimPrefix(server.URL, "http://")}, "127.0.0.1:1", ledger)
	t.Cleanup(client.Close)
	return client, ledger
}

func get(path string) script.Request { return script.Request{Method: "GET", Path: path, NoBody: true} }

func TestCredentialsGoWithEveryRequest(t *testing.T) {
	t.Parallel()
	client, ledger := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Header.Get("Authorization"))
	})
	client.Use(&keyring{client: client})
	for name, test := range map[string]struct {
		request script.Request
		want    string
	}{
		"by default":  {get("/"), "Bearer 0"},
		"bare":        {script.Request{Method: "GET", Path: "/", NoBody: true, Bare: true}, ""},
		"with others": {script.Request{Method: "GET", Path: "/", NoBody: true, Header: http.Header{"Authorization": {"Bearer x"}}}, "Bearer x"},
	} {
		reply, err := client.Do(t.Context(), test.request)
		require.NoError(t, err, name)
		require.Equal(t, test.want, string(reply.Body), name)
	}
	raw, err := client.Raw(t.Context(), []byte("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
	require.NoError(t, err)
	require.Contains(t, string(raw.Body), "Bearer 0", "a raw request that is one carries them too")
	require.NotContains(t, string(raw.Request.Body), "Bearer", "and its evidence does not show them")
	require.Equal(t, 4, ledger.Len())
}

func TestALostCredentialIsRenewedOnce(t *testing.T) {
	t.Parallel()
	var wanted atomic.Int32
	client, ledger := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/todos" && r.Header.Get("Authorization") != "Bearer "+strconv.Itoa(int(wanted.Load())) {
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	keys := &keyring{client: client}
	client.Use(keys)
	wanted.Store(1)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			reply, err := client.Do(t.Context(), get("/todos"))
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, reply.Status)
		})
	}
	group.Wait()
	require.EqualValues(t, 1, keys.renewed.Load(), "requests side by side renew once")
	require.Equal(t, 8, ledger.Len(), "what it took is no part of the ledger")
}

func TestA401ThatStaysIsAnAnswer(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	client, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/todos" {
			asked.Add(1)
			w.WriteHeader(http.StatusUnauthorized)
		}
	})
	keys := &keyring{client: client}
	client.Use(keys)
	for range 5 {
		reply, err := client.Do(t.Context(), get("/todos"))
		require.NoError(t, err)
		require.Equal(t, http.StatusUnauthorized, reply.Status)
	}
	require.EqualValues(t, 2, keys.renewed.Load(), "after two renewals that did not help there is no third")
	require.EqualValues(t, 7, asked.Load())
}

func TestRetryAfterIsObeyed(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	client, ledger := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if asked.Add(1) == 1 {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
		}
	})
	started := time.Now()
	reply, err := client.Do(t.Context(), get("/"))
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, reply.Status)
	require.GreaterOrEqual(t, time.Since(started), 900*time.Millisecond)
	require.Equal(t, 1, ledger.Len())
	obeyed, exhausted := client.Waited()
	require.Equal(t, []int{1, 0}, []int{obeyed, exhausted})
}

func TestA429IsAnAnswerToAHastyRequestAndWithoutRetryAfter(t *testing.T) {
	t.Parallel()
	client, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/said" {
			w.Header().Set("Retry-After", "9")
		}
		w.WriteHeader(http.StatusTooManyRequests)
	})
	reply, err := client.Do(t.Context(), script.Request{Method: "GET", Path: "/said", NoBody: true, Hasty: true})
	require.NoError(t, err)
	require.Equal(t, http.StatusTooManyRequests, reply.Status)
	reply, err = client.Do(t.Context(), get("/"))
	require.NoError(t, err)
	require.False(t, reply.Limited)
}

func TestWaitingEndsWithTheRun(t *testing.T) {
	t.Parallel()
	client, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "900")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := client.Do(ctx, get("/"))
	require.ErrorIs(t, err, context.DeadlineExceeded)
}
