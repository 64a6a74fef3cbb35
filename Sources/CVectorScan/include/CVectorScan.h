#ifndef CVECTORSCAN_H
#define CVECTORSCAN_H

/// What this processor computes with: 0 plain C, 2 AVX2 with FMA, 3 AVX-512 with VNNI; 10 NEON.
int cvectorscan_level(void);

#endif
