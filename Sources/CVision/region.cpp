#include <algorithm>
#include <vector>

#include "guard.hpp"

// Only the pixels that are looked at are converted, however large the image is. Places are whole numbers of 32nds of a
// pixel, and what lies between pixels is rounded, as in OpenCV's warps.

namespace {
const int df_steps = 32;

/// Where a place lies between two neighbours, and the second one's share in 32nds.
struct Neighbours {
    int first, second, share;
};

/// The neighbours in a row or column of `length` pixels; -1 where there is none and `replicate` does not make one up.
inline Neighbours df_neighbours(double place, int length, bool replicate) {
    // Far outside all places are alike; within that every number fits.
    const int steps = cvRound(std::min(std::max(place, -2.0), length + 1.0) * df_steps);
    const int first = steps >> 5, second = first + 1, share = steps & (df_steps - 1);
    if (first >= 0 && second < length) return {first, second, share};
    const auto inside = [=](int i) {
        if (replicate) return std::min(std::max(i, 0), length - 1);
        return i < 0 || i >= length ? -1 : i;
    };
    return {inside(first), inside(second), share};
}
}  // namespace

int df_region(
    const uint8_t *bgr, int width, int height, df_region_place place, int side, int samples, int replicate,
    int red_first, float scale, float shift, float *target, char *message) {
    return df_guard(message, [&] {
        const uint8_t black[3] = {0, 0, 0};
        const int first = red_first ? 2 : 0, last = 2 - first;
        const float factor = scale / (float)(samples * samples);
        const bool upright = place.y_per_column == 0 && place.x_per_row == 0;
        const auto pixel = [&](int x, int y) {
            return x < 0 || y < 0 ? black : bgr + ((size_t)y * width + x) * 3;
        };
        // Of places in rows and columns that go along with the image's, the columns are always the same.
        std::vector<Neighbours> columns(upright ? (size_t)side * samples : 0);
        const auto at = [&](int index) { return (index + 0.5) / samples - 0.5; };
        for (size_t i = 0; i < columns.size(); i++)
            columns[i] = df_neighbours(place.x + at((int)i) * place.x_per_column, width, replicate);
        std::vector<int> sums((size_t)side * 3);
        for (int y = 0; y < side; y++) {
            std::fill(sums.begin(), sums.end(), 0);
            for (int j = y * samples; j < (y + 1) * samples; j++) {
                const double v = at(j);
                Neighbours row = df_neighbours(place.y + v * place.y_per_row, height, replicate);
                for (int i = 0; i < side * samples; i++) {
                    Neighbours column;
                    if (upright) {
                        column = columns[i];
                    } else {
                        const double u = at(i);
                        column = df_neighbours(
                            place.x + u * place.x_per_column + v * place.x_per_row, width, replicate);
                        row = df_neighbours(place.y + u * place.y_per_column + v * place.y_per_row, height, replicate);
                    }
                    const uint8_t *a = pixel(column.first, row.first), *b = pixel(column.second, row.first);
                    const uint8_t *c = pixel(column.first, row.second), *d = pixel(column.second, row.second);
                    const int right = column.share, left = df_steps - right;
                    const int lower = row.share, upper = df_steps - lower;
                    int *sum = sums.data() + (size_t)(i / samples) * 3;
                    for (int channel = 0; channel < 3; channel++) {
                        const int above = a[channel] * left + b[channel] * right;
                        const int below = c[channel] * left + d[channel] * right;
                        sum[channel] += (above * upper + below * lower + df_steps * df_steps / 2) >> 10;
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
