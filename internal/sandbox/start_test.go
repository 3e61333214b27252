package sandbox

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

func TestAProgramOnTheGivenPort(t *testing.T) {
	t.Parallel()
	lab, boot := started(t, LabSpec{}, "serve", "database")
	require.True(t, boot.Listening, "%+v", boot.Breakdown)
	require.Equal(t, takehome.PortGiven, boot.PortBy)
	require.Equal(t, "read-only", boot.Profile)
	require.True(t, boot.Exit.Running)
	require.Equal(t, 1, boot.Database.Given, "it used DATABASE_URL")
	require.Zero(t, boot.Database.Other)
	status, body := get(t, lab, boot, "/")
	require.Equal(t, 200, status)
	require.Equal(t, "ok", body)
	_, body = get(t, lab, boot, "/id")
	require.Contains(t, body, "65532:65532")
	_, body = get(t, lab, boot, "/env")
	require.Contains(t, body, "HOME=/tmp")
	ports, err := lab.Listening(t.Context())
	require.NoError(t, err)
	require.Equal(t, []int{boot.Port}, ports)
}

func TestAProgramThatIgnoresThePortStillBoots(t *testing.T) {
	t.Parallel()
	engine := connect(t)
	lab := open(t, engine, LabSpec{})
	lab.Equip(programImage(t, engine, "serve-on", "3000", "9229"), takehome.StartPlan{})
	boot, err := lab.Start(t.Context(), takehome.StartOptions{})
	require.NoError(t, err)
	require.True(t, boot.Listening)
	require.Equal(t, takehome.PortOther, boot.PortBy)
	require.Equal(t, 3000, boot.Port)

	lab.Equip(programImage(t, engine, "serve-on", "80"), takehome.StartPlan{Ports: []takehome.Port{{Number: 80, Source: "README", Declared: true}}})
	boot, err = lab.Start(t.Context(), takehome.StartOptions{})
	require.NoError(t, err)
	require.True(t, boot.Listening, "a port below 1024 needs no privilege: %+v", boot.Breakdown)
	require.Equal(t, takehome.PortDeclared, boot.PortBy)
	status, _ := get(t, lab, boot, "/")
	require.Equal(t, 200, status)
}

func TestAProgramThatDoesNotStartIsExplained(t *testing.T) {
	t.Parallel()
	engine := connect(t)
	lab := open(t, engine, LabSpec{Limits: Limits{MemoryBytes: 96 << 20}})
	image := importImage(t, engine, nil, file{name: "script", content: "no interpreter", mode: 0o755})
	cases := []struct {
		name    string
		command []string
		user    string
		reason  string
		help    string
		tries   int
	}{
		{"exits", []string{"/program", "exit", "3", "KeyError: 'JWT_SECRET'"}, "", "it exited with code 3 before it listened on a port", "variable JWT_SECRET", 2},
		{"ends well", []string{"/program", "exit", "0"}, "", "it exited with code 0 before it listened on a port", "", 2},
		{"never listens", []string{"/program", "never"}, "", "it ran until the start deadline without listening on a port", "listen on the port in PORT", 2},
		{"only a debugger", []string{"/program", "serve-on", "9229"}, "", "it ran until the start deadline without listening on a port", "listen on the port in PORT", 2},
		{"out of memory", []string{"/program", "hog"}, "", "it ran out of memory (the limit is 96 MiB)", "the program may use 96 MiB", 1},
		{"no such command", []string{"gunicorn", "app:app"}, "", "its command was not found", "names a program that is not in the image", 2},
		{"no program", []string{"/script"}, "", "its command could not be executed", "another processor", 2},
		{"no command", nil, "", "the image names no command to start", "", 1},
		{"no such user", []string{"/program", "serve"}, "nobody-here", "the image names a user that it does not have", "", 2},
	}
	for _, test := range cases { // one after the other: they share a pod
		t.Run(test.name, func(t *testing.T) {
			image := image
			image.Command, image.User = test.command, test.user
			lab.Equip(image, takehome.StartPlan{})
			var options takehome.StartOptions
			if strings.Contains(test.reason, "deadline") {
				options.Patience = 1500 * time.Millisecond
			}
			boot, err := lab.Start(t.Context(), options)
			require.NoError(t, err)
			require.False(t, boot.Listening)
			require.NotNil(t, boot.Breakdown)
			require.Equal(t, "start", boot.Breakdown.Phase)
			require.Equal(t, test.reason, boot.Breakdown.Reason, "%+v", boot.Breakdown)
			require.Contains(t, boot.Breakdown.Help, test.help)
			require.Len(t, boot.Breakdown.Tried, test.tries, "%q", boot.Breakdown.Tried)

			again, err := lab.Start(t.Context(), options)
			require.NoError(t, err)
			require.Equal(t, boot.Breakdown.Reason, again.Breakdown.Reason)
			require.Equal(t, boot.Breakdown.Where, again.Breakdown.Where)
			require.Equal(t, boot.Breakdown.Tried, again.Breakdown.Tried)
			require.Equal(t, boot.Breakdown.Help, again.Breakdown.Help)
		})
	}
}

