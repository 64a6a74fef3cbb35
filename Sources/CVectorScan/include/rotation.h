#ifndef CVECTORSCAN_ROTATION_H
#define CVECTORSCAN_ROTATION_H

#include <stddef.h>

/// Turns vectors by a fixed random rotation, in place: lengths and angles stay, and what was in few numbers is spread
/// over all of them, so that codes of few bits lose little whatever the data is like.
///
/// Two rounds of sign changes and fast Hadamard transforms: of as many of the first numbers as make a power of two,
/// then of as many of the last ones.
///
/// @param vectors `count` × `dimensions` numbers.
/// @param signs 2 × `dimensions` numbers, each 1 or -1.
void cvectorscan_rotate(int level, float *vectors, size_t dimensions, size_t count, const float *signs);

#endif
