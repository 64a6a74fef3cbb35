#include "CVectorScan.h"
#include "ivf_vector.h"

#include <math.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

// A probe's product with signs is looked up four dimensions at a time in tables whose entries are at most 31, so that
// eight of them fit a byte; their sums, shifted to fill 16 bits, are scaled by each vector's own byte.

void ivf_prepare(const struct ivf_coding *coding, const float *probe, uint8_t *tables, struct ivf_probe *out) {
    size_t count = coding->width / 4;
    float total = 0, widest = 0;
    for (size_t t = 0; t < count; t++) {
        const float *p = probe + 4 * t;
        float span = fabsf(p[0]) + fabsf(p[1]) + fabsf(p[2]) + fabsf(p[3]);
        total += span;
        widest = span > widest ? span : widest;
    }
    float most = count * 31 <= 32767 ? 31 : floorf(32767 / (float)count);
    int shift = 0;
    while ((float)count * most * (float)(2 << shift) <= 32767) shift++;
    // No finer than where a constant's factor still fits 16 bits.
    float least = 256 * coding->offset_step / 32767 / (512 * coding->alpha_step) * (float)(1 << shift);
    float step = fmaxf(fmaxf(2 * widest / most, least), 1e-30f);
    for (size_t t = 0; t < count; t++) {
        const float *p = probe + 4 * t;
        float span = fabsf(p[0]) + fabsf(p[1]) + fabsf(p[2]) + fabsf(p[3]);
        for (int entry = 0; entry < 16; entry++) {
            float value = span;
            for (int i = 0; i < 4; i++) value += entry >> i & 1 ? p[i] : -p[i];
            tables[16 * t + (size_t)entry] = (uint8_t)(value / step + 0.5f);
        }
    }
    float unit = 512 * coding->alpha_step * step / (float)(1 << shift);
    *out = (struct ivf_probe){
        .tables = tables,
        .middle = (int16_t)(total / step * (float)(1 << shift) + 0.5f),
        .factor = (int16_t)fminf(256 * coding->offset_step / unit + 0.5f, 32767),
        .shift = shift,
        .unit = unit,
    };
}

// A score must be above this for its vector to be estimated nearer than `limit`.
static int16_t least_score(float start, float limit, float unit) {
    float score = floorf((start - limit) / unit);
    return score >= 32767 ? 32767 : score <= -32768 ? -32768 : (int16_t)score;
}

// Starts loading a block, so that it is there when the scan comes to it: lists are too short for the processor to guess.
IVF_INLINE void prefetch_block(const uint8_t *block, size_t bytes) {
    for (size_t i = 0; i < bytes; i += 64) __builtin_prefetch(block + i);
}

// Blocks between the one that is scanned and the one that is loaded.
#define AHEAD 4

void ivf_prefetch(const uint8_t *blocks, size_t count, size_t width) {
    size_t all = (count + 31) / 32, bytes = ivf_block_bytes(width);
    prefetch_block(blocks, (all < AHEAD ? all : AHEAD) * bytes);
}

struct output {
    struct ivf_candidate *out;
    size_t count;
    float start, unit;
    uint32_t slot;
};

IVF_INLINE void keep(struct output *output, uint32_t mask, const int16_t *scores, uint32_t slot) {
    while (mask) {
        int lane = __builtin_ctz(mask);
        mask &= mask - 1;
        output->out[output->count++] =
            (struct ivf_candidate){output->start - output->unit * (float)scores[lane], slot + (uint32_t)lane};
    }
}

// The vectors of a block that exist and may be found.
IVF_INLINE uint32_t visible(size_t block, size_t count, const uint32_t *hidden) {
    size_t left = count - 32 * block;
    uint32_t mask = left >= 32 ? 0xFFFFFFFFu : (1u << left) - 1;
    return hidden ? mask & ~hidden[block] : mask;
}

IVF_INLINE int16_t saturated(int32_t v) { return v > 32767 ? 32767 : v < -32768 ? -32768 : (int16_t)v; }

