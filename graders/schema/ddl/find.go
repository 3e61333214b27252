package ddl

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/takehome-dev/takehome/internal/sqlscript"
)

// Find looks for the SQL of a submission. A submission without any is an answer.
func Find(dir string) (Source, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Source{}, fmt.Errorf("open the submission: %w", err)
	}
	defer func() { _ = root.Close() }()
	var names []string
	err = fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && strings.EqualFold(path.Ext(name), ".sql") && sqlscript.IsUp(name) {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		return Source{}, fmt.Errorf("list the files of the submission: %w", err)
	}
	sqlscript.Sort(names)
	var source Source
	for _, name := range names {
		data, err := fs.ReadFile(root.FS(), name)
		if err != nil {
			return Source{}, fmt.Errorf("read %s: %w", name, err)
		}
		source.Files = append(source.Files, File{Path: name, Text: string(data)})
	}
	return source, nil
}
