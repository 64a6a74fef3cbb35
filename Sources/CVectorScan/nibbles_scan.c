// Codes of four bits: probes against blocks. A block is loaded once for four probes.

#include "level.h"
#include "nibbles_layout.h"

#define INLINE static inline __attribute__((always_inline))

/// Bytes fetched ahead where the scan waits for memory: the processor's own prefetcher stops at each page.
enum { PREFETCH = 1024 };

/// The four codes of a probe that belong to one load of a block.
INLINE int32_t four_codes(const int8_t *codes) {
    int32_t four;
    memcpy(&four, codes, 4);
    return four;
}

/// Notes the rows of a block whose bit in `above` is set.
INLINE void note(cvectorscan_nibble_probe *probe, uint32_t above, const float *bounds, uint32_t first_row) {
    while (above) {
        const int row = __builtin_ctz(above);
        above &= above - 1;
        probe->rows[probe->found] = first_row + (uint32_t)row;
        probe->bounds[probe->found++] = bounds[row];
    }
}

/// From the sums of products of codes to bounds, and to the rows above the threshold.
INLINE void finish_plain(cvectorscan_nibble_probe *probe, const int32_t *sums, const uint8_t *tail,
                         uint32_t first_row) {
    uint16_t numbers[TAIL_NUMBERS];
    memcpy(numbers, tail, sizeof numbers);
    float bounds[ROWS];
    uint32_t above = 0;
    for (int row = 0; row < ROWS; row++) {
        bounds[row] = float_of_bf16(numbers[STEPS + row]) * ((float)sums[row] * probe->step - probe->shift) +
                      (float_of_bf16(numbers[RESTS + row]) * probe->length + probe->slack) -
                      float_of_bf16(numbers[HALVES + row]);
        above |= (uint32_t)(bounds[row] > probe->threshold) << row;
    }
    note(probe, above, bounds, first_row);
}

static void scan_plain(cvectorscan_nibble_probe *probe, size_t dimensions, const uint8_t *block, uint32_t first_row) {
    const size_t groups = groups_of(dimensions);
    int32_t sums[ROWS] = {0};
    for (size_t group = 0; group < groups; group++) {
        const uint8_t *bytes = block + group * GROUP;
        const int8_t *codes = probe->codes + group * 8;
        for (int row = 0; row < ROWS; row++)
            for (int place = 0; place < 4; place++)
                sums[row] += (bytes[4 * row + place] & 15) * codes[place] +
                             (bytes[4 * row + place] >> 4) * codes[4 + place];
    }
    finish_plain(probe, sums, block + groups * GROUP, first_row);
}

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2,fma")))

AVX2 INLINE __m256 eight_bf16(const uint8_t *tail, int place) {
    const __m128i upper = _mm_loadu_si128((const __m128i *)(tail + place * sizeof(uint16_t)));
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(upper), 16));
}

AVX2 INLINE void finish_avx2(cvectorscan_nibble_probe *probe, const __m256i *sums, const uint8_t *tail,
                             uint32_t first_row) {
    float bounds[ROWS];
    uint32_t above = 0;
    for (int half = 0; half < 2; half++) {
        const __m256 rest = _mm256_fmadd_ps(eight_bf16(tail, RESTS + 8 * half), _mm256_set1_ps(probe->length),
                                            _mm256_set1_ps(probe->slack));
        const __m256 product = _mm256_fmsub_ps(_mm256_cvtepi32_ps(sums[half]), _mm256_set1_ps(probe->step),
                                               _mm256_set1_ps(probe->shift));
        const __m256 bound =
            _mm256_sub_ps(_mm256_fmadd_ps(eight_bf16(tail, STEPS + 8 * half), product, rest),
                          eight_bf16(tail, HALVES + 8 * half));
        const __m256 over = _mm256_cmp_ps(bound, _mm256_set1_ps(probe->threshold), _CMP_GT_OQ);
        above |= (uint32_t)_mm256_movemask_ps(over) << 8 * half;
        _mm256_storeu_ps(bounds + 8 * half, bound);
    }
    if (__builtin_expect(above != 0, 0)) note(probe, above, bounds, first_row);
}

