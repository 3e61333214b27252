package postgres

import (
	"archive/tar"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"

	"github.com/takehome-dev/takehome/internal/takehome"
)

//go:embed dataset
var datasetRecipe embed.FS

// datasetFiles lists the recipe of a data set with the mode of each file.
func datasetFiles() []packed {
	return []packed{{"Dockerfile", 0o644}, {"load", 0o755}, {"trust.conf", 0o644}, {"finish.sql", 0o644}}
}

type packed struct {
	name string
	mode int64
}

// place is where a script of a data set lies in the build: numbered, so that any name will do.
func place(database, script int) string {
	return fmt.Sprintf("dataset/%03d/%03d.sql", database, script)
}

// DatasetContext writes the build context of the image of a data set.
func DatasetContext(dataset takehome.Dataset) func(*tar.Writer) error {
	return func(w *tar.Writer) error {
		for _, file := range datasetFiles() {
			content, err := datasetRecipe.ReadFile("dataset/" + file.name)
			if err != nil {
				return fmt.Errorf("read the recipe: %w", err)
			}
			if err := pack(w, file.name, file.mode, content); err != nil {
				return err
			}
		}
		for i, database := range dataset.Databases {
			if err := pack(w, fmt.Sprintf("dataset/%03d/name", i), 0o644, []byte(database.Name)); err != nil {
				return err
			}
			for j, script := range database.Scripts {
				if err := pack(w, place(i, j), 0o644, []byte(script.SQL)); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

func pack(w *tar.Writer, name string, mode int64, content []byte) error {
	header := &tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: int64(len(content))}
	if err := w.WriteHeader(header); err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	if _, err := w.Write(content); err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	return nil
}

// DatasetDigest names the image that a data set makes of the database server's: the same
// scripts, the same server, the same image. The server is named by the tag of its image, which
// its recipe makes, and not by an id, which each build makes anew.
func DatasetDigest(server string, dataset takehome.Dataset) string {
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "server %s dataset %s\n", server, dataset.Digest)
	w := tar.NewWriter(sum)
	if err := DatasetContext(dataset)(w); err != nil { // only an embedded file that is not there could cause it
		_, _ = fmt.Fprintf(sum, "error %v\n", err)
	}
	_ = w.Close()
	return hex.EncodeToString(sum.Sum(nil))
}

// scriptError is how psql tells of an error in a file.
var scriptError = regexp.MustCompile(`psql:dataset/([0-9]{3})/([0-9]{3})\.sql:([0-9]+): (?:ERROR|FATAL|error):\s+([^\n]*)`)

// ScriptError finds the script that failed in what the build of a data set printed: its
// database, its file, the line where the statement ends, and what the server said. ok is
// false where no script is to blame.
func ScriptError(dataset takehome.Dataset, log []byte) (database, file string, line int, message string, ok bool) {
	match := scriptError.FindSubmatch(log)
	if match == nil {
		return "", "", 0, "", false
	}
	number := func(at int) int {
		n, _ := strconv.Atoi(string(match[at])) // digits; one that is too large is out of range below
		return n
	}
	i, j := number(1), number(2)
	if i >= len(dataset.Databases) || j >= len(dataset.Databases[i].Scripts) {
		return "", "", 0, "", false
	}
	return dataset.Databases[i].Name, dataset.Databases[i].Scripts[j].File, number(3), takehome.Line(string(match[4])), true
}
