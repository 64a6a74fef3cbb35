#include "signs.h"
#include "level.h"

#include <math.h>
#include <string.h>

#define INLINE static inline __attribute__((always_inline))

enum {
    ROWS = CVECTORSCAN_SIGN_ROWS,
    /// Columns whose sums fit in a byte: two entries each.
    NARROW = 255 / (2 * CVECTORSCAN_SIGN_STEPS),
};

size_t cvectorscan_sign_block_size(size_t bits) { return bits / 8 * ROWS; }

void cvectorscan_sign_encode(const float *vectors, size_t stride, size_t bits, size_t first, size_t count,
                             uint8_t *blocks) {
    const size_t size = cvectorscan_sign_block_size(bits);
    for (size_t number = 0; number < count; number++) {
        const float *vector = vectors + number * stride;
        uint8_t *block = blocks + (first + number) / ROWS * size + (first + number) % ROWS;
        for (size_t column = 0; column < bits / 8; column++) {
            int byte = 0;
            for (int bit = 0; bit < 8; bit++) byte |= (vector[8 * column + bit] >= 0) << bit;
            block[column * ROWS] = (uint8_t)byte;
        }
    }
}

void cvectorscan_sign_tables(const float *probe, size_t bits, uint8_t *tables) {
    // A pattern's sum less the lowest is twice what its set bits gain; the widest of the tables takes all steps.
    float widest = 1e-30f;
    for (size_t four = 0; four < bits / 4; four++) {
        float width = 0;
        for (int bit = 0; bit < 4; bit++) width += fabsf(probe[4 * four + bit]);
        widest = width > widest ? width : widest;
    }
    for (size_t four = 0; four < bits / 4; four++)
        for (int pattern = 0; pattern < 16; pattern++) {
            float gain = 0;
            for (int bit = 0; bit < 4; bit++) {
                const float value = probe[4 * four + bit];
                if ((pattern >> bit & 1) == (value >= 0)) gain += fabsf(value);
            }
            tables[16 * four + pattern] = (uint8_t)(gain / widest * CVECTORSCAN_SIGN_STEPS + 0.5f);
        }
}

/// Notes the rows of a block whose bit in `above` is set.
INLINE size_t note(uint32_t above, const uint16_t *sums, uint32_t first_row, size_t found, uint32_t *rows,
                   uint16_t *scores) {
    while (above) {
        const int row = __builtin_ctz(above);
        above &= above - 1;
        rows[found] = first_row + (uint32_t)row;
        scores[found++] = sums[row];
    }
    return found;
}

INLINE size_t note_plain(const uint16_t *sums, uint16_t threshold, uint32_t first_row, size_t found, uint32_t *rows,
                         uint16_t *scores) {
    uint32_t above = 0;
    for (int row = 0; row < ROWS; row++) above |= (uint32_t)(sums[row] >= threshold) << row;
    return note(above, sums, first_row, found, rows, scores);
}

static size_t scan_plain(const uint8_t *tables, size_t bits, const uint8_t *blocks, size_t block_count,
                         uint32_t first_row, uint16_t threshold, uint32_t *rows, uint16_t *scores) {
    size_t found = 0;
    for (size_t block = 0; block < block_count; block++, first_row += ROWS) {
        uint16_t sums[ROWS] = {0};
        for (size_t column = 0; column < bits / 8; column++, blocks += ROWS)
            for (int row = 0; row < ROWS; row++)
                sums[row] += tables[32 * column + (blocks[row] & 15)] + tables[32 * column + 16 + (blocks[row] >> 4)];
        found = note_plain(sums, threshold, first_row, found, rows, scores);
    }
    return found;
}

#if defined(__x86_64__)
#include <immintrin.h>

#define AVX2 __attribute__((target("avx2")))

AVX2 INLINE __m256i table_avx2(const uint8_t *table) {
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)table));
}

/// From sums of even and odd rows to rows above the threshold.
AVX2 INLINE size_t finish_avx2(__m256i even, __m256i odd, uint16_t threshold, uint32_t first_row, size_t found,
                               uint32_t *rows, uint16_t *scores) {
    const __m256i least = _mm256_set1_epi16((short)threshold);
    const __m256i even_over = _mm256_cmpeq_epi16(_mm256_max_epu16(even, least), even);
    const __m256i odd_over = _mm256_cmpeq_epi16(_mm256_max_epu16(odd, least), odd);
    const uint32_t above = (uint32_t)_mm256_movemask_epi8(_mm256_blendv_epi8(even_over, odd_over,
                                                                             _mm256_set1_epi16((short)0xFF00)));
    if (__builtin_expect(above == 0, 1)) return found;
    uint16_t halves[2][16], sums[ROWS];
    _mm256_storeu_si256((__m256i *)halves[0], even);
    _mm256_storeu_si256((__m256i *)halves[1], odd);
    for (int row = 0; row < ROWS; row++) sums[row] = halves[row % 2][row / 2];
    return note(above, sums, first_row, found, rows, scores);
}

