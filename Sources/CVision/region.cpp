#include <algorithm>
#include <cmath>
#include <vector>

#include "guard.hpp"

// Only the pixels that are looked at are converted, however large the image is.

namespace {
/// OpenCV's warps look at places to a 32nd of a pixel; so does this.
const double df_steps = 32;

/// Where a place lies between two neighbours, and the second one's share.
struct Neighbours {
    long first, second;
    float share;
};

/// The neighbours in a row or column of `length` pixels; -1 where there is none and `replicate` does not make one up.
Neighbours df_neighbours(double place, long length, bool replicate) {
    // Far outside all places are alike; within that every number fits.
    const double steps = std::nearbyint(std::min(std::max(place, -2.0), (double)length + 1) * df_steps);
    const long first = (long)std::floor(steps / df_steps);
    const float share = (float)(steps / df_steps - (double)first);
    const auto inside = [&](long i) {
        if (replicate) return std::min(std::max(i, 0L), length - 1);
        return i < 0 || i >= length ? -1L : i;
    };
    return {inside(first), inside(first + 1), share};
}
}  // namespace

int df_region(
    const uint8_t *bgr, int width, int height, df_region_place place, int side, int samples, int replicate,
    int red_first, float scale, float shift, float *target, char *message) {
    return df_guard(message, [&] {
        const uint8_t black[3] = {0, 0, 0};
        const int first = red_first ? 2 : 0, last = 2 - first;
        const auto pixel = [&](long x, long y) {
            return x < 0 || y < 0 ? black : bgr + ((size_t)y * width + x) * 3;
        };
        for (int y = 0; y < side; y++)
            for (int x = 0; x < side; x++, target += 3) {
                float sum[3] = {0, 0, 0};
                for (int j = 0; j < samples; j++)
                    for (int i = 0; i < samples; i++) {
                        const double u = x + (i + 0.5) / samples - 0.5, v = y + (j + 0.5) / samples - 0.5;
                        const Neighbours column = df_neighbours(
                            place.x + u * place.x_per_column + v * place.x_per_row, width, replicate);
                        const Neighbours row = df_neighbours(
                            place.y + u * place.y_per_column + v * place.y_per_row, height, replicate);
                        const uint8_t *a = pixel(column.first, row.first), *b = pixel(column.second, row.first);
                        const uint8_t *c = pixel(column.first, row.second), *d = pixel(column.second, row.second);
                        for (int channel = 0; channel < 3; channel++) {
                            const float upper = a[channel] + (b[channel] - a[channel]) * column.share;
                            const float lower = c[channel] + (d[channel] - c[channel]) * column.share;
                            sum[channel] += std::nearbyint(upper + (lower - upper) * row.share);
                        }
                    }
                const float factor = scale / (float)(samples * samples);
                target[0] = sum[first] * factor + shift;
                target[1] = sum[1] * factor + shift;
                target[2] = sum[last] * factor + shift;
            }
    });
}