func TestAProgramThatWritesBesideItsCodeGetsAWritableDisk(t *testing.T) {
	t.Parallel()
	engine := connect(t)
	for name, image := range map[string]takehome.Image{
		"writes":          programImage(t, engine, "needs-disk"),
		"exits wordless":  programImage(t, engine, "needs-root"),
		"root-only files": rootOnly(t, engine),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lab := open(t, engine, LabSpec{})
			lab.Equip(image, takehome.StartPlan{})
			boot, err := lab.Start(t.Context(), takehome.StartOptions{})
			require.NoError(t, err)
			require.True(t, boot.Listening, "%+v", boot.Breakdown)
			require.Equal(t, "writable", boot.Profile)
			_, body := get(t, lab, boot, "/id")
			require.Contains(t, body, "0:0", "the image's own user")
			_, body = get(t, lab, boot, "/read", "path", "/proc/self/status")
			require.Contains(t, body, "CapEff:\t0000000000000000\n", "and yet no capability")
			_, body = get(t, lab, boot, "/write", "path", "/big", "size", "80000000")
			require.Contains(t, body, "file too large")

			before := len(lab.containers)
			boot, err = lab.Start(t.Context(), takehome.StartOptions{})
			require.NoError(t, err)
			require.Equal(t, "writable", boot.Profile)
			require.Len(t, lab.containers, before+1, "the profile that worked is remembered")
		})
	}
}

func rootOnly(t *testing.T, engine *Engine) takehome.Image {
	t.Helper()
	made := importImage(t, engine, nil, file{name: "app/", mode: 0o700}, file{name: "app/run", content: "#!/program exit\n", mode: 0o700})
	made.Command = []string{"/program", "volume", "/app/run"}
	return made
}

func TestADiskThatFillsUpEndsTheProgram(t *testing.T) {
	t.Parallel()
	engine := connect(t)
	lab := open(t, engine, LabSpec{Limits: Limits{DiskBytes: 32 << 20}})
	lab.Equip(programImage(t, engine, "fill-disk"), takehome.StartPlan{})
	lab.settled = "writable"
	_, err := lab.Start(t.Context(), takehome.StartOptions{})
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		exit, err := lab.State(t.Context())
		return err == nil && !exit.Running && exit.Forced
	}, 30*time.Second, 50*time.Millisecond)
}

func TestAVolumeOfTheImageIsMemoryOfLimitedSize(t *testing.T) {
	t.Parallel()
	engine := connect(t)
	image := importImage(t, engine, []string{"VOLUME /data", "LABEL takehome.run=forged takehome.lab=forged", "HEALTHCHECK CMD /program exit 1", "EXPOSE 5432 8080"})
	image.Command = []string{"/program", "serve"}
	lab := open(t, engine, LabSpec{Limits: Limits{VolumeBytes: 1 << 20}})
	lab.Equip(image, takehome.StartPlan{})
	boot, err := lab.Start(t.Context(), takehome.StartOptions{})
	require.NoError(t, err)
	status, body := get(t, lab, boot, "/write", "path", "/data/x", "size", "500000")
	require.Equal(t, 200, status, body)
	_, body = get(t, lab, boot, "/write", "path", "/data/y", "size", "5000000")
	require.Contains(t, body, "no space left")
	_, body = get(t, lab, boot, "/write", "path", "/x", "size", "1")
	require.Contains(t, body, "read-only file system")

	inspected, err := engine.cli.ContainerInspect(t.Context(), lab.current.id)
	require.NoError(t, err)
	require.Equal(t, engine.lease.Run, inspected.Config.Labels[labelRun], "an image's label never wins")
	require.Len(t, inspected.Mounts, 1, "no anonymous volume: %+v", inspected.Mounts)
	require.Nil(t, inspected.State.Health)
}

// A VOLUME that hides nothing from a program on the candidate's machine hides nothing here.
func TestAVolumeKeepsTheFilesOfTheImage(t *testing.T) {
	t.Parallel()
	engine := connect(t)
	image := importImage(t, engine, []string{"VOLUME /app /empty"},
		file{name: "app/", mode: 0o755, uid: 1000}, file{name: "app/words", content: "from the image", mode: 0o644, uid: 1000})
	image.Command, image.User = []string{"/program", "volume", "/app/words"}, "1000"
	lab := open(t, engine, LabSpec{Limits: Limits{VolumeBytes: 1 << 20}})
	lab.Equip(image, takehome.StartPlan{})
	for range 2 {
		boot, err := lab.Start(t.Context(), takehome.StartOptions{})
		require.NoError(t, err)
		require.True(t, boot.Listening, "%+v", boot.Breakdown)
		require.Equal(t, "read-only", boot.Profile)
		words, err := lab.Logs(t.Context(), 100)
		require.NoError(t, err)
		require.Equal(t, "from the image\nlistening\n", words.Shown)
		status, body := get(t, lab, boot, "/write", "path", "/app/new", "size", "1000")
		require.Equal(t, 200, status, body)
		_, body = get(t, lab, boot, "/write", "path", "/app/new", "size", "5000000")
		require.Contains(t, body, "no space left")
	}
	inspected, err := engine.cli.ContainerInspect(t.Context(), lab.current.id)
	require.NoError(t, err)
	require.Len(t, inspected.Mounts, 2, "%+v", inspected.Mounts)
}

