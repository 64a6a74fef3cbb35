#ifndef CVECTORSCAN_SIGNS_H
#define CVECTORSCAN_SIGNS_H

#include <stddef.h>
#include <stdint.h>

// Sign codes: a bit a number, scored by tables.
//
// A probe's dot product with a vector of signs is summed four signs at a time: for each four, a table tells the sum of
// every pattern, in eight steps, so that a processor looks up 16 or more vectors at once.
//
// Thirty-two vectors make a block: for each eight bits a column of 32 bytes, one a vector.

enum {
    CVECTORSCAN_SIGN_ROWS = 32,
    /// The largest entry of a table.
    CVECTORSCAN_SIGN_STEPS = 7,
};

/// Bytes in a block of vectors of `bits` signs; `bits` is a multiple of 8.
size_t cvectorscan_sign_block_size(size_t bits);

/// Codes `count` vectors as number `first` and following of `blocks`, which held zeros.
///
/// @param vectors rows `stride` numbers apart, of which the first `bits` are coded.
void cvectorscan_sign_encode(const float *vectors, size_t stride, size_t bits, size_t first, size_t count,
                             uint8_t *blocks);

/// Makes a probe's tables: for each eight bits, sixteen entries for the lower four and sixteen for the upper.
///
/// @param tables `bits` / 8 × 32 bytes.
void cvectorscan_sign_tables(const float *probe, size_t bits, uint8_t *tables);

/// The vectors of `block_count` blocks whose score is `threshold` at least.
///
/// @param first_row the number of the first block's first vector.
/// @param rows,scores room for all vectors of the blocks.
/// @return how many there are.
size_t cvectorscan_sign_scan(int level, const uint8_t *tables, size_t bits, const uint8_t *blocks, size_t block_count,
                             uint32_t first_row, uint16_t threshold, uint32_t *rows, uint16_t *scores);

#endif
