package sandbox

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/image"
	"github.com/gofrs/flock"

	"github.com/takehome-dev/takehome/internal/sandbox/builder"
	"github.com/takehome-dev/takehome/internal/sandbox/postgres"
	"github.com/takehome-dev/takehome/internal/sandbox/profile"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// madeImage is an image of ours that was found or made.
type madeImage struct {
	id     string
	tag    string
	secret string // of the database server: the password of its first login
}

// Prepare makes sure of the two images that every pod needs: the helper's, and the
// database server's. Open does so too; calling it ahead moves the time that the first
// one takes.
func (e *Engine) Prepare(ctx context.Context) error {
	if _, err := e.podImage(ctx); err != nil {
		return err
	}
	_, err := e.databaseImage(ctx)
	return err
}

// KnownImages tells the ids of those two images, for a report. An id is "" until the image
// was needed.
func (e *Engine) KnownImages() (helper, database string) {
	e.making.Lock()
	defer e.making.Unlock()
	return e.pod.id, e.grader.id
}

// podImage finds or makes the image that holds nothing but the helper.
func (e *Engine) podImage(ctx context.Context) (madeImage, error) {
	e.making.Lock()
	defer e.making.Unlock()
	if e.pod.id != "" {
		return e.pod, nil
	}
	binary, err := e.podBinary()
	if err != nil {
		return madeImage{}, err
	}
	sum := sha256.Sum256(append([]byte("layout 1\n"), binary...))
	tag := podRepository + ":" + hex.EncodeToString(sum[:6])
	found, err := e.findImage(ctx, tag, "")
	if err != nil {
		return madeImage{}, err
	}
	if found.id == "" {
		if err := e.importPod(ctx, tag, binary); err != nil {
			return madeImage{}, err
		}
		if found, err = e.findImage(ctx, tag, ""); err != nil {
			return madeImage{}, err
		}
		e.removeOld(ctx, podRepository, keepOld, tagged(tag))
	}
	e.pod = found
	return found, nil
}

// importPod makes the image from a tar stream. The folder of the socket is open to all,
// as it is in the database server's image: whichever container is created first gives the
// volume its mode.
func (e *Engine) importPod(ctx context.Context, tag string, binary []byte) error {
	var layer bytes.Buffer
	w := tar.NewWriter(&layer)
	headers := []*tar.Header{
		{Typeflag: tar.TypeDir, Name: strings.TrimPrefix(profile.ToolDir, "/") + "/", Mode: 0o755},
		{Typeflag: tar.TypeDir, Name: strings.TrimPrefix(filepath.ToSlash(filepath.Dir(postgres.SocketDir)), "/") + "/", Mode: 0o755},
		{Typeflag: tar.TypeDir, Name: strings.TrimPrefix(postgres.SocketDir, "/") + "/", Mode: 0o1777},
		{Typeflag: tar.TypeReg, Name: strings.TrimPrefix(profile.Tool, "/"), Mode: 0o755, Size: int64(len(binary))},
	}
	for _, header := range headers {
		if err := w.WriteHeader(header); err != nil {
			return fmt.Errorf("pack the helper: %w", err)
		}
	}
	if _, err := w.Write(binary); err != nil {
		return fmt.Errorf("pack the helper: %w", err)
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("pack the helper: %w", err)
	}
	return e.call(ctx, "import the image of the helper", slow, func(ctx context.Context) error {
		answer, err := e.cli.ImageImport(ctx, image.ImportSource{Source: &layer, SourceName: "-"}, tag, image.ImportOptions{Platform: "linux/" + e.arch})
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, answer)
		return errors.Join(err, answer.Close())
	})
}

