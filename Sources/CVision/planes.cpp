#include <algorithm>

#include "guard.hpp"

int df_planes(
    const uint8_t *bgr, int width, int height, int red_first, const float mean[3], float scale, float fill,
    float *planes, int plane_width, int plane_height, char *message) {
    return df_guard(message, [&] {
        const size_t plane = (size_t)plane_width * plane_height;
        const int columns = std::min(width, plane_width), rows = std::min(height, plane_height);
        for (int p = 0; p < 3; p++) {
            const int channel = red_first ? 2 - p : p;
            float *target = planes + p * plane;
            const float shift = mean[p];
            for (int y = 0; y < rows; y++, target += plane_width) {
                const uint8_t *source = bgr + (size_t)y * width * 3 + channel;
                for (int x = 0; x < columns; x++) target[x] = ((float)source[3 * x] - shift) * scale;
                std::fill(target + columns, target + plane_width, fill);
            }
            std::fill(target, planes + (p + 1) * plane, fill);
        }
    });
}
