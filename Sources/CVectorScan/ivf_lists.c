#include "CVectorScan.h"
#include "ivf_vector.h"

#include <math.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

IVF_INLINE void ivf_bytes_body(int level, const float *rows, size_t numbers, float scale, uint8_t *out) {
    (void)level;
    for (size_t i = 0; i < numbers; i++) {
        float v = rows[i] * scale + 64.5f;
        v = v < 0 ? 0 : v;
        v = v > 127 ? 127 : v;
        out[i] = (uint8_t)(int32_t)v;
    }
}

IVF_DISPATCH(ivf_bytes, (int level, const float *rows, size_t numbers, float scale, uint8_t *out), (level, rows, numbers, scale, out))

IVF_INLINE void ivf_distances_body(int level, const float *probe, const float *rows, size_t count, size_t width, float *out) {
    (void)level;
    for (size_t row = 0; row < count; row++, rows += width) {
        ivf_f8 a = {0}, b = {0}, c = {0}, d = {0};
        for (size_t i = 0; i < width; i += 32) {
            ivf_f8 p[4], r[4];
            memcpy(p, probe + i, 128);
            memcpy(r, rows + i, 128);
            ivf_f8 e = p[0] - r[0], f = p[1] - r[1], g = p[2] - r[2], h = p[3] - r[3];
            a += e * e;
            b += f * f;
            c += g * g;
            d += h * h;
        }
        a = (a + b) + (c + d);
        out[row] = ivf_sum8(&a);
    }
}

IVF_DISPATCH(
    ivf_distances, (int level, const float *probe, const float *rows, size_t count, size_t width, float *out),
    (level, probe, rows, count, width, out))

// The best two of some scores, the first where they are equal.
struct best {
    int32_t score[2];
    uint32_t index[2];
};

IVF_INLINE void offer(struct best *best, int32_t score, uint32_t index) {
    if (score > best->score[0] || (score == best->score[0] && index < best->index[0])) {
        best->score[1] = best->score[0];
        best->index[1] = best->index[0];
        best->score[0] = score;
        best->index[0] = index;
    } else if (score > best->score[1] || (score == best->score[1] && index < best->index[1])) {
        best->score[1] = score;
        best->index[1] = index;
    }
}

#define NOTHING ((struct best){{INT32_MIN, INT32_MIN}, {UINT32_MAX, UINT32_MAX}})

static void nearest_plain(
    const uint8_t *rows, size_t count, const int8_t *packed, const int32_t *bias, size_t groups, size_t width,
    uint32_t *nearest, int32_t *scores, uint32_t *second) {
    for (size_t row = 0; row < count; row++, rows += width) {
        struct best best = NOTHING;
        const int8_t *centroid = packed;
        for (size_t group = 0; group < groups; group++, centroid += 8 * width) {
            int32_t sums[8] = {0};
            for (size_t four = 0; four < width / 4; four++)
                for (size_t lane = 0; lane < 8; lane++)
                    for (size_t i = 0; i < 4; i++)
                        sums[lane] += rows[four * 4 + i] * centroid[four * 32 + lane * 4 + i];
            for (size_t lane = 0; lane < 8; lane++)
                offer(&best, sums[lane] - bias[group * 8 + lane], (uint32_t)(group * 8 + lane));
        }
        nearest[row] = best.index[0];
        if (scores) scores[row] = best.score[0];
        if (second) second[row] = best.index[1];
    }
}

#if defined(__x86_64__)
#define ROWS 4

// The largest of eight numbers, in every lane.
IVF_AVX2 static inline __m256i largest(__m256i x) {
    x = _mm256_max_epi32(x, _mm256_permute2x128_si256(x, x, 1));
    x = _mm256_max_epi32(x, _mm256_shuffle_epi32(x, 0x4E));
    return _mm256_max_epi32(x, _mm256_shuffle_epi32(x, 0xB1));
}

// The least of the indices in the chosen lanes, in every lane.
IVF_AVX2 static inline __m256i first_of(__m256i index, __m256i chosen) {
    __m256i x = _mm256_or_si256(index, _mm256_xor_si256(chosen, _mm256_set1_epi32(-1)));
    x = _mm256_min_epu32(x, _mm256_permute2x128_si256(x, x, 1));
    x = _mm256_min_epu32(x, _mm256_shuffle_epi32(x, 0x4E));
    return _mm256_min_epu32(x, _mm256_shuffle_epi32(x, 0xB1));
}

