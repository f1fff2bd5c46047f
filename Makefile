# Every target does its own set-up. `make help` lists them.
SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

TESTS = node --test --test-concurrency=2 --test-timeout=180000
CONTROL_PLANE = --test-global-setup=test/support/clusters/global-setup.ts
ANSWER = $(if $(APPROVE),--approve $(APPROVE)) $(if $(DENY),--deny $(DENY))
SOURCES = $(shell find src -name '*.ts') tools/bundle.ts package.json

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 16

.PHONY: demo
demo: dist/.built control-plane ## Ask for one approval on a real API server; APPROVE=alice or DENY=alice answers by itself, POLICY=two-people asks two
	@exec node tools/demo/main.ts $(ANSWER) $(if $(POLICY),--policy $(POLICY))

.PHONY: demo-rollouts
demo-rollouts: dist/.built control-plane rollouts ## Let a person promote a canary of the real Argo Rollouts; answers as demo does
	@exec node tools/demo/rollouts.ts $(ANSWER)

.PHONY: test
test: dist/.built control-plane helm ## Run the tests that need a control plane at most (FILES= narrows it)
	@node tools/envtest/binaries.ts etcdutl
	$(TESTS) $(CONTROL_PLANE) $(or $(FILES),'test/!(e2e)/**/*.test.ts' 'test/e2e/*.test.ts')

.PHONY: e2e
e2e: e2e-rollouts e2e-keycloak e2e-node ## Run the tests that need more than a control plane

.PHONY: e2e-rollouts
e2e-rollouts: dist/.built control-plane rollouts ## Run the tests with Argo Rollouts (FILES= narrows it)
	@$(TESTS) --test-timeout=300000 $(or $(FILES),'test/e2e/argo-rollouts/**/*.test.ts')

.PHONY: e2e-keycloak
e2e-keycloak: dist/.built control-plane keycloak ## Run the tests with Keycloak (FILES= narrows it)
	@$(TESTS) $(or $(FILES),'test/e2e/keycloak/*.test.ts')

.PHONY: e2e-node
e2e-node: control-plane rollouts helm ## Install images and chart on a real node, as root on Linux (FILES= narrows it)
	@node tools/envtest/binaries.ts kube-controller-manager kube-scheduler kube-proxy kubelet coredns
	node tools/node/main.ts node --test --test-timeout=600000 $(or $(FILES),'test/e2e/node/*.test.ts')

.PHONY: crash
crash: dist/.built control-plane ## Kill the controller at each step with two and three approvers: every combination (make test covers each pair)
	@CRASH_PLANS=all $(TESTS) 'test/crash/several/{polled,pinged}.test.ts'

.PHONY: bench
bench: dist/.built control-plane ## Measure what approvals, waiting and bursts cost (BENCH=approvals|ping|pending|burst|peer|gate|counts|flood|attacks|admission narrows)
	@$(if $(findstring peer,$(or $(BENCH),peer)),node tools/envtest/binaries.ts peer-controller peer-load peer-provider)
	exec node test/bench/main.ts $(BENCH)

.PHONY: check
check: node_modules/.package-lock.json helm ## Types, lint, format, arrows, dead code, generated files
	@tsc
	tsc --project test/browser
	eslint .
	prettier --check --log-level=warn .
	depcruise --output-type=err src test tools
	knip
	node tools/generate/main.ts --check
	node tools/chart/lint.ts

.PHONY: generate
generate: node_modules/.package-lock.json helm ## Write the files that are generated from others
	@node tools/generate/main.ts

.PHONY: format
format: node_modules/.package-lock.json ## Let prettier lay out every file
	@prettier --write --log-level=warn .

.PHONY: control-plane
control-plane: node_modules/.package-lock.json ## Find or build kube-apiserver, kubectl and etcd
	@node tools/envtest/binaries.ts

.PHONY: rollouts
rollouts: node_modules/.package-lock.json ## Find or build the Argo Rollouts controller and kube-controller-manager
	@node tools/envtest/binaries.ts kube-controller-manager rollouts-controller

.PHONY: keycloak
keycloak: node_modules/.package-lock.json ## Find or fetch Keycloak, by Maven; it needs Java 17 or later
	@node tools/keycloak/distribution.ts

.PHONY: helm
helm: node_modules/.package-lock.json
	@node tools/chart/helm.ts

node_modules/.package-lock.json: package.json package-lock.json
	@command -v npm >/dev/null || { echo 'npm was not found. Install Node 20 or later with npm and try again.' >&2; exit 1; }
	echo 'installing packages (npm ci)…'
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	node -e 'if (Number(process.versions.node.split(".")[0]) < 24) { console.error("Countersign needs Node 24 or later; this platform has no bundled one. Install it from nodejs.org and try again."); process.exit(1) }'
	touch $@

dist/.built: $(SOURCES) node_modules/.package-lock.json
	@node tools/bundle.ts
	touch $@
