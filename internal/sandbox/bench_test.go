package sandbox

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/docker/docker/api/types/image"
	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// BenchmarkOpen reports the minimum and the median of a lab's life, in milliseconds.
func BenchmarkOpen(b *testing.B) {
	engine := connectForBenchmark(b)
	var opened, closed []time.Duration
	for b.Loop() {
		begun := time.Now()
		lab, err := engine.Open(b.Context(), LabSpec{})
		require.NoError(b, err)
		opened = append(opened, time.Since(begun))
		begun = time.Now()
		require.NoError(b, lab.Close(b.Context()))
		closed = append(closed, time.Since(begun))
	}
	report(b, "open", opened, time.Millisecond)
	report(b, "close", closed, time.Millisecond)
}

// BenchmarkRequest reports a round trip by HTTP through the relay, with keep-alive.
func BenchmarkRequest(b *testing.B) {
	engine := connectForBenchmark(b)
	lab, err := engine.Open(b.Context(), LabSpec{})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, lab.Close(context.WithoutCancel(b.Context()))) })
	made := importImage(b, engine, nil)
	made.Command = []string{"/program", "serve"}
	lab.Equip(made, takehome.StartPlan{})
	begun := time.Now()
	boot, err := lab.Start(b.Context(), takehome.StartOptions{})
	require.NoError(b, err)
	b.ReportMetric(float64(time.Since(begun).Milliseconds()), "ms-to-start")
	speaker := asker(lab, boot.Address)
	var trips []time.Duration
	for b.Loop() {
		begun := time.Now()
		response, err := speaker.Do(&http.Request{Method: http.MethodGet, URL: mustParse(b, "http://pod/")})
		require.NoError(b, err)
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		trips = append(trips, time.Since(begun))
	}
	report(b, "request", trips, time.Microsecond)
	speaker.CloseIdleConnections()
}

func connectForBenchmark(b *testing.B) *Engine {
	b.Helper()
	needEngine(b)
	folder, err := binaries()
	require.NoError(b, err)
	engine, err := Connect(b.Context(), Settings{PodBinary: filepath.Join(folder, "takehome-pod"), StateDir: b.TempDir()})
	require.NoError(b, err)
	b.Cleanup(func() {
		for _, id := range imported.take(engine) {
			_, _ = engine.cli.ImageRemove(context.WithoutCancel(b.Context()), id, image.RemoveOptions{Force: true})
		}
		require.NoError(b, engine.Close())
	})
	require.NoError(b, engine.Prepare(b.Context()))
	return engine
}

func report(b *testing.B, name string, all []time.Duration, unit time.Duration) {
	b.Helper()
	slices.Sort(all)
	b.ReportMetric(float64(all[0])/float64(unit), name+"-min")
	b.ReportMetric(float64(all[len(all)/2])/float64(unit), name+"-median")
}

func mustParse(b *testing.B, address string) *url.URL {
	b.Helper()
	parsed, err := url.Parse(address)
	require.NoError(b, err)
	return parsed
}
