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

/// Writes the codes of `step`, and returns the squared length of what they stand for.
INLINE float write_codes(const float *vector, size_t dimensions, size_t first, float step, size_t lane, uint8_t *block) {
    const float per_step = 1 / step;
    float coded = 0;
    for (size_t place = first; place < dimensions; place++) {
        const int code = code_of(vector[place], per_step);
        const size_t within = place % 8;
        block[place / 8 * GROUP + lane * 4 + within % 4] |= (uint8_t)(within < 4 ? code : code << 4);
        const float value = step * ((float)code - 7.5f);
        coded += value * value;
    }
    return coded;
}

enum { TRIES = 4 };

/// What a machine does in its own way: lengths and codes.
typedef struct {
    /// The squared length of a vector, and the largest size of its numbers.
    float (*measure)(const float *vector, size_t dimensions, float *largest);
    /// The squared lengths of what codes of each step leave of a vector.
    void (*rests)(const float *vector, size_t dimensions, const float *steps, float *rests);
    float (*write)(const float *vector, size_t dimensions, float step, size_t lane, uint8_t *block);
} way;

INLINE void encode_one(way by, const float *vector, size_t dimensions, size_t lane, uint8_t *block) {
    float largest;
    const float squared = by.measure(vector, dimensions, &largest);
    // Normally distributed numbers lose least to sixteen steps of 0.335 deviations; the last try clips nothing.
    const float deviation = sqrtf(squared / (float)dimensions);
    const float tries[TRIES] = {0.31f * deviation, 0.335f * deviation, 0.365f * deviation, largest / 7.5f};
    // What is stored is the step, so it is chosen among the numbers that can be stored.
    const float least = float_of_bf16(bf16_above(1e-30f));
    float steps[TRIES], rests[TRIES];
    for (int try = 0; try < TRIES; try++) {
        const float stored = float_of_bf16(bf16_above(tries[try]));
        steps[try] = stored > least ? stored : least;
    }
    by.rests(vector, dimensions, steps, rests);
    int best = 0;
    for (int try = 1; try < TRIES; try++)
        if (rests[try] < rests[best]) best = try;

    const float step = steps[best], coded = by.write(vector, dimensions, step, lane, block);
    const float rounding = ((float)dimensions + 64) * 0x1p-23f;
    const float length = sqrtf(squared);
    const float rest = sqrtf(rests[best]) * (1 + rounding) + 0.01f * sqrtf(coded) * (1 + rounding) + rounding * length;
    uint16_t numbers[3] = {bf16_above(step), bf16_above(rest), bf16_below(squared / 2 * (1 - rounding))};
    uint8_t *tail = block + groups_of(dimensions) * GROUP;
    for (int part = 0; part < 3; part++)
        memcpy(tail + (part * ROWS + lane) * sizeof(uint16_t), &numbers[part], sizeof(uint16_t));
}

INLINE void encode_all(way by, const float *vectors, size_t dimensions, size_t first, size_t count, uint8_t *blocks) {
    const size_t size = cvectorscan_nibble_block_size(dimensions);
    for (size_t row = 0; row < count; row++)
        encode_one(by, vectors + row * dimensions, dimensions, (first + row) % ROWS,
                   blocks + (first + row) / ROWS * size);
}

static float measure_plain(const float *vector, size_t dimensions, float *largest) {
    *largest = 0;
    for (size_t place = 0; place < dimensions; place++) {
        const float size = fabsf(vector[place]);
        *largest = size > *largest ? size : *largest;
    }
    return squared_length(vector, dimensions);
}

static void rests_plain(const float *vector, size_t dimensions, const float *steps, float *rests) {
    for (int try = 0; try < TRIES; try++) rests[try] = squared_rest(vector, dimensions, steps[try]);
}

static float write_plain(const float *vector, size_t dimensions, float step, size_t lane, uint8_t *block) {
    return write_codes(vector, dimensions, 0, step, lane, block);
}

static const way plain = {measure_plain, rests_plain, write_plain};

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 static inline __attribute__((always_inline, target("avx2,fma")))

AVX2 float total_avx2(__m256 sums) {
    float numbers[8];
    _mm256_storeu_ps(numbers, sums);
    return total(numbers);
}