/// `probe_count` is known where this is called, so that the loops over probes unroll.
AVX2 INLINE void scan_avx2(cvectorscan_nibble_probe *probes, const int probe_count, size_t dimensions,
                           const uint8_t *block, uint32_t first_row) {
    const __m256i low = _mm256_set1_epi8(15), ones = _mm256_set1_epi16(1);
    const size_t groups = groups_of(dimensions);
    __m256i sums[4][2];
    for (int probe = 0; probe < probe_count; probe++) sums[probe][0] = sums[probe][1] = _mm256_setzero_si256();
    for (size_t group = 0; group < groups;) {
        // A product of a pair is below 3811, so eight of them fit in 16 bits.
        __m256i narrow[4][2];
        for (int probe = 0; probe < probe_count; probe++) narrow[probe][0] = narrow[probe][1] = _mm256_setzero_si256();
        const size_t stop = group + 4 < groups ? group + 4 : groups;
        for (; group < stop; group++) {
            const uint8_t *bytes = block + group * GROUP;
            if (probe_count == 1) __builtin_prefetch(bytes + PREFETCH);
            const __m256i one = _mm256_loadu_si256((const __m256i *)bytes);
            const __m256i other = _mm256_loadu_si256((const __m256i *)(bytes + 32));
            const __m256i one_low = _mm256_and_si256(one, low), other_low = _mm256_and_si256(other, low);
            const __m256i one_high = _mm256_and_si256(_mm256_srli_epi16(one, 4), low);
            const __m256i other_high = _mm256_and_si256(_mm256_srli_epi16(other, 4), low);
            for (int probe = 0; probe < probe_count; probe++) {
                const int8_t *codes = probes[probe].codes + group * 8;
                const __m256i first = _mm256_set1_epi32(four_codes(codes));
                const __m256i second = _mm256_set1_epi32(four_codes(codes + 4));
                narrow[probe][0] = _mm256_add_epi16(narrow[probe][0], _mm256_maddubs_epi16(one_low, first));
                narrow[probe][1] = _mm256_add_epi16(narrow[probe][1], _mm256_maddubs_epi16(other_low, first));
                narrow[probe][0] = _mm256_add_epi16(narrow[probe][0], _mm256_maddubs_epi16(one_high, second));
                narrow[probe][1] = _mm256_add_epi16(narrow[probe][1], _mm256_maddubs_epi16(other_high, second));
            }
        }
        for (int probe = 0; probe < probe_count; probe++)
            for (int half = 0; half < 2; half++)
                sums[probe][half] = _mm256_add_epi32(sums[probe][half], _mm256_madd_epi16(narrow[probe][half], ones));
    }
    for (int probe = 0; probe < probe_count; probe++)
        finish_avx2(probes + probe, sums[probe], block + groups * GROUP, first_row);
}

AVX2 static void scan_avx2_1(cvectorscan_nibble_probe *probes, size_t dimensions, const uint8_t *block,
                             uint32_t first_row) {
    scan_avx2(probes, 1, dimensions, block, first_row);
}

AVX2 static void scan_avx2_4(cvectorscan_nibble_probe *probes, size_t dimensions, const uint8_t *block,
                             uint32_t first_row) {
    scan_avx2(probes, 4, dimensions, block, first_row);
}

#define AVX512 __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl,avx512vnni")))

AVX512 INLINE void scan_avx512(cvectorscan_nibble_probe *probes, const int probe_count, size_t dimensions,
                               const uint8_t *block, uint32_t first_row) {
    const __m512i low = _mm512_set1_epi8(15);
    const size_t groups = groups_of(dimensions);
    __m512i one[4], other[4];
    for (int probe = 0; probe < probe_count; probe++) one[probe] = other[probe] = _mm512_setzero_si512();
    for (size_t group = 0; group < groups; group++) {
        const __m512i bytes = _mm512_loadu_si512(block + group * GROUP);
        const __m512i first = _mm512_and_si512(bytes, low);
        const __m512i second = _mm512_and_si512(_mm512_srli_epi16(bytes, 4), low);
        for (int probe = 0; probe < probe_count; probe++) {
            const int8_t *codes = probes[probe].codes + group * 8;
            one[probe] = _mm512_dpbusd_epi32(one[probe], first, _mm512_set1_epi32(four_codes(codes)));
            other[probe] = _mm512_dpbusd_epi32(other[probe], second, _mm512_set1_epi32(four_codes(codes + 4)));
        }
    }
    for (int probe = 0; probe < probe_count; probe++) {
        const __m512i sum = _mm512_add_epi32(one[probe], other[probe]);
        const __m256i halves[2] = {_mm512_castsi512_si256(sum), _mm512_extracti64x4_epi64(sum, 1)};
        finish_avx2(probes + probe, halves, block + groups * GROUP, first_row);
    }
}

AVX512 static void scan_avx512_1(cvectorscan_nibble_probe *probes, size_t dimensions, const uint8_t *block,
                                 uint32_t first_row) {
    scan_avx512(probes, 1, dimensions, block, first_row);
}

AVX512 static void scan_avx512_4(cvectorscan_nibble_probe *probes, size_t dimensions, const uint8_t *block,
                                 uint32_t first_row) {
    scan_avx512(probes, 4, dimensions, block, first_row);
}
#elif defined(__aarch64__)
#include <arm_neon.h>

