package query

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/takehome-dev/takehome/graders/query/shop"
	"github.com/takehome-dev/takehome/internal/authored"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// memoryOfPackage is how much room the data of a package's own folder may take.
const memoryOfPackage = 512 << 20

// dataset is what the challenge's databases hold: the shared one by its name, or a folder.
func dataset(files fs.FS, spec Spec) (*takehome.Dataset, error) {
	if shared, known := sharedDatasets()[spec.Dataset]; known {
		made := shared()
		return made, spec.heldBy(made)
	}
	if !spec.inPackage(files) {
		return nil, authored.Fault(specFile, 0, fmt.Sprintf("dataset: %q is neither the shared one nor a folder of the package", spec.Dataset))
	}
	made := &takehome.Dataset{Name: path.Base(spec.Dataset), MemoryBytes: memoryOfPackage}
	digest := sha256.New()
	for _, name := range spec.Scales {
		database := takehome.PreparedDatabase{Name: name}
		for _, file := range []string{"schema.sql", name + ".sql"} {
			file = path.Join(spec.Dataset, file)
			text, err := fs.ReadFile(files, file)
			if err != nil {
				if strings.HasSuffix(file, "/schema.sql") {
					continue
				}
				return nil, authored.Fault(specFile, 0, fmt.Sprintf("scales: there is no file %s", file))
			}
			_, _ = fmt.Fprintf(digest, "%s %s %x\n", name, file, sha256.Sum256(text))
			database.Scripts = append(database.Scripts, takehome.Script{File: file, SQL: string(text)})
		}
		made.Databases = append(made.Databases, database)
	}
	made.Digest = "sha256:" + hex.EncodeToString(digest.Sum(nil))
	return made, nil
}

// sharedDatasets are those that come with the kind.
func sharedDatasets() map[string]func() *takehome.Dataset {
	return map[string]func() *takehome.Dataset{"shop": shop.Dataset}
}

// heldBy proves that a dataset has the databases that the challenge names.
func (s Spec) heldBy(made *takehome.Dataset) error {
	for _, name := range s.Scales {
		found := false
		for _, database := range made.Databases {
			found = found || database.Name == name
		}
		if !found {
			return authored.Fault(specFile, 0, fmt.Sprintf("scales: dataset %s has no database %q", s.Dataset, name))
		}
	}
	return nil
}
