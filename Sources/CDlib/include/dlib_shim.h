#ifndef DEEPFACE_DLIB_SHIM_H
#define DEEPFACE_DLIB_SHIM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Plain-C front of libdlib. Images are dense rows of three interleaved 8-bit channels. Functions that can fail return
/// -1 or NULL after writing dlib's words to `message` (DF_DLIB_MESSAGE_SIZE bytes): no exception crosses this header.
#define DF_DLIB_MESSAGE_SIZE 300

typedef struct {
    double x, y;
} df_point;

typedef struct {
    int64_t left, top, right, bottom;
    double score;
} df_hog_hit;

/// dlib's frontal face detector (HOG, five views). May be used from many threads at once.
typedef struct df_hog df_hog;

df_hog *df_hog_create(char *message);
void df_hog_free(df_hog *hog);
/// 1 when the kernels compiled for AVX2 are in use.
int df_hog_uses_avx2(const df_hog *hog);
/// Scans the image after `upsample` doublings. The channels are read as they come, in any order.
/// `*hits` is malloc'ed; release it with `df_dlib_free`.
int df_hog_detect(
    const df_hog *hog, const uint8_t *pixels, int width, int height, int upsample, double threshold, df_hog_hit **hits,
    size_t *count, char *message);

/// A shape predictor (regression trees). May be used from many threads at once.
typedef struct df_shape_predictor df_shape_predictor;

df_shape_predictor *df_shape_predictor_read(const void *bytes, size_t count, char *message);
void df_shape_predictor_free(df_shape_predictor *predictor);
size_t df_shape_predictor_points(const df_shape_predictor *predictor);
/// Writes `df_shape_predictor_points` points for the face in `box` (right and bottom inclusive). `pixels` is RGB when
/// `rgb` is not 0, else BGR.
int df_shape_predict(
    const df_shape_predictor *predictor, const uint8_t *pixels, int width, int height, int rgb, df_hog_hit box,
    df_point *points, char *message);

/// Cuts a `chip_width` × `chip_height` chip: the similarity that best maps `from` (in the image) to `to` (in the chip),
/// sampled bilinearly from an image pyramid; black outside the image. Returns 1 where no sensible similarity exists.
int df_chip(
    const uint8_t *pixels, int width, int height, const df_point *from, const df_point *to, size_t count,
    int chip_width, int chip_height, uint8_t *chip, char *message);

/// The parameters of a network's layers, from input to output.
typedef struct df_layers df_layers;

typedef enum { DF_KERNEL = 0, DF_BIAS = 1, DF_GAMMA = 2, DF_BETA = 3, DF_DENSE = 4 } df_parameter_kind;

typedef struct {
    df_parameter_kind kind;
    /// KERNEL: filters, channels, rows, columns; DENSE: inputs, outputs, 1, 1; others: filters, 1, 1, 1.
    int64_t shape[4];
    const float *values;
    size_t count;
} df_parameter;

/// Of dlib_face_recognition_resnet_model_v1.
df_layers *df_resnet_read(const void *bytes, size_t count, char *message);
/// Of mmod_human_face_detector.
df_layers *df_mmod_layers_read(const void *bytes, size_t count, char *message);
void df_layers_free(df_layers *layers);
size_t df_layers_count(const df_layers *layers);
df_parameter df_layers_parameter(const df_layers *layers, size_t index);

/// What is around the layers of mmod_human_face_detector: how it is shown an image, and how its answer is read. May be
/// used from many threads at once.
typedef struct df_mmod df_mmod;
/// An image and smaller ones of it, each five sixths as large as the one before, side by side in one.
typedef struct df_pyramid df_pyramid;

df_mmod *df_mmod_read(const void *bytes, size_t count, char *message);
void df_mmod_free(df_mmod *mmod);
df_pyramid *df_mmod_pyramid(const df_mmod *mmod, const uint8_t *bgr, int width, int height, char *message);
void df_pyramid_free(df_pyramid *pyramid);
/// Planes of red, green and blue as the layers take them, in the pyramid's memory.
const float *df_pyramid_planes(const df_pyramid *pyramid, int64_t *rows, int64_t *columns);
/// The faces in the image whose pyramid it is, the surest first: `scores` are what the layers give, the threshold is 0.
/// `*hits` is malloc'ed; release it with `df_dlib_free`.
int df_mmod_faces(
    const df_mmod *mmod, const df_pyramid *pyramid, const float *scores, int64_t rows, int64_t columns,
    df_hog_hit **hits, size_t *count, char *message);

void df_dlib_free(void *pointer);

#ifdef __cplusplus
}
#endif

#endif