// podBinary reads the helper for the engine's architecture.
func (e *Engine) podBinary() ([]byte, error) {
	file := e.settings.PodBinary
	if file == "" {
		self, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("find this program's folder: %w", err)
		}
		file = filepath.Join(filepath.Dir(self), "takehome-pod-linux-"+e.arch)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		return nil, &takehome.Fault{
			Owner: takehome.Operator, Summary: "the helper takehome-pod for linux/" + e.arch + " is missing", Err: err,
			Hint: "put it beside takehome (make build does), or set --pod-binary",
		}
	}
	machines := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}
	parsed, err := elf.NewFile(bytes.NewReader(content))
	if want, known := machines[e.arch]; err != nil || known && parsed.Machine != want {
		return nil, &takehome.Fault{
			Owner: takehome.Operator, Summary: fmt.Sprintf("%q is not a program for linux/%s, which is what the Docker engine runs", file, e.arch), Err: err,
			Hint: "build it with GOOS=linux GOARCH=" + e.arch,
		}
	}
	return content, nil
}

// databaseImage finds or makes the database server's image with its cluster in it. It is
// made anew when its recipe or the image below it changes.
func (e *Engine) databaseImage(ctx context.Context) (madeImage, error) {
	e.making.Lock()
	defer e.making.Unlock()
	if e.grader.id != "" {
		return e.grader, nil
	}
	base, err := e.findImage(ctx, e.settings.PostgresImage, "")
	if err != nil {
		return madeImage{}, err
	}
	if base.id == "" {
		return madeImage{}, &takehome.Fault{
			Owner: takehome.Operator, Summary: "the image " + e.settings.PostgresImage + " is not on this machine",
			Hint: "run takehome images",
		}
	}
	digest := postgres.Digest(base.id)
	tag := databaseRepository + ":" + digest[:12]
	release, err := e.lockImages(ctx, "images")
	if err != nil {
		return madeImage{}, err
	}
	defer release()
	found, err := e.findImage(ctx, tag, digest)
	if err == nil && found.id == "" {
		if found, err = e.buildDatabase(ctx, tag, digest); err == nil {
			e.removeOld(ctx, databaseRepository, keepOld, tagged(tag))
		}
	}
	if err != nil {
		return madeImage{}, err
	}
	e.grader = found
	return found, nil
}

// lockImages keeps two runners from making the same image at the same time: each would
// have a first password of its own.
func (e *Engine) lockImages(ctx context.Context, name string) (release func(), err error) {
	lock := flock.New(filepath.Join(e.settings.StateDir, name+".lock"), flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, 50*time.Millisecond); err != nil {
		return nil, fmt.Errorf("wait for another runner that makes images: %w", err)
	}
	return func() { _ = lock.Unlock() }, nil
}

func (e *Engine) buildDatabase(ctx context.Context, tag, digest string) (madeImage, error) {
	secret := postgres.Secret()
	var outcome builder.Outcome
	err := e.call(ctx, "build the image of the database server", making, func(ctx context.Context) error {
		var err error
		outcome, err = builder.Run(ctx, e.cli, builder.Request{
			Context: postgres.Context, Dockerfile: "Dockerfile", Tag: tag, Network: "none",
			Args:   map[string]string{postgres.BaseArg: e.settings.PostgresImage, postgres.SecretArg: secret},
			Labels: map[string]string{labelRecipe: digest, labelSecret: secret},
		})
		return err
	})
	if err != nil {
		return madeImage{}, err
	}
	if failed := outcome.Failure; failed != nil {
		return madeImage{}, &takehome.Fault{
			Owner: takehome.Operator, Summary: "the database server could not be made from " + e.settings.PostgresImage,
			Err:  fmt.Errorf("%s: %s\n%s", failed.Instruction, failed.Message, failed.Log),
			Hint: "it must be an image of PostgreSQL 17 with the programs and folders of the official one",
		}
	}
	return madeImage{id: outcome.ImageID, tag: tag, secret: secret}, nil
}

// findImage looks an image up. It is empty where there is none, or none with that recipe.
func (e *Engine) findImage(ctx context.Context, ref, recipe string) (madeImage, error) {
	var found madeImage
	err := e.call(ctx, "look up the image "+ref, quick, func(ctx context.Context) error {
		inspected, err := e.cli.ImageInspect(ctx, ref)
		if cerrdefs.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		var labels map[string]string
		if inspected.Config != nil {
			labels = inspected.Config.Labels
		}
		if recipe == "" || labels[labelRecipe] == recipe {
			found = madeImage{id: inspected.ID, tag: ref, secret: labels[labelSecret]}
		}
		return nil
	})
	return found, err
}
