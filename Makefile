.PHONY: build test fast lint docs bench
CHECKED := --explicit-target-dependency-import-check error
build: ; swift build $(CHECKED) --product pipeline
test: ; scripts/test
fast: ; swift test --disable-xctest --parallel $(CHECKED) --skip '^(CloudStep|EndToEnd|ExecutorConformance|Runner|SFTP|Slots)Tests\.'
lint: ; scripts/lint
docs: ; scripts/docs
bench: build ; benchmarks/runner --tool .build/debug/pipeline trivial
