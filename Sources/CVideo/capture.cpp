#include <opencv2/core.hpp>
#include <opencv2/videoio.hpp>

#include "library.hpp"

struct df_capture {
    df_video_object<cv::VideoCapture> capture;
    cv::Mat image;
};

/// The capture, where `open` finds something to read.
template <typename Open> static df_capture *df_capture_opened(char *message, Open open) {
    return df_video_guard(message, static_cast<df_capture *>(nullptr), [&]() -> df_capture * {
        std::unique_ptr<df_capture> result(new df_capture);
        result->capture = df_video_make<cv::VideoCapture>("_ZN2cv12VideoCaptureC1Ev");
        return open(*result->capture) ? result.release() : nullptr;
    });
}

df_capture *df_capture_camera(int number, char *message) {
    return df_capture_opened(
        message, [&](cv::VideoCapture &capture) { return capture.open(number, cv::CAP_V4L2, std::vector<int>()); });
}

df_capture *df_capture_open(const char *address, int timeout, char *message) {
    return df_capture_opened(message, [&](cv::VideoCapture &capture) {
        std::vector<int> parameters;
        if (timeout > 0)
            parameters = {cv::CAP_PROP_OPEN_TIMEOUT_MSEC, timeout, cv::CAP_PROP_READ_TIMEOUT_MSEC, timeout};
        return capture.open(cv::String(address), cv::CAP_FFMPEG, parameters);
    });
}

void df_capture_close(df_capture *capture) {
    df_video_guard(nullptr, 0, [&] {
        delete capture;
        return 0;
    });
}

int df_capture_describe(df_capture *capture, df_capture_properties *properties, char *message) {
    return df_video_guard(message, -1, [&] {
        const cv::VideoCapture &source = *capture->capture;
        *properties = {
            source.get(cv::CAP_PROP_FRAME_WIDTH), source.get(cv::CAP_PROP_FRAME_HEIGHT), source.get(cv::CAP_PROP_FPS),
            source.get(cv::CAP_PROP_FRAME_COUNT)};
        return 0;
    });
}

int df_capture_grab(df_capture *capture, char *message) {
    return df_video_guard(message, -1, [&] { return capture->capture->grab() ? 1 : 0; });
}

int df_capture_frame(df_capture *capture, df_frame *frame, char *message) {
    return df_video_guard(message, -1, [&] {
        cv::Mat &image = capture->image;
        if (!capture->capture->retrieve(image) || image.empty() || image.type() != CV_8UC3) return 0;
        if (!image.isContinuous()) image = image.clone();
        *frame = {image.data, image.cols, image.rows, capture->capture->get(cv::CAP_PROP_POS_MSEC)};
        return 1;
    });
}