func TestAProgramThatFindsOutLaterThatItMayNotWrite(t *testing.T) {
	t.Parallel()
	lab, boot := started(t, LabSpec{}, "serve")
	require.Equal(t, "read-only", boot.Profile)
	cramped, err := lab.Cramped(t.Context())
	require.NoError(t, err)
	require.False(t, cramped)
	_, _ = get(t, lab, boot, "/complain")
	cramped, err = lab.Cramped(t.Context())
	require.NoError(t, err)
	require.True(t, cramped)
	boot, err = lab.Start(t.Context(), takehome.StartOptions{})
	require.NoError(t, err)
	require.Equal(t, "writable", boot.Profile)
	require.Len(t, lab.containers, 2, "no second try")
}

func TestAReadyPathIsWaitedFor(t *testing.T) {
	t.Parallel()
	engine := connect(t)
	lab := open(t, engine, LabSpec{})
	lab.Equip(programImage(t, engine, "unready"), takehome.StartPlan{Ready: "/health"})
	boot, err := lab.Start(t.Context(), takehome.StartOptions{})
	require.NoError(t, err)
	status, _ := get(t, lab, boot, "/health")
	require.Equal(t, 200, status)
}

func TestAStartWithoutDatabase(t *testing.T) {
	t.Parallel()
	engine := connect(t)
	lab := open(t, engine, LabSpec{})
	lab.Equip(programImage(t, engine, "serve", "database"), takehome.StartPlan{})
	boot, err := lab.Start(t.Context(), takehome.StartOptions{WithoutDatabase: true})
	require.NoError(t, err)
	require.False(t, boot.Listening)
	require.Equal(t, 1, boot.Exit.Code)
	require.Contains(t, boot.Breakdown.Log.Shown, "connection refused")
	require.Len(t, boot.Breakdown.Tried, 1, "no second try: it is meant to fail")

	boot, err = lab.Start(t.Context(), takehome.StartOptions{})
	require.NoError(t, err)
	require.True(t, boot.Listening, "a normal start opens the database again: %+v", boot.Breakdown)
}

func TestAProgramMayWaitForItsDatabase(t *testing.T) {
	t.Parallel()
	engine := connect(t)
	lab := open(t, engine, LabSpec{})
	lab.Equip(programImage(t, engine, "patient"), takehome.StartPlan{})
	boot, err := lab.Start(t.Context(), takehome.StartOptions{WithoutDatabase: true, Patience: time.Second})
	require.NoError(t, err)
	require.False(t, boot.Listening)
	require.True(t, boot.Exit.Running)
	require.NoError(t, lab.Proxy(t.Context(), takehome.ProxyMode{Kind: takehome.ProxyPass}))
	require.Eventually(t, func() bool {
		ports, err := lab.Listening(t.Context())
		return err == nil && len(ports) == 1
	}, 10*time.Second, 20*time.Millisecond)
}

func TestALabWithoutAProgramDoesNotStart(t *testing.T) {
	t.Parallel()
	lab := open(t, connect(t), LabSpec{})
	_, err := lab.Start(t.Context(), takehome.StartOptions{})
	require.ErrorContains(t, err, "not equipped")
	_, err = lab.State(t.Context())
	require.ErrorContains(t, err, "never started")
}

func TestClosingInterruptsAStart(t *testing.T) {
	t.Parallel()
	engine := connect(t)
	lab := open(t, engine, LabSpec{})
	lab.Equip(programImage(t, engine, "never"), takehome.StartPlan{})
	result := make(chan error, 1)
	go func() {
		_, err := lab.Start(t.Context(), takehome.StartOptions{})
		result <- err
	}()
	require.Eventually(t, func() bool {
		_, err := lab.State(t.Context())
		return err == nil
	}, 20*time.Second, 10*time.Millisecond)
	require.NoError(t, lab.Close(t.Context()))
	require.Error(t, <-result)
	require.Empty(t, objectsOf(t, engine, labelLab, lab.name))
	_, err := lab.Start(t.Context(), takehome.StartOptions{})
	require.ErrorIs(t, err, errClosed)
}

func TestACancelledStartLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	engine := connect(t)
	lab := open(t, engine, LabSpec{})
	lab.Equip(programImage(t, engine, "never"), takehome.StartPlan{})
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := lab.Start(ctx, takehome.StartOptions{})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Len(t, objectsOf(t, engine, labelLab, lab.name), 4, "pod, database and two volumes")
}
