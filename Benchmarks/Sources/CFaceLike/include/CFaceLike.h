#ifndef CFACELIKE_H
#define CFACELIKE_H

#include <stdint.h>

/// How numbers like a face network's embeddings are drawn: filled by `facelike_make`, then only read.
typedef struct {
    int32_t dimensions;
    /// 1: every vector is scaled to length 1.
    int32_t unit;
    uint64_t seed;
    /// How much pictures differ in how well they show the person: their noise is scaled by 1 ± this.
    float quality;
    /// A value each dimension, owned by the caller: what all embeddings have in common; standard deviations of
    /// persons and of pictures along the main axes; two rows of signs (+1, −1) that turn the axes.
    const float *mean, *person, *picture, *signs1, *signs2;
} facelike_model;

/// `count` vectors: of person `persons[n]` the picture `pictures[n]`, row by row.
/// `dimensions` is a power of two from 8 to 4096.
void facelike_fill(
    const facelike_model *model, const int64_t *persons, const int32_t *pictures, int64_t count, float *out);

/// `count` numbers that look normally distributed (mean 0, variance 1), always the same for one key.
void facelike_normal(uint64_t key, int32_t count, float *out);

#endif
