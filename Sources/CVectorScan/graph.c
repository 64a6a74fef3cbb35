// Hierarchical navigable small worlds (Malkov and Yashunin, 2016): one level of them.

#include "graph.h"

#include <stdlib.h>
#include <string.h>

#include "level.h"

#define INLINE static inline __attribute__((always_inline))

/// Thirty-two sums side by side, which compilers make vectors of.
INLINE float distance(const float *a, const float *b, size_t dimensions) {
    float sums[32] = {0};
    size_t place = 0;
    for (; place + 32 <= dimensions; place += 32)
        for (int lane = 0; lane < 32; lane++) {
            const float apart = a[place + lane] - b[place + lane];
            sums[lane] += apart * apart;
        }
    for (int lane = 0; place < dimensions; place++, lane++) {
        const float apart = a[place] - b[place];
        sums[lane] += apart * apart;
    }
    for (int width = 16; width; width /= 2)
        for (int lane = 0; lane < width; lane++) sums[lane] += sums[lane + width];
    return sums[0];
}

INLINE const float *row_at(const cvectorscan_graph *graph, uint32_t place) {
    return graph->rows + (size_t)place * graph->dimensions;
}

INLINE uint32_t *list_of(const cvectorscan_graph *graph, uint32_t place) {
    return graph->links + (size_t)(graph->lists ? graph->lists[place] : place) * (graph->room + 1);
}

INLINE void fetch(const cvectorscan_graph *graph, uint32_t place) {
    const char *row = (const char *)row_at(graph, place);
    for (size_t offset = 0; offset < graph->dimensions * sizeof(float); offset += 64)
        __builtin_prefetch(row + offset);
}

// The highest bit of a place in the list of hits says that its neighbours have been looked at.
enum { AHEAD = 4 };
static const uint32_t DONE = 1u << 31;

INLINE size_t walk(const cvectorscan_graph *graph, const float *probe, size_t effort, uint64_t *visited,
                   cvectorscan_hit *hits, size_t count) {
    uint32_t fresh[1024];
    for (size_t n = 0; n < count; n++) visited[hits[n].place >> 6] |= 1ull << (hits[n].place & 63);
    size_t next = 0;
    while (next < count) {
        if (hits[next].place & DONE) {
            next++;
            continue;
        }
        const uint32_t *list = list_of(graph, hits[next].place);
        hits[next].place |= DONE;
        size_t fresh_count = 0;
        for (uint32_t n = 1; n <= list[0]; n++) {
            const uint32_t place = list[n];
            const uint64_t bit = 1ull << (place & 63);
            if (visited[place >> 6] & bit) continue;
            visited[place >> 6] |= bit;
            fresh[fresh_count++] = place;
        }
        for (size_t n = 0; n < AHEAD && n < fresh_count; n++) fetch(graph, fresh[n]);
        for (size_t n = 0; n < fresh_count; n++) {
            if (n + AHEAD < fresh_count) fetch(graph, fresh[n + AHEAD]);
            const float apart = distance(probe, row_at(graph, fresh[n]), graph->dimensions);
            if (count == effort && !(apart < hits[count - 1].distance)) continue;
            size_t low = 0, high = count;
            while (low < high) {
                const size_t middle = (low + high) / 2;
                if (hits[middle].distance <= apart) low = middle + 1; else high = middle;
            }
            if (count < effort) count++;
            memmove(hits + low + 1, hits + low, (count - 1 - low) * sizeof *hits);
            hits[low] = (cvectorscan_hit){apart, fresh[n]};
            if (low < next) next = low;
        }
        if (next < count && !(hits[next].place & DONE)) __builtin_prefetch(list_of(graph, hits[next].place));
    }
    for (size_t n = 0; n < count; n++) hits[n].place &= ~DONE;
    return count;
}

/// Puts into `chosen` the hits that are nearer to where they were seen from than to any chosen before.
INLINE size_t choose(const cvectorscan_graph *graph, const cvectorscan_hit *hits, size_t count, size_t wanted,
                     uint32_t *chosen) {
    size_t number = 0;
    for (size_t n = 0; n < count && number < wanted; n++) {
        const float *row = row_at(graph, hits[n].place);
        size_t other = 0;
        while (other < number && distance(row, row_at(graph, chosen[other]), graph->dimensions) >= hits[n].distance)
            other++;
        if (other == number) chosen[number++] = hits[n].place;
    }
    return number;
}

