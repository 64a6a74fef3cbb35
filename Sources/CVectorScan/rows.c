// Squared distances to rows. Rows that are looked at here and there are fetched ahead, since each is a miss in the cache.

#include "rows.h"
#include "half.h"
#include "level.h"

enum { AHEAD = 6, LINE = 64 };

static inline __attribute__((always_inline)) void prefetch_row(const void *row, size_t bytes) {
    for (size_t place = 0; place < bytes; place += LINE) __builtin_prefetch((const char *)row + place);
}

// The loop over rows, around a function that gives the distance of one row.
#define OVER_ROWS(DISTANCE, ELEMENT)                                                                                   \
    for (size_t place = 0; place < count; place++) {                                                                   \
        if (which && place + AHEAD < count)                                                                            \
            prefetch_row(rows + which[place + AHEAD] * dimensions, dimensions * sizeof(ELEMENT));                      \
        distances[place] = DISTANCE(probe, rows + (which ? which[place] : place) * dimensions, dimensions);            \
    }

// In plain C, sixteen sums side by side, which any compiler makes vectors of.
#define PLAIN_DISTANCE(NAME, ELEMENT, VALUE)                                                                           \
    static inline float NAME(const float *probe, const ELEMENT *row, size_t dimensions) {                              \
        float sums[16] = {0};                                                                                          \
        size_t place = 0;                                                                                              \
        for (; place + 16 <= dimensions; place += 16)                                                                  \
            for (int lane = 0; lane < 16; lane++) {                                                                    \
                const float apart = probe[place + lane] - VALUE(row[place + lane]);                                    \
                sums[lane] += apart * apart;                                                                           \
            }                                                                                                          \
        for (int lane = 0; place < dimensions; place++, lane++) {                                                      \
            const float apart = probe[place] - VALUE(row[place]);                                                      \
            sums[lane] += apart * apart;                                                                               \
        }                                                                                                              \
        for (int width = 8; width; width /= 2)                                                                         \
            for (int lane = 0; lane < width; lane++) sums[lane] += sums[lane + width];                                 \
        return sums[0];                                                                                                \
    }

#define ITSELF(value) (value)
PLAIN_DISTANCE(plain_f32, float, ITSELF)
PLAIN_DISTANCE(plain_f16, uint16_t, float_of_half)

static void rows_plain_f32(const float *probe, size_t dimensions, const float *rows, const uint32_t *which,
                           size_t count, float *distances) {
    OVER_ROWS(plain_f32, float)
}

static void rows_plain_f16(const float *probe, size_t dimensions, const uint16_t *rows, const uint32_t *which,
                           size_t count, float *distances) {
    OVER_ROWS(plain_f16, uint16_t)
}

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,fma,f16c")))

AVX2 static inline float sum_of_lanes(__m256 sums) {
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(sums), _mm256_extractf128_ps(sums, 1));
    four = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(four, _mm_movehdup_ps(four)));
}

#define AVX2_DISTANCE(NAME, ELEMENT, LOAD, VALUE)                                                                      \
    AVX2 static inline float NAME(const float *probe, const ELEMENT *row, size_t dimensions) {                         \
        __m256 sums[4] = {_mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps()};         \
        size_t place = 0;                                                                                              \
        for (; place + 32 <= dimensions; place += 32)                                                                  \
            for (int part = 0; part < 4; part++) {                                                                     \
                const size_t at = place + 8 * part;                                                                    \
                const __m256 apart = _mm256_sub_ps(_mm256_loadu_ps(probe + at), LOAD(row + at));                       \
                sums[part] = _mm256_fmadd_ps(apart, apart, sums[part]);                                                \
            }                                                                                                          \
        for (; place + 8 <= dimensions; place += 8) {                                                                  \
            const __m256 apart = _mm256_sub_ps(_mm256_loadu_ps(probe + place), LOAD(row + place));                     \
            sums[0] = _mm256_fmadd_ps(apart, apart, sums[0]);                                                          \
        }                                                                                                              \
        float sum = sum_of_lanes(_mm256_add_ps(_mm256_add_ps(sums[0], sums[1]), _mm256_add_ps(sums[2], sums[3])));     \
        for (; place < dimensions; place++) {                                                                          \
            const float apart = probe[place] - VALUE(row[place]);                                                      \
            sum += apart * apart;                                                                                      \
        }                                                                                                              \
        return sum;                                                                                                    \
    }

#define LOAD_F16(at) _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(at)))
AVX2_DISTANCE(avx2_f32, float, _mm256_loadu_ps, ITSELF)
AVX2_DISTANCE(avx2_f16, uint16_t, LOAD_F16, float_of_half)

