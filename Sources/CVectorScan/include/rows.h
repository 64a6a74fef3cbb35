#ifndef CVECTORSCAN_ROWS_H
#define CVECTORSCAN_ROWS_H

#include <stddef.h>
#include <stdint.h>

/// Squared euclidean distances of a probe to rows of f32 numbers, one row after the other.
///
/// @param which numbers of the rows to look at, or NULL for rows 0 to `count` - 1.
/// @param distances `count` results, in the order of `which`.
void cvectorscan_l2_f32(int level, const float *probe, size_t dimensions, const float *rows, const uint32_t *which,
                        size_t count, float *distances);

/// The same for rows of f16 numbers.
void cvectorscan_l2_f16(int level, const float *probe, size_t dimensions, const uint16_t *rows, const uint32_t *which,
                        size_t count, float *distances);

/// Nearest f16 numbers, halves to even; beyond their range, infinity.
void cvectorscan_to_f16(int level, const float *values, size_t count, uint16_t *halves);

/// The numbers that f16 numbers stand for.
void cvectorscan_from_f16(int level, const uint16_t *halves, size_t count, float *values);

#endif
