#include "level.h"

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>

static int has_dot_and_crc(void) {
    const unsigned long crc32 = 1ul << 7, dot = 1ul << 20;
    return (getauxval(AT_HWCAP) & (crc32 | dot)) == (crc32 | dot);
}
#elif defined(__aarch64__)
// Every Apple processor since the A12 and the M1.
static int has_dot_and_crc(void) { return 1; }
#endif

int cvectorscan_has_level(int level) {
    switch (level) {
    case CVECTORSCAN_PLAIN: return 1;
#if defined(__x86_64__)
    case CVECTORSCAN_AVX2:
        return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c") &&
               __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
    case CVECTORSCAN_AVX512:
        return cvectorscan_has_level(CVECTORSCAN_AVX2) && __builtin_cpu_supports("avx512f") &&
               __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vnni");
#elif defined(__aarch64__)
    case CVECTORSCAN_NEON: return 1;
    case CVECTORSCAN_NEON_DOT: return has_dot_and_crc();
#endif
    default: return 0;
    }
}

int cvectorscan_level(void) {
    static const int best_first[] = {
        CVECTORSCAN_AVX512, CVECTORSCAN_AVX2, CVECTORSCAN_NEON_DOT, CVECTORSCAN_NEON, CVECTORSCAN_PLAIN};
    for (int place = 0;; place++)
        if (cvectorscan_has_level(best_first[place])) return best_first[place];
}
