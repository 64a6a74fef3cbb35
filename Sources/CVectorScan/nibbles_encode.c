// Codes of four bits: how vectors and probes become codes.

#include "level.h"
#include "nibbles_layout.h"

#include <math.h>

#define INLINE static inline __attribute__((always_inline))

size_t cvectorscan_nibble_block_size(size_t dimensions) {
    return groups_of(dimensions) * GROUP + TAIL_NUMBERS * sizeof(uint16_t);
}

void cvectorscan_nibble_clear(size_t dimensions, uint8_t *block) {
    const size_t codes = groups_of(dimensions) * GROUP;
    memset(block, 0, cvectorscan_nibble_block_size(dimensions));
    uint16_t infinite[ROWS];
    for (int row = 0; row < ROWS; row++) infinite[row] = 0x7F80;
    memcpy(block + codes + HALVES * sizeof(uint16_t), infinite, sizeof infinite);
}

INLINE int code_of(float value, float per_step) {
    float code = value * per_step + 8;
    code = code < 0 ? 0 : code;
    return (int)(code > 15 ? 15 : code);
}

/// Sum of eight sums side by side.
INLINE float total(const float *sums) {
    return ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
}

INLINE float squared_length(const float *vector, size_t dimensions) {
    float sums[8] = {0};
    size_t place = 0;
    for (; place + 8 <= dimensions; place += 8)
        for (int lane = 0; lane < 8; lane++) sums[lane] += vector[place + lane] * vector[place + lane];
    for (int lane = 0; place < dimensions; place++, lane++) sums[lane] += vector[place] * vector[place];
    return total(sums);
}

/// The squared length of what codes of `step` leave of a vector.
INLINE float squared_rest(const float *vector, size_t dimensions, float step) {
    const float per_step = 1 / step;
    float sums[8] = {0};
    size_t place = 0;
    for (; place + 8 <= dimensions; place += 8)
        for (int lane = 0; lane < 8; lane++) {
            const float value = vector[place + lane];
            const float rest = value - step * ((float)code_of(value, per_step) - 7.5f);
            sums[lane] += rest * rest;
        }
    for (int lane = 0; place < dimensions; place++, lane++) {
        const float rest = vector[place] - step * ((float)code_of(vector[place], per_step) - 7.5f);
        sums[lane] += rest * rest;
    }
    return total(sums);
}

INLINE void encode_one(const float *vector, size_t dimensions, size_t lane, uint8_t *block) {
    const float squared = squared_length(vector, dimensions);
    float largest = 0;
    for (size_t place = 0; place < dimensions; place++) {
        const float size = fabsf(vector[place]);
        largest = size > largest ? size : largest;
    }
    // Normally distributed numbers lose least to sixteen steps of 0.335 deviations; the last try clips nothing.
    const float deviation = sqrtf(squared / (float)dimensions);
    const float tries[4] = {0.31f * deviation, 0.335f * deviation, 0.365f * deviation, largest / 7.5f};
    float step = float_of_bf16(bf16_above(1e-30f)), best = INFINITY;
    for (int try = 0; try < 4; try++) {
        // What is stored is the step, so it is chosen among the numbers that can be stored.
        const float stored = float_of_bf16(bf16_above(tries[try]));
        if (!(stored > 1e-30f)) continue;
        const float rest = squared_rest(vector, dimensions, stored);
        if (rest < best) (step = stored, best = rest);
    }
    if (best == INFINITY) best = squared_rest(vector, dimensions, step);

    const float per_step = 1 / step;
    float coded = 0;
    for (size_t place = 0; place < dimensions; place++) {
        const int code = code_of(vector[place], per_step);
        const size_t within = place % 8;
        block[place / 8 * GROUP + lane * 4 + within % 4] |= (uint8_t)(within < 4 ? code : code << 4);
        const float value = step * ((float)code - 7.5f);
        coded += value * value;
    }
    const float rounding = ((float)dimensions + 64) * 0x1p-23f;
    const float length = sqrtf(squared);
    const float rest = sqrtf(best) * (1 + rounding) + 0.01f * sqrtf(coded) * (1 + rounding) + rounding * length;
    uint16_t numbers[3] = {bf16_above(step), bf16_above(rest), bf16_below(squared / 2 * (1 - rounding))};
    uint8_t *tail = block + groups_of(dimensions) * GROUP;
    for (int part = 0; part < 3; part++)
        memcpy(tail + (part * ROWS + lane) * sizeof(uint16_t), &numbers[part], sizeof(uint16_t));
}

INLINE void encode_all(const float *vectors, size_t dimensions, size_t first, size_t count, uint8_t *blocks) {
    const size_t size = cvectorscan_nibble_block_size(dimensions);
    for (size_t row = 0; row < count; row++)
        encode_one(vectors + row * dimensions, dimensions, (first + row) % ROWS, blocks + (first + row) / ROWS * size);
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) static void encode_avx2(const float *vectors, size_t dimensions, size_t first,
                                                            size_t count, uint8_t *blocks) {
    encode_all(vectors, dimensions, first, count, blocks);
}
#endif

void cvectorscan_nibble_encode(int level, const float *vectors, size_t dimensions, size_t first, size_t count,
                               uint8_t *blocks) {
#if defined(__x86_64__)
    if (level >= CVECTORSCAN_AVX2) return encode_avx2(vectors, dimensions, first, count, blocks);
#endif
    (void)level;
    encode_all(vectors, dimensions, first, count, blocks);
}

float cvectorscan_nibble_code_probe(const float *probe, size_t dimensions, int8_t *codes,
                                    cvectorscan_nibble_probe *result) {
    float largest = 0;
    double squared = 0, squared_rest = 0;
    for (size_t place = 0; place < dimensions; place++) {
        const float size = fabsf(probe[place]);
        largest = size > largest ? size : largest;
        squared += (double)probe[place] * probe[place];
    }
    const float step = largest > 1e-30f ? largest / 127 : 1;
    int sum = 0;
    memset(codes, 0, groups_of(dimensions) * 8);
    for (size_t place = 0; place < dimensions; place++) {
        const float code = roundf(probe[place] / step);
        codes[place] = (int8_t)(code < -127 ? -127 : code > 127 ? 127 : code);
        sum += codes[place];
        const double rest = (double)probe[place] - (double)step * codes[place];
        squared_rest += rest * rest;
    }
    result->step = step;
    result->shift = 7.5f * step * (float)sum;
    result->length = (float)sqrt(squared);
    return (float)sqrt(squared_rest);
}