AVX2 float measure_avx2(const float *vector, size_t dimensions, float *largest) {
    const __m256 sign = _mm256_set1_ps(-0.0f);
    __m256 sums = _mm256_setzero_ps(), sizes = sums;
    size_t place = 0;
    for (; place + 8 <= dimensions; place += 8) {
        const __m256 numbers = _mm256_loadu_ps(vector + place);
        sums = _mm256_fmadd_ps(numbers, numbers, sums);
        sizes = _mm256_max_ps(sizes, _mm256_andnot_ps(sign, numbers));
    }
    float of_lanes[8], rest;
    _mm256_storeu_ps(of_lanes, sizes);
    const float squared = measure_plain(vector + place, dimensions - place, &rest);
    *largest = rest;
    for (int lane = 0; lane < 8; lane++) *largest = of_lanes[lane] > *largest ? of_lanes[lane] : *largest;
    return total_avx2(sums) + squared;
}

/// Codes, 0 to 15.
AVX2 __m256i codes_avx2(__m256 numbers, __m256 per_step) {
    const __m256 codes = _mm256_fmadd_ps(numbers, per_step, _mm256_set1_ps(8));
    return _mm256_cvttps_epi32(
        _mm256_min_ps(_mm256_max_ps(codes, _mm256_setzero_ps()), _mm256_set1_ps(15)));
}

/// What codes stand for.
AVX2 __m256 values_avx2(__m256i codes, __m256 step) {
    return _mm256_mul_ps(step, _mm256_sub_ps(_mm256_cvtepi32_ps(codes), _mm256_set1_ps(7.5f)));
}

AVX2 void rests_avx2(const float *vector, size_t dimensions, const float *steps, float *rests) {
    __m256 sums[TRIES], step[TRIES], per_step[TRIES];
    for (int try = 0; try < TRIES; try++) {
        sums[try] = _mm256_setzero_ps();
        step[try] = _mm256_set1_ps(steps[try]);
        per_step[try] = _mm256_set1_ps(1 / steps[try]);
    }
    size_t place = 0;
    for (; place + 8 <= dimensions; place += 8) {
        const __m256 numbers = _mm256_loadu_ps(vector + place);
        for (int try = 0; try < TRIES; try++) {
            const __m256 rest =
                _mm256_sub_ps(numbers, values_avx2(codes_avx2(numbers, per_step[try]), step[try]));
            sums[try] = _mm256_fmadd_ps(rest, rest, sums[try]);
        }
    }
    for (int try = 0; try < TRIES; try++)
        rests[try] = total_avx2(sums[try]) + squared_rest(vector + place, dimensions - place, steps[try]);
}

AVX2 float write_avx2(const float *vector, size_t dimensions, float step, size_t lane, uint8_t *block) {
    const __m256 steps = _mm256_set1_ps(step), per_step = _mm256_set1_ps(1 / step);
    __m256 sums = _mm256_setzero_ps();
    size_t place = 0;
    for (; place + 8 <= dimensions; place += 8) {
        const __m256i codes = codes_avx2(_mm256_loadu_ps(vector + place), per_step);
        const __m256 values = values_avx2(codes, steps);
        sums = _mm256_fmadd_ps(values, values, sums);
        const __m128i pairs =
            _mm_or_si128(_mm256_castsi256_si128(codes), _mm_slli_epi32(_mm256_extracti128_si256(codes, 1), 4));
        const __m128i lowest = _mm_shuffle_epi8(pairs, _mm_set1_epi32(0x0C080400));
        _mm_storeu_si32(block + place / 8 * GROUP + lane * 4, lowest);
    }
    return total_avx2(sums) + write_codes(vector, dimensions, place, step, lane, block);
}

__attribute__((target("avx2,fma"))) static void encode_avx2(const float *vectors, size_t dimensions, size_t first,
                                                            size_t count, uint8_t *blocks) {
    encode_all((way){measure_avx2, rests_avx2, write_avx2}, vectors, dimensions, first, count, blocks);
}
#endif

void cvectorscan_nibble_encode(int level, const float *vectors, size_t dimensions, size_t first, size_t count,
                               uint8_t *blocks) {
#if defined(__x86_64__)
    if (level >= CVECTORSCAN_AVX2) return encode_avx2(vectors, dimensions, first, count, blocks);
#endif
    (void)level;
    encode_all(plain, vectors, dimensions, first, count, blocks);
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
