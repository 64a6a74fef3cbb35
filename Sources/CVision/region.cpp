#include <algorithm>
#include <vector>

#include "guard.hpp"

// Only the pixels that are looked at are converted, however large the image is. Places are whole numbers of 32nds of a
// pixel, and what lies between pixels is rounded, as in OpenCV's warps.

namespace {
const int df_steps = 32;

/// A place in an image's row or column: 2^32 to a pixel, so that many small steps add up exactly enough. Beyond `most`,
/// farther away than any image is large, there is nothing to tell apart.
int64_t df_place(double pixels, double most) {
    return (int64_t)(std::min(std::max(pixels, -most), most) * 4294967296.0);
}

/// The nearest 32nd, of two equally near ones the even.
inline int64_t df_step(int64_t place) { return (place + (1 << 26) - 1 + ((place >> 27) & 1)) >> 27; }

/// The pixel `i` of `length`; the nearest one outside it, or -1.
inline int df_inside(int i, int length, bool replicate) {
    if (replicate) return std::min(std::max(i, 0), length - 1);
    return i < 0 || i >= length ? -1 : i;
}
}  // namespace

int df_region(
    const uint8_t *bgr, int width, int height, df_region_place place, int side, int samples, int replicate,
    int red_first, float scale, float shift, float *target, char *message) {
    return df_guard(message, [&] {
        const uint8_t black[3] = {0, 0, 0};
        const int first = red_first ? 2 : 0, last = 2 - first;
        const float factor = scale / (float)(samples * samples);
        const size_t line = (size_t)width * 3;
        const auto pixel = [&](int x, int y) { return x < 0 || y < 0 ? black : bgr + y * line + (size_t)x * 3; };
        const int64_t right_x = df_place(place.x_per_column / samples, 1e5);
        const int64_t right_y = df_place(place.y_per_column / samples, 1e5);
        const double start = 0.5 / samples - 0.5;
        std::vector<int> sums((size_t)side * 3);
        for (int y = 0; y < side; y++) {
            std::fill(sums.begin(), sums.end(), 0);
            for (int j = 0; j < samples; j++) {
                const double v = y + (j + 0.5) / samples - 0.5;
                int64_t at_x = df_place(place.x + start * place.x_per_column + v * place.x_per_row, 1e8);
                int64_t at_y = df_place(place.y + start * place.y_per_column + v * place.y_per_row, 1e8);
                for (int i = 0; i < side * samples; i++, at_x += right_x, at_y += right_y) {
                    const int64_t step_x = df_step(at_x), step_y = df_step(at_y);
                    const int64_t left = step_x >> 5, top = step_y >> 5;
                    const uint8_t *a, *b, *c, *d;
                    if (left >= 0 && left + 1 < width && top >= 0 && top + 1 < height) {
                        a = bgr + top * line + left * 3;
                        b = a + 3;
                        c = a + line;
                        d = c + 3;
                    } else {
                        const int near_x = (int)std::min<int64_t>(std::max<int64_t>(left, -2), width);
                        const int near_y = (int)std::min<int64_t>(std::max<int64_t>(top, -2), height);
                        const int x0 = df_inside(near_x, width, replicate);
                        const int x1 = df_inside(near_x + 1, width, replicate);
                        const int y0 = df_inside(near_y, height, replicate);
                        const int y1 = df_inside(near_y + 1, height, replicate);
                        a = pixel(x0, y0);
                        b = pixel(x1, y0);
                        c = pixel(x0, y1);
                        d = pixel(x1, y1);
                    }
                    const int share_x = (int)(step_x & (df_steps - 1)), share_y = (int)(step_y & (df_steps - 1));
                    int *sum = sums.data() + (size_t)(i / samples) * 3;
                    for (int channel = 0; channel < 3; channel++) {
                        const int above = a[channel] * (df_steps - share_x) + b[channel] * share_x;
                        const int below = c[channel] * (df_steps - share_x) + d[channel] * share_x;
                        sum[channel] += (above * (df_steps - share_y) + below * share_y + 512) >> 10;
                    }
                }
            }
            for (int x = 0; x < side; x++, target += 3) {
                target[0] = sums[3 * x + first] * factor + shift;
                target[1] = sums[3 * x + 1] * factor + shift;
                target[2] = sums[3 * x + last] * factor + shift;
            }
        }
    });
}
