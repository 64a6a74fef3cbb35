#ifndef DEEPFACE_CODEC_SUPPORT_H
#define DEEPFACE_CODEC_SUPPORT_H

#include <stdio.h>

#include "image_codecs.h"

static inline df_codec_status df_fail(char *message, df_codec_status status, const char *text) {
    if (message != NULL) snprintf(message, DF_CODEC_MESSAGE_SIZE, "%s", text);
    return status;
}

/// Whether `width` × `height` BGR pixels fit into `capacity` bytes.
static inline int df_fits(int64_t width, int64_t height, size_t capacity) {
    return width > 0 && height > 0 && (uint64_t)width <= SIZE_MAX / 3 / (uint64_t)height
        && (size_t)width * (size_t)height * 3 <= capacity;
}

#endif