static void block_plain(const struct ivf_probe *probe, const uint8_t *block, size_t width, int16_t *scores) {
    for (size_t lane = 0; lane < 32; lane++) {
        int32_t sum = 0;
        for (size_t t = 0; t < width / 4; t++)
            sum += probe->tables[16 * t + (block[16 * t + lane % 16] >> (lane / 16 * 4) & 15)];
        int32_t scaled = (sum << probe->shift) - probe->middle;
        int32_t product = (scaled * (block[4 * width + lane] << 7) + 0x4000) >> 15;
        int32_t constant = (probe->factor * (block[4 * width + 32 + lane] << 7) + 0x4000) >> 15;
        scores[lane] = saturated(product - constant);
    }
}

#if defined(__x86_64__)
// The scores of 16 vectors from their sums and their two bytes.
IVF_AVX2 IVF_INLINE __m256i score_avx2(const struct ivf_probe *probe, __m256i sums, const uint8_t *bytes) {
    __m256i scaled = _mm256_sub_epi16(
        _mm256_sll_epi16(sums, _mm_cvtsi32_si128(probe->shift)), _mm256_set1_epi16(probe->middle));
    __m256i scale = _mm256_slli_epi16(_mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)bytes)), 7);
    __m256i constant = _mm256_slli_epi16(_mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(bytes + 32))), 7);
    return _mm256_subs_epi16(
        _mm256_mulhrs_epi16(scaled, scale), _mm256_mulhrs_epi16(constant, _mm256_set1_epi16(probe->factor)));
}

// Two sums of 16-bit lanes, each of even bytes plus 256 × odd bytes, made 16 vectors' sums.
IVF_AVX2 IVF_INLINE __m256i vectors_avx2(__m256i both, __m256i odd) {
    __m256i even = _mm256_sub_epi16(both, _mm256_slli_epi16(odd, 8));
    __m128i e = _mm_add_epi16(_mm256_castsi256_si128(even), _mm256_extracti128_si256(even, 1));
    __m128i o = _mm_add_epi16(_mm256_castsi256_si128(odd), _mm256_extracti128_si256(odd, 1));
    return _mm256_set_m128i(_mm_unpackhi_epi16(e, o), _mm_unpacklo_epi16(e, o));
}

IVF_AVX2 static size_t scan_avx2(
    const struct ivf_probe *probe, const uint8_t *blocks, size_t count, size_t width, const uint32_t *hidden,
    size_t room, size_t *next, int16_t least, struct output *output) {
    const __m256i low = _mm256_set1_epi8(15), limit = _mm256_set1_epi16(least);
    size_t bytes = ivf_block_bytes(width), block = *next, all = (count + 31) / 32;
    for (; block < all && output->count + 32 <= room; block++) {
        const uint8_t *codes = blocks + block * bytes;
        __m256i both0 = _mm256_setzero_si256(), odd0 = both0, both1 = both0, odd1 = both0;
        for (size_t i = 0; i < 4 * width; i += 256) {
            __m256i sum0 = _mm256_setzero_si256(), sum1 = sum0;
            for (size_t j = 0; j < 256; j += 64) __builtin_prefetch(codes + AHEAD * bytes + i + j);
            // Unrolled, it would not find registers enough.
#pragma clang loop unroll(disable)
            for (size_t j = i; j < i + 256; j += 32) {
                __m256i code = _mm256_loadu_si256((const __m256i *)(codes + j));
                __m256i table = _mm256_loadu_si256((const __m256i *)(probe->tables + j));
                sum0 = _mm256_add_epi8(sum0, _mm256_shuffle_epi8(table, _mm256_and_si256(code, low)));
                sum1 = _mm256_add_epi8(
                    sum1, _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(code, 4), low)));
            }
            both0 = _mm256_add_epi16(both0, sum0);
            odd0 = _mm256_add_epi16(odd0, _mm256_srli_epi16(sum0, 8));
            both1 = _mm256_add_epi16(both1, sum1);
            odd1 = _mm256_add_epi16(odd1, _mm256_srli_epi16(sum1, 8));
        }
        __builtin_prefetch(codes + AHEAD * bytes + 4 * width);
        __m256i score0 = score_avx2(probe, vectors_avx2(both0, odd0), codes + 4 * width);
        __m256i score1 = score_avx2(probe, vectors_avx2(both1, odd1), codes + 4 * width + 16);
        __m256i better = _mm256_permute4x64_epi64(
            _mm256_packs_epi16(_mm256_cmpgt_epi16(score0, limit), _mm256_cmpgt_epi16(score1, limit)), 0xD8);
        uint32_t mask = (uint32_t)_mm256_movemask_epi8(better);
        if (mask == 0) continue;
        int16_t scores[32];
        _mm256_storeu_si256((__m256i *)scores, score0);
        _mm256_storeu_si256((__m256i *)(scores + 16), score1);
        keep(output, mask & visible(block, count, hidden), scores, output->slot + 32 * (uint32_t)block);
    }
    *next = block;
    return output->count;
}