// Four rows at a time against 8 centroids; a product of a row's byte and a centroid's is at most 127 × 63, so that
// four of them fit 16 bits. Each lane keeps its own best two.
IVF_AVX2 static void nearest_avx2(
    const uint8_t *rows, size_t count, const int8_t *packed, const int32_t *bias, size_t groups, size_t width,
    uint32_t *nearest, int32_t *scores, uint32_t *second) {
    const __m256i ones = _mm256_set1_epi16(1);
    for (size_t first = 0; first < count; first += ROWS) {
        const uint8_t *row[ROWS];
        int32_t kept[ROWS][4][8];
        for (size_t r = 0; r < ROWS; r++) {
            row[r] = rows + (first + r < count ? first + r : count - 1) * width;
            for (size_t lane = 0; lane < 8; lane++) {
                kept[r][0][lane] = kept[r][2][lane] = INT32_MIN;
                kept[r][1][lane] = kept[r][3][lane] = -1;
            }
        }
        __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        const int8_t *centroid = packed;
        for (size_t group = 0; group < groups; group++) {
            __m256i sums[ROWS];
            for (size_t r = 0; r < ROWS; r++) sums[r] = _mm256_setzero_si256();
            for (size_t i = 0; i < width; i += 8, centroid += 64) {
                __m256i c0 = _mm256_loadu_si256((const __m256i *)centroid);
                __m256i c1 = _mm256_loadu_si256((const __m256i *)(centroid + 32));
                for (size_t r = 0; r < ROWS; r++) {
                    int32_t x0, x1;
                    memcpy(&x0, row[r] + i, 4);
                    memcpy(&x1, row[r] + i + 4, 4);
                    __m256i pairs = _mm256_add_epi16(
                        _mm256_maddubs_epi16(_mm256_set1_epi32(x0), c0), _mm256_maddubs_epi16(_mm256_set1_epi32(x1), c1));
                    sums[r] = _mm256_add_epi32(sums[r], _mm256_madd_epi16(pairs, ones));
                }
            }
            __m256i biases = _mm256_loadu_si256((const __m256i *)(bias + group * 8));
            for (size_t r = 0; r < ROWS; r++) {
                __m256i score = _mm256_sub_epi32(sums[r], biases);
                __m256i *keep = (__m256i *)kept[r];
                __m256i best = _mm256_loadu_si256(keep), found = _mm256_loadu_si256(keep + 1);
                __m256i better = _mm256_cmpgt_epi32(score, best);
                _mm256_storeu_si256(keep, _mm256_max_epi32(score, best));
                _mm256_storeu_si256(keep + 1, _mm256_blendv_epi8(found, index, better));
                if (!second) continue;
                // What was not the best may be the second.
                score = _mm256_min_epi32(score, best);
                found = _mm256_blendv_epi8(index, found, better);
                best = _mm256_loadu_si256(keep + 2);
                better = _mm256_cmpgt_epi32(score, best);
                _mm256_storeu_si256(keep + 2, _mm256_max_epi32(score, best));
                _mm256_storeu_si256(keep + 3, _mm256_blendv_epi8(_mm256_loadu_si256(keep + 3), found, better));
            }
            index = _mm256_add_epi32(index, _mm256_set1_epi32(8));
        }
        for (size_t r = 0; r < ROWS && first + r < count; r++) {
            const __m256i *keep = (const __m256i *)kept[r];
            __m256i score = _mm256_loadu_si256(keep), found = _mm256_loadu_si256(keep + 1);
            __m256i best = largest(score), which = first_of(found, _mm256_cmpeq_epi32(score, best));
            nearest[first + r] = (uint32_t)_mm256_cvtsi256_si32(which);
            if (scores) scores[first + r] = _mm256_cvtsi256_si32(best);
            if (!second) continue;
            // In the lane of the best the second is left.
            __m256i taken = _mm256_cmpeq_epi32(found, which);
            score = _mm256_blendv_epi8(score, _mm256_loadu_si256(keep + 2), taken);
            found = _mm256_blendv_epi8(found, _mm256_loadu_si256(keep + 3), taken);
            which = first_of(found, _mm256_cmpeq_epi32(score, largest(score)));
            second[first + r] = (uint32_t)_mm256_cvtsi256_si32(which);
        }
    }
}
#endif

void ivf_nearest(
    int level, const uint8_t *rows, size_t count, const int8_t *packed, const int32_t *bias, size_t groups,
    size_t width, uint32_t *nearest, int32_t *scores, uint32_t *second) {
    (void)level;
#if defined(__x86_64__)
    if (level == CVECTORSCAN_AVX2 || level == CVECTORSCAN_AVX512) {
        nearest_avx2(rows, count, packed, bias, groups, width, nearest, scores, second);
        return;
    }
#endif
    nearest_plain(rows, count, packed, bias, groups, width, nearest, scores, second);
}