/// Adds the products of 4 × 4 nibbles and codes: a row's four in one lane of the sums.
#define ADD_NEON(low_sum, high_sum, nibbles, codes)                                                                    \
    low_sum = vpadalq_s16(low_sum, vmull_s8(vget_low_s8(nibbles), vget_low_s8(codes)));                                \
    high_sum = vpadalq_s16(high_sum, vmull_s8(vget_high_s8(nibbles), vget_high_s8(codes)))

static void scan_neon(cvectorscan_nibble_probe *probe, size_t dimensions, const uint8_t *block, uint32_t first_row) {
    const size_t groups = groups_of(dimensions);
    int32x4_t sums[4][2];
    for (int part = 0; part < 4; part++) sums[part][0] = sums[part][1] = vdupq_n_s32(0);
    for (size_t group = 0; group < groups; group++) {
        const int8x16_t first = vreinterpretq_s8_s32(vdupq_n_s32(four_codes(probe->codes + group * 8)));
        const int8x16_t second = vreinterpretq_s8_s32(vdupq_n_s32(four_codes(probe->codes + group * 8 + 4)));
        for (int part = 0; part < 4; part++) {
            const uint8x16_t bytes = vld1q_u8(block + group * GROUP + 16 * part);
            const int8x16_t low = vreinterpretq_s8_u8(vandq_u8(bytes, vdupq_n_u8(15)));
            const int8x16_t high = vreinterpretq_s8_u8(vshrq_n_u8(bytes, 4));
            ADD_NEON(sums[part][0], sums[part][1], low, first);
            ADD_NEON(sums[part][0], sums[part][1], high, second);
        }
    }
    int32_t rows[ROWS];
    for (int part = 0; part < 4; part++) vst1q_s32(rows + 4 * part, vpaddq_s32(sums[part][0], sums[part][1]));
    finish_plain(probe, rows, block + groups * GROUP, first_row);
}

__attribute__((target("dotprod"))) static void scan_neon_dot(cvectorscan_nibble_probe *probe, size_t dimensions,
                                                             const uint8_t *block, uint32_t first_row) {
    const size_t groups = groups_of(dimensions);
    int32x4_t sums[4];
    for (int part = 0; part < 4; part++) sums[part] = vdupq_n_s32(0);
    for (size_t group = 0; group < groups; group++) {
        const int8x16_t first = vreinterpretq_s8_s32(vdupq_n_s32(four_codes(probe->codes + group * 8)));
        const int8x16_t second = vreinterpretq_s8_s32(vdupq_n_s32(four_codes(probe->codes + group * 8 + 4)));
        for (int part = 0; part < 4; part++) {
            const uint8x16_t bytes = vld1q_u8(block + group * GROUP + 16 * part);
            sums[part] = vdotq_s32(sums[part], vreinterpretq_s8_u8(vandq_u8(bytes, vdupq_n_u8(15))), first);
            sums[part] = vdotq_s32(sums[part], vreinterpretq_s8_u8(vshrq_n_u8(bytes, 4)), second);
        }
    }
    int32_t rows[ROWS];
    for (int part = 0; part < 4; part++) vst1q_s32(rows + 4 * part, sums[part]);
    finish_plain(probe, rows, block + groups * GROUP, first_row);
}
#endif

typedef void (*scan_function)(cvectorscan_nibble_probe *, size_t, const uint8_t *, uint32_t);

void cvectorscan_nibble_scan(int level, cvectorscan_nibble_probe *probes, size_t probe_count, size_t dimensions,
                             const uint8_t *blocks, size_t block_count, uint32_t first_row) {
    scan_function one = scan_plain, four = 0;
#if defined(__x86_64__)
    if (level >= CVECTORSCAN_AVX2) (one = scan_avx2_1, four = scan_avx2_4);
    if (level >= CVECTORSCAN_AVX512) (one = scan_avx512_1, four = scan_avx512_4);
#elif defined(__aarch64__)
    if (level >= CVECTORSCAN_NEON) one = scan_neon;
    if (level >= CVECTORSCAN_NEON_DOT) one = scan_neon_dot;
#endif
    (void)level;
    const size_t size = cvectorscan_nibble_block_size(dimensions);
    for (size_t probe = 0; probe < probe_count; probe++) probes[probe].found = 0;
    size_t probe = 0;
    for (; four && probe + 4 <= probe_count; probe += 4)
        for (size_t block = 0; block < block_count; block++)
            four(probes + probe, dimensions, blocks + block * size, first_row + (uint32_t)(block * ROWS));
    for (; probe < probe_count; probe++)
        for (size_t block = 0; block < block_count; block++)
            one(probes + probe, dimensions, blocks + block * size, first_row + (uint32_t)(block * ROWS));
}