// Four tables at a time; the rest as with AVX2.
IVF_AVX512 static size_t scan_avx512(
    const struct ivf_probe *probe, const uint8_t *blocks, size_t count, size_t width, const uint32_t *hidden,
    size_t room, size_t *next, int16_t least, struct output *output) {
    const __m512i low = _mm512_set1_epi8(15);
    const __m256i limit = _mm256_set1_epi16(least);
    size_t bytes = ivf_block_bytes(width), block = *next, all = (count + 31) / 32;
    for (; block < all && output->count + 32 <= room; block++) {
        const uint8_t *codes = blocks + block * bytes;
        __m512i both0 = _mm512_setzero_si512(), odd0 = both0, both1 = both0, odd1 = both0;
        for (size_t i = 0; i < 4 * width; i += 256) {
            __m512i sum0 = _mm512_setzero_si512(), sum1 = sum0;
            for (size_t j = 0; j < 256; j += 64) __builtin_prefetch(codes + AHEAD * bytes + i + j);
            for (size_t j = i; j < i + 256; j += 64) {
                __m512i code = _mm512_loadu_si512(codes + j), table = _mm512_loadu_si512(probe->tables + j);
                sum0 = _mm512_add_epi8(sum0, _mm512_shuffle_epi8(table, _mm512_and_si512(code, low)));
                sum1 = _mm512_add_epi8(
                    sum1, _mm512_shuffle_epi8(table, _mm512_and_si512(_mm512_srli_epi16(code, 4), low)));
            }
            both0 = _mm512_add_epi16(both0, sum0);
            odd0 = _mm512_add_epi16(odd0, _mm512_srli_epi16(sum0, 8));
            both1 = _mm512_add_epi16(both1, sum1);
            odd1 = _mm512_add_epi16(odd1, _mm512_srli_epi16(sum1, 8));
        }
        __builtin_prefetch(codes + AHEAD * bytes + 4 * width);
        __m256i sums[4];
        const __m512i halves[4] = {both0, odd0, both1, odd1};
        for (int n = 0; n < 4; n++)
            sums[n] = _mm256_add_epi16(_mm512_castsi512_si256(halves[n]), _mm512_extracti64x4_epi64(halves[n], 1));
        __m256i score0 = score_avx2(probe, vectors_avx2(sums[0], sums[1]), codes + 4 * width);
        __m256i score1 = score_avx2(probe, vectors_avx2(sums[2], sums[3]), codes + 4 * width + 16);
        uint32_t mask = (uint32_t)_mm256_cmpgt_epi16_mask(score0, limit)
            | (uint32_t)_mm256_cmpgt_epi16_mask(score1, limit) << 16;
        if (mask == 0) continue;
        int16_t scores[32];
        _mm256_storeu_si256((__m256i *)scores, score0);
        _mm256_storeu_si256((__m256i *)(scores + 16), score1);
        keep(output, mask & visible(block, count, hidden), scores, output->slot + 32 * (uint32_t)block);
    }
    *next = block;
    return output->count;
}
#elif defined(__aarch64__)
static void block_neon(const struct ivf_probe *probe, const uint8_t *block, size_t width, int16_t *scores) {
    uint16x8_t sums[4] = {vdupq_n_u16(0), vdupq_n_u16(0), vdupq_n_u16(0), vdupq_n_u16(0)};
    for (size_t i = 0; i < 4 * width; i += 128) {
        uint8x16_t sum0 = vdupq_n_u8(0), sum1 = sum0;
        for (size_t j = i; j < i + 128; j += 16) {
            uint8x16_t code = vld1q_u8(block + j), table = vld1q_u8(probe->tables + j);
            sum0 = vaddq_u8(sum0, vqtbl1q_u8(table, vandq_u8(code, vdupq_n_u8(15))));
            sum1 = vaddq_u8(sum1, vqtbl1q_u8(table, vshrq_n_u8(code, 4)));
        }
        sums[0] = vaddw_u8(sums[0], vget_low_u8(sum0));
        sums[1] = vaddw_u8(sums[1], vget_high_u8(sum0));
        sums[2] = vaddw_u8(sums[2], vget_low_u8(sum1));
        sums[3] = vaddw_u8(sums[3], vget_high_u8(sum1));
    }
    for (size_t n = 0; n < 4; n++) {
        int16x8_t scaled = vsubq_s16(
            vreinterpretq_s16_u16(vshlq_u16(sums[n], vdupq_n_s16((int16_t)probe->shift))), vdupq_n_s16(probe->middle));
        int16x8_t scale = vreinterpretq_s16_u16(vshll_n_u8(vld1_u8(block + 4 * width + 8 * n), 7));
        int16x8_t constant = vreinterpretq_s16_u16(vshll_n_u8(vld1_u8(block + 4 * width + 32 + 8 * n), 7));
        vst1q_s16(
            scores + 8 * n, vqsubq_s16(vqrdmulhq_s16(scaled, scale), vqrdmulhq_s16(constant, vdupq_n_s16(probe->factor))));
    }
}
#endif

