#ifndef CVECTORSCAN_NIBBLES_H
#define CVECTORSCAN_NIBBLES_H

#include <stddef.h>
#include <stdint.h>

// Codes of four bits a number, and bounds from them that no vector breaks.
//
// A vector r is coded as r' = s · (u - 7.5), u from 0 to 15, with s so that the rest e = |r - r'| is small. For a probe
// p, coded in bytes as p', the dot product p · r is at most p' · r' + |p| e + |p - p'| |r'|. So |p - r|² is at least
// |p|² + |r|² less twice that.
//
// Sixteen vectors make a block: for each eight dimensions 64 bytes, four a vector (dimension 8g + j in the low half of
// byte j, 8g + 4 + j in the high half); then sixteen each of s, e and |r|² / 2, as bf16: the last rounded down, e up
// with room for the probe's own error (a hundredth of |r'|) and for the rounding of sums.

enum { CVECTORSCAN_NIBBLE_ROWS = 16 };

/// Bytes in a block of sixteen vectors.
size_t cvectorscan_nibble_block_size(size_t dimensions);

/// An empty block: its vectors are beyond every threshold.
void cvectorscan_nibble_clear(size_t dimensions, uint8_t *block);

/// Codes `count` vectors as number `first` and following of `blocks`, which were cleared.
///
/// @param vectors rows of `dimensions` numbers, centred and rotated.
void cvectorscan_nibble_encode(int level, const float *vectors, size_t dimensions, size_t first, size_t count,
                               uint8_t *blocks);

/// A probe for `cvectorscan_nibble_scan`, and what is found for it.
typedef struct {
    /// A byte a dimension, with zeros up to a multiple of eight.
    const int8_t *codes;
    /// What a unit of `codes` stands for.
    float step;
    /// 7.5 · step · the sum of `codes`.
    float shift;
    /// The probe's length |p|, by which e counts.
    float length;
    /// Added to every bound.
    float slack;
    /// Vectors are found whose bound on p · r - |r|² / 2 is above this.
    float threshold;
    /// Room for as many as are looked at: the numbers of vectors found, and their bounds.
    uint32_t *rows;
    float *bounds;
    size_t found;
} cvectorscan_nibble_probe;

/// Codes a probe: sets `step`, `shift` and `length`.
///
/// @param probe `dimensions` numbers, centred and rotated.
/// @param codes room for `dimensions`, rounded up to a multiple of eight.
/// @return |p - p'|.
float cvectorscan_nibble_code_probe(const float *probe, size_t dimensions, int8_t *codes,
                                    cvectorscan_nibble_probe *result);

/// Looks at `block_count` blocks for every probe, and sets each probe's `found`.
///
/// @param blocks the first of them; its first vector has number `first_row`.
void cvectorscan_nibble_scan(int level, cvectorscan_nibble_probe *probes, size_t probe_count, size_t dimensions,
                             const uint8_t *blocks, size_t block_count, uint32_t first_row);

#endif
