package images

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/docker/docker/api/types/image"
)

// Status is one image that runs start from.
type Status struct {
	Name    string // "node:20"
	ID      string // empty: it is not there
	StandIn bool   // made here, in place of the official one
	What    string // of a stand-in: "node 20 on Debian trixie"
	Bytes   int64
	Created time.Time
}

// Usual lists the official names that the bundled challenges and recipes start from,
// as far as this machine can have them. Ensure takes them.
func (s *Store) Usual(ctx context.Context) []string {
	names := []string{"postgres:17", "node:20", "python:3.13"}
	if golang := s.theFacts(ctx).golang; golang.root != "" {
		names = append(names, "golang:1."+strconv.Itoa(golang.minor))
	}
	return names
}

// List tells which of the usual images are there, and every other name that a
// stand-in has taken, sorted by name.
func (s *Store) List(ctx context.Context) ([]Status, error) {
	asking, cancel := context.WithTimeout(ctx, queryDeadline)
	defer cancel()
	all, err := s.engine.ImageList(asking, image.ListOptions{})
	if err != nil {
		return nil, engineFault(err)
	}
	usual := s.Usual(ctx)
	what := map[string]string{}
	for _, family := range families(s.theFacts(ctx).golang) {
		what[family.name] = family.what
	}
	var list []Status
	for _, there := range all {
		standIn := ""
		for _, tag := range there.RepoTags {
			standIn = cmp.Or(standIn, standInFamily(tag))
		}
		for _, tag := range there.RepoTags {
			if standInFamily(tag) != "" || standIn == "" && !slices.Contains(usual, tag) {
				continue
			}
			list = append(list, Status{
				Name: tag, ID: there.ID, StandIn: standIn != "", What: what[standIn], Bytes: there.Size, Created: time.Unix(there.Created, 0).UTC(),
			})
		}
	}
	for _, name := range usual {
		if !slices.ContainsFunc(list, func(s Status) bool { return s.Name == name }) {
			list = append(list, Status{Name: name})
		}
	}
	slices.SortFunc(list, func(a, b Status) int { return cmp.Compare(a.Name, b.Name) })
	return list, nil
}