size_t ivf_scan(
    int level, const struct ivf_probe *probe, const uint8_t *blocks, size_t count, size_t width, float start, float limit,
    uint32_t slot, const uint32_t *hidden, struct ivf_candidate *out, size_t room, size_t *next) {
    struct output output = {.out = out, .start = start, .unit = probe->unit, .slot = slot};
    int16_t least = least_score(start, limit, probe->unit);
#if defined(__x86_64__)
    if (level == CVECTORSCAN_AVX512) return scan_avx512(probe, blocks, count, width, hidden, room, next, least, &output);
    if (level == CVECTORSCAN_AVX2) return scan_avx2(probe, blocks, count, width, hidden, room, next, least, &output);
#endif
    size_t bytes = ivf_block_bytes(width), block = *next, all = (count + 31) / 32;
    for (; block < all && output.count + 32 <= room; block++) {
        int16_t scores[32];
#if defined(__aarch64__)
        if (level >= CVECTORSCAN_NEON) block_neon(probe, blocks + block * bytes, width, scores);
        else
#endif
            block_plain(probe, blocks + block * bytes, width, scores);
        uint32_t mask = 0;
        for (int lane = 0; lane < 32; lane++) mask |= (uint32_t)(scores[lane] > least) << lane;
        keep(&output, mask & visible(block, count, hidden), scores, slot + 32 * (uint32_t)block);
    }
    *next = block;
    return output.count;
}

float ivf_select(struct ivf_candidate *candidates, size_t count, size_t keep) {
    size_t low = 0, high = count;
    // What is wanted is the place keep − 1 of the order; [low, high) holds it.
    while (high - low > 1) {
        float a = candidates[low].estimate, b = candidates[low + (high - low) / 2].estimate,
              c = candidates[high - 1].estimate;
        float pivot = fmaxf(fminf(a, b), fminf(fmaxf(a, b), c));
        size_t less = low, at = low, more = high;
        while (at < more) {
            struct ivf_candidate candidate = candidates[at];
            if (candidate.estimate < pivot) {
                candidates[at++] = candidates[less];
                candidates[less++] = candidate;
            } else if (candidate.estimate > pivot) {
                candidates[at] = candidates[--more];
                candidates[more] = candidate;
            } else {
                at++;
            }
        }
        if (keep - 1 < less) high = less;
        else if (keep - 1 >= more) low = more;
        else return pivot;
    }
    return candidates[low].estimate;
}
