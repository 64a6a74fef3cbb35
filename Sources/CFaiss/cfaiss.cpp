#include "CFaiss.h"

#include <omp.h>

#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <stdexcept>
#include <vector>

#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIDMap.h>
#include <faiss/impl/io.h>
#include <faiss/index_io.h>
#include <faiss/utils/distances.h>

/// One of `graph`, whose storage is an IndexFlat, and `flat`.
struct cfaiss_index {
    std::unique_ptr<faiss::IndexHNSWFlat> graph;
    std::unique_ptr<faiss::IndexFlat> flat;
    std::vector<int64_t> ids;

    faiss::Index &any() const {
        if (graph) return *graph;
        return *flat;
    }
    const faiss::IndexFlat &vectors() const {
        return graph ? static_cast<const faiss::IndexFlat &>(*graph->storage) : *flat;
    }
};

/// Runs `work`, and says whether it threw.
template <typename Work> static int guard(char *message, Work work) noexcept {
    try {
        work();
        return 0;
    } catch (const std::exception &error) {
        std::snprintf(message, CFAISS_MESSAGE, "%s", error.what());
    } catch (...) {
        std::snprintf(message, CFAISS_MESSAGE, "failed");
    }
    return -1;
}

/// Threads of a faiss call from this thread.
static void use_threads(int count) {
    omp_set_num_threads(count);
    // Distances one by one, as exact as with few probes, and without a BLAS library worth the name.
    static const int threshold = faiss::distance_compute_blas_threshold = INT_MAX;
    (void)threshold;
}

cfaiss_index *cfaiss_make(int32_t dimensions, int32_t links, char *message) {
    std::unique_ptr<cfaiss_index> index;
    int status = guard(message, [&] {
        index.reset(new cfaiss_index);
        index->graph.reset(new faiss::IndexHNSWFlat(dimensions, links));
    });
    return status == 0 ? index.release() : nullptr;
}

namespace {
struct memory_reader final : faiss::IOReader {
    const char *bytes;
    size_t left;

    memory_reader(const void *start, size_t length) : bytes(static_cast<const char *>(start)), left(length) {}

    size_t operator()(void *to, size_t size, size_t count) override {
        if (size == 0) return 0;
        size_t whole = count < left / size ? count : left / size;
        if (whole > 0) std::memcpy(to, bytes, whole * size);
        bytes += whole * size;
        left -= whole * size;
        return whole;
    }
};
}  // namespace

cfaiss_index *cfaiss_read(const void *bytes, size_t length, const int64_t **ids, char *message) {
    std::unique_ptr<cfaiss_index> index;
    *ids = nullptr;
    int status = guard(message, [&] {
        index.reset(new cfaiss_index);
        memory_reader reader(bytes, length);
        std::unique_ptr<faiss::Index> read(faiss::read_index(&reader));
        if (auto map = dynamic_cast<faiss::IndexIDMap *>(read.get())) {
            index->ids.assign(map->id_map.begin(), map->id_map.end());
            std::unique_ptr<faiss::Index> inner(map->index);
            map->own_fields = false;
            read = std::move(inner);
            *ids = index->ids.data();
        }
        if (auto graph = dynamic_cast<faiss::IndexHNSWFlat *>(read.get())) {
            if (!dynamic_cast<faiss::IndexFlat *>(graph->storage)) throw std::runtime_error("keeps no vectors");
            read.release();
            index->graph.reset(graph);
        } else if (auto flat = dynamic_cast<faiss::IndexFlat *>(read.get())) {
            read.release();
            index->flat.reset(flat);
        } else {
            throw std::runtime_error("is of another kind");
        }
    });
    return status == 0 ? index.release() : nullptr;
}

cfaiss_index *cfaiss_copy(const cfaiss_index *from, char *message) {
    std::unique_ptr<cfaiss_index> index;
    int status = guard(message, [&] {
        index.reset(new cfaiss_index);
        if (from->graph) {
            std::unique_ptr<faiss::IndexFlat> storage(new faiss::IndexFlat(from->vectors()));
            index->graph.reset(new faiss::IndexHNSWFlat(*from->graph));
            index->graph->storage = storage.release();
        } else {
            index->flat.reset(new faiss::IndexFlat(*from->flat));
        }
    });
    return status == 0 ? index.release() : nullptr;
}

void cfaiss_free(cfaiss_index *index) { delete index; }

const float *cfaiss_vectors(const cfaiss_index *index) { return index->vectors().get_xb(); }

int32_t cfaiss_effort(const cfaiss_index *index) { return index->graph ? index->graph->hnsw.efSearch : 0; }

int cfaiss_add(cfaiss_index *index, const float *vectors, int64_t count, int32_t threads, char *message) {
    return guard(message, [&] {
        use_threads(threads);
        index->any().add(count, vectors);
    });
}

int cfaiss_search(const cfaiss_index *index, const float *probes, int64_t count, int64_t k, int32_t effort,
                  float *distances, int64_t *places, char *message) {
    return guard(message, [&] {
        use_threads(1);
        faiss::SearchParametersHNSW parameters;
        parameters.efSearch = effort;
        index->any().search(count, probes, k, distances, places, index->graph ? &parameters : nullptr);
    });
}

void cfaiss_distances(const cfaiss_index *index, const float *probe, const int64_t *places, int64_t count,
                      float *distances) {
    size_t dimensions = (size_t)index->any().d;
    const float *vectors = index->vectors().get_xb();
    for (int64_t n = 0; n < count; n++)
        distances[n] = faiss::fvec_L2sqr(probe, vectors + (size_t)places[n] * dimensions, dimensions);
}

void *cfaiss_write(const cfaiss_index *index, const int64_t *ids, int32_t effort, size_t *length, char *message) {
    void *bytes = nullptr;
    int status = guard(message, [&] {
        faiss::IndexIDMap map;
        map.d = index->any().d;
        map.ntotal = index->any().ntotal;
        map.metric_type = faiss::METRIC_L2;
        map.is_trained = true;
        map.index = &index->any();
        map.id_map.assign(ids, ids + map.ntotal);
        faiss::VectorIOWriter writer;
        if (index->graph) index->graph->hnsw.efSearch = effort;
        faiss::write_index(&map, &writer);
        bytes = std::malloc(writer.data.size());
        if (!bytes) throw std::bad_alloc();
        std::memcpy(bytes, writer.data.data(), writer.data.size());
        *length = writer.data.size();
    });
    return status == 0 ? bytes : nullptr;
}
