package images

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

//go:embed recipes
var recipes embed.FS

// revision is part of every recipe's digest; it is raised when stand-ins are made differently.
const revision = "1"

// repository holds the names by which stand-ins are known to be ours. Only this
// package gives such a name, and nothing that is built from a stand-in inherits it.
const repository = "takehome/stand-in"

// Labels of a stand-in, for a reader; whatever is built from it inherits them.
const (
	LabelStandIn = "takehome.standin"        // the family
	LabelWhat    = "takehome.standin.what"   // "node 20 on Debian trixie"
	LabelRecipe  = "takehome.standin.recipe" // digest of what it was made from
)

// certificateBundle is where Debian puts all authorities.
const certificateBundle = "/etc/ssl/certs/ca-certificates.crt"

// recipe is all that a stand-in is made from.
type recipe struct {
	family family
	text   []byte // Dockerfile, or the script for debian
	digest string
	base   string // name of the stand-in it is built on
	root   string // of the Go toolchain, where it is copied in
}

// tag is the name by which the recipe's stand-in is known to be ours.
func (r recipe) tag() string { return repository + ":" + r.family.name + "-" + r.digest[:12] }

// standInFamily returns the family of a stand-in's own name; empty for other names.
func standInFamily(tag string) string {
	rest, ok := strings.CutPrefix(tag, repository+":")
	cut := strings.LastIndexByte(rest, '-')
	if !ok || cut < 0 {
		return ""
	}
	return rest[:cut]
}

// recipe reads the recipe of a family that is built on the named stand-in.
func (f *facts) recipe(of family, base string) (recipe, error) {
	made := recipe{family: of, base: base}
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "%s\n%s\n%s\n", revision, of.name, base)
	folder := path.Join("recipes", of.folder)
	if err := hashFolder(sum, folder); err != nil {
		return recipe{}, err
	}
	var settings []setting
	switch of.name {
	case "debian":
		_, _ = fmt.Fprintf(sum, "%v\n%v\n%v\n", f.sources, f.apt, f.certificates)
		made.text, _ = recipes.ReadFile("recipes/debian/bootstrap.sh")
		made.digest = hex.EncodeToString(sum.Sum(nil))
		return made, nil
	case "golang":
		made.root = f.golang.root
		settings = append(f.golang.settings, setting{"GOLANG_VERSION", f.golang.version})
	case "node":
		settings = []setting{{"NPM_CONFIG_REGISTRY", f.npmRegistry}}
	case "python":
		settings = []setting{{"PIP_INDEX_URL", f.pipIndex}}
	}
	text, err := recipes.ReadFile(path.Join(folder, "Dockerfile"))
	if err != nil {
		return recipe{}, fmt.Errorf("read the recipe of %s: %w", of.name, err)
	}
	made.text = withSettings(text, settings)
	_, _ = sum.Write(made.text)
	made.digest = hex.EncodeToString(sum.Sum(nil))
	return made, nil
}

func hashFolder(sum hash.Hash, folder string) error {
	return fs.WalkDir(recipes, folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := recipes.ReadFile(name)
		_, _ = fmt.Fprintf(sum, "%s %d\n%s", name, len(content), content)
		return err
	})
}

// withSettings puts ENV instructions after the FROM of a recipe.
func withSettings(text []byte, settings []setting) []byte {
	var env strings.Builder
	for _, s := range settings {
		if s.value != "" {
			fmt.Fprintf(&env, "ENV %s=%s\n", s.name, quoteEnv(s.value))
		}
	}
	from := []byte("FROM ${BASE}\n")
	return bytes.Replace(text, from, append(from, env.String()...), 1)
}

// quoteEnv writes a value so that the builder takes it as it is.
func quoteEnv(value string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`).Replace(value) + `"`
}

// writeContext writes the build context of a recipe: its Dockerfile, the files
// beside it, and the Go toolchain where it has one.
func (r recipe) writeContext(archive *tar.Writer) error {
	folder := path.Join("recipes", r.family.folder)
	entries, err := recipes.ReadDir(folder)
	if err != nil {
		return fmt.Errorf("read the recipe of %s: %w", r.family.name, err)
	}
	for _, entry := range entries {
		content, err := recipes.ReadFile(path.Join(folder, entry.Name()))
		if err != nil {
			return fmt.Errorf("read the recipe of %s: %w", r.family.name, err)
		}
		if entry.Name() == "Dockerfile" {
			content = r.text
		}
		if err := writeFile(archive, entry.Name(), 0o755, content); err != nil {
			return err
		}
	}
	if r.root == "" {
		return nil
	}
	return writeToolchain(archive, r.root)
}

func writeFile(archive *tar.Writer, name string, mode int64, content []byte) error {
	header := &tar.Header{Name: name, Mode: mode, Size: int64(len(content)), Typeflag: tar.TypeReg}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err := archive.Write(content)
	return err
}

// writeToolchain writes GOROOT as the folder go/, without what only the toolchain's
// own developers need. Links of a distribution's package are followed.
func writeToolchain(archive *tar.Writer, root string) error {
	dropped := map[string]bool{"test": true, "api": true, "doc": true, "misc": true, ".git": true, "pkg/obj": true}
	var walk func(folder, relative string, depth int) error
	walk = func(folder, relative string, depth int) error {
		entries, err := os.ReadDir(folder)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			at, name := filepath.Join(folder, entry.Name()), path.Join(relative, entry.Name())
			if dropped[name] || entry.Name() == "testdata" || strings.HasSuffix(name, "_test.go") {
				continue
			}
			info, err := os.Stat(at)
			if err != nil {
				continue // a link to nowhere
			}
			if info.IsDir() {
				if depth < 40 {
					err = walk(at, name, depth+1)
				}
			} else if info.Mode().IsRegular() {
				err = copyFile(archive, at, path.Join("go", name), info)
			}
			if err != nil {
				return err
			}
		}
		return nil
	}
	if err := walk(root, "", 0); err != nil {
		return fmt.Errorf("copy the Go toolchain: %w", err)
	}
	return nil
}

func copyFile(archive *tar.Writer, from, name string, info fs.FileInfo) error {
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	mode := int64(0o644)
	if info.Mode()&0o111 != 0 {
		mode = 0o755
	}
	// The time is kept: the toolchain does not look at it, but layers stay comparable.
	header := &tar.Header{Name: name, Mode: mode, Size: int64(len(content)), Typeflag: tar.TypeReg, ModTime: info.ModTime().Truncate(1e9)}
	if err := archive.WriteHeader(header); err != nil {
		return err
	}
	_, err = archive.Write(content)
	return err
}
