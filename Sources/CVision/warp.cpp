#include <stdexcept>

#include <opencv2/imgproc.hpp>

#include "guard.hpp"

int df_resize_u8(
    const uint8_t *source, int width, int height, uint8_t *target, int target_width, int target_height,
    df_resize_kind kind, char *message) {
    return df_guard(message, [&] {
        cv::Mat result = df_view(target, target_width, target_height, CV_8UC3);
        cv::resize(
            df_view(source, width, height, CV_8UC3), result, result.size(), 0, 0,
            kind == DF_RESIZE_AREA ? cv::INTER_AREA : cv::INTER_LINEAR);
    });
}

int df_resize_by_u8(
    const uint8_t *source, int width, int height, uint8_t *target, int target_width, int target_height, double scale,
    char *message) {
    return df_guard(message, [&] {
        cv::Mat result = df_view(target, target_width, target_height, CV_8UC3);
        cv::resize(df_view(source, width, height, CV_8UC3), result, cv::Size(), scale, scale, cv::INTER_LINEAR);
        if (result.data != target) throw std::runtime_error("a target of another size");
    });
}

int df_resize_f64(
    const double *source, int width, int height, int channels, double *target, int target_width, int target_height,
    char *message) {
    return df_guard(message, [&] {
        cv::Mat result = df_view(target, target_width, target_height, CV_64FC(channels));
        cv::resize(df_view(source, width, height, CV_64FC(channels)), result, result.size(), 0, 0, cv::INTER_LINEAR);
    });
}

int df_rotate_cubic(
    const uint8_t *source, int width, int height, double center_x, double center_y, double degrees, uint8_t *target,
    char *message) {
    return df_guard(message, [&] {
        cv::Mat result = df_view(target, width, height, CV_8UC3);
        cv::Mat matrix = cv::getRotationMatrix2D(cv::Point2f((float)center_x, (float)center_y), degrees, 1.0);
        cv::warpAffine(
            df_view(source, width, height, CV_8UC3), result, matrix, result.size(), cv::INTER_CUBIC,
            cv::BORDER_CONSTANT, cv::Scalar(0, 0, 0));
    });
}
