#include <opencv2/core.hpp>
#include <opencv2/videoio.hpp>

#include "library.hpp"

struct df_video_writer {
    df_video_object<cv::VideoWriter> writer;
    cv::Size size;
};

df_video_writer *df_video_writer_open(
    const char *path, const char codec[4], double frames_per_second, int width, int height, char *message) {
    return df_video_guard(message, static_cast<df_video_writer *>(nullptr), [&]() -> df_video_writer * {
        std::unique_ptr<df_video_writer> result(new df_video_writer);
        result->writer = df_video_make<cv::VideoWriter>("_ZN2cv11VideoWriterC1Ev");
        result->size = cv::Size(width, height);
        const int four =
            (codec[0] & 255) | (codec[1] & 255) << 8 | (codec[2] & 255) << 16 | (codec[3] & 255) << 24;
        // The one way to open it that is virtual. FFmpeg is the first that it asks.
        return result->writer->open(cv::String(path), four, frames_per_second, result->size, true) ? result.release()
                                                                                                    : nullptr;
    });
}

int df_video_writer_write(df_video_writer *writer, const uint8_t *bgr, char *message) {
    return df_video_guard(message, -1, [&] {
        writer->writer->write(cv::Mat(writer->size, CV_8UC3, const_cast<uint8_t *>(bgr)));
        return 0;
    });
}

int df_video_writer_close(df_video_writer *writer, char *message) {
    return df_video_guard(message, -1, [&] {
        std::unique_ptr<df_video_writer> owned(writer);
        owned->writer->release();
        return 0;
    });
}
