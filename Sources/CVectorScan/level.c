#include "CVectorScan.h"

int cvectorscan_level(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw")) return 3;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return 2;
    return 0;
#elif defined(__aarch64__)
    return 10;
#else
    return 0;
#endif
}
