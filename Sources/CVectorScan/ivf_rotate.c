#include "CVectorScan.h"
#include "ivf_vector.h"

#include <math.h>

// Hadamard transform of `size` numbers (a power of two, 64 at least), scaled to keep lengths.
IVF_INLINE void hadamard(float *x, size_t size) {
    for (size_t i = 0; i < size; i += 8) {
        ivf_f8 v, flipped;
        memcpy(&v, x + i, 32);
        flipped = __builtin_shufflevector(v, v, 1, 0, 3, 2, 5, 4, 7, 6);
        v = flipped + v * (ivf_f8){1, -1, 1, -1, 1, -1, 1, -1};
        flipped = __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5);
        v = flipped + v * (ivf_f8){1, 1, -1, -1, 1, 1, -1, -1};
        flipped = __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3);
        v = flipped + v * (ivf_f8){1, 1, 1, 1, -1, -1, -1, -1};
        memcpy(x + i, &v, 32);
    }
    const float scale = 1 / sqrtf((float)size);
    size_t half = 8;
    // Two levels at a time, and the scale with the last.
    for (; half * 4 <= size; half *= 4) {
        const float factor = half * 4 == size ? scale : 1;
        for (size_t start = 0; start < size; start += 4 * half)
            for (size_t i = start; i < start + half; i += 8) {
                ivf_f8 a, b, c, d;
                memcpy(&a, x + i, 32);
                memcpy(&b, x + i + half, 32);
                memcpy(&c, x + i + 2 * half, 32);
                memcpy(&d, x + i + 3 * half, 32);
                ivf_f8 ab = a + b, cd = c + d, a_b = a - b, c_d = c - d;
                a = (ab + cd) * factor;
                b = (a_b + c_d) * factor;
                c = (ab - cd) * factor;
                d = (a_b - c_d) * factor;
                memcpy(x + i, &a, 32);
                memcpy(x + i + half, &b, 32);
                memcpy(x + i + 2 * half, &c, 32);
                memcpy(x + i + 3 * half, &d, 32);
            }
    }
    if (half == size) return;
    for (size_t i = 0; i < half; i += 8) {
        ivf_f8 a, b, sum, difference;
        memcpy(&a, x + i, 32);
        memcpy(&b, x + i + half, 32);
        sum = (a + b) * scale;
        difference = (a - b) * scale;
        memcpy(x + i, &sum, 32);
        memcpy(x + i + half, &difference, 32);
    }
}

IVF_INLINE void ivf_rotate_body(
    int level, const float *in, size_t count, size_t dimensions, const float *mean, const float *signs, int normalize, float *out,
    size_t width) {
    (void)level;
    size_t size = 64;
    while (size * 2 <= width) size *= 2;
    for (size_t row = 0; row < count; row++, in += dimensions, out += width) {
        float scale = 1;
        if (normalize) {
            float squares[8] = {0};
            size_t i = 0;
            for (; i + 8 <= dimensions; i += 8)
                for (size_t j = 0; j < 8; j++) squares[j] += in[i + j] * in[i + j];
            for (; i < dimensions; i++) squares[0] += in[i] * in[i];
            for (size_t j = 1; j < 8; j++) squares[0] += squares[j];
            scale = squares[0] > 0 ? 1 / sqrtf(squares[0]) : 1;
        }
        for (size_t i = 0; i < dimensions; i++) out[i] = (in[i] * scale - mean[i]) * signs[i];
        for (size_t i = dimensions; i < width; i++) out[i] = 0;
        hadamard(out, size);
        for (size_t i = 0; i < width; i++) out[i] *= signs[width + i];
        hadamard(out + (width - size), size);
        if (size == width) continue;
        for (size_t i = 0; i < width; i++) out[i] *= signs[2 * width + i];
        hadamard(out, size);
        for (size_t i = 0; i < width; i++) out[i] *= signs[3 * width + i];
        hadamard(out + (width - size), size);
    }
}

IVF_DISPATCH(
    ivf_rotate,
    (int level, const float *in, size_t count, size_t dimensions, const float *mean, const float *signs, int normalize, float *out,
     size_t width),
    (level, in, count, dimensions, mean, signs, normalize, out, width))
