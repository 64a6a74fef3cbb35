#ifndef IVF_VECTOR_H
#define IVF_VECTOR_H

#include <stdint.h>
#include <string.h>

// Vectors of 8 numbers, which the compiler makes of whatever the target has.
typedef float ivf_f8 __attribute__((vector_size(32), aligned(4)));
typedef int32_t ivf_i8 __attribute__((vector_size(32), aligned(4)));

#define IVF_INLINE static inline __attribute__((always_inline))

IVF_INLINE float ivf_sum8(const ivf_f8 *v) {
    return (((*v)[0] + (*v)[4]) + ((*v)[1] + (*v)[5])) + (((*v)[2] + (*v)[6]) + ((*v)[3] + (*v)[7]));
}

// One body, compiled for each instruction set it may run on; every such function's first parameter is the level.
#if defined(__x86_64__)
#define IVF_AVX2 __attribute__((target("avx2,fma")))
#define IVF_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2,fma")))
#define IVF_DISPATCH(name, parameters, arguments)                                                                      \
    IVF_AVX2 static void name##_avx2 parameters { name##_body arguments; }                                             \
    IVF_AVX512 static void name##_avx512 parameters { name##_body arguments; }                                         \
    static void name##_plain parameters { name##_body arguments; }                                                     \
    void name parameters {                                                                                             \
        if (level == CVECTORSCAN_AVX512) name##_avx512 arguments;                                                      \
        else if (level == CVECTORSCAN_AVX2) name##_avx2 arguments;                                                     \
        else name##_plain arguments;                                                                                   \
    }
#else
#define IVF_DISPATCH(name, parameters, arguments)                                                                      \
    void name parameters { name##_body arguments; }
#endif

#endif
