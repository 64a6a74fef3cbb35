#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <stdio.h>
#include <jpeglib.h>
#include <jerror.h>

#include "codec_support.h"

typedef struct {
    struct jpeg_error_mgr base;
    jmp_buf escape;
    df_codec_status status;
    char *message;
} df_jpeg_errors;

static void df_jpeg_exit(j_common_ptr info) {
    df_jpeg_errors *errors = (df_jpeg_errors *)info->err;
    char text[JMSG_LENGTH_MAX];
    errors->base.format_message(info, text);
    errors->status = errors->base.msg_code == JERR_OUT_OF_MEMORY ? DF_CODEC_NO_MEMORY : DF_CODEC_MALFORMED;
    df_fail(errors->message, errors->status, text);
    longjmp(errors->escape, 1);
}

/// libjpeg only warns when data ends early and paints the rest grey. A photo that is not all there is an error here.
static void df_jpeg_warn(j_common_ptr info, int level) {
    df_jpeg_errors *errors = (df_jpeg_errors *)info->err;
    if (level >= 0) return;
    errors->base.num_warnings++;
    if (errors->base.msg_code == JWRN_JPEG_EOF || errors->base.msg_code == JWRN_HIT_MARKER) {
        char text[JMSG_LENGTH_MAX];
        errors->base.format_message(info, text);
        errors->status = DF_CODEC_TRUNCATED;
        df_fail(errors->message, errors->status, text);
        longjmp(errors->escape, 1);
    }
}

/// A progressive file may ask for any number of passes over the whole picture; honest ones have about ten.
static const int df_jpeg_most_scans = 500;

static void df_jpeg_progress(j_common_ptr info) {
    if (!info->is_decompressor || ((j_decompress_ptr)info)->input_scan_number <= df_jpeg_most_scans) return;
    df_jpeg_errors *errors = (df_jpeg_errors *)info->err;
    errors->status = DF_CODEC_MALFORMED;
    df_fail(errors->message, errors->status, "too many scans");
    longjmp(errors->escape, 1);
}

static void df_jpeg_quiet(j_common_ptr info) { (void)info; }

static void df_jpeg_errors_init(df_jpeg_errors *errors, char *message) {
    jpeg_std_error(&errors->base);
    errors->base.error_exit = df_jpeg_exit;
    errors->base.emit_message = df_jpeg_warn;
    errors->base.output_message = df_jpeg_quiet;
    errors->status = DF_CODEC_OK;
    errors->message = message;
}

df_codec_status df_jpeg_size(const uint8_t *bytes, size_t count, df_image_size *size, char *message) {
    struct jpeg_decompress_struct info;
    df_jpeg_errors errors;
    df_jpeg_errors_init(&errors, message);
    info.err = &errors.base;
    if (setjmp(errors.escape)) {
        jpeg_destroy_decompress(&info);
        return errors.status;
    }
    jpeg_create_decompress(&info);
    jpeg_mem_src(&info, bytes, (unsigned long)count);
    jpeg_read_header(&info, TRUE);
    size->width = info.image_width;
    size->height = info.image_height;
    jpeg_destroy_decompress(&info);
    return DF_CODEC_OK;
}

/// Adobe's inverted CMYK to BGR, in integers, as OpenCV converts it.
static void df_cmyk_to_bgr(const uint8_t *cmyk, uint8_t *bgr, JDIMENSION width) {
    for (JDIMENSION x = 0; x < width; x++, cmyk += 4, bgr += 3) {
        int k = cmyk[3];
        bgr[2] = (uint8_t)(k - ((255 - cmyk[0]) * k >> 8));
        bgr[1] = (uint8_t)(k - ((255 - cmyk[1]) * k >> 8));
        bgr[0] = (uint8_t)(k - ((255 - cmyk[2]) * k >> 8));
    }
}

df_codec_status df_jpeg_decode(const uint8_t *bytes, size_t count, uint8_t *bgr, size_t capacity, char *message) {
    struct jpeg_decompress_struct info;
    df_jpeg_errors errors;
    uint8_t *volatile cmyk = NULL;
    df_jpeg_errors_init(&errors, message);
    info.err = &errors.base;
    if (setjmp(errors.escape)) {
        jpeg_destroy_decompress(&info);
        free(cmyk);
        return errors.status;
    }
    jpeg_create_decompress(&info);
    struct jpeg_progress_mgr progress = {.progress_monitor = df_jpeg_progress};
    info.progress = &progress;
    jpeg_mem_src(&info, bytes, (unsigned long)count);
    jpeg_read_header(&info, TRUE);
    if (!df_fits(info.image_width, info.image_height, capacity)) {
        jpeg_destroy_decompress(&info);
        return df_fail(message, DF_CODEC_NO_MEMORY, "the pixels do not fit the buffer");
    }
    int four = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
    info.out_color_space = four ? JCS_CMYK : JCS_EXT_BGR;
    jpeg_start_decompress(&info);
    if (four) {
        cmyk = malloc((size_t)info.output_width * 4);
        if (cmyk == NULL) {
            jpeg_destroy_decompress(&info);
            return df_fail(message, DF_CODEC_NO_MEMORY, "out of memory");
        }
    }
    size_t stride = (size_t)info.output_width * 3;
    while (info.output_scanline < info.output_height) {
        uint8_t *target = bgr + stride * info.output_scanline;
        JSAMPROW row = four ? cmyk : target;
        if (jpeg_read_scanlines(&info, &row, 1) == 1 && four) df_cmyk_to_bgr(cmyk, target, info.output_width);
    }
    jpeg_finish_decompress(&info);
    jpeg_destroy_decompress(&info);
    free(cmyk);
    return DF_CODEC_OK;
}

df_codec_status df_jpeg_encode(
    const uint8_t *bgr, int64_t width, int64_t height, int quality, uint8_t **jpeg, size_t *jpeg_count, char *message) {
    struct jpeg_compress_struct info;
    df_jpeg_errors errors;
    unsigned char *volatile buffer = NULL;
    unsigned long size = 0;
    if (width < 1 || height < 1 || width > 65500 || height > 65500)
        return df_fail(message, DF_CODEC_UNSUPPORTED, "a JPEG's sides are 1 to 65500 pixels");
    df_jpeg_errors_init(&errors, message);
    info.err = &errors.base;
    if (setjmp(errors.escape)) {
        jpeg_destroy_compress(&info);
        free(buffer);
        return errors.status;
    }
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, (unsigned char **)&buffer, &size);
    info.image_width = (JDIMENSION)width;
    info.image_height = (JDIMENSION)height;
    info.input_components = 3;
    info.in_color_space = JCS_EXT_BGR;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, quality, TRUE);
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
        JSAMPROW row = (JSAMPROW)(bgr + (size_t)width * 3 * info.next_scanline);
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    *jpeg = buffer;
    *jpeg_count = size;
    return DF_CODEC_OK;
}

void df_codec_free(void *pointer) { free(pointer); }
