package query

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"

	"github.com/takehome-dev/takehome/graders/query/shop"
	"github.com/takehome-dev/takehome/internal/authored"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// memoryOfPackage is how much room the data of a package's own folder may take.
const memoryOfPackage = 512 << 20

// dataset is what the challenge's databases hold: the shared one by its name, or a folder.
// The scripts are those that make its tables and nothing else.
func dataset(files fs.FS, spec Spec) (*takehome.Dataset, []takehome.Script, error) {
	if shared, known := sharedDatasets()[spec.Dataset]; known {
		made, schema := shared()
		return made, schema, spec.heldBy(made)
	}
	if !spec.inPackage(files) {
		return nil, nil, authored.Fault(specFile, 0, fmt.Sprintf("dataset: %q is neither the shared one nor a folder of the package", spec.Dataset))
	}
	made := &takehome.Dataset{Name: path.Base(spec.Dataset), MemoryBytes: memoryOfPackage}
	digest := sha256.New()
	tables, err := fs.ReadFile(files, path.Join(spec.Dataset, schemaFile))
	if err != nil {
		return nil, nil, authored.Fault(specFile, 0, fmt.Sprintf("dataset: there is no file %s in %s", schemaFile, spec.Dataset))
	}
	schema := []takehome.Script{{File: path.Join(spec.Dataset, schemaFile), SQL: string(tables)}}
	for _, name := range spec.Scales {
		file := path.Join(spec.Dataset, name+".sql")
		rows, err := fs.ReadFile(files, file)
		if err != nil {
			return nil, nil, authored.Fault(specFile, 0, "scales: there is no file "+file)
		}
		database := takehome.PreparedDatabase{Name: name, Scripts: append(schema[:1:1], takehome.Script{File: file, SQL: string(rows)})}
		for _, script := range database.Scripts {
			_, _ = fmt.Fprintf(digest, "%s %s %x\n", name, script.File, sha256.Sum256([]byte(script.SQL)))
		}
		made.Databases = append(made.Databases, database)
	}
	made.Digest = "sha256:" + hex.EncodeToString(digest.Sum(nil))
	return made, schema, nil
}

// schemaFile makes the tables of a package's own data set.
const schemaFile = "schema.sql"

// sharedDatasets are those that come with the kind.
func sharedDatasets() map[string]func() (*takehome.Dataset, []takehome.Script) {
	return map[string]func() (*takehome.Dataset, []takehome.Script){
		"shop": func() (*takehome.Dataset, []takehome.Script) { return shop.Dataset(), shop.Schema() },
	}
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