static int nearer(const void *one, const void *other) {
    const cvectorscan_hit *a = one, *b = other;
    if (a->distance != b->distance) return a->distance < b->distance ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

INLINE void link_place(const cvectorscan_graph *graph, uint32_t place, const cvectorscan_hit *hits, size_t count,
                       size_t wanted) {
    uint32_t *own = list_of(graph, place);
    own[0] = (uint32_t)choose(graph, hits, count, wanted, own + 1);
    for (uint32_t n = 1; n <= own[0]; n++) {
        uint32_t *list = list_of(graph, own[n]);
        if (list[0] < graph->room) {
            list[++list[0]] = place;
            continue;
        }
        cvectorscan_hit all[1025];
        const float *row = row_at(graph, own[n]);
        for (uint32_t other = 0; other <= list[0]; other++) {
            const uint32_t there = other == list[0] ? place : list[1 + other];
            all[other] = (cvectorscan_hit){distance(row, row_at(graph, there), graph->dimensions), there};
        }
        const size_t total = list[0] + 1;
        qsort(all, total, sizeof *all, nearer);
        list[0] = (uint32_t)choose(graph, all, total, graph->room, list + 1);
    }
}

INLINE void distances(const cvectorscan_graph *graph, const float *probe, const uint32_t *places, size_t count,
                      cvectorscan_hit *hits) {
    for (size_t n = 0; n < count; n++) {
        if (n + AHEAD < count) fetch(graph, places[n + AHEAD]);
        hits[n] = (cvectorscan_hit){distance(probe, row_at(graph, places[n]), graph->dimensions), places[n]};
    }
}

INLINE void descend(const cvectorscan_graph *graph, const float *probe, cvectorscan_hit *hit) {
    for (;;) {
        const uint32_t *list = list_of(graph, hit->place);
        const uint32_t before = hit->place;
        for (uint32_t n = 1; n <= list[0]; n++) fetch(graph, list[n]);
        for (uint32_t n = 1; n <= list[0]; n++) {
            const float apart = distance(probe, row_at(graph, list[n]), graph->dimensions);
            if (apart < hit->distance) *hit = (cvectorscan_hit){apart, list[n]};
        }
        if (hit->place == before) return;
    }
}

#if defined(__x86_64__)
#define AVX2 __attribute__((target("avx2,fma")))

AVX2 static size_t walk_avx2(const cvectorscan_graph *graph, const float *probe, size_t effort, uint64_t *visited,
                             cvectorscan_hit *hits, size_t count) {
    return walk(graph, probe, effort, visited, hits, count);
}

AVX2 static void link_avx2(const cvectorscan_graph *graph, uint32_t place, const cvectorscan_hit *hits, size_t count,
                           size_t wanted) {
    link_place(graph, place, hits, count, wanted);
}

AVX2 static void distances_avx2(const cvectorscan_graph *graph, const float *probe, const uint32_t *places,
                                size_t count, cvectorscan_hit *hits) {
    distances(graph, probe, places, count, hits);
}

AVX2 static void descend_avx2(const cvectorscan_graph *graph, const float *probe, cvectorscan_hit *hit) {
    descend(graph, probe, hit);
}

AVX2 static size_t choose_avx2(const cvectorscan_graph *graph, const cvectorscan_hit *hits, size_t count,
                               size_t wanted, uint32_t *chosen) {
    return choose(graph, hits, count, wanted, chosen);
}

#define AT_LEVEL(NAME, ...) if (level == 2 || level == 3) return NAME##_avx2(__VA_ARGS__)
#else
#define AT_LEVEL(NAME, ...) (void)level
#endif

size_t cvectorscan_graph_walk(int level, const cvectorscan_graph *graph, const float *probe, size_t effort,
                              uint64_t *visited, cvectorscan_hit *hits, size_t count) {
    AT_LEVEL(walk, graph, probe, effort, visited, hits, count);
    return walk(graph, probe, effort, visited, hits, count);
}

void cvectorscan_graph_link(int level, const cvectorscan_graph *graph, uint32_t place, const cvectorscan_hit *hits,
                            size_t count, size_t wanted) {
    AT_LEVEL(link, graph, place, hits, count, wanted);
    link_place(graph, place, hits, count, wanted);
}

void cvectorscan_graph_distances(int level, const cvectorscan_graph *graph, const float *probe, const uint32_t *places,
                                 size_t count, cvectorscan_hit *hits) {
    AT_LEVEL(distances, graph, probe, places, count, hits);
    distances(graph, probe, places, count, hits);
}

void cvectorscan_graph_descend(int level, const cvectorscan_graph *graph, const float *probe, cvectorscan_hit *hit) {
    AT_LEVEL(descend, graph, probe, hit);
    descend(graph, probe, hit);
}

size_t cvectorscan_graph_choose(int level, const cvectorscan_graph *graph, const cvectorscan_hit *hits, size_t count,
                                size_t wanted, uint32_t *chosen) {
    AT_LEVEL(choose, graph, hits, count, wanted, chosen);
    return choose(graph, hits, count, wanted, chosen);
}
