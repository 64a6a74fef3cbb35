#include <webp/decode.h>

#include "codec_support.h"

df_codec_status df_webp_size(const uint8_t *bytes, size_t count, df_image_size *size, char *message) {
    WebPBitstreamFeatures features;
    switch (WebPGetFeatures(bytes, count, &features)) {
    case VP8_STATUS_OK: break;
    case VP8_STATUS_NOT_ENOUGH_DATA: return df_fail(message, DF_CODEC_TRUNCATED, "the data ends early");
    default: return df_fail(message, DF_CODEC_MALFORMED, "not a WebP bitstream");
    }
    if (features.has_animation) return df_fail(message, DF_CODEC_UNSUPPORTED, "an animated WebP is not a photo");
    size->width = features.width;
    size->height = features.height;
    return DF_CODEC_OK;
}

df_codec_status df_webp_decode(const uint8_t *bytes, size_t count, uint8_t *bgr, size_t capacity, char *message) {
    df_image_size size;
    df_codec_status status = df_webp_size(bytes, count, &size, message);
    if (status != DF_CODEC_OK) return status;
    if (!df_fits(size.width, size.height, capacity))
        return df_fail(message, DF_CODEC_NO_MEMORY, "the pixels do not fit the buffer");
    if (WebPDecodeBGRInto(bytes, count, bgr, capacity, (int)size.width * 3) == NULL)
        return df_fail(message, DF_CODEC_TRUNCATED, "the WebP data is damaged or ends early");
    return DF_CODEC_OK;
}
