.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c

# Pinned tools. golangci-lint is built from source once and kept in .cache/bin.
LINT_VERSION := v2.15.0
LINT := .cache/bin/golangci-lint-$(LINT_VERSION)

SUBMISSIONS := testdata/submissions/todo-api
# Of the query challenges the go tests measure every slow and good form; these walk the whole line.
SAMPLE := reference,alternative-joined,alternative-small-steps,mutant-nothing-done,mutant-early-orders-only,mutant-sorted-first
PLATFORMS := linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64 windows/arm64

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: docker build ## grade a good and a flawed submission, from nothing
	@bin/takehome images postgres:17 python:3.13 >/dev/null
	@mkdir -p reports
	@grade() { bin/takehome grade $(SUBMISSIONS)/$$1 --challenge todo-api --out reports/$$1 --quiet >reports/$$1.txt; }; \
	grade reference-python & grade flawed-python && wait $$!
	@cat reports/reference-python.txt; echo; cat reports/flawed-python.txt; echo
	@echo "The pages:  reports/reference-python/report.html"
	@echo "            reports/flawed-python/report.html"

build: ## build bin/takehome and the helper that runs inside the pod
	@mkdir -p bin
	go build -trimpath -o bin/takehome ./cmd/takehome
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/takehome-pod ./cmd/takehome-pod

build-all: ## build for linux, macOS and Windows on amd64 and arm64
	@for platform in $(PLATFORMS); do \
	  export GOOS=$${platform%/*} GOARCH=$${platform#*/} CGO_ENABLED=0; \
	  echo "$$platform"; \
	  go build -trimpath -o dist/takehome-$$GOOS-$$GOARCH$$([ $$GOOS = windows ] && echo .exe) ./cmd/takehome || exit 1; \
	  if [ $$GOOS = linux ]; then go build -trimpath -ldflags '-s -w' -o dist/takehome-pod-linux-$$GOARCH ./cmd/takehome-pod || exit 1; fi; \
	done

docker: ## make sure that a Docker engine answers
	@.ci/docker

images: docker build ## make sure of the images that runs start from
	@bin/takehome images

browser: ## make sure of a Chromium for the tests of the report page
	@.ci/browser

test: images browser ## every test, those with containers and a browser too, and a part of the proofs
	@TAKEHOME_REQUIRE_DOCKER=1 .ci/gotest -race -timeout 30m ./...
	@bin/takehome challenge verify todo-api --submissions $(SUBMISSIONS) --every 8
	@bin/takehome challenge verify ecommerce-schema --submissions testdata/submissions/ecommerce-schema --every 8
	@bin/takehome challenge verify slow-query --submissions testdata/submissions/slow-query --only $(SAMPLE)

unit: ## the tests that need no Docker
	@DOCKER_HOST=unix:///nonexistent/docker.sock .ci/gotest ./...

verify: images ## the proof of every challenge: references, alternatives, all mutants
	bin/takehome challenge verify --all --submissions testdata/submissions

bench: images ## the phases of a run, minimum and median of ten, and the cost of one step
	bin/takehome bench $(SUBMISSIONS)/reference-go --challenge todo-api --runs 10
	@go test -run '^$$' -bench BenchmarkStep -benchtime 1x ./internal/cli | grep ^Benchmark

lint: $(LINT) ## golangci-lint with the settings of .golangci.yml
	$(LINT) run ./...

$(LINT):
	@mkdir -p $(@D)
	GOBIN=$(abspath $(@D)) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
	mv $(@D)/golangci-lint $@

fuzz: ## every fuzz target for 30 seconds
	@grep -rl '^func Fuzz' --include=*_test.go . | while read -r file; do \
	  for target in $$(sed -nE 's/^func (Fuzz\w+).*/\1/p' $$file); do \
	    go test -run '^$$' -fuzz "^$$target$$" -fuzztime 30s ./$$(dirname $$file) || exit 1; \
	  done; \
	done

golden: ## write the golden files anew; read the difference as the product's text
	DOCKER_HOST=unix:///nonexistent/docker.sock go test ./internal/... -update

clean: ## remove what was built, and what killed runs left behind
	@[ ! -x bin/takehome ] || bin/takehome clean
	rm -rf bin dist reports

.PHONY: help demo build build-all docker images browser test unit verify bench lint fuzz golden clean
