.DEFAULT_GOAL := help
SHELL := /bin/bash

# Pinned tools. golangci-lint is built from source once and kept in .cache/bin.
LINT_VERSION := v2.15.0
LINT := .cache/bin/golangci-lint-$(LINT_VERSION)

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

lint: $(LINT) ## golangci-lint with the settings of .golangci.yml
	$(LINT) run ./...

$(LINT):
	mkdir -p $(@D)
	GOBIN=$(abspath $(@D)) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
	mv $(@D)/golangci-lint $@

.PHONY: help lint
