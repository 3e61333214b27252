package intake

// Limits caps what a submission may be. A field that is zero or negative means its default.
type Limits struct {
	MaxBytes    int64 // contents of all kept files together; default 100 MiB
	MaxFile     int64 // content of one file; default 50 MiB
	MaxFiles    int   // kept files, folders and links together; default 20,000
	MaxPathText int   // all kept paths together, in bytes; default 1 MiB
	MaxPath     int   // one path, in bytes; default 400
	MaxDepth    int   // elements of one path; default 40
	MaxRatio    int64 // unpacked bytes per packed byte, once more than 1 MiB is unpacked; default 200
}

// DefaultLimits are generous for what a person writes in some hours, and small for
// what a machine can make: a repository of 200 files has about 1 MiB, the largest
// honest submissions (with pictures and seed data) about 50 MiB. Text compresses to a
// fifth, log files to a thirtieth; only a bomb comes near a two-hundredth.
func DefaultLimits() Limits {
	return Limits{
		MaxBytes: 100 << 20, MaxFile: 50 << 20, MaxFiles: 20_000,
		MaxPathText: 1 << 20, MaxPath: 400, MaxDepth: 40, MaxRatio: 200,
	}
}

const (
	// ratioFree is how much may be unpacked before the ratio counts: a short file of
	// equal characters is no attack.
	ratioFree = 1 << 20
	// maxElement is the longest name that every file system of ours can hold.
	maxElement = 255
	// maxListedPath bounds a path that is only listed: what people commit by accident
	// is nested deeper than what is kept.
	maxListedPath = 4096
	// maxListedDepth likewise, in elements.
	maxListedDepth = 256
)

func (l Limits) orDefaults() Limits {
	defaults := DefaultLimits()
	orDefault(&l.MaxBytes, defaults.MaxBytes)
	orDefault(&l.MaxFile, defaults.MaxFile)
	orDefault(&l.MaxFiles, defaults.MaxFiles)
	orDefault(&l.MaxPathText, defaults.MaxPathText)
	orDefault(&l.MaxPath, defaults.MaxPath)
	orDefault(&l.MaxDepth, defaults.MaxDepth)
	orDefault(&l.MaxRatio, defaults.MaxRatio)
	return l
}

func orDefault[T int | int64](value *T, otherwise T) {
	if *value <= 0 {
		*value = otherwise
	}
}

// maxListed is how many entries may be looked at, those that are then left out
// included: a committed node_modules has ten times the files of its program.
func (l Limits) maxListed() int { return 10 * l.MaxFiles }

// maxPacked is how large an archive or a git pack may be.
func (l Limits) maxPacked() int64 { return 4 * l.MaxBytes }

// maxUnpacked is how much may come out of an archive or a git pack, what is left out included.
func (l Limits) maxUnpacked() int64 { return 10 * l.MaxBytes }
