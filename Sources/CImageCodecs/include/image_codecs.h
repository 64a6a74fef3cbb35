#ifndef DEEPFACE_IMAGE_CODECS_H
#define DEEPFACE_IMAGE_CODECS_H

#include <stddef.h>
#include <stdint.h>

/// Plain-C front of libjpeg-turbo, libpng and libwebp. Every decoder reads the size from the header first, so that the
/// caller can refuse an image before any pixel is allocated, and then writes 8-bit BGR rows without padding.

typedef enum {
    DF_CODEC_OK = 0,
    DF_CODEC_MALFORMED = 1,
    DF_CODEC_TRUNCATED = 2,
    DF_CODEC_UNSUPPORTED = 3,
    DF_CODEC_NO_MEMORY = 4,
} df_codec_status;

typedef struct {
    int64_t width;
    int64_t height;
} df_image_size;

/// Room for a decoder's own words about what is wrong.
#define DF_CODEC_MESSAGE_SIZE 200

df_codec_status df_jpeg_size(const uint8_t *bytes, size_t count, df_image_size *size, char *message);
df_codec_status df_jpeg_decode(const uint8_t *bytes, size_t count, uint8_t *bgr, size_t capacity, char *message);

df_codec_status df_png_size(const uint8_t *bytes, size_t count, df_image_size *size, char *message);
df_codec_status df_png_decode(const uint8_t *bytes, size_t count, uint8_t *bgr, size_t capacity, char *message);

/// Encodes BGR rows as PNG. `*png` is malloc'ed; release it with `df_codec_free`.
df_codec_status df_png_encode(
    const uint8_t *bgr, int64_t width, int64_t height, uint8_t **png, size_t *png_count, char *message);

/// Encodes BGR rows as baseline JPEG of `quality` 1…100. `*jpeg` is malloc'ed; release it with `df_codec_free`.
df_codec_status df_jpeg_encode(
    const uint8_t *bgr, int64_t width, int64_t height, int quality, uint8_t **jpeg, size_t *jpeg_count, char *message);

df_codec_status df_webp_size(const uint8_t *bytes, size_t count, df_image_size *size, char *message);
df_codec_status df_webp_decode(const uint8_t *bytes, size_t count, uint8_t *bgr, size_t capacity, char *message);

void df_codec_free(void *pointer);

#endif
