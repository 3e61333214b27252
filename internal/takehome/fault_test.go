package takehome_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

func TestEveryErrorHasAnOwner(t *testing.T) {
	t.Parallel()
	refusal := &takehome.Refusal{Rule: "path", Entry: `"../etc"`, Why: "a path leaves the submission", Hint: "remove the entry"}
	disk := &takehome.Fault{Owner: takehome.Operator, Summary: "the disk is full", Hint: "free space", Err: io.ErrShortWrite}
	authors := &takehome.Fault{Owner: takehome.Author, Summary: "challenge.yaml:3: no such check"}
	for name, test := range map[string]struct {
		err           error
		owner         takehome.Owner
		summary, hint string
	}{
		"unclassified":                   {io.ErrUnexpectedEOF, takehome.Takehome, "takehome met an error it did not expect", "report"},
		"wrapped, unclassified":          {fmt.Errorf("read: %w", io.EOF), takehome.Takehome, "takehome met an error it did not expect", "report"},
		"a fault":                        {disk, takehome.Operator, "the disk is full", "free space"},
		"a fault, wrapped":               {fmt.Errorf("grade: %w", disk), takehome.Operator, "the disk is full", "free space"},
		"a fault of the author":          {authors, takehome.Author, "challenge.yaml:3: no such check", ""},
		"a fault in a join":              {errors.Join(io.EOF, disk), takehome.Operator, "the disk is full", "free space"},
		"two faults: the first":          {errors.Join(authors, disk), takehome.Author, "challenge.yaml:3: no such check", ""},
		"a join without owner":           {errors.Join(io.EOF, io.ErrClosedPipe), takehome.Takehome, "takehome met an error it did not expect", "report"},
		"a refusal":                      {refusal, takehome.Candidate, `refused (path): "../etc": a path leaves the submission`, "remove the entry"},
		"a refusal, wrapped":             {fmt.Errorf("plan: %w", refusal), takehome.Candidate, `refused (path): "../etc": a path leaves the submission`, "remove the entry"},
		"a refusal beside a fault":       {errors.Join(disk, refusal), takehome.Candidate, `refused (path): "../etc": a path leaves the submission`, "remove the entry"},
		"a deadline":                     {fmt.Errorf("boot: %w", context.DeadlineExceeded), takehome.Takehome, "the run took longer than its deadline", "--run-timeout"},
		"an interrupt":                   {fmt.Errorf("boot: %w", context.Canceled), takehome.Operator, "the run was interrupted", "grade it again"},
		"a fault caused by an interrupt": {&takehome.Fault{Owner: takehome.Author, Summary: "x", Err: context.Canceled}, takehome.Author, "x", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.owner, takehome.OwnerOf(test.err))
			fault := takehome.AsFault(test.err)
			require.Equal(t, test.owner, fault.Owner)
			require.Equal(t, test.summary, fault.Summary)
			require.Contains(t, fault.Hint, test.hint)
		})
	}
}

func TestAFaultKeepsItsCause(t *testing.T) {
	t.Parallel()
	cause := fmt.Errorf("write layer: %w", io.ErrShortWrite)
	require.ErrorIs(t, &takehome.Fault{Summary: "the disk is full", Err: cause}, io.ErrShortWrite)
	require.EqualError(t, &takehome.Fault{Summary: "the disk is full", Err: cause}, "the disk is full: write layer: short write")
	require.EqualError(t, &takehome.Fault{Summary: "the disk is full"}, "the disk is full")
	require.ErrorIs(t, takehome.AsFault(cause), io.ErrShortWrite)
	require.Nil(t, takehome.AsFault(nil))
}

func TestARefusalWithoutEntryNamesTheRule(t *testing.T) {
	t.Parallel()
	require.EqualError(t, &takehome.Refusal{Rule: "size", Why: "it has too many files"}, "refused (size): it has too many files")
}
