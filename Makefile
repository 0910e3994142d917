# Every word is one short command; nothing needs make.
.DEFAULT_GOAL := help
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
TARGETS := linux/amd64 linux/arm64 darwin/arm64 windows/amd64

help: ## show this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

run: ## run the desk on ./firebreak-data, templates and styles read from the source tree
	go run . serve --dev

demo: ## run a desk full of stories
	go run . demo

test: ## run every test, on SQLite and on a PostgreSQL it starts itself, and in a browser
	@test/run.sh

check: ## before a commit: format, vet and the tests that need only Go
	@test -z "$$(gofmt -l main.go client internal test)" || { echo "run make fmt"; exit 1; }
	go vet ./...
	FIREBREAK_TEST_POSTGRES= FIREBREAK_TEST_CHROMIUM= go test . ./client/... ./internal/... ./test ./test/script

fmt: ## format the Go files
	gofmt -w main.go client internal test

lint: ## run the linters (built once, about two minutes)
	go tool -modfile=tools/go.mod golangci-lint run

script: ## run the whole-program scenarios; make script RUN=ticket for some
	go test ./test/script -run '$(or $(RUN),.)'

bench: ## measure a desk of a million tickets on both engines; make bench BENCH='--tickets 10000' for a small one, LOGS=DIR for signatures too
	@test -z "$(LOGS)" || go run ./test/bench signature --data "$(LOGS)"
	go run ./test/bench all --engine sqlite $(BENCH)
	go run ./test/bench all --engine postgres $(BENCH)

db: ## run a throw-away PostgreSQL until Ctrl-C
	@test/postgres.sh

release: ## build stripped static programs for every platform into dist/
	@mkdir -p dist
	@for t in $(TARGETS); do \
		out=dist/firebreak-$(VERSION)-$${t%/*}-$${t#*/}; \
		case $$t in windows/*) out=$$out.exe;; esac; \
		echo $$out; \
		CGO_ENABLED=0 GOOS=$${t%/*} GOARCH=$${t#*/} go build -trimpath -ldflags '-s -w -X firebreak/internal/cli.Version=$(VERSION)' -o $$out . || exit 1; \
	done
	@cd dist && sha256sum firebreak-$(VERSION)-* > SHA256SUMS

.PHONY: help run demo test check fmt lint script bench db release