/// Two blocks at once where there are two, since each column's tables serve both.
AVX2 INLINE size_t scan_blocks_avx2(const int together, const uint8_t *tables, size_t bits, const uint8_t *blocks,
                                    uint32_t first_row, uint16_t threshold, size_t found, uint32_t *rows,
                                    uint16_t *scores) {
    const __m256i low = _mm256_set1_epi8(15), bytes_low = _mm256_set1_epi16(255);
    const size_t columns = bits / 8;
    __m256i even[2], odd[2];
    for (int part = 0; part < together; part++) even[part] = odd[part] = _mm256_setzero_si256();
    for (size_t column = 0; column < columns;) {
        __m256i narrow[2];
        for (int part = 0; part < together; part++) narrow[part] = _mm256_setzero_si256();
        const size_t stop = column + NARROW < columns ? column + NARROW : columns;
        for (; column < stop; column++) {
            const __m256i first = table_avx2(tables + 32 * column), second = table_avx2(tables + 32 * column + 16);
            for (int part = 0; part < together; part++) {
                const uint8_t *at = blocks + (part * columns + column) * ROWS;
                const __m256i codes = _mm256_loadu_si256((const __m256i *)at);
                __builtin_prefetch(at + 2048);
                const __m256i upper = _mm256_and_si256(_mm256_srli_epi16(codes, 4), low);
                const __m256i one = _mm256_shuffle_epi8(first, _mm256_and_si256(codes, low));
                const __m256i other = _mm256_shuffle_epi8(second, upper);
                narrow[part] = _mm256_add_epi8(narrow[part], _mm256_add_epi8(one, other));
            }
        }
        for (int part = 0; part < together; part++) {
            even[part] = _mm256_add_epi16(even[part], _mm256_and_si256(narrow[part], bytes_low));
            odd[part] = _mm256_add_epi16(odd[part], _mm256_srli_epi16(narrow[part], 8));
        }
    }
    for (int part = 0; part < together; part++)
        found = finish_avx2(even[part], odd[part], threshold, first_row + (uint32_t)(part * ROWS), found, rows, scores);
    return found;
}

AVX2 static size_t scan_avx2(const uint8_t *tables, size_t bits, const uint8_t *blocks, size_t block_count,
                             uint32_t first_row, uint16_t threshold, uint32_t *rows, uint16_t *scores) {
    const size_t size = cvectorscan_sign_block_size(bits);
    size_t found = 0, block = 0;
    for (; block + 2 <= block_count; block += 2)
        found = scan_blocks_avx2(2, tables, bits, blocks + block * size, first_row + (uint32_t)(block * ROWS),
                                 threshold, found, rows, scores);
    if (block < block_count)
        found = scan_blocks_avx2(1, tables, bits, blocks + block * size, first_row + (uint32_t)(block * ROWS),
                                 threshold, found, rows, scores);
    return found;
}

#define AVX512 __attribute__((target("avx2,avx512f,avx512bw")))

