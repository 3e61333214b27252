package intake

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/takehome-dev/takehome/internal/takehome"
)

const (
	// historyDepth is how far back a commit is looked for that the server does not
	// hand out by its id, or that was abbreviated.
	historyDepth = 500
	// historyTips is on how many branches and tags.
	historyTips = 100
)

// receiveGit fetches one commit, and nothing that leads to it where the server allows that.
func receiveGit(ctx context.Context, given, scratch string, options Options) (delivery, error) {
	address, err := parseGitAddress(given)
	if err == nil {
		err = address.checkCommit()
	}
	if err != nil {
		return delivery{}, err
	}
	bounded, cancel := context.WithTimeout(ctx, options.FetchTimeout)
	defer cancel()
	fetched, err := fetchCommit(bounded, address, filepath.Join(scratch, "fetched.pack"), options)
	if err != nil && ctx.Err() == nil && errors.Is(err, context.DeadlineExceeded) {
		return delivery{}, operatorFault(fmt.Sprintf("fetching %s took longer than %v", address.scrub(address.String()), options.FetchTimeout),
			"grade again later, or hand in a folder, a .zip or a .tar.gz", nil)
	}
	if err != nil {
		return delivery{}, err
	}
	shown := address.String() + "#" + fetched.commit.String()
	arrived := delivery{
		source: fetched, name: address.name(),
		origin: takehome.Origin{Kind: "git", Given: takehome.Line(shown), Commit: fetched.commit.String()},
	}
	if address.commit == "" {
		arrived.notes = append(arrived.notes, "no commit was named; HEAD was taken, which may be another one tomorrow")
	}
	return arrived, nil
}

func fetchCommit(ctx context.Context, address gitAddress, packFile string, options Options) (*gitSource, error) {
	server, err := dialGit(ctx, address, options)
	if err != nil {
		return nil, err
	}
	commit, found, err := server.resolve()
	if err != nil {
		return nil, err
	}
	wants, depth := []plumbing.Hash{commit}, 1
	if !found || !server.mayAskFor(commit) {
		wants, depth = server.tips(), historyDepth
		wants = wants[:min(len(wants), historyTips)]
	}
	if err := server.fetch(ctx, wants, depth, packFile); err != nil {
		return nil, err
	}
	pack, err := openPack(ctx, packFile, options.Limits)
	if err != nil {
		return nil, err
	}
	if !found {
		commit, err = pack.find(address)
	}
	if err == nil {
		var source *gitSource
		if source, err = newGitSource(pack, commit, address); err == nil {
			return source, nil
		}
	}
	pack.close()
	return nil, err
}

// resolve finds the commit among what the server offers. A commit that it does not
// offer may still be in its history: found is false for an abbreviated one.
func (g *gitServer) resolve() (commit plumbing.Hash, found bool, err error) {
	named := g.address.commit
	if named == "" {
		if g.offers.Head == nil {
			return commit, false, operatorFault(g.address.scrub(g.address.String())+" has no HEAD", "name the commit: "+g.address.scrub(g.address.String())+"#commit", nil)
		}
		return *g.offers.Head, true, nil
	}
	for _, prefix := range []string{"refs/heads/", "refs/tags/", ""} {
		if at, ok := g.offers.Peeled[prefix+named]; ok {
			return at, true, nil
		}
		if at, ok := g.offers.References[prefix+named]; ok {
			return at, true, nil
		}
	}
	if isCommit(named) {
		return plumbing.NewHash(named), true, nil
	}
	if !isAbbreviated(named) {
		return commit, false, g.address.noSuchCommit("")
	}
	for _, tip := range g.tips() {
		if strings.HasPrefix(tip.String(), named) {
			if found && tip != commit {
				return commit, false, g.address.ambiguous()
			}
			commit, found = tip, true
		}
	}
	return commit, found, nil
}

func (a gitAddress) ambiguous() error {
	return operatorFault(fmt.Sprintf("%s stands for more than one commit of %s", takehome.Line(a.commit), a.scrub(a.String())),
		"name the commit with all its 40 digits", nil)
}
