#include <algorithm>
#include <cmath>
#include <vector>

#include "guard.hpp"

// OpenCV's INTER_AREA rounds to the source's type and keeps channels interleaved; a network wants real numbers in planes.
// Rows are added up first, over contiguous memory, so that most of the work runs at the width of the CPU's registers.

#if defined(__x86_64__) && defined(__clang__)
#define DF_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define DF_WIDE
#endif

DF_WIDE static void df_add_row(float *sum, const uint8_t *row, float weight, int count) {
    for (int i = 0; i < count; i++) sum[i] += weight * (float)row[i];
}

namespace {
/// The source pixels that one target pixel covers, and how much of each.
struct Span {
    int first;
    std::vector<float> weights;
};

std::vector<Span> spans(int source, int target) {
    const double scale = (double)source / target;
    std::vector<Span> result(target);
    for (int i = 0; i < target; i++) {
        const double from = i * scale, to = (i + 1) * scale;
        result[i].first = (int)std::floor(from);
        for (int s = result[i].first; s < std::min((int)std::ceil(to), source); s++)
            result[i].weights.push_back((float)((std::min(to, s + 1.0) - std::max(from, (double)s)) / scale));
    }
    return result;
}
}  // namespace

int df_area_planes(
    const uint8_t *bgr, int width, int height, float *planes, int target_width, int target_height, int first, int rows,
    float mean, float deviation, char *message) {
    return df_guard(message, [&] {
        const std::vector<Span> lines = spans(height, target_height), columns = spans(width, target_width);
        const size_t plane = (size_t)target_width * rows;
        const float scale = 1 / deviation;
        std::vector<float> sum((size_t)width * 3);
        for (int y = 0; y < rows; y++) {
            const Span &line = lines[first + y];
            std::fill(sum.begin(), sum.end(), 0.0f);
            for (size_t i = 0; i < line.weights.size(); i++)
                df_add_row(sum.data(), bgr + (size_t)(line.first + i) * width * 3, line.weights[i], width * 3);
            float *target = planes + (size_t)y * target_width;
            for (int x = 0; x < target_width; x++) {
                const float *source = sum.data() + (size_t)columns[x].first * 3;
                float blue = 0, green = 0, red = 0;
                for (float weight : columns[x].weights) {
                    blue += weight * source[0];
                    green += weight * source[1];
                    red += weight * source[2];
                    source += 3;
                }
                target[x] = (red - mean) * scale;
                target[plane + x] = (green - mean) * scale;
                target[2 * plane + x] = (blue - mean) * scale;
            }
        }
    });
}
