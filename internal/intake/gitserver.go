package intake

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"

	"github.com/takehome-dev/takehome/internal/takehome"
)

// gitServer is a conversation with a git server over the smart HTTP protocol. No git
// program is run: there is no configuration, no hook, no filter and no submodule that
// could be.
type gitServer struct {
	address gitAddress
	limits  Limits
	session transport.UploadPackSession
	offers  *packp.AdvRefs
}

// maxOffers is how many bytes a server may list its branches and tags in.
const maxOffers = 16 << 20

func dialGit(ctx context.Context, address gitAddress, options Options) (*gitServer, error) {
	client, err := webClient(address, options)
	if err != nil {
		return nil, err
	}
	endpoint, err := transport.NewEndpoint(address.String())
	if err != nil {
		return nil, refuse(ruleURL, address.String(), "it is not an address of a git server", "name the repository as https://host/repository.git#commit")
	}
	var credentials transport.AuthMethod
	if address.user != "" || address.password != "" {
		credentials = &githttp.BasicAuth{Username: address.user, Password: address.password}
	}
	session, err := githttp.NewClient(client).NewUploadPackSession(endpoint, credentials)
	if err != nil {
		return nil, fmt.Errorf("open a session with the git server: %w", err)
	}
	server := &gitServer{address: address, limits: options.Limits, session: session}
	err = recovered(func() (err error) {
		server.offers, err = session.AdvertisedReferencesContext(ctx)
		return err
	})
	if err != nil {
		return nil, server.fault(ctx, err)
	}
	return server, nil
}

// webClient trusts the given certificates beside the system's, follows a redirect
// only to https on the same kind of host, and reads no answer beyond its cap.
func webClient(address gitAddress, options Options) (*http.Client, error) {
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	if len(options.CABundle) > 0 && !roots.AppendCertsFromPEM(options.CABundle) {
		return nil, operatorFault("the additional CA certificates hold no certificate",
			"name a file with certificates in PEM form", nil)
	}
	web := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 15 * time.Second}).DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    15 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		DisableKeepAlives:      true, // nothing outlives the intake
		ForceAttemptHTTP2:      true,
	}
	return &http.Client{
		Transport: cappedTrip{web, options.Limits.maxPacked()},
		CheckRedirect: func(next *http.Request, before []*http.Request) error {
			switch {
			case len(before) > 5:
				return errors.New("the server redirects more than five times")
			case next.URL.Scheme != address.url.Scheme && next.URL.Scheme != "https":
				return errors.New("the server redirects away from https")
			case next.URL.Scheme == "http" && !isLoopback(next.URL.Hostname()):
				return errors.New("the server redirects to another machine without https")
			case address.user != "" && next.URL.Host != address.url.Host:
				return errors.New("the server redirects to another host, which must not see the credentials")
			}
			return nil
		},
	}, nil
}

// cappedTrip bounds the body of every answer.
type cappedTrip struct {
	next http.RoundTripper
	pack int64
}

// RoundTrip implements http.RoundTripper.
func (c cappedTrip) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := c.next.RoundTrip(request)
	if err != nil {
		return nil, err
	}
	limit := int64(maxOffers)
	switch {
	case response.StatusCode != http.StatusOK:
		limit = 4 << 10 // a message for a reader
	case request.Method == http.MethodPost:
		limit = c.pack
	}
	response.Body = &cappedBody{response.Body, limit, response.StatusCode != http.StatusOK}
	return response, nil
}

type cappedBody struct {
	io.ReadCloser
	left      int64
	endsThere bool // the rest of a message is not worth an error
}

// Read implements io.Reader.
func (b *cappedBody) Read(into []byte) (int, error) {
	if b.left <= 0 && b.endsThere {
		return 0, io.EOF
	}
	if b.left < 0 {
		return 0, refuse(ruleSize, "", "the repository is larger than what may be fetched",
			"hand in a folder, a .zip or a .tar.gz, or a commit without large files")
	}
	if int64(len(into)) > b.left+1 {
		into = into[:b.left+1]
	}
	n, err := b.ReadCloser.Read(into)
	b.left -= int64(n)
	return n, err
}

