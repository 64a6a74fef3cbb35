#include <opencv2/imgproc.hpp>

#include "guard.hpp"

static cv::Scalar df_scalar(df_color color) { return cv::Scalar(color.blue, color.green, color.red); }

int df_draw_rectangle(
    uint8_t *bgr, int width, int height, int x, int y, int w, int h, df_color color, int thickness, char *message) {
    return df_guard(message, [&] {
        cv::Mat image = df_view(bgr, width, height, CV_8UC3);
        cv::rectangle(image, cv::Rect(x, y, w, h), df_scalar(color), thickness, cv::LINE_AA);
    });
}

int df_draw_disc(uint8_t *bgr, int width, int height, double x, double y, double radius, df_color color, char *message) {
    return df_guard(message, [&] {
        cv::Mat image = df_view(bgr, width, height, CV_8UC3);
        const int shift = 4;
        const double unit = 1 << shift;
        cv::Point center(cvRound(x * unit), cvRound(y * unit));
        cv::circle(image, center, cvRound(radius * unit), df_scalar(color), cv::FILLED, cv::LINE_AA, shift);
    });
}

int df_draw_text(
    uint8_t *bgr, int width, int height, const char *text, int x, int y, double scale, int thickness, df_color color,
    char *message) {
    return df_guard(message, [&] {
        cv::Mat image = df_view(bgr, width, height, CV_8UC3);
        cv::putText(
            image, text, cv::Point(x, y), cv::FONT_HERSHEY_SIMPLEX, scale, df_scalar(color), thickness, cv::LINE_AA);
    });
}

int df_text_size(const char *text, double scale, int thickness, int *width, int *height, char *message) {
    return df_guard(message, [&] {
        int baseline = 0;
        cv::Size size = cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, scale, thickness, &baseline);
        *width = size.width;
        *height = size.height;
    });
}
