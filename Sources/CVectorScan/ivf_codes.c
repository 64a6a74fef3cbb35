#include "CVectorScan.h"
#include "ivf_vector.h"

#include <math.h>

size_t ivf_record_bytes(const struct ivf_coding *coding) {
    return 8 + (size_t)(coding->bits - 1) * (coding->width / 8);
}

size_t ivf_row_bytes(const struct ivf_coding *coding) {
    return ivf_record_bytes(coding) + coding->width / 8 + 2 + (size_t)coding->id_bytes + 4;
}

// The step of a uniform quantizer of so many bits with the least error for normal numbers of deviation 1.
static const float steps[9] = {0, 0, 0.9957f, 0.5860f, 0.3352f, 0.1881f, 0.1041f, 0.0569f, 0.0308f};

struct sums {
    float squares, absolutes, signed_centroid, product, centroid_product;
};

// Codes one vector's difference to its centroid; `planes` (bits − 1 of them) start at the one below the signs.
IVF_INLINE void code(
    const float *vector, const float *centroid, size_t width, int bits, uint8_t *signs, uint8_t *planes,
    struct sums *out) {
    float squares[8] = {0}, absolutes[8] = {0}, signed_centroid[8] = {0};
    for (size_t i = 0; i < width; i += 8)
        for (size_t j = 0; j < 8; j++) {
            float r = vector[i + j] - centroid[i + j];
            squares[j] += r * r;
            absolutes[j] += fabsf(r);
            signed_centroid[j] += r >= 0 ? centroid[i + j] : -centroid[i + j];
        }
    *out = (struct sums){0};
    for (size_t j = 0; j < 8; j++) {
        out->squares += squares[j];
        out->absolutes += absolutes[j];
        out->signed_centroid += signed_centroid[j];
    }
    if (bits == 0) return;
    float step = steps[bits] * sqrtf(out->squares / (float)width), inverse = step > 0 ? 1 / step : 0;
    int32_t half = 1 << (bits - 1);
    float product[8] = {0}, centroid_product[8] = {0};
    for (size_t i = 0; i < width; i += 8) {
        int32_t u[8];
        for (size_t j = 0; j < 8; j++) {
            float r = vector[i + j] - centroid[i + j], scaled = r * inverse + (float)half;
            scaled = scaled < 0 ? 0 : scaled;
            scaled = scaled > (float)(2 * half - 1) ? (float)(2 * half - 1) : scaled;
            u[j] = (int32_t)scaled;
            // A tiny negative number may have been rounded up: the top bit is the sign, always.
            if (r < 0 && u[j] >= half) u[j] = half - 1;
            float level = (float)u[j] - (float)half + 0.5f;
            product[j] += r * level;
            centroid_product[j] += centroid[i + j] * level;
        }
        uint32_t byte = 0;
        for (size_t j = 0; j < 8; j++) byte |= (uint32_t)(u[j] >= half) << j;
        signs[i / 8] = (uint8_t)byte;
        for (int plane = 0; plane < bits - 1; plane++) {
            byte = 0;
            for (size_t j = 0; j < 8; j++) byte |= (uint32_t)((u[j] >> (bits - 2 - plane)) & 1) << j;
            planes[(size_t)plane * (width / 8) + i / 8] = (uint8_t)byte;
        }
    }
    for (size_t j = 0; j < 8; j++) {
        out->product += product[j];
        out->centroid_product += centroid_product[j];
    }
}

IVF_INLINE uint8_t to_byte(float value, float start, float step) {
    float scaled = (value - start) / step + 0.5f;
    return scaled <= 0 ? 0 : scaled >= 255 ? 255 : (uint8_t)scaled;
}

// The scale that makes the signs' product with the vector right, and what is then to be added to it.
IVF_INLINE void factors(const struct sums *sums, float out[2]) {
    out[0] = sums->absolutes > 0 ? sums->squares / sums->absolutes : 0;
    out[1] = sums->squares + 2 * out[0] * sums->signed_centroid;
}

IVF_INLINE void ivf_encode_body(
    int level, const struct ivf_coding *coding, const float *vectors, const uint32_t *order, size_t count,
    const uint32_t *lists, const float *centroids, const int64_t *ids, uint8_t *rows) {
    (void)level;
    size_t width = coding->width, record = ivf_record_bytes(coding), row = ivf_row_bytes(coding);
    for (size_t place = 0; place < count; place++, rows += row) {
        struct sums sums;
        size_t n = order[place];
        uint8_t *at = rows + record;
        code(vectors + n * width, centroids + (size_t)lists[n] * width, width, coding->bits, at, rows + 8, &sums);
        float numbers[2], scales[2];
        scales[1] = sums.product > 0 ? sums.squares / sums.product : 0;
        scales[0] = sums.squares + 2 * scales[1] * sums.centroid_product;
        memcpy(rows, scales, 8);
        factors(&sums, numbers);
        at += width / 8;
        *at++ = to_byte(numbers[0], 0, coding->alpha_step);
        *at++ = to_byte(numbers[1], coding->offset_start, coding->offset_step);
        memcpy(at, &ids[n], (size_t)coding->id_bytes);
        memcpy(at + coding->id_bytes, &lists[n], 4);
    }
}

