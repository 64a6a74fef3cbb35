// CRC-32C. The processor's instruction takes 3 cycles to give a result and can start one each cycle, so three stretches
// of the bytes are summed at once and put together: what a checksum becomes by the zeros of the stretches behind it
// is linear in its bits, so four tables of 256 tell it.

#include "checksum.h"
#include "level.h"

#include <pthread.h>
#include <string.h>

enum { STRETCH = 2048 };

static uint32_t table[8][256];
/// What a byte of a checksum becomes when STRETCH zeros follow.
static uint32_t after_stretch[4][256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static uint32_t shifted_by_zeros(uint32_t crc, size_t zeros) {
    while (zeros--) crc = table[0][crc & 255] ^ crc >> 8;
    return crc;
}

static void make_tables(void) {
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0x82F63B78u : crc >> 1;
        table[0][byte] = crc;
    }
    for (int row = 1; row < 8; row++)
        for (int byte = 0; byte < 256; byte++)
            table[row][byte] = table[0][table[row - 1][byte] & 255] ^ table[row - 1][byte] >> 8;
    uint32_t of_bit[32];
    for (int bit = 0; bit < 32; bit++) of_bit[bit] = shifted_by_zeros(1u << bit, STRETCH);
    for (int place = 0; place < 4; place++)
        for (int byte = 0; byte < 256; byte++) {
            uint32_t sum = 0;
            for (int bit = 0; bit < 8; bit++)
                if (byte >> bit & 1) sum ^= of_bit[8 * place + bit];
            after_stretch[place][byte] = sum;
        }
}

static uint32_t past_stretch(uint32_t crc) {
    return after_stretch[0][crc & 255] ^ after_stretch[1][crc >> 8 & 255] ^ after_stretch[2][crc >> 16 & 255] ^
           after_stretch[3][crc >> 24];
}

static uint64_t word(const unsigned char *at) {
    uint64_t value;
    memcpy(&value, at, 8);
    return value;
}

static uint32_t crc_plain(uint32_t crc, const unsigned char *at, size_t length) {
    for (; length >= 8; at += 8, length -= 8) {
        const uint64_t low = word(at) ^ crc;
        crc = 0;
        for (int place = 0; place < 8; place++) crc ^= table[7 - place][low >> 8 * place & 255];
    }
    while (length--) crc = table[0][(crc ^ *at++) & 255] ^ crc >> 8;
    return crc;
}

// One body for both instruction sets: NEXT8 takes eight bytes, NEXT1 one.
#define CRC_BODY                                                                                                       \
    for (; length >= 3 * STRETCH; at += 3 * STRETCH, length -= 3 * STRETCH) {                                          \
        uint32_t second = 0, third = 0;                                                                                \
        for (size_t place = 0; place < STRETCH; place += 8) {                                                          \
            crc = NEXT8(crc, word(at + place));                                                                        \
            second = NEXT8(second, word(at + STRETCH + place));                                                        \
            third = NEXT8(third, word(at + 2 * STRETCH + place));                                                      \
        }                                                                                                              \
        crc = past_stretch(past_stretch(crc) ^ second) ^ third;                                                        \
    }                                                                                                                  \
    for (; length >= 8; at += 8, length -= 8) crc = NEXT8(crc, word(at));                                              \
    while (length--) crc = NEXT1(crc, *at++);                                                                          \
    return crc;

#if defined(__x86_64__)
#include <immintrin.h>

#define NEXT8(crc, value) (uint32_t) _mm_crc32_u64(crc, value)
#define NEXT1(crc, value) _mm_crc32_u8(crc, value)
__attribute__((target("sse4.2"))) static uint32_t crc_fast(uint32_t crc, const unsigned char *at, size_t length) {
    CRC_BODY
}
#elif defined(__aarch64__)
#include <arm_acle.h>

#define NEXT8(crc, value) __crc32cd(crc, value)
#define NEXT1(crc, value) __crc32cb(crc, value)
__attribute__((target("crc"))) static uint32_t crc_fast(uint32_t crc, const unsigned char *at, size_t length) {
    CRC_BODY
}
#else
#define crc_fast crc_plain
#endif

uint32_t cvectorscan_crc32c(int level, uint32_t crc, const void *bytes, size_t length) {
    pthread_once(&once, make_tables);
    const int fast = level == CVECTORSCAN_AVX2 || level == CVECTORSCAN_AVX512 || level == CVECTORSCAN_NEON_DOT;
    return ~(fast ? crc_fast(~crc, bytes, length) : crc_plain(~crc, bytes, length));
}
