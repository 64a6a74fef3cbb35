#include <cstring>
#include <istream>
#include <memory>
#include <stdexcept>
#include <vector>

#include <dlib/image_processing/generic_image.h>
#include <dlib/image_processing/shape_predictor.h>
#include <dlib/image_transforms.h>

#include "face_shape_check.hpp"
#include "guard.hpp"

/// The caller's pixels as an image that dlib reads in place.
template <typename Pixel> struct df_view {
    const Pixel *pixels;
    long rows, columns;
};

namespace dlib {
template <typename Pixel> struct image_traits<df_view<Pixel>> {
    typedef Pixel pixel_type;
};
template <typename Pixel> long num_rows(const df_view<Pixel> &image) { return image.rows; }
template <typename Pixel> long num_columns(const df_view<Pixel> &image) { return image.columns; }
template <typename Pixel> long width_step(const df_view<Pixel> &image) { return image.columns * (long)sizeof(Pixel); }
template <typename Pixel> const void *image_data(const df_view<Pixel> &image) { return image.pixels; }
}  // namespace dlib

template <typename Pixel> static df_view<Pixel> df_make_view(const uint8_t *pixels, int width, int height) {
    return df_view<Pixel>{reinterpret_cast<const Pixel *>(pixels), height, width};
}

struct df_shape_predictor {
    dlib::shape_predictor predictor;
};

df_shape_predictor *df_shape_predictor_read(const void *bytes, size_t count, char *message) {
    df_shape_predictor *result = nullptr;
    int status = df_guard(message, [&] {
        df_face_shape_check(bytes, count).run();
        std::unique_ptr<df_shape_predictor> read(new df_shape_predictor);
        df_memory_stream memory(bytes, count);
        std::istream stream(&memory);
        dlib::deserialize(read->predictor, stream);
        result = read.release();
    });
    return status == 0 ? result : nullptr;
}

void df_shape_predictor_free(df_shape_predictor *predictor) { delete predictor; }

size_t df_shape_predictor_points(const df_shape_predictor *predictor) { return predictor->predictor.num_parts(); }

int df_shape_predict(
    const df_shape_predictor *predictor, const uint8_t *pixels, int width, int height, int rgb, df_hog_hit box,
    df_point *points, char *message) {
    return df_guard(message, [&] {
        dlib::rectangle face(box.left, box.top, box.right, box.bottom);
        dlib::full_object_detection shape = rgb
            ? predictor->predictor(df_make_view<dlib::rgb_pixel>(pixels, width, height), face)
            : predictor->predictor(df_make_view<dlib::bgr_pixel>(pixels, width, height), face);
        for (unsigned long i = 0; i < shape.num_parts(); i++)
            points[i] = {(double)shape.part(i).x(), (double)shape.part(i).y()};
    });
}

int df_chip(
    const uint8_t *pixels, int width, int height, const df_point *from, const df_point *to, size_t count,
    int chip_width, int chip_height, uint8_t *chip, char *message) {
    bool degenerate = false;
    int status = df_guard(message, [&] {
        std::vector<dlib::dpoint> image_points, chip_points;
        for (size_t i = 0; i < count; i++) {
            image_points.emplace_back(from[i].x, from[i].y);
            chip_points.emplace_back(to[i].x, to[i].y);
        }
        dlib::chip_details details(
            chip_points, image_points, dlib::chip_dims((unsigned long)chip_height, (unsigned long)chip_width));
        // A face of absurd size would make the pyramid as absurd.
        degenerate = !(details.rect.width() > 1e-3 && details.rect.width() < 1e6);
        if (degenerate) return;
        dlib::array2d<dlib::rgb_pixel> result;
        dlib::extract_image_chip(df_make_view<dlib::rgb_pixel>(pixels, width, height), details, result);
        std::memcpy(chip, &result[0][0], (size_t)chip_width * (size_t)chip_height * 3);
    });
    return status == 0 && degenerate ? 1 : status;
}
