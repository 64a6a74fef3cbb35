#ifndef CFAISS_H
#define CFAISS_H

#include <stddef.h>
#include <stdint.h>

// faiss' graph of neighbours (IndexHNSWFlat) and plain vectors (IndexFlatL2), both by squared euclidean distance.
// Functions that can fail put a line into `message`, which has room for this many bytes. A vector's place is its number
// in the order of adding; ids are kept by the caller, and given for writing.

enum { CFAISS_MESSAGE = 256 };

#ifdef __cplusplus
extern "C" {
#endif

typedef struct cfaiss_index cfaiss_index;

/// An empty graph with `links` neighbours a vector (twice that on its lowest level); NULL: failed.
cfaiss_index *cfaiss_make(int32_t dimensions, int32_t links, char *message);

/// What `faiss.write_index` wrote: one of the two kinds, with ids (IndexIDMap) or without. NULL: failed.
///
/// The caller has checked the structure: faiss trusts it.
///
/// @param ids set to the ids, which live as long as the index does, or NULL when it has none.
cfaiss_index *cfaiss_read(const void *bytes, size_t length, const int64_t **ids, char *message);

cfaiss_index *cfaiss_copy(const cfaiss_index *index, char *message);
void cfaiss_free(cfaiss_index *index);

/// The vectors, row by row.
const float *cfaiss_vectors(const cfaiss_index *index);

/// How many vectors the graph looks at for a probe when nobody says: kept in the bytes. 0 for plain vectors.
int32_t cfaiss_effort(const cfaiss_index *index);

/// Adds `count` vectors, computing with `threads`. 0, or -1 when it failed.
int cfaiss_add(cfaiss_index *index, const float *vectors, int64_t count, int32_t threads, char *message);

/// The `k` nearest to each probe, on the calling thread: squared distances and places, -1 where there are fewer.
/// 0, or -1 when it failed.
int cfaiss_search(const cfaiss_index *index, const float *probes, int64_t count, int64_t k, int32_t effort,
                  float *distances, int64_t *places, char *message);

/// Squared distances of a probe to the vectors at some places.
void cfaiss_distances(const cfaiss_index *index, const float *probe, const int64_t *places, int64_t count,
                      float *distances);

/// The bytes of an IndexIDMap around the index, as `faiss.write_index` writes it; to be freed by `free`. NULL: failed.
///
/// @param ids one a vector.
void *cfaiss_write(const cfaiss_index *index, const int64_t *ids, int32_t effort, size_t *length, char *message);

#ifdef __cplusplus
}
#endif
#endif
