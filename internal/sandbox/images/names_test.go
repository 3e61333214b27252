package images

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/takehome-dev/takehome/internal/takehome"
)

func TestChoose(t *testing.T) {
	t.Parallel()
	host := toolchain{root: "/usr/local/go", version: "1.26.8", minor: 26}
	for name, want := range map[string]choice{
		"golang":                                {"golang", true},
		"golang:1":                              {"golang", true},
		"golang:1.22":                           {"golang", true},
		"golang:1.22.3-bookworm":                {"golang", true},
		"golang:1.26-trixie":                    {"golang", true},
		"golang:1.27":                           {"golang", false},
		"golang:2.0":                            {"golang", false},
		"golang:1.22-alpine3.20":                {"golang-alpine", false},
		"golang:alpine":                         {"golang-alpine", false},
		"node:20":                               {"node", true},
		"node:20.11.1-bookworm-slim":            {"node", true},
		"node:v20":                              {"node", true},
		"node:18":                               {"node", false},
		"node:22-slim":                          {"node", false},
		"node":                                  {"node", false},
		"node:lts":                              {"node", false},
		"node:20-alpine":                        {"node-alpine", false},
		"node:lts-alpine3.19":                   {"node-alpine", false},
		"python:3.13-slim":                      {"python", true},
		"python:3.13.1":                         {"python", true},
		"python:3.12":                           {"python", false},
		"python:3":                              {"python", false},
		"python:3.13-alpine":                    {"python-alpine", false},
		"postgres:17":                           {"postgres", true},
		"postgres:17.2-bookworm":                {"postgres", true},
		"postgres:16":                           {"postgres", false},
		"postgres:17-alpine":                    {"postgres-alpine", false},
		"debian":                                {"debian", true},
		"debian:13":                             {"debian", true},
		"debian:trixie-slim":                    {"debian", true},
		"debian:stable-slim":                    {"debian", true},
		"debian:oldstable":                      {"debian", false},
		"debian:bookworm-slim":                  {"debian", false},
		"debian:12.5":                           {"debian", false},
		"ubuntu:24.04":                          {"debian", false},
		"alpine":                                {"debian-alpine", false},
		"alpine:3.20":                           {"debian-alpine", false},
		"busybox:1.36":                          {"debian-alpine", false},
		"docker.io/library/node:20":             {"node", true},
		"public.ecr.aws/docker/library/node:20": {"node", true},
		"registry.docker.com/library/python:3.13":    {"python", true},
		"gcr.io/distroless/static-debian12:nonroot":  {"distroless", false},
		"gcr.io/distroless/base":                     {"distroless", false},
		"node:20@sha256:" + sixtyFour:                {"node", true},
		"golang@sha256:" + sixtyFour:                 {"golang", true},
		"gcr.io/distroless/nodejs20-debian12":        {},
		"gcr.io/distroless/python3":                  {},
		"golang:1.22-windowsservercore":              {},
		"node:20-nanoserver":                         {},
		"python:3-onbuild":                           {},
		"ruby:3.3":                                   {},
		"eclipse-temurin:21":                         {},
		"bitnami/node:20":                            {},
		"someone/golang":                             {},
		"mcr.microsoft.com/devcontainers/python:3.1": {},
	} {
		parsed, err := parse(name)
		require.NoError(t, err, name)
		chosen, ok := choose(parsed, host)
		require.Equal(t, want, chosen, name)
		require.Equal(t, want.family != "", ok, name)
		if ok {
			require.Contains(t, familyNames(host), chosen.family, name)
		}
	}
}

const sixtyFour = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func familyNames(host toolchain) []string {
	var names []string
	for _, family := range families(host) {
		names = append(names, family.name)
	}
	return names
}

func TestParse(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]wanted{
		"node":                        {name: "node:latest", registry: "docker.io", path: "library/node", tag: "latest"},
		"docker.io/library/node:20":   {name: "node:20", registry: "docker.io", path: "library/node", tag: "20"},
		"a/b":                         {name: "a/b:latest", registry: "docker.io", path: "a/b", tag: "latest"},
		"ghcr.io/a/b:1":               {name: "ghcr.io/a/b:1", registry: "ghcr.io", path: "a/b", tag: "1"},
		"node@sha256:" + sixtyFour:    {name: "node@sha256:" + sixtyFour, registry: "docker.io", path: "library/node"},
		"node:20@sha256:" + sixtyFour: {name: "node:20@sha256:" + sixtyFour, registry: "docker.io", path: "library/node", tag: "20"},
		"h.example:5000/x:1@sha256:" + sixtyFour: {
			name: "h.example:5000/x:1@sha256:" + sixtyFour, registry: "h.example:5000", path: "x", tag: "1",
		},
	} {
		parsed, err := parse(given)
		require.NoError(t, err, given)
		want.given = given
		require.Equal(t, want, parsed)
	}
	pinned, err := parse("node@sha256:" + sixtyFour)
	require.NoError(t, err)
	require.Equal(t, "node:latest", pinned.unpinned())
	pinned, err = parse("node:20@sha256:" + sixtyFour)
	require.NoError(t, err)
	require.Equal(t, "node:20", pinned.unpinned())
}

// DF-04 to DF-06: what is only on this engine, and what is only on this network, is
// not for submissions.
func TestNamesThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"sha256:" + sixtyFour, sixtyFour, "0123456789ab", "takehome/cand-1", "takehome/stand-in:node-1", "docker.io/takehome/x", "takehome/postgres",
		"localhost/x", "localhost:5000/x", "127.0.0.1:5000/x", "10.0.0.1/x", "[::1]:5000/x", "registry:5000/x", "h.local/x", "h.internal:5000/x",
		"169.254.169.254/x", "a.localhost/x", "UPPER/x", "", " ", "node:20 ", "../x", "node:", "node@sha256:short", "$X",
	} {
		_, err := admit(name)
		require.Error(t, err, name)
		var refusal *takehome.Refusal
		require.ErrorAs(t, err, &refusal, name)
		require.Equal(t, "dockerfile:from", refusal.Rule)
	}
	for _, name := range []string{"node", "node:20", "someone/takehome", "ghcr.io/a/b", "r.example:5000/a", "deadbeef", "cafe:1"} {
		_, err := admit(name)
		require.NoError(t, err, name)
	}
}
