#include "hog_standard_headers.hpp"

#include "hog_scanner.hpp"

#if defined(__x86_64__)
#include <immintrin.h>

#define DLIB_HAVE_SSE2
#define DLIB_HAVE_SSE3
#define DLIB_HAVE_SSE41
#define DLIB_HAVE_AVX
#define DLIB_HAVE_AVX2
// Another namespace: the linker must never take these functions for the ones that any CPU can run. Without FMA, which
// would round differently from dlib's own AVX build.
#define dlib dlib_avx2
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#include "hog_scanner.inc"
#pragma clang attribute pop
#undef dlib

std::unique_ptr<df_hog_scanner> df_make_hog_scanner_avx2(const df_hog_model &model) {
    return std::unique_ptr<df_hog_scanner>(new HogScanner(model));
}
#endif
