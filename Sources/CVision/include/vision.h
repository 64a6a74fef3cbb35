#ifndef DEEPFACE_VISION_H
#define DEEPFACE_VISION_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Plain-C front of OpenCV's core, imgproc and objdetect. Images are dense rows of three interleaved channels. Every
/// function returns 0, or -1 after writing OpenCV's words to `message` (DF_VISION_MESSAGE_SIZE bytes): no exception
/// crosses this header.
#define DF_VISION_MESSAGE_SIZE 300

typedef enum { DF_RESIZE_LINEAR = 0, DF_RESIZE_AREA = 1 } df_resize_kind;

/// cv::resize of 8-bit pixels (fixed-point arithmetic).
int df_resize_u8(
    const uint8_t *source, int width, int height, uint8_t *target, int target_width, int target_height,
    df_resize_kind kind, char *message);

/// cv::resize, INTER_LINEAR, of 8-bit pixels by a factor: the target has round(width × scale) × round(height × scale)
/// pixels, halves to even, and lies exactly 1 / scale pixels apart in the source.
int df_resize_by_u8(
    const uint8_t *source, int width, int height, uint8_t *target, int target_width, int target_height, double scale,
    char *message);

/// cv::resize, INTER_LINEAR, of 64-bit pixels with so many channels.
int df_resize_f64(
    const double *source, int width, int height, int channels, double *target, int target_width, int target_height,
    char *message);

/// Scales down, each target pixel the mean of what it covers, into planes of red, green and blue: (value - mean) /
/// deviation. Only the target's rows `first` to `first` + `rows` are made.
int df_area_planes(
    const uint8_t *bgr, int width, int height, float *planes, int target_width, int target_height, int first, int rows,
    float mean, float deviation, char *message);

/// The part of an image from (x, y) on in another size, as planes of red, green and blue: (value - mean) * scale. Each
/// value is the plain mean of all pixels it touches (PyTorch's adaptive average pooling). The part lies in the image.
int df_mean_planes(
    const uint8_t *bgr, int width, int x, int y, int part_width, int part_height, float mean, float scale, float *planes,
    int target_width, int target_height, char *message);

/// Pixels as planes of blue, green and red, or with `red_first` of red, green and blue: (value - mean of the plane) *
/// scale. The planes have another size than the image: it lies in their top left corner, and the rest is `fill`.
int df_planes(
    const uint8_t *bgr, int width, int height, int red_first, const float mean[3], float scale, float fill,
    float *planes, int plane_width, int plane_height, char *message);

/// Turns an image by `degrees` (counter-clockwise) about (`center_x`, `center_y`); same size, black outside, INTER_CUBIC.
int df_rotate_cubic(
    const uint8_t *source, int width, int height, double center_x, double center_y, double degrees, uint8_t *target,
    char *message);

/// Where a region of an image lies: the place of its first pixel's centre, and how far the next in its row and in its
/// column are. The centre of the image's first pixel is (0, 0).
typedef struct {
    double x, y;
    double x_per_column, y_per_column;
    double x_per_row, y_per_row;
} df_region_place;

/// A region, `side` x `side` pixels, as rows of interleaved channels: value * scale + shift. Each pixel is the mean of
/// `samples` x `samples` places in it, each between the nearest four pixels, to a 32nd of a pixel and rounded, as
/// OpenCV's warps do. Outside the image everything is black, or with `replicate` the nearest pixel.
int df_region(
    const uint8_t *bgr, int width, int height, df_region_place place, int side, int samples, int replicate,
    int red_first, float scale, float shift, float *target, char *message);

/// A Haar cascade. Not for use from two threads at once.
typedef struct df_cascade df_cascade;

typedef struct {
    int x, y, width, height;
    double weight;
} df_cascade_hit;

df_cascade *df_cascade_load(const char *xml, size_t count, char *message);
void df_cascade_free(df_cascade *cascade);

/// CascadeClassifier::detectMultiScale on BGR pixels. With `levels`, `weight` is the last stage's weight, else 0.
/// `*hits` is malloc'ed; release it with `df_vision_free`.
int df_cascade_detect(
    df_cascade *cascade, const uint8_t *bgr, int width, int height, double scale_factor, int min_neighbors,
    int min_size, int levels, df_cascade_hit **hits, size_t *count, char *message);

void df_vision_free(void *pointer);

/// Drawing, anti-aliased, in place. Colours are BGR.
typedef struct {
    uint8_t blue, green, red;
} df_color;

int df_draw_rectangle(
    uint8_t *bgr, int width, int height, int x, int y, int w, int h, df_color color, int thickness, char *message);
int df_draw_disc(uint8_t *bgr, int width, int height, double x, double y, double radius, df_color color, char *message);

/// Draws ASCII `text` with its baseline's left end at (x, y).
int df_draw_text(
    uint8_t *bgr, int width, int height, const char *text, int x, int y, double scale, int thickness, df_color color,
    char *message);
/// The pixels that `text` takes: width and height above the baseline.
int df_text_size(const char *text, double scale, int thickness, int *width, int *height, char *message);

#ifdef __cplusplus
}
#endif

#endif
