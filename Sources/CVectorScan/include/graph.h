#ifndef CVECTORSCAN_GRAPH_H
#define CVECTORSCAN_GRAPH_H

#include <stddef.h>
#include <stdint.h>

// A graph of neighbours over rows of f32 numbers, by squared euclidean distance. A row's number is its place.

typedef struct {
    size_t dimensions;
    const float *rows;
    /// Lists of `room` + 1 numbers: how many neighbours, and their places.
    uint32_t *links;
    size_t room;
    /// The number of the list of each place; NULL: the place itself.
    const uint32_t *lists;
} cvectorscan_graph;

typedef struct {
    float distance;
    uint32_t place;
} cvectorscan_hit;

/// Walks from `hits`, of which there are `count`, to the `effort` places nearest to the probe.
///
/// @param visited a bit a place, all 0.
/// @param hits room for `effort`; nearest first.
/// @return how many were found.
size_t cvectorscan_graph_walk(int level, const cvectorscan_graph *graph, const float *probe, size_t effort,
                              uint64_t *visited, cvectorscan_hit *hits, size_t count);

/// Goes from a place to the neighbour nearest to the probe, as long as there is a nearer one.
void cvectorscan_graph_descend(int level, const cvectorscan_graph *graph, const float *probe, cvectorscan_hit *hit);

/// Gives a place its neighbours, and itself to each of them as a neighbour: those of `hits`, nearest first, that are
/// nearer to it than to a neighbour it has already, up to `wanted`.
void cvectorscan_graph_link(int level, const cvectorscan_graph *graph, uint32_t place, const cvectorscan_hit *hits,
                            size_t count, size_t wanted);

/// The choice that `cvectorscan_graph_link` makes among the hits around one place.
///
/// @param chosen room for `wanted` places.
/// @return how many were chosen.
size_t cvectorscan_graph_choose(int level, const cvectorscan_graph *graph, const cvectorscan_hit *hits, size_t count,
                                size_t wanted, uint32_t *chosen);

/// Distances of a probe to the rows at some places, into `hits`.
void cvectorscan_graph_distances(int level, const cvectorscan_graph *graph, const float *probe, const uint32_t *places,
                                 size_t count, cvectorscan_hit *hits);

#endif
