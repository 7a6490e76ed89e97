.DEFAULT_GOAL := help
# Where make torture leaves its table.
TABLE ?= $(CURDIR)/torture.md
# What `interviewer version` says.
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

.PHONY: help run test torture bench bench-growth lint generate build sbom licenses vuln check

# Everything is built in one form, that of the race detector, so that tests,
# vet and staticcheck share what is compiled. The OpenAPI validator takes longer
# to compile than all else together, and SQLite's C in Go comes next; hashing is
# slow on purpose. None of them is watched for races, and the first is not
# optimised. Vet is for lint.
RACE := -race '-gcflags=github.com/pb33f/...=-N -l -dwarf=false -race=false' -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc/...=-race=false -gcflags=golang.org/x/crypto/...=-race=false -gcflags=github.com/ai-interviewer/ai-interviewer/adapters/questionbank=-race=false

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## Serve on 127.0.0.1:8000, with data in ./data
	go run ./cmd/interviewer

test: ## Run every test; on Debian or Ubuntu this first installs what they lack
	@bash .ci/install
	GOFLAGS="$(RACE)" go test -shuffle=on -vet=off -timeout 20m $$(go list ./... | grep -v -e /torture$$ -e /cmd/bench$$)
	go test -count=1 -vet=off ./cmd/bench ./cmd/interviewer/internal/torture

torture: ## Break the service on purpose, for at most 10 minutes, and print what it loses
	@bash .ci/install
	go test -count=1 -timeout 10m -v -run '^TestTorture$$' ./cmd/interviewer/internal/torture -torture.long -torture.table=$(TABLE)

bench: ## Measure the service against its databases alone, about 10 minutes, and write docs/performance.md
	@bash .ci/install
	go run ./cmd/bench create

bench-growth: ## The same as tables grow to 10,000,000 rows, about 20 minutes
	@bash .ci/install
	go run ./cmd/bench growth

lint: ## Check form (gofmt), go vet and staticcheck
	@test -z "$$(gofmt -l .)" || { echo "not gofmt-ed:"; gofmt -l .; exit 1; }
	GOFLAGS="$(RACE)" go vet ./...
	staticcheck=$$(go tool -n staticcheck) && GOFLAGS="$(RACE)" $$staticcheck ./...

generate: ## Make the mocks anew
	go generate ./...

build: ## Build the binary, ./interviewer: the same bytes from any folder
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -buildid= -X main.release=$(VERSION)" -o interviewer ./cmd/interviewer

sbom: ## Write what the binary is made of to interviewer.cdx.json (CycloneDX)
	go tool -modfile=.ci/go.mod cyclonedx-gomod app -json -noserial -main cmd/interviewer -output interviewer.cdx.json

# Of this program's own code there is nothing to ask.
licenses: ## List the licences of what the binary is made of; fail if one is unknown or forbids to ship it
	go tool -modfile=.ci/go.mod go-licenses report --ignore "$$(go list -m)" ./cmd/interviewer 2>/dev/null
	go tool -modfile=.ci/go.mod go-licenses check --ignore "$$(go list -m)" --disallowed_types=forbidden,restricted,unknown ./cmd/interviewer

vuln: ## Look for known vulnerabilities, where their database can be reached
	@bash .ci/vuln

check: ## Do all that CI does
	@bash .ci/run
