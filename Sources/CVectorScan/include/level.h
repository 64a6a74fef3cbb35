#ifndef CVECTORSCAN_LEVEL_H
#define CVECTORSCAN_LEVEL_H

/// What a processor computes with. Every kernel takes a level, and gives the same at each.
enum {
    CVECTORSCAN_PLAIN = 0,
    /// AVX2, FMA, F16C and SSE4.2.
    CVECTORSCAN_AVX2 = 2,
    /// AVX-512 (F, BW, DQ, VL) with VNNI.
    CVECTORSCAN_AVX512 = 3,
    CVECTORSCAN_NEON = 10,
    /// NEON with dot products of bytes and CRC-32.
    CVECTORSCAN_NEON_DOT = 11,
};

/// The best level this processor has.
int cvectorscan_level(void);

/// Whether this processor has `level`.
int cvectorscan_has_level(int level);

#endif
