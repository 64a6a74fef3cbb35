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

typedef uint8_t eight_bytes __attribute__((vector_size(8)));

// Bit `bit` of each of eight bytes, the first byte's the lowest.
IVF_INLINE uint8_t plane_of(uint64_t bytes, int bit) {
    return (uint8_t)((bytes >> bit & 0x0101010101010101u) * 0x0102040810204080u >> 56);
}

// Codes one vector's difference to its centroid; `planes` (bits − 1 of them) start at the one below the signs.
IVF_INLINE void code(
    const float *vector, const float *centroid, size_t width, int bits, uint8_t *signs, uint8_t *planes,
    struct sums *out) {
    const ivf_i8 top = (ivf_i8){0} + INT32_MIN;
    ivf_f8 squares = {0}, absolutes = {0}, signed_centroid = {0};
    for (size_t i = 0; i < width; i += 8) {
        ivf_f8 v, c;
        memcpy(&v, vector + i, 32);
        memcpy(&c, centroid + i, 32);
        ivf_f8 r = v - c;
        squares += r * r;
        absolutes += (ivf_f8)((ivf_i8)r & ~top);
        signed_centroid += (ivf_f8)((ivf_i8)c ^ ((r < 0) & top));
    }
    *out = (struct sums){
        .squares = ivf_sum8(&squares), .absolutes = ivf_sum8(&absolutes), .signed_centroid = ivf_sum8(&signed_centroid)};
    if (bits == 0) return;
    float step = steps[bits] * sqrtf(out->squares / (float)width), inverse = step > 0 ? 1 / step : 0;
    int32_t half = 1 << (bits - 1);
    ivf_f8 product = {0}, centroid_product = {0};
    for (size_t i = 0; i < width; i += 8) {
        ivf_f8 v, c;
        memcpy(&v, vector + i, 32);
        memcpy(&c, centroid + i, 32);
        ivf_f8 r = v - c;
        ivf_i8 u = __builtin_convertvector(r * inverse + (float)half, ivf_i8);
        // A tiny negative number may have been rounded up: the top bit is the sign, always.
        ivf_i8 most = 2 * half - 1 - ((r < 0) & half);
        u = __builtin_elementwise_min(__builtin_elementwise_max(u, (ivf_i8){0}), most);
        ivf_f8 level = __builtin_convertvector(u, ivf_f8) - ((float)half - 0.5f);
        product += r * level;
        centroid_product += c * level;
        eight_bytes narrow = __builtin_convertvector(u, eight_bytes);
        uint64_t bytes;
        memcpy(&bytes, &narrow, 8);
        signs[i / 8] = plane_of(bytes, bits - 1);
        for (int plane = 0; plane < bits - 1; plane++)
            planes[(size_t)plane * (width / 8) + i / 8] = plane_of(bytes, bits - 2 - plane);
    }
    out->product = ivf_sum8(&product);
    out->centroid_product = ivf_sum8(&centroid_product);
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
        // The next one's numbers lie anywhere.
        if (place + 1 < count) {
            size_t next = order[place + 1];
            for (size_t i = 0; i < width; i += 16) {
                __builtin_prefetch(vectors + next * width + i);
                __builtin_prefetch(centroids + (size_t)lists[next] * width + i);
            }
        }
        uint8_t *at = rows + record;
        const float *vector = vectors + n * width, *centroid = centroids + (size_t)lists[n] * width;
        // The usual number of bits has a loop of its own, where it is a constant.
        if (coding->bits == 4) code(vector, centroid, width, 4, at, rows + 8, &sums);
        else code(vector, centroid, width, coding->bits, at, rows + 8, &sums);
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
