package openapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
)

// Limits of the search for documents in a repository.
const (
	maxFiles     = 3000 // names that are looked at
	maxSniffed   = 200  // files that are opened
	maxDocuments = 6
	maxFolders   = 8 // levels
)

// otherPeoples are folders that hold code of others, or what a build made of the code.
var otherPeoples = []string{"node_modules", "vendor", ".git", ".venv", "venv", "__pycache__", "target", ".next", "site-packages", "coverage"}

// Finding is a document that was found, or why it cannot be used.
type Finding struct {
	Source   string
	Document *Document // nil where Err is set
	Err      error
}

// Find looks for documents in a repository. Its files are a stranger's: nothing outside
// of the folder is opened, and counts and sizes are bounded.
func Find(ctx context.Context, dir string) ([]Finding, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open the submission: %w", err)
	}
	defer func() { _ = root.Close() }() // opened for reading
	var found []Finding
	files, opened := 0, 0
	err = fs.WalkDir(root.FS(), ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil //nolint:nilerr // a folder that cannot be read holds no document
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if entry.IsDir() {
			if slices.Contains(otherPeoples, entry.Name()) || strings.Count(file, "/") >= maxFolders {
				return fs.SkipDir
			}
			return nil
		}
		if files++; files > maxFiles || opened >= maxSniffed || len(found) >= maxDocuments {
			return fs.SkipAll
		}
		if !entry.Type().IsRegular() || !mayBeDocument(file) {
			return nil
		}
		opened++
		data, err := read(root, file)
		if err != nil {
			return nil //nolint:nilerr // a file that cannot be read is no document
		}
		document, err := Parse(ctx, file, data)
		if errors.Is(err, ErrOther) {
			return nil
		}
		found = append(found, Finding{file, document, err})
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for OpenAPI documents: %w", err)
	}
	return found, nil
}

// mayBeDocument goes by the name: most JSON and YAML of a repository is something else.
func mayBeDocument(file string) bool {
	base := strings.ToLower(path.Base(file))
	if !slices.Contains([]string{".json", ".yaml", ".yml"}, path.Ext(base)) {
		return false
	}
	for _, other := range []string{"package.json", "lock", "tsconfig", "docker-compose", "compose.y", "takehome.y", "composer.json"} {
		if strings.Contains(base, other) {
			return false
		}
	}
	return true
}

func read(root *os.Root, file string) (data []byte, err error) {
	opened, err := root.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	return io.ReadAll(io.LimitReader(opened, MaxDocument+1))
}
