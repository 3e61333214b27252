package cli

import (
	"archive/tar"
	"context"
	"os"
	"path/filepath"

	"github.com/docker/docker/api/types/image"

	"github.com/takehome-dev/takehome/internal/engine"
	"github.com/takehome-dev/takehome/internal/sandbox/builder"
	"github.com/takehome-dev/takehome/internal/takehome"
)

type buildStation struct{ *station }

func (s buildStation) Build(ctx context.Context, sub takehome.Submission, recipe takehome.Recipe, onLine func(string)) (engine.Built, error) {
	out, err := builder.Run(ctx, s.sandbox.Client(), builder.Request{Dockerfile: "Dockerfile.takehome", OnLine: onLine, Context: func(w *tar.Writer) error {
		if err := w.AddFS(os.DirFS(filepath.Join(sub.Dir, recipe.Context))); err != nil {
			return err
		}
		if err := w.WriteHeader(&tar.Header{Name: "Dockerfile.takehome", Mode: 0o644, Size: int64(len(recipe.Dockerfile))}); err != nil {
			return err
		}
		_, err := w.Write(recipe.Dockerfile)
		return err
	}})
	if err != nil {
		return engine.Built{}, err
	}
	if out.Failure != nil {
		return engine.Built{Breakdown: &takehome.Breakdown{Phase: "build", Reason: out.Failure.Message, Log: takehome.QuoteTail(out.Log, 4096)}, Log: takehome.QuoteTail(out.Log, 4096)}, nil
	}
	info, err := s.sandbox.Client().ImageInspect(ctx, out.ImageID)
	if err != nil {
		return engine.Built{}, err
	}
	return engine.Built{Image: takehome.Image{ID: info.ID, Entrypoint: info.Config.Entrypoint, Command: info.Config.Cmd, Env: info.Config.Env, User: info.Config.User, Workdir: info.Config.WorkingDir}}, nil
}

func (s buildStation) Remove(ctx context.Context, img takehome.Image) error {
	_, err := s.sandbox.Client().ImageRemove(ctx, img.ID, image.RemoveOptions{PruneChildren: true})
	return err
}

func (s *station) listImages(context.Context) error { return nil }