IVF_DISPATCH(
    ivf_encode,
    (int level, const struct ivf_coding *coding, const float *vectors, const uint32_t *order, size_t count,
     const uint32_t *lists, const float *centroids, const int64_t *ids, uint8_t *rows),
    (level, coding, vectors, order, count, lists, centroids, ids, rows))

void ivf_sign_factors(const float *vector, const float *centroid, size_t width, float out[2]) {
    struct sums sums;
    code(vector, centroid, width, 0, NULL, NULL, &sums);
    factors(&sums, out);
}

size_t ivf_block_bytes(size_t width) { return 4 * width + 64; }

void ivf_split_rows(
    const struct ivf_coding *coding, const uint8_t *const *rows, size_t count, uint8_t *blocks, uint8_t *records,
    uint8_t *ids) {
    size_t width = coding->width, record = ivf_record_bytes(coding), block = ivf_block_bytes(width);
    size_t id_bytes = (size_t)coding->id_bytes, whole = (count + 31) / 32 * 32;
    for (size_t first = 0; first < count; first += 32, blocks += block) {
        memset(blocks, 0, block);
        for (size_t lane = 0; lane < 32 && first + lane < count; lane++) {
            const uint8_t *row = rows[first + lane], *signs = row + record;
            memcpy(records + (first + lane) * record, row, record);
            memcpy(ids + (first + lane) * id_bytes, signs + width / 8 + 2, id_bytes);
            uint8_t *at = blocks + lane % 16;
            int shift = lane < 16 ? 0 : 4;
            for (size_t i = 0; i < width / 8; i++, at += 32) {
                at[0] |= (uint8_t)((signs[i] & 15) << shift);
                at[16] |= (uint8_t)((signs[i] >> 4) << shift);
            }
            blocks[4 * width + lane] = signs[width / 8];
            blocks[4 * width + 32 + lane] = signs[width / 8 + 1];
        }
    }
    memset(records + count * record, 0, (whole - count) * record);
    memset(ids + count * id_bytes, 0xFF, (whole - count) * id_bytes);
}

void ivf_join_row(
    const struct ivf_coding *coding, const uint8_t *block, size_t lane, const uint8_t *record, const uint8_t *id,
    uint32_t list, uint8_t *row) {
    size_t width = coding->width, bytes = ivf_record_bytes(coding);
    memcpy(row, record, bytes);
    row += bytes;
    ivf_block_signs(block, lane, width, row);
    row += width / 8;
    *row++ = block[4 * width + lane];
    *row++ = block[4 * width + 32 + lane];
    memcpy(row, id, (size_t)coding->id_bytes);
    memcpy(row + coding->id_bytes, &list, 4);
}

void ivf_block_signs(const uint8_t *block, size_t lane, size_t width, uint8_t *signs) {
    int shift = lane < 16 ? 0 : 4;
    block += lane % 16;
    for (size_t i = 0; i < width / 8; i++, block += 32)
        signs[i] = (uint8_t)((block[0] >> shift & 15) | (block[16] >> shift & 15) << 4);
}

IVF_INLINE void ivf_planes_dot_body(
    int level, const struct ivf_coding *coding, const uint8_t *signs, const uint8_t *record, const float *probe, float *out) {
    (void)level;
    const ivf_i8 bit = {1, 2, 4, 8, 16, 32, 64, 128};
    size_t width = coding->width, bytes = width / 8;
    ivf_f8 sum = {0};
    for (size_t i = 0; i < bytes; i++) {
        int32_t byte = signs[i];
        ivf_i8 u = -(((ivf_i8){byte, byte, byte, byte, byte, byte, byte, byte} & bit) == bit);
        for (int plane = 0; plane < coding->bits - 1; plane++) {
            byte = record[8 + (size_t)plane * bytes + i];
            u = u + u - (((ivf_i8){byte, byte, byte, byte, byte, byte, byte, byte} & bit) == bit);
        }
        ivf_f8 p;
        memcpy(&p, probe + 8 * i, 32);
        sum += p * __builtin_convertvector(u, ivf_f8);
    }
    *out = ivf_sum8(&sum);
}

IVF_DISPATCH(
    ivf_planes_dot,
    (int level, const struct ivf_coding *coding, const uint8_t *signs, const uint8_t *record, const float *probe, float *out),
    (level, coding, signs, record, probe, out))
