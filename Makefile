# What README and CI call. `make` alone prints what there is.

PREFIX ?= /usr/local
override PREFIX := $(abspath $(PREFIX))
DEEPFACE_STRICT ?= 1
export PREFIX DEEPFACE_STRICT MINUTES

# Found here besides where pkg-config and the dynamic linker look anyway.
export PKG_CONFIG_PATH := $(PREFIX)/lib/pkgconfig$(if $(PKG_CONFIG_PATH),:$(PKG_CONFIG_PATH))
ifeq ($(filter /usr /usr/local,$(PREFIX)),)
export LD_LIBRARY_PATH := $(PREFIX)/lib$(if $(LD_LIBRARY_PATH),:$(LD_LIBRARY_PATH))
endif

.PHONY: help setup build weights test-weights store-servers spark photos demo serve test test-page test-spark fuzz lint bench bench-peer \
	bench-search bench-search-peer bench-cluster bench-stores bench-stores-peer bench-serve test-schema clean
.NOTPARALLEL:

help:
	@echo 'make demo    from nothing to a verdict: set up, build, fetch weights, compare sample photos'
	@echo 'make setup   install what is missing: system packages, OpenVINO (into PREFIX, default /usr/local)'
	@echo 'make build   build the deepface command, in .build/release'
	@echo 'make serve   build, fetch weights, and serve at http://127.0.0.1:5005'
	@echo 'make test    run every test, and build the example as somebody else would'
	@echo 'make test-page    drive the web page in Chromium, which it installs (0.3 GB)'
	@echo 'make test-schema  ask the server what schemathesis makes up from its contract, for MINUTES=10'
	@echo 'make test-spark   run the tests of matching by Spark, which it installs (0.5 GB; Java 17 must be there)'
	@echo 'make fuzz    hand 10,000 damaged files to every reader, under a sanitizer (a second build, and minutes)'
	@echo 'make lint    check how the code is written'
	@echo 'make bench   measure speed and memory; after make bench-peer, beside TensorFlow too (0.7 GB)'
	@echo 'make bench-search N=1M D=128   search made-up galleries; after make bench-search-peer, beside faiss, ScaNN, … (0.3 GB)'
	@echo 'make bench-cluster N=100k D=128   group made-up embeddings into people'
	@echo 'make bench-stores   register and search 100,000 faces in PostgreSQL; after make bench-stores-peer, beside Python'
	@echo 'make bench-serve  ask the server from 32 connections for 5 minutes: rates, times, memory'
	@echo 'make clean   remove what was built'
	@echo
	@echo 'Weights go to $$DEEPFACE_HOME/.deepface/weights (default ~). DEEPFACE_STRICT=0 lets compiler warnings pass.'

setup:
	@scripts/system-packages.sh
	@scripts/opencv-pc.sh
	@scripts/openvino.sh

# Shows its progress the first time only.
build: setup
	@swift build $(if $(wildcard .build/release/deepface),--quiet) -c release --product deepface

weights: build
	@scripts/weights.sh

test-weights: weights
	@scripts/test-weights.sh

# Tests of stores leave out what is not installed.
store-servers:
	@scripts/store-servers.sh

# Tests of matching by Spark are left out without it.
spark:
	@[ -e .build/spark-python/pyspark/bin/spark-sql ] || { python3 -m pip install --quiet --no-input \
		--disable-pip-version-check --no-compile --target .build/spark-python pyspark==4.0.1; }

photos:
	@scripts/sample-photos.sh demo/photos

demo: weights photos
	@scripts/demo.sh

serve: weights
	@.build/release/deepface serve

test: weights photos test-weights store-servers
	@scripts/test.sh

# SHOTS: a folder for screenshots.
test-page: weights photos
	@scripts/page-test.sh $(SHOTS)

# MINUTES: how long.
test-schema: weights photos
	@scripts/schemathesis.sh

test-spark: setup spark
	@swift test -c release --disable-testable-imports --filter Spark

# The engine's TBB cannot be loaded under the sanitizer, so what passes our checks goes to it in the usual build.
# Libraries keep some memory to the end, which is no leak of ours.
fuzz: weights
	@DEEPFACE_FUZZ=1 DEEPFACE_FUZZ_ENGINE=0 ASAN_OPTIONS=detect_leaks=0 \
		swift test --sanitize=address --scratch-path .build/fuzz --filter Mutation
	@DEEPFACE_FUZZ=1 swift test -c release --disable-testable-imports --filter NetworkFileMutation

lint:
	@scripts/lint.sh

bench: weights photos test-weights
	@swift run -c release --package-path Benchmarks

# What Python DeepFace runs its networks and YuNet with, for make bench to run beside ours.
bench-peer:
	@python3 -m pip install --quiet --no-input --disable-pip-version-check --no-compile --upgrade \
		--target .build/peer-python tensorflow-cpu==2.21.0 tf_keras==2.21.0 opencv-python-headless==4.11.0.86

# N: 1M, 10M, 100M or a number; D: 128 or 512; INDEX: names from its table, to measure only those.
N ?= 1M
D ?= 128
bench-search:
	@swift build --quiet -c release --package-path Benchmarks --product SearchBench
	@Benchmarks/.build/release/SearchBench $(N) $(D) $(INDEX)

bench-cluster: N = 100k
bench-cluster:
	@swift build --quiet -c release --package-path Benchmarks --product SearchBench
	@Benchmarks/.build/release/SearchBench cluster $(N) $(D)

# Libraries for make bench-search to search beside ours.
bench-search-peer:
	@python3 -m pip install --quiet --no-input --disable-pip-version-check --no-compile --upgrade \
		--target .build/search-peer-python faiss-cpu==1.15.1 hnswlib==0.8.0 numpy==2.4.6 pandas==3.1.1 scann==1.4.2 \
		usearch==2.26.6

# Servers of their own, empty, with their standard settings.
bench-stores: store-servers
	@swift build --quiet -c release --package-path Benchmarks --product StoreBench
	@PYTHONPATH=.build/store-peer-python scripts/with-postgres.sh debian sh -c \
		'Benchmarks/.build/release/StoreBench $$0 && if [ -e .build/store-peer-python ]; then python3 Benchmarks/store_peer.py $$0; fi' \
		ADDRESS
	@scripts/with-postgres.sh pgvector Benchmarks/.build/release/StoreBench ADDRESS

# What Python DeepFace reads its tables with.
bench-stores-peer:
	@python3 -m pip install --quiet --no-input --disable-pip-version-check --no-compile --upgrade \
		--target .build/store-peer-python numpy==2.4.6 pandas==3.1.1 'psycopg[binary]==3.3.9'

# CONNECTIONS, SECONDS: how many at once, and how long.
CONNECTIONS ?= 32
SECONDS ?= 300
bench-serve: weights photos
	@python3 Benchmarks/serve_load.py $(CONNECTIONS) $(SECONDS)

clean:
	@rm -rf .build Benchmarks/.build Examples/*/.build demo
