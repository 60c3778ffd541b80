# Listgate. `make` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash
GO ?= go
PKGS := ./...
TOOL := $(GO) tool -modfile=tools/go.mod
FUZZTIME ?= 30s

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: build
build: ## build bin/listgate, one static binary without cgo
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w' -o bin/listgate ./cmd/listgate

.PHONY: build-server
build-server: ## build bin/listgate-server, which needs a C compiler for SQLite
	CGO_ENABLED=1 $(GO) build -trimpath -ldflags='-s -w' -o bin/listgate-server ./cmd/listgate-server

# DEMO_PACKAGES=FOLDER takes in the packages of a folder as well, DEMO_LISTEN=HOST:PORT
# names another address.
.PHONY: demo
demo: build build-server ## build, and serve a workbench with real content in ./var until stopped
	./bin/listgate-server demo --dir var $(if $(DEMO_PACKAGES),--packages $(DEMO_PACKAGES)) \
	  $(if $(DEMO_LISTEN),--listen $(DEMO_LISTEN))

.PHONY: pictures
pictures: test-tools build-server ## take the pictures of docs/images anew, from a demo
	scripts/pictures -out docs/images

.PHONY: test
test: test-tools fmt-check vet build build-server binary-check ## everything that must hold, on SQLite and on Postgres
	$(GO) test -count=1 $(PKGS)

# The tests start a Postgres of their own in a temporary folder and stop it;
# LISTGATE_TEST_POSTGRES=postgres://… names a server to use instead.
.PHONY: test-tools
test-tools: ## install what the tests run beside Go (as root, on Debian), or say what is missing
	@scripts/test-tools

.PHONY: check
check: test lint race ## make test, the linters and the race detector

.PHONY: race
race: ## the tests under the race detector
	$(GO) test -race $(PKGS)

.PHONY: fmt-check
fmt-check:
	@bad=$$(gofmt -l $$(git ls-files '*.go')); test -z "$$bad" || { echo "gofmt would change:"; echo "$$bad"; exit 1; }

.PHONY: vet
vet:
	$(GO) vet $(PKGS)

# What the command is linked from: no database, no web framework, no cgo.
.PHONY: binary-check
binary-check: build
	@$(GO) version -m bin/listgate | tee bin/listgate.modules | grep -qE 'CGO_ENABLED=0' || { echo "bin/listgate: built with cgo"; exit 1; }
	@! grep -E 'gorm.io|go-sqlite3|gin-gonic' bin/listgate.modules || { echo "bin/listgate: linked with what the design forbids"; exit 1; }

.PHONY: lint
lint: ## staticcheck and the short golangci list, at pinned versions
	$(TOOL) staticcheck $(PKGS)
	$(TOOL) golangci-lint run $(PKGS)

.PHONY: vuln
vuln: ## known vulnerabilities of the dependencies (asks a database on the network)
	$(TOOL) govulncheck $(PKGS)

.PHONY: generate
generate: ## compile rules, law and registry rows into their embedded indexes
	$(GO) generate $(PKGS)

.PHONY: fuzz
fuzz: ## run each fuzz target for FUZZTIME (30s)
	@set -e; for pkg in $$($(GO) list $(PKGS)); do \
	  for target in $$($(GO) test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
	    echo "$$pkg $$target"; $(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x $$pkg; \
	  done; done

.PHONY: bench
bench: ## the benchmarks
	$(GO) test -run '^$$' -bench . -benchmem $(PKGS)