AVX2 static void rows_avx2_f32(const float *probe, size_t dimensions, const float *rows, const uint32_t *which,
                               size_t count, float *distances) {
    OVER_ROWS(avx2_f32, float)
}

AVX2 static void rows_avx2_f16(const float *probe, size_t dimensions, const uint16_t *rows, const uint32_t *which,
                               size_t count, float *distances) {
    OVER_ROWS(avx2_f16, uint16_t)
}

AVX2 static size_t to_f16_avx2(const float *values, size_t count, uint16_t *halves) {
    size_t place = 0;
    for (; place + 8 <= count; place += 8)
        _mm_storeu_si128((__m128i *)(halves + place), _mm256_cvtps_ph(_mm256_loadu_ps(values + place), 0));
    return place;
}

AVX2 static size_t from_f16_avx2(const uint16_t *halves, size_t count, float *values) {
    size_t place = 0;
    for (; place + 8 <= count; place += 8) _mm256_storeu_ps(values + place, LOAD_F16(halves + place));
    return place;
}
#elif defined(__aarch64__)
#include <arm_neon.h>

#define NEON_DISTANCE(NAME, ELEMENT, LOAD, VALUE)                                                                      \
    static inline float NAME(const float *probe, const ELEMENT *row, size_t dimensions) {                              \
        float32x4_t sums[4] = {vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0)};                        \
        size_t place = 0;                                                                                              \
        for (; place + 16 <= dimensions; place += 16)                                                                  \
            for (int part = 0; part < 4; part++) {                                                                     \
                const size_t at = place + 4 * part;                                                                    \
                const float32x4_t apart = vsubq_f32(vld1q_f32(probe + at), LOAD(row + at));                            \
                sums[part] = vfmaq_f32(sums[part], apart, apart);                                                      \
            }                                                                                                          \
        float sum = vaddvq_f32(vaddq_f32(vaddq_f32(sums[0], sums[1]), vaddq_f32(sums[2], sums[3])));                   \
        for (; place < dimensions; place++) {                                                                          \
            const float apart = probe[place] - VALUE(row[place]);                                                      \
            sum += apart * apart;                                                                                      \
        }                                                                                                              \
        return sum;                                                                                                    \
    }

#define LOAD_F16(at) vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(at)))
NEON_DISTANCE(neon_f32, float, vld1q_f32, ITSELF)
NEON_DISTANCE(neon_f16, uint16_t, LOAD_F16, float_of_half)

static void rows_neon_f32(const float *probe, size_t dimensions, const float *rows, const uint32_t *which,
                          size_t count, float *distances) {
    OVER_ROWS(neon_f32, float)
}

static void rows_neon_f16(const float *probe, size_t dimensions, const uint16_t *rows, const uint32_t *which,
                          size_t count, float *distances) {
    OVER_ROWS(neon_f16, uint16_t)
}
#endif

void cvectorscan_l2_f32(int level, const float *probe, size_t dimensions, const float *rows, const uint32_t *which,
                        size_t count, float *distances) {
#if defined(__x86_64__)
    if (level >= CVECTORSCAN_AVX2) return rows_avx2_f32(probe, dimensions, rows, which, count, distances);
#elif defined(__aarch64__)
    if (level >= CVECTORSCAN_NEON) return rows_neon_f32(probe, dimensions, rows, which, count, distances);
#endif
    rows_plain_f32(probe, dimensions, rows, which, count, distances);
}

void cvectorscan_l2_f16(int level, const float *probe, size_t dimensions, const uint16_t *rows, const uint32_t *which,
                        size_t count, float *distances) {
#if defined(__x86_64__)
    if (level >= CVECTORSCAN_AVX2) return rows_avx2_f16(probe, dimensions, rows, which, count, distances);
#elif defined(__aarch64__)
    if (level >= CVECTORSCAN_NEON) return rows_neon_f16(probe, dimensions, rows, which, count, distances);
#endif
    rows_plain_f16(probe, dimensions, rows, which, count, distances);
}

void cvectorscan_to_f16(int level, const float *values, size_t count, uint16_t *halves) {
    size_t place = 0;
#if defined(__x86_64__)
    if (level >= CVECTORSCAN_AVX2) place = to_f16_avx2(values, count, halves);
#endif
    (void)level;
    for (; place < count; place++) halves[place] = half_of_float(values[place]);
}

void cvectorscan_from_f16(int level, const uint16_t *halves, size_t count, float *values) {
    size_t place = 0;
#if defined(__x86_64__)
    if (level >= CVECTORSCAN_AVX2) place = from_f16_avx2(halves, count, values);
#endif
    (void)level;
    for (; place < count; place++) values[place] = float_of_half(halves[place]);
}
