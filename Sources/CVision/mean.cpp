#include <vector>

#include "guard.hpp"

namespace {
/// The pixels from `start` to `end` that one of `target` averages takes of `source`: neighbours overlap by one where the
/// sides do not divide.
struct Reach {
    int start, end;
    Reach(int index, int source, int target)
        : start((int)((int64_t)index * source / target)),
          end((int)(((int64_t)(index + 1) * source + target - 1) / target)) {}
};
}  // namespace

int df_mean_planes(
    const uint8_t *bgr, int width, int x, int y, int part_width, int part_height, float mean, float scale, float *planes,
    int target_width, int target_height, char *message) {
    return df_guard(message, [&] {
        const size_t plane = (size_t)target_width * target_height;
        std::vector<uint32_t> sums((size_t)part_width * 3);
        for (int row = 0; row < target_height; row++) {
            const Reach lines(row, part_height, target_height);
            std::fill(sums.begin(), sums.end(), 0);
            for (int line = lines.start; line < lines.end; line++) {
                const uint8_t *source = bgr + ((size_t)(y + line) * width + x) * 3;
                for (int i = 0; i < part_width * 3; i++) sums[i] += source[i];
            }
            float *target = planes + (size_t)row * target_width;
            for (int column = 0; column < target_width; column++) {
                const Reach places(column, part_width, target_width);
                uint64_t blue = 0, green = 0, red = 0;
                for (int place = places.start; place < places.end; place++) {
                    blue += sums[3 * (size_t)place];
                    green += sums[3 * (size_t)place + 1];
                    red += sums[3 * (size_t)place + 2];
                }
                const float count = (float)((lines.end - lines.start) * (places.end - places.start));
                target[column] = ((float)red / count - mean) * scale;
                target[plane + column] = ((float)green / count - mean) * scale;
                target[2 * plane + column] = ((float)blue / count - mean) * scale;
            }
        }
    });
}
