#!/usr/bin/env bash
# Makes Sources/FaceStores/Milvus/Protocol/milvus.pb.swift anew of milvus.proto beside it. Needs Debian's protobuf-compiler; the
# plugin for Swift is built from the swift-protobuf that this package uses.
set -euo pipefail
source "$(dirname "$0")/common.sh"
cd "$(dirname "$0")/.."

command -v protoc >/dev/null || fail "there is no protoc; install protobuf-compiler"
[ -d .build/checkouts/swift-protobuf ] || swift package resolve
swift build --quiet -c release --package-path .build/checkouts/swift-protobuf --scratch-path .build/protobuf \
    --product protoc-gen-swift
folder=Sources/FaceStores/Milvus/Protocol
protoc --plugin=.build/protobuf/release/protoc-gen-swift --proto_path="$folder" --swift_out="$folder" milvus.proto
swift format --in-place "$folder/milvus.pb.swift"
