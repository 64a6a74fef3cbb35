#include "CFaceLike.h"

#include <math.h>
#include <string.h>

// The same bits on every processor: no fused multiply-add.
#pragma STDC FP_CONTRACT OFF

// Eight vectors are made at once, number n of all eight side by side, so that the compiler can use a whole register
// for each step whatever the processor.
enum { lanes = 8, longest = 4096 };

static inline uint64_t scramble(uint64_t x) {
    x += 0x9E3779B97F4A7C15u;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9u;
    x = (x ^ x >> 27) * 0x94D049BB133111EBu;
    return x ^ x >> 31;
}

/// Number `n` of the sequence with this key: the sum of four random bytes, scaled to mean 0 and variance 1.
static inline float normal(uint32_t key0, uint32_t key1, uint32_t n) {
    uint32_t h = key0 + n * 0x9E3779B9u;
    h = (h ^ h >> 16) * 0x85EBCA6Bu;
    h += key1;
    h = (h ^ h >> 13) * 0xC2B2AE35u;
    h ^= h >> 16;
    uint32_t pairs = (h & 0x00FF00FFu) + (h >> 8 & 0x00FF00FFu);
    int32_t sum = (int32_t)((pairs & 0xFFFF) + (pairs >> 16));
    return (float)(sum - 510) * 0.0067659f;  // 1 / sqrt(4 · (256² − 1) / 12)
}

/// Sums and differences over all dimensions (the Walsh-Hadamard transform, not scaled).
static inline __attribute__((always_inline)) void turn(float (*x)[lanes], int32_t d) {
    for (int32_t half = 1; half < d; half *= 2)
        for (int32_t start = 0; start < d; start += 2 * half)
            for (int32_t n = start; n < start + half; n++)
                for (int lane = 0; lane < lanes; lane++) {
                    float a = x[n][lane], b = x[n + half][lane];
                    x[n][lane] = a + b;
                    x[n + half][lane] = a - b;
                }
}

static inline __attribute__((always_inline)) void eight(
    const facelike_model *m, const int64_t *persons, const int32_t *pictures, float (*x)[lanes]) {
    uint32_t who0[lanes], who1[lanes], shot0[lanes], shot1[lanes];
    float noise[lanes], length[lanes] = {0};
    for (int lane = 0; lane < lanes; lane++) {
        uint64_t who = scramble(m->seed ^ scramble((uint64_t)persons[lane]));
        uint64_t shot = scramble(who + 1 + (uint64_t)pictures[lane]);
        who0[lane] = (uint32_t)who, who1[lane] = (uint32_t)(who >> 32);
        shot0[lane] = (uint32_t)shot, shot1[lane] = (uint32_t)(shot >> 32);
        float u = (float)(scramble(shot) >> 40) * (1.0f / (1 << 24));
        noise[lane] = 1 + m->quality * (2 * u - 1);
    }
    int32_t d = m->dimensions;
    for (int32_t n = 0; n < d; n++)
        for (int lane = 0; lane < lanes; lane++) {
            float a = m->person[n] * normal(who0[lane], who1[lane], (uint32_t)n);
            float b = m->picture[n] * normal(shot0[lane], shot1[lane], (uint32_t)n);
            x[n][lane] = m->signs1[n] * (a + noise[lane] * b);
        }
    turn(x, d);
    for (int32_t n = 0; n < d; n++)
        for (int lane = 0; lane < lanes; lane++) x[n][lane] *= m->signs2[n];
    turn(x, d);
    float scale = 1 / (float)d;
    for (int32_t n = 0; n < d; n++)
        for (int lane = 0; lane < lanes; lane++) {
            float value = x[n][lane] * scale + m->mean[n];
            x[n][lane] = value;
            length[lane] += value * value;
        }
    if (!m->unit) return;
    for (int lane = 0; lane < lanes; lane++) length[lane] = 1 / sqrtf(length[lane]);
    for (int32_t n = 0; n < d; n++)
        for (int lane = 0; lane < lanes; lane++) x[n][lane] *= length[lane];
}

static inline __attribute__((always_inline)) void fill(
    const facelike_model *m, const int64_t *persons, const int32_t *pictures, int64_t count, float *out) {
    _Alignas(64) float x[longest][lanes];
    int64_t d = m->dimensions;
    for (int64_t first = 0; first < count; first += lanes) {
        int here = count - first < lanes ? (int)(count - first) : lanes;
        int64_t who[lanes] = {0};
        int32_t shot[lanes] = {0};
        memcpy(who, persons + first, (size_t)here * sizeof *who);
        memcpy(shot, pictures + first, (size_t)here * sizeof *shot);
        eight(m, who, shot, x);
        for (int lane = 0; lane < here; lane++) {
            float *row = out + (first + lane) * d;
            for (int64_t n = 0; n < d; n++) row[n] = x[n][lane];
        }
    }
}

static void fill_plain(
    const facelike_model *m, const int64_t *persons, const int32_t *pictures, int64_t count, float *out) {
    fill(m, persons, pictures, count, out);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void fill_avx2(
    const facelike_model *m, const int64_t *persons, const int32_t *pictures, int64_t count, float *out) {
    fill(m, persons, pictures, count, out);
}
#endif

void facelike_fill(
    const facelike_model *m, const int64_t *persons, const int32_t *pictures, int64_t count, float *out) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        fill_avx2(m, persons, pictures, count, out);
        return;
    }
#endif
    fill_plain(m, persons, pictures, count, out);
}

void facelike_normal(uint64_t key, int32_t count, float *out) {
    key = scramble(key);
    for (int32_t n = 0; n < count; n++) out[n] = normal((uint32_t)key, (uint32_t)(key >> 32), (uint32_t)n);
}