// mayAskFor reports whether the server hands out this commit by its id.
func (g *gitServer) mayAskFor(commit plumbing.Hash) bool {
	return slices.Contains(g.tips(), commit) ||
		g.offers.Capabilities.Supports(capability.AllowReachableSHA1InWant) ||
		g.offers.Capabilities.Supports("allow-any-sha1-in-want")
}

// tips lists what the branches and tags point at: HEAD first, the rest sorted, without duplicates.
func (g *gitServer) tips() []plumbing.Hash {
	var tips []plumbing.Hash
	for _, offered := range []map[string]plumbing.Hash{g.offers.References, g.offers.Peeled} {
		for _, tip := range offered {
			tips = append(tips, tip)
		}
	}
	plumbing.HashesSort(tips)
	if g.offers.Head != nil {
		tips = append([]plumbing.Hash{*g.offers.Head}, tips...)
	}
	seen := make(map[plumbing.Hash]bool, len(tips))
	unique := tips[:0]
	for _, tip := range tips {
		if !seen[tip] {
			seen[tip] = true
			unique = append(unique, tip)
		}
	}
	return unique
}

// fetch writes a pack with the wanted commits, and depth-1 generations before them, into a file.
func (g *gitServer) fetch(ctx context.Context, wants []plumbing.Hash, depth int, into string) error {
	request := packp.NewUploadPackRequest()
	request.Wants = wants
	for _, wanted := range []capability.Capability{capability.OFSDelta, capability.NoProgress, capability.Shallow} {
		if !g.offers.Capabilities.Supports(wanted) {
			continue
		}
		if err := request.Capabilities.Set(wanted); err != nil {
			return fmt.Errorf("ask the git server: %w", err)
		}
	}
	if request.Capabilities.Supports(capability.Shallow) {
		request.Depth = packp.DepthCommits(depth)
	}
	var answer *packp.UploadPackResponse
	err := recovered(func() (err error) {
		answer, err = g.session.UploadPack(ctx, request)
		return err
	})
	if err != nil {
		return g.fault(ctx, err)
	}
	defer func() { _ = answer.Close() }() // only read from
	written, err := os.OpenFile(into, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return writeFault("keep the fetched commit", into, err)
	}
	err = g.receive(ctx, written, answer)
	if closeErr := written.Close(); err == nil && closeErr != nil {
		return writeFault("keep the fetched commit", into, closeErr)
	}
	return err
}

func (g *gitServer) receive(ctx context.Context, into io.Writer, answer io.Reader) error {
	buffer := make([]byte, 64<<10)
	for {
		n, readErr := answer.Read(buffer)
		if _, err := into.Write(buffer[:n]); err != nil {
			return writeFault("keep the fetched commit", "the folder for temporary files", err)
		}
		if errors.Is(readErr, io.EOF) {
			return nil
		}
		if readErr != nil {
			return g.fault(ctx, readErr)
		}
	}
}

// fault classifies what went wrong with the server. Its messages are a stranger's.
func (g *gitServer) fault(ctx context.Context, err error) error {
	if err := stopped(ctx); err != nil {
		return err
	}
	if refusal, ok := errors.AsType[*takehome.Refusal](err); ok {
		return refusal
	}
	where, cause := g.address.scrub(g.address.String()), errors.New(g.address.scrub(err.Error()))
	switch {
	case errors.Is(err, transport.ErrEmptyRemoteRepository):
		return refuse(ruleEmpty, where, "the repository has no commit", "check that it was pushed")
	case errors.Is(err, transport.ErrRepositoryNotFound), errors.Is(err, transport.ErrAuthenticationRequired),
		errors.Is(err, transport.ErrAuthorizationFailed):
		return operatorFault("the git server does not hand out "+where,
			"check the address; a private repository needs a token: https://user:TOKEN@host/repository.git#commit", cause)
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return operatorFault("the git server of "+where+" shows a certificate that is not trusted",
			"add the certificate of your organisation's authority to the system's", cause)
	}
	return operatorFault("cannot fetch "+where, "check the address and the network, then grade again", cause)
}
