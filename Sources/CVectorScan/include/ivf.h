#ifndef IVF_H
#define IVF_H

#include <stddef.h>
#include <stdint.h>

// The ivf index's inner loops. Rows are `width` numbers long, `width` a multiple of 64; what is beyond a vector's
// own dimensions is zero before the rotation.

// MARK: rotation

/// Centres, scales and rotates: out = H·(in / |in| − mean) for `count` rows of `dimensions` numbers.
///
/// The rotation is four rounds of flipped signs and a fast Hadamard transform, over the first and the last power of two
/// of the width in turn (two rounds where the width is a power of two); it keeps lengths.
/// - mean: `dimensions` numbers, what is subtracted; signs: 4 × width numbers ±1; normalize: whether rows are first
///   made one long (a row of zeros stays).
void ivf_rotate(
    int level, const float *in, size_t count, size_t dimensions, const float *mean, const float *signs, int normalize, float *out,
    size_t width);

// MARK: lists

/// Rows in 7 bits: round(x × scale) + 64, kept in 0…127.
void ivf_bytes(int level, const float *rows, size_t numbers, float scale, uint8_t *out);

/// The centroid with the largest <row, centroid> − bias for each row of bytes.
///
/// - packed: `groups` × 8 centroids of −63…63 in groups of 8: of four dimensions after the other, 8 centroids' four bytes.
/// - scores: how large it is; second: the centroid that comes next (UINT32_MAX where there is none); or NULL.
void ivf_nearest(
    int level, const uint8_t *rows, size_t count, const int8_t *packed, const int32_t *bias, size_t groups,
    size_t width, uint32_t *nearest, int32_t *scores, uint32_t *second);

/// Squared distance of a probe to `count` rows.
void ivf_distances(int level, const float *probe, const float *rows, size_t count, size_t width, float *out);

// MARK: codes

/// How a vector is kept: its difference r to the list's centroid c, a sign a number (a code for memory) and `bits` bits a
/// number (of which the sign is the top one).
struct ivf_coding {
    size_t width;
    /// Bits a number, with the sign: 2…8.
    int bits;
    /// Bytes an id takes: 4 or 8.
    int id_bytes;
    /// A step of the byte that scales the sign code, and of the one that is added; where that one starts.
    float alpha_step, offset_step, offset_start;
};

/// Bytes of a stored vector: two numbers (constant, scale) and the bits − 1 planes below the signs.
size_t ivf_record_bytes(const struct ivf_coding *coding);
/// Bytes of a row: a stored vector, then its signs, the two bytes, its id and its list (4).
size_t ivf_row_bytes(const struct ivf_coding *coding);

/// Codes rotated vectors as rows: order[0], order[1], …, `count` of them.
/// - lists: each vector's list; centroids: all of them, row by row; ids: each vector's.
void ivf_encode(
    int level, const struct ivf_coding *coding, const float *vectors, const uint32_t *order, size_t count,
    const uint32_t *lists, const float *centroids, const int64_t *ids, uint8_t *rows);

/// The two numbers of which the two bytes are made: out[0] = scale of the signs, out[1] = constant.
void ivf_sign_factors(const float *vector, const float *centroid, size_t width, float out[2]);

/// Bytes of 32 vectors' codes: signs (4 dimensions of 32 vectors in 16 bytes), 32 scales, 32 constants.
size_t ivf_block_bytes(size_t width);
/// Takes a list's rows apart: blocks, stored vectors, ids. All three are of whole blocks of 32: what is over is zeros,
/// and ids of −1.
void ivf_split_rows(
    const struct ivf_coding *coding, const uint8_t *const *rows, size_t count, uint8_t *blocks, uint8_t *records,
    uint8_t *ids);
/// The reverse, for one vector.
void ivf_join_row(
    const struct ivf_coding *coding, const uint8_t *block, size_t lane, const uint8_t *record, const uint8_t *id,
    uint32_t list, uint8_t *row);
/// The signs of one vector of a block, as they are in a row.
void ivf_block_signs(const uint8_t *block, size_t lane, size_t width, uint8_t *signs);

// MARK: search

/// What a probe is scanned with.
struct ivf_probe {
    /// width / 4 tables of 16.
    const uint8_t *tables;
    /// Of 16-bit fixed-point scores: what is taken from a sum of table entries after its shift, the constant's factor.
    int16_t middle, factor;
    int shift;
    /// A score's unit as a squared distance.
    float unit;
};

/// Fills the tables (width / 4 × 16 bytes) for a probe (rotated).
void ivf_prepare(const struct ivf_coding *coding, const float *probe, uint8_t *tables, struct ivf_probe *out);

struct ivf_candidate {
    /// Estimated squared distance.
    float estimate;
    uint32_t slot;
};

/// Scans a list's blocks from block `*next` on and appends what is estimated nearer than `limit`.
///
/// - count: vectors in the list; start: what is added to a score to make it a squared distance; slot: of the list's
///   first vector; hidden: a bit for each vector that must not be found, or NULL; out: has room for `room`.
/// - Returns: how many were appended. `*next` is then the block to go on with (room was short), or beyond the last.
size_t ivf_scan(
    int level, const struct ivf_probe *probe, const uint8_t *blocks, size_t count, size_t width, float start, float limit,
    uint32_t slot, const uint32_t *hidden, struct ivf_candidate *out, size_t room, size_t *next);

/// Starts loading the first blocks of a list of `count` vectors that will be scanned next.
void ivf_prefetch(const uint8_t *blocks, size_t count, size_t width);

/// Moves the `keep` least estimates to the front. Returns the largest of them.
float ivf_select(struct ivf_candidate *candidates, size_t count, size_t keep);

/// Sum over all numbers of probe × code, the code 0…2^bits − 1.
void ivf_planes_dot(
    int level, const struct ivf_coding *coding, const uint8_t *signs, const uint8_t *record, const float *probe, float *out);

// MARK: reading

struct ivf_read {
    uint64_t offset;
    void *into;
    uint32_t length;
};

struct ivf_reader;

/// Reads many pieces of a file at once: with io_uring, or where that is refused (or `pool` is asked for) by 16 threads.
/// NULL: no memory, or no thread.
struct ivf_reader *ivf_reader_open(int pool);
/// Whether it is io_uring that reads.
int ivf_reader_uses_ring(const struct ivf_reader *reader);
/// Reads all pieces. Returns 0, an errno, or −1 where the file ends before a piece does.
int ivf_reader_run(struct ivf_reader *reader, int file, struct ivf_read *reads, size_t count);
void ivf_reader_close(struct ivf_reader *reader);

#endif
