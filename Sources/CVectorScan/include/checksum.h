#ifndef CVECTORSCAN_CHECKSUM_H
#define CVECTORSCAN_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli) of `length` bytes, going on from `crc`, which is 0 for the first of them.
uint32_t cvectorscan_crc32c(int level, uint32_t crc, const void *bytes, size_t length);

#endif
