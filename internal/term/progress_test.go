package term

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// screen is a terminal of a few columns that remembers every write.
type screen struct {
	mutex  sync.Mutex
	writes []string
}

func (s *screen) Write(text []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.writes = append(s.writes, string(text))
	return len(text), nil
}

func (s *screen) surface(columns, rows int) Surface {
	return Surface{Writer: s, CanRewrite: true, Unicode: true, size: func() (int, int) { return columns, rows }}
}

func TestLiveLinesComeAfterASecondAndGo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		to := &screen{}
		progress := NewProgress(to.surface(30, 24))
		progress.Start("quick", "a quick one")
		time.Sleep(900 * time.Millisecond) //nolint:forbidigo // the clock of synctest
		progress.Done("quick", Line{{"✓ quick", Normal}})
		progress.Start("slow", "a slow one whose name is rather long")
		time.Sleep(2500 * time.Millisecond) //nolint:forbidigo // the clock of synctest
		progress.Start("other", "another")
		time.Sleep(1100 * time.Millisecond) //nolint:forbidigo // the clock of synctest
		progress.Print(Line{{"a note", Normal}})
		progress.Done("slow", Line{{"✗ slow", Normal}})
		progress.Close()
		progress.Close()
		const erase1, erase2 = "\r\x1b[1A\x1b[J", "\r\x1b[2A\x1b[J"
		require.Equal(t, []string{
			"✓ quick\n",
			"› a slow one whose name … 1 s\n",
			erase1 + "› a slow one whose name … 2 s\n",
			erase1 + "› a slow one whose name … 3 s\n",
			erase1 + "› a slow one whose name … 3 s\n› another 1 s\n",
			erase2 + "a note\n› a slow one whose name … 3 s\n› another 1 s\n",
			erase2 + "✗ slow\n› another 1 s\n",
			erase1,
		}, to.writes)
	})
}

func TestOnlySomeLiveLinesAreShown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for rows, want := range map[int]int{24: 8, 7: 5} {
			to := &screen{}
			progress := NewProgress(to.surface(80, rows))
			for i := range 12 {
				progress.Start(strconv.Itoa(i), "check")
			}
			time.Sleep(1100 * time.Millisecond) //nolint:forbidigo // the clock of synctest
			synctest.Wait()
			require.Len(t, to.writes, 1)
			require.Equal(t, want, bytes.Count([]byte(to.writes[0]), []byte("check 1 s\n")))
			require.Contains(t, to.writes[0], fmt.Sprintf("and %d more\n", 12-want))
			progress.Close()
		}
	})
}

func TestAPipeHasOneLineForEachFinishedCheck(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		to := &screen{}
		progress := NewProgress(Surface{Writer: to})
		progress.Start("a", "a check")
		time.Sleep(5 * time.Second) //nolint:forbidigo // the clock of synctest
		progress.Done("a", Line{{"pass a", Good}})
		progress.Start("b", "without a line")
		progress.Done("b", nil)
		progress.Close()
		require.Equal(t, []string{"pass a\n"}, to.writes)
	})
}

func TestLogLinesStayWhole(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		to := &screen{}
		progress := NewProgress(to.surface(80, 24))
		progress.Start("a", "a check")
		time.Sleep(1100 * time.Millisecond) //nolint:forbidigo // the clock of synctest
		log := progress.Log()
		for _, part := range []string{"half ", "a line\nand", " more\n", "no end"} {
			_, err := io.WriteString(log, part)
			require.NoError(t, err)
		}
		progress.Close()
		require.Equal(t, []string{
			"› a check 1 s\n",
			"\r\x1b[1A\x1b[Jhalf a line\n› a check 1 s\n",
			"\r\x1b[1A\x1b[Jand more\n› a check 1 s\n",
			"\r\x1b[1A\x1b[Jno end\n",
		}, to.writes)
	})
}

func TestProgressIsUsedFromManyGoroutines(t *testing.T) {
	t.Parallel()
	to := &screen{}
	progress := NewProgress(to.surface(80, 24))
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			key := strconv.Itoa(i)
			progress.Start(key, "check")
			progress.Done(key, Line{{"done", Normal}})
		})
	}
	all.Wait()
	progress.Close()
	require.Len(t, to.writes, 20)
}
