package sandbox

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/takehome-dev/takehome/internal/sandbox/builder"
	"github.com/takehome-dev/takehome/internal/sandbox/postgres"
	"github.com/takehome-dev/takehome/internal/takehome"
)

// databaseName is what a prepared database may be called.
var databaseName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,40}$`)

// loading is how long a data set may take to be loaded, on a machine that is busy.
const loading = 30 * time.Minute

// PrepareDataset makes sure of the image in which the databases of a data set are loaded.
// Making it takes minutes and happens once; tell, which may be nil, hears of it. SQL that does
// not run is the author's fault.
func (e *Engine) PrepareDataset(ctx context.Context, dataset takehome.Dataset, tell func(line string)) error {
	_, err := e.datasetImage(ctx, dataset, tell)
	return err
}

// datasetImage finds or makes the image of a data set.
func (e *Engine) datasetImage(ctx context.Context, dataset takehome.Dataset, tell func(string)) (madeImage, error) {
	server, err := e.databaseImage(ctx)
	if err != nil {
		return madeImage{}, err
	}
	if err := proveDataset(dataset); err != nil {
		return madeImage{}, err
	}
	digest := postgres.DatasetDigest(server.tag, dataset)
	e.loading.Lock()
	defer e.loading.Unlock()
	if known, ok := e.datasets[digest]; ok {
		return known, nil
	}
	release, err := e.lockImages(ctx, "dataset-"+digest[:12])
	if err != nil {
		return madeImage{}, err
	}
	defer release()
	tag := datasetRepository + ":" + digest[:12]
	found, err := e.findImage(ctx, tag, digest)
	if err == nil && found.id == "" {
		if tell != nil {
			tell(fmt.Sprintf("loading the data set %s into an image: this takes some minutes, once", takehome.Line(dataset.Name)))
		}
		if found, err = e.buildDataset(ctx, dataset, server, tag, digest); err == nil {
			e.removeOld(ctx, datasetRepository, keepOld, loadedInto(server.tag))
		}
	}
	if err != nil {
		return madeImage{}, err
	}
	e.datasets[digest] = found
	return found, nil
}

func proveDataset(dataset takehome.Dataset) error {
	taken := map[string]bool{}
	for _, database := range dataset.Databases {
		if !databaseName.MatchString(database.Name) || taken[database.Name] || database.Name == postgres.Statistics || database.Name == "takehome" {
			return &takehome.Fault{
				Owner: takehome.Author, Summary: fmt.Sprintf("data set %s: %q is no name for a database of its own", takehome.Line(dataset.Name), takehome.Line(database.Name)),
				Hint: "use lower-case letters, digits and underscores",
			}
		}
		taken[database.Name] = true
	}
	return nil
}

func (e *Engine) buildDataset(ctx context.Context, dataset takehome.Dataset, server madeImage, tag, digest string) (madeImage, error) {
	var outcome builder.Outcome
	err := e.call(ctx, "build the image of the data set", loading, func(ctx context.Context) error {
		var err error
		outcome, err = builder.Run(ctx, e.cli, builder.Request{
			Context: postgres.DatasetContext(dataset), Dockerfile: "Dockerfile", Tag: tag, Network: "none",
			Args:   map[string]string{postgres.BaseArg: server.tag},
			Labels: map[string]string{labelRecipe: digest, labelSecret: server.secret, labelServer: server.tag},
		})
		return err
	})
	if err != nil {
		return madeImage{}, err
	}
	failed := outcome.Failure
	if failed == nil {
		return madeImage{id: outcome.ImageID, tag: tag, secret: server.secret}, nil
	}
	if database, file, line, message, ok := postgres.ScriptError(dataset, outcome.Log); ok {
		return madeImage{}, &takehome.Fault{
			Owner: takehome.Author, Summary: fmt.Sprintf("%s:%d: %s", takehome.Line(file), line, message),
			Err:  fmt.Errorf("database %s of the data set %s cannot be loaded", database, dataset.Name),
			Hint: "the line is where the statement ends; mend the SQL of the data set",
		}
	}
	return madeImage{}, &takehome.Fault{
		Owner: takehome.Operator, Summary: "the data set " + takehome.Line(dataset.Name) + " could not be loaded",
		Err:  fmt.Errorf("%s: %s\n%s", failed.Instruction, failed.Message, failed.Log),
		Hint: "look whether the disk is full: takehome doctor",
	}
}
