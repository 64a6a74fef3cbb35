#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "codec_support.h"

typedef struct {
    const uint8_t *bytes;
    size_t count;
    size_t position;
    df_codec_status status;
    char *message;
} df_png_reader;

static void df_png_error(png_structp png, png_const_charp text) {
    df_png_reader *reader = png_get_error_ptr(png);
    if (reader->status == DF_CODEC_OK) {
        reader->status = DF_CODEC_MALFORMED;
        df_fail(reader->message, reader->status, text);
    }
    png_longjmp(png, 1);
}

static void df_png_warning(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static void df_png_read(png_structp png, png_bytep target, png_size_t length) {
    df_png_reader *reader = png_get_io_ptr(png);
    if (length > reader->count - reader->position) {
        reader->status = DF_CODEC_TRUNCATED;
        df_fail(reader->message, reader->status, "the data ends early");
        png_error(png, "the data ends early");
    }
    memcpy(target, reader->bytes + reader->position, length);
    reader->position += length;
}

static png_structp df_png_open(df_png_reader *reader, png_infop *info) {
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, df_png_error, df_png_warning);
    if (png == NULL) return NULL;
    *info = png_create_info_struct(png);
    if (*info == NULL) {
        png_destroy_read_struct(&png, NULL, NULL);
        return NULL;
    }
    png_set_read_fn(png, reader, df_png_read);
    return png;
}

df_codec_status df_png_size(const uint8_t *bytes, size_t count, df_image_size *size, char *message) {
    df_png_reader reader = {bytes, count, 0, DF_CODEC_OK, message};
    png_infop info = NULL;
    png_structp png = df_png_open(&reader, &info);
    if (png == NULL) return df_fail(message, DF_CODEC_NO_MEMORY, "out of memory");
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return reader.status;
    }
    png_read_info(png, info);
    size->width = png_get_image_width(png, info);
    size->height = png_get_image_height(png, info);
    png_destroy_read_struct(&png, &info, NULL);
    return DF_CODEC_OK;
}

df_codec_status df_png_decode(const uint8_t *bytes, size_t count, uint8_t *bgr, size_t capacity, char *message) {
    df_png_reader reader = {bytes, count, 0, DF_CODEC_OK, message};
    png_infop info = NULL;
    png_structp png = df_png_open(&reader, &info);
    png_bytep *volatile rows = NULL;
    if (png == NULL) return df_fail(message, DF_CODEC_NO_MEMORY, "out of memory");
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        free(rows);
        return reader.status;
    }
    png_read_info(png, info);
    png_uint_32 width = png_get_image_width(png, info), height = png_get_image_height(png, info);
    if (!df_fits(width, height, capacity)) {
        png_destroy_read_struct(&png, &info, NULL);
        return df_fail(message, DF_CODEC_NO_MEMORY, "the pixels do not fit the buffer");
    }
    if (png_get_bit_depth(png, info) == 16) png_set_strip_16(png);
    png_set_expand(png);
    png_set_strip_alpha(png);
    png_set_gray_to_rgb(png);
    png_set_bgr(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    rows = png_get_rowbytes(png, info) == (size_t)width * 3 ? malloc(sizeof(png_bytep) * height) : NULL;
    if (rows == NULL) {
        png_destroy_read_struct(&png, &info, NULL);
        return df_fail(message, DF_CODEC_NO_MEMORY, "out of memory");
    }
    for (png_uint_32 y = 0; y < height; y++) rows[y] = bgr + (size_t)width * 3 * y;
    png_read_image(png, rows);
    png_read_end(png, NULL);
    png_destroy_read_struct(&png, &info, NULL);
    free(rows);
    return DF_CODEC_OK;
}

typedef struct {
    uint8_t *bytes;
    size_t count;
    size_t capacity;
} df_png_buffer;

static void df_png_append(png_structp png, png_bytep source, png_size_t length) {
    df_png_buffer *buffer = png_get_io_ptr(png);
    if (length > buffer->capacity - buffer->count) {
        size_t capacity = (buffer->count + length) * 2;
        uint8_t *bytes = realloc(buffer->bytes, capacity);
        if (bytes == NULL) png_error(png, "out of memory");
        buffer->bytes = bytes;
        buffer->capacity = capacity;
    }
    memcpy(buffer->bytes + buffer->count, source, length);
    buffer->count += length;
}

static void df_png_flush(png_structp png) { (void)png; }

df_codec_status df_png_encode(
    const uint8_t *bgr, int64_t width, int64_t height, uint8_t **result, size_t *result_count, char *message) {
    df_png_reader errors = {NULL, 0, 0, DF_CODEC_OK, message};
    df_png_buffer *buffer = calloc(1, sizeof *buffer);
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &errors, df_png_error, df_png_warning);
    png_infop info = png != NULL ? png_create_info_struct(png) : NULL;
    if (buffer == NULL || info == NULL) {
        png_destroy_write_struct(&png, &info);
        free(buffer);
        return df_fail(message, DF_CODEC_NO_MEMORY, "out of memory");
    }
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        free(buffer->bytes);
        free(buffer);
        return errors.status;
    }
    png_set_write_fn(png, buffer, df_png_append, df_png_flush);
    png_set_IHDR(png, info, (png_uint_32)width, (png_uint_32)height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
        PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    png_set_bgr(png);
    for (int64_t y = 0; y < height; y++) png_write_row(png, bgr + (size_t)width * 3 * (size_t)y);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    *result = buffer->bytes;
    *result_count = buffer->count;
    free(buffer);
    return DF_CODEC_OK;
}
