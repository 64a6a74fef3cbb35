#include "rotation.h"
#include "level.h"

#include <math.h>

#define INLINE static inline __attribute__((always_inline))

/// Sums and differences of numbers `half` apart.
INLINE void butterflies(float *values, size_t size, size_t half) {
    for (size_t start = 0; start < size; start += 2 * half)
        for (size_t place = start; place < start + half; place++) {
            const float one = values[place], other = values[place + half];
            values[place] = one + other;
            values[place + half] = one - other;
        }
}

INLINE void scale_and_sign(float *values, size_t count, const float *signs, float scale) {
    for (size_t place = 0; place < count; place++) values[place] *= signs ? signs[place] * scale : scale;
}

INLINE void rotate_all(float *vectors, size_t dimensions, size_t count, const float *signs,
                       void (*transform)(float *, size_t)) {
    size_t size = 1;
    while (2 * size <= dimensions) size *= 2;
    const float scale = 1 / sqrtf((float)size);
    for (size_t row = 0; row < count; row++)
        for (int round = 0; round < 2; round++) {
            float *values = vectors + row * dimensions;
            if (size == dimensions) {
                scale_and_sign(values, size, signs + round * dimensions, scale);
                transform(values, size);
                continue;
            }
            scale_and_sign(values, dimensions, signs + round * dimensions, 1);
            scale_and_sign(values, size, 0, scale);
            transform(values, size);
            scale_and_sign(values + dimensions - size, size, 0, scale);
            transform(values + dimensions - size, size);
        }
}

static void transform_plain(float *values, size_t size) {
    for (size_t half = 1; half < size; half *= 2) butterflies(values, size, half);
}

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,fma")))

AVX2 static void transform_avx2(float *values, size_t size) {
    if (size < 8) return transform_plain(values, size);
    const __m256 by1 = _mm256_setr_ps(1, -1, 1, -1, 1, -1, 1, -1);
    const __m256 by2 = _mm256_setr_ps(1, 1, -1, -1, 1, 1, -1, -1);
    const __m256 by4 = _mm256_setr_ps(1, 1, 1, 1, -1, -1, -1, -1);
    for (size_t place = 0; place < size; place += 8) {
        __m256 eight = _mm256_loadu_ps(values + place);
        eight = _mm256_fmadd_ps(eight, by1, _mm256_permute_ps(eight, 0xB1));
        eight = _mm256_fmadd_ps(eight, by2, _mm256_permute_ps(eight, 0x4E));
        eight = _mm256_fmadd_ps(eight, by4, _mm256_permute2f128_ps(eight, eight, 1));
        _mm256_storeu_ps(values + place, eight);
    }
    size_t half = 8;
    // Two levels at a time.
    for (; half * 4 <= size; half *= 4)
        for (size_t start = 0; start < size; start += 4 * half)
            for (size_t place = start; place < start + half; place += 8) {
                float *at = values + place;
                const __m256 a = _mm256_loadu_ps(at), b = _mm256_loadu_ps(at + half);
                const __m256 c = _mm256_loadu_ps(at + 2 * half), d = _mm256_loadu_ps(at + 3 * half);
                const __m256 ab = _mm256_add_ps(a, b), a_b = _mm256_sub_ps(a, b);
                const __m256 cd = _mm256_add_ps(c, d), c_d = _mm256_sub_ps(c, d);
                _mm256_storeu_ps(at, _mm256_add_ps(ab, cd));
                _mm256_storeu_ps(at + half, _mm256_add_ps(a_b, c_d));
                _mm256_storeu_ps(at + 2 * half, _mm256_sub_ps(ab, cd));
                _mm256_storeu_ps(at + 3 * half, _mm256_sub_ps(a_b, c_d));
            }
    if (half < size)
        for (size_t place = 0; place < half; place += 8) {
            const __m256 one = _mm256_loadu_ps(values + place), other = _mm256_loadu_ps(values + place + half);
            _mm256_storeu_ps(values + place, _mm256_add_ps(one, other));
            _mm256_storeu_ps(values + place + half, _mm256_sub_ps(one, other));
        }
}

AVX2 static void rotate_avx2(float *vectors, size_t dimensions, size_t count, const float *signs) {
    rotate_all(vectors, dimensions, count, signs, transform_avx2);
}
#endif

void cvectorscan_rotate(int level, float *vectors, size_t dimensions, size_t count, const float *signs) {
#if defined(__x86_64__)
    if (level >= CVECTORSCAN_AVX2) return rotate_avx2(vectors, dimensions, count, signs);
#endif
    (void)level;
    rotate_all(vectors, dimensions, count, signs, transform_plain);
}