/// Two columns of a block at once.
AVX512 static size_t scan_avx512(const uint8_t *tables, size_t bits, const uint8_t *blocks, size_t block_count,
                                 uint32_t first_row, uint16_t threshold, uint32_t *rows, uint16_t *scores) {
    const __m512i low = _mm512_set1_epi8(15), bytes_low = _mm512_set1_epi16(255);
    const size_t columns = bits / 8;
    size_t found = 0;
    for (size_t block = 0; block < block_count; block++, first_row += ROWS) {
        const uint8_t *codes = blocks + block * columns * ROWS;
        __m512i even = _mm512_setzero_si512(), odd = even;
        for (size_t column = 0; column < columns;) {
            __m512i narrow = _mm512_setzero_si512();
            const size_t stop = column + 2 * NARROW < columns ? column + 2 * NARROW : columns;
            for (; column < stop; column += 2) {
                // Of an odd number of columns, the last stands alone.
                const int both = column + 1 < columns;
                const __mmask16 half = both ? 0xFFFF : 0x00FF;
                const __m512i pair = _mm512_maskz_loadu_epi32(half, codes + column * ROWS);
                const __m512i entries = _mm512_maskz_loadu_epi32(half, tables + 32 * column);
                const __m512i first = _mm512_shuffle_i64x2(entries, entries, 0xA0);
                const __m512i second = _mm512_shuffle_i64x2(entries, entries, 0xF5);
                const __m512i upper = _mm512_and_si512(_mm512_srli_epi16(pair, 4), low);
                const __m512i one = _mm512_shuffle_epi8(first, _mm512_and_si512(pair, low));
                narrow = _mm512_add_epi8(narrow, _mm512_add_epi8(one, _mm512_shuffle_epi8(second, upper)));
            }
            even = _mm512_add_epi16(even, _mm512_and_si512(narrow, bytes_low));
            odd = _mm512_add_epi16(odd, _mm512_srli_epi16(narrow, 8));
        }
        found = finish_avx2(_mm256_add_epi16(_mm512_castsi512_si256(even), _mm512_extracti64x4_epi64(even, 1)),
                            _mm256_add_epi16(_mm512_castsi512_si256(odd), _mm512_extracti64x4_epi64(odd, 1)),
                            threshold, first_row, found, rows, scores);
    }
    return found;
}
#elif defined(__aarch64__)
#include <arm_neon.h>

static size_t scan_neon(const uint8_t *tables, size_t bits, const uint8_t *blocks, size_t block_count,
                        uint32_t first_row, uint16_t threshold, uint32_t *rows, uint16_t *scores) {
    const size_t columns = bits / 8;
    size_t found = 0;
    for (size_t block = 0; block < block_count; block++, first_row += ROWS) {
        const uint8_t *codes = blocks + block * columns * ROWS;
        uint16x8_t wide[4] = {vdupq_n_u16(0), vdupq_n_u16(0), vdupq_n_u16(0), vdupq_n_u16(0)};
        for (size_t column = 0; column < columns;) {
            uint8x16_t narrow[2] = {vdupq_n_u8(0), vdupq_n_u8(0)};
            const size_t stop = column + NARROW < columns ? column + NARROW : columns;
            for (; column < stop; column++) {
                const uint8x16_t first = vld1q_u8(tables + 32 * column), second = vld1q_u8(tables + 32 * column + 16);
                for (int half = 0; half < 2; half++) {
                    const uint8x16_t some = vld1q_u8(codes + column * ROWS + 16 * half);
                    const uint8x16_t one = vqtbl1q_u8(first, vandq_u8(some, vdupq_n_u8(15)));
                    narrow[half] = vaddq_u8(narrow[half], vaddq_u8(one, vqtbl1q_u8(second, vshrq_n_u8(some, 4))));
                }
            }
            for (int half = 0; half < 2; half++) {
                wide[2 * half] = vaddw_u8(wide[2 * half], vget_low_u8(narrow[half]));
                wide[2 * half + 1] = vaddw_high_u8(wide[2 * half + 1], narrow[half]);
            }
        }
        uint16_t sums[ROWS];
        uint16x8_t most = vmaxq_u16(vmaxq_u16(wide[0], wide[1]), vmaxq_u16(wide[2], wide[3]));
        if (vmaxvq_u16(most) < threshold) continue;
        for (int part = 0; part < 4; part++) vst1q_u16(sums + 8 * part, wide[part]);
        found = note_plain(sums, threshold, first_row, found, rows, scores);
    }
    return found;
}
#endif

size_t cvectorscan_sign_scan(int level, const uint8_t *tables, size_t bits, const uint8_t *blocks, size_t block_count,
                             uint32_t first_row, uint16_t threshold, uint32_t *rows, uint16_t *scores) {
    size_t (*scan)(const uint8_t *, size_t, const uint8_t *, size_t, uint32_t, uint16_t, uint32_t *, uint16_t *) =
        scan_plain;
#if defined(__x86_64__)
    if (level >= CVECTORSCAN_AVX2) scan = scan_avx2;
    if (level >= CVECTORSCAN_AVX512) scan = scan_avx512;
#elif defined(__aarch64__)
    if (level >= CVECTORSCAN_NEON) scan = scan_neon;
#endif
    (void)level;
    return scan(tables, bits, blocks, block_count, first_row, threshold, rows, scores);
}
