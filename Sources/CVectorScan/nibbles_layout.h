#ifndef CVECTORSCAN_NIBBLES_LAYOUT_H
#define CVECTORSCAN_NIBBLES_LAYOUT_H

#include "nibbles.h"

#include <string.h>

enum { ROWS = CVECTORSCAN_NIBBLE_ROWS, GROUP = 64 };

/// Stretches of eight dimensions.
static inline size_t groups_of(size_t dimensions) { return (dimensions + 7) / 8; }

/// What follows the codes of a block: sixteen each of s, e and |r|² / 2.
enum { STEPS = 0, RESTS = ROWS, HALVES = 2 * ROWS, TAIL_NUMBERS = 3 * ROWS };

/// A bf16 is the upper half of an f32.
static inline float float_of_bf16(uint16_t upper) {
    const uint32_t bits = (uint32_t)upper << 16;
    float value;
    memcpy(&value, &bits, 4);
    return value;
}

/// The next bf16 at or below a number that is not negative.
static inline uint16_t bf16_below(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    return bits >> 16;
}

/// The next bf16 at or above a number that is not negative.
static inline uint16_t bf16_above(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    return (bits + 0xFFFF) >> 16;
}

#endif
