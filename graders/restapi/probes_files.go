package restapi

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/takehome-dev/takehome/graders/script"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// probeSecrets reads the repository for credentials that were written down.
// Development defaults and example files are no secrets.
func (r *grading) probeSecrets(context.Context, *script.Probing) (script.Observation, error) {
	root, err := os.OpenRoot(r.session.Submission.Dir)
	if err != nil {
		return script.Observation{}, fmt.Errorf("open the submission: %w", err)
	}
	defer func() { _ = root.Close() }() // opened for reading
	var places []string
	files := 0
	err = fs.WalkDir(root.FS(), ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // a folder that cannot be read holds nothing for us
		}
		if entry.IsDir() {
			if slices.Contains([]string{"node_modules", "vendor", ".git", "test", "tests", "__tests__", "spec", "testdata", "docs", "examples"}, entry.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		if files++; files > maxScrapedFiles || !entry.Type().IsRegular() || isExample(file) {
			return nil
		}
		text, err := readCapped(root, file)
		if err != nil {
			return nil //nolint:nilerr // as above
		}
		for _, line := range secretLines(file, text) {
			places = append(places, fmt.Sprintf("%s:%d", takehome.Line(file), line))
		}
		return nil
	})
	if err != nil {
		return script.Observation{}, fmt.Errorf("read the submission: %w", err)
	}
	if len(places) == 0 {
		return seen("clean", "no credentials are written down"), nil
	}
	slices.Sort(places)
	text := takehome.Quote([]byte(strings.Join(places, "\n")), takehome.QuoteBody)
	return script.Observation{
		Label: "secret", Detail: "credentials are written down in " + places[0],
		Evidence: []takehome.Evidence{{Note: &takehome.Note{Title: "credentials are written down in", Text: text, OfFiles: true}}},
	}, nil
}
