#ifndef CVECTORSCAN_HALF_H
#define CVECTORSCAN_HALF_H

#include <stdint.h>
#include <string.h>

static inline float float_of_half(uint16_t half) {
    // The exponent's bias differs by 112; a multiplication by 2^112 sets it right, for subnormals too.
    const uint32_t magnitude = (uint32_t)(half & 0x7FFF) << 13;
    float value;
    memcpy(&value, &magnitude, 4);
    value *= 0x1p112f;
    uint32_t bits;
    memcpy(&bits, &value, 4);
    if ((half & 0x7C00) == 0x7C00) bits |= 0x7F800000;
    bits |= (uint32_t)(half & 0x8000) << 16;
    memcpy(&value, &bits, 4);
    return value;
}

static inline uint16_t half_of_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    const uint16_t sign = bits >> 16 & 0x8000;
    bits &= 0x7FFFFFFF;
    if (bits > 0x7F800000) return sign | 0x7E00;
    if (bits >= 0x477FF000) return sign | 0x7C00;
    if (bits < 0x38800000) {
        // Subnormal: adding 0.5 leaves the wanted bits, rounded, at the end.
        float magnitude;
        memcpy(&magnitude, &bits, 4);
        magnitude += 0.5f;
        memcpy(&bits, &magnitude, 4);
        return sign | (uint16_t)(bits - 0x3F000000);
    }
    return sign | (uint16_t)((bits + 0xFFF + (bits >> 13 & 1) - 0x38000000) >> 13);
}

#endif
