// Package postgres describes the database server that stands beside a submission: the
// recipe of its image, in which the cluster is ready made, and the logins that are given
// to it at each start. It says what is wanted; package sandbox does it.
package postgres

import (
	"archive/tar"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
)

//go:embed recipe
var recipe embed.FS

// Paths inside the server's container.
const (
	Socket     = "/takehome/socket/.s.PGSQL.5432"
	SocketDir  = "/takehome/socket"
	DataMount  = "/pg"   // tmpfs for the cluster, without
	BaseMount  = "/base" // tmpfs for its tables, and
	WALMount   = "/wal"  // tmpfs for its log
	Start      = "/takehome/start"
	BaseArg    = "BASE"      // build argument: the image to start from
	SecretArg  = "BOOTSTRAP" // build argument: the password of FirstLogin
	Statistics = "postgres"  // database of ours that has pg_stat_statements, for RoleAdmin
)

// files lists the recipe with the mode that each file has in the image: the mode of an
// embedded file says nothing.
func files() map[string]int64 {
	return map[string]int64{
		"Dockerfile": 0o644, "prepare": 0o755, "start": 0o755,
		"postgresql.conf": 0o644, "pg_hba.conf": 0o644, "roles.sql": 0o644,
	}
}

// Context writes the recipe as a build context. The Dockerfile is at its root.
func Context(w *tar.Writer) error {
	return fs.WalkDir(recipe, "recipe", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := recipe.ReadFile(name)
		if err != nil {
			return fmt.Errorf("read the recipe: %w", err)
		}
		base := path.Base(name)
		header := &tar.Header{Typeflag: tar.TypeReg, Name: base, Mode: files()[base], Size: int64(len(content))}
		if err := w.WriteHeader(header); err != nil {
			return fmt.Errorf("pack %s: %w", base, err)
		}
		if _, err := w.Write(content); err != nil {
			return fmt.Errorf("pack %s: %w", base, err)
		}
		return nil
	})
}

// Digest names the image that the recipe makes of a base image: the same text, the same base,
// the same image.
func Digest(baseID string) string {
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "base %s\n", baseID)
	w := tar.NewWriter(sum)
	if err := Context(w); err != nil { // only an embedded file that is not there could cause it
		_, _ = fmt.Fprintf(sum, "error %v\n", err)
	}
	_ = w.Close()
	return hex.EncodeToString(sum.Sum(nil))
}
