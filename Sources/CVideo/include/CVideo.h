#ifndef DEEPFACE_VIDEO_H
#define DEEPFACE_VIDEO_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Plain-C front of OpenCV's videoio and highgui. Both are opened when they are first needed, and never linked: they
/// bring FFmpeg and a hundred other libraries with them, which whoever looks at no video is not to wait for. Images are
/// dense rows of blue, green and red. A function that fails writes OpenCV's words to `message`
/// (DF_VIDEO_MESSAGE_SIZE bytes): no exception crosses this header.
#define DF_VIDEO_MESSAGE_SIZE 300

/// Whether a library of OpenCV ("videoio", "highgui") can be opened, in the version whose headers this was built with: 0
/// or -1.
int df_video_library(const char *name, char *message);

/// A camera, a file or a stream that is read. Not for use from two threads at once.
typedef struct df_capture df_capture;

/// `NULL`, with an empty message, where there is nothing that can be read.
df_capture *df_capture_camera(int number, char *message);
/// A path or an address, by FFmpeg. After `timeout` milliseconds without an answer the network is given up; 0: never.
df_capture *df_capture_open(const char *address, int timeout, char *message);
void df_capture_close(df_capture *capture);

/// What is said about the source; not always true, and 0 or less where nothing is.
typedef struct {
    double width, height, frames_per_second, frame_count;
} df_capture_properties;
int df_capture_describe(df_capture *capture, df_capture_properties *properties, char *message);

/// Goes to the next frame; blocks until it has come. 1, or 0 where there is none, or -1.
int df_capture_grab(df_capture *capture, char *message);

/// The frame as pixels, which stay until the next call, and its time in the source. 1, or 0 where it cannot be decoded,
/// or -1.
typedef struct {
    const uint8_t *bgr;
    int width, height;
    double milliseconds;
} df_frame;
int df_capture_frame(df_capture *capture, df_frame *frame, char *message);

/// A video file that is written.
typedef struct df_video_writer df_video_writer;

/// The ending of `path` says which container it becomes, `codec` is four characters. `NULL`, with an empty message,
/// where the file or such a video cannot be written.
df_video_writer *df_video_writer_open(
    const char *path, const char codec[4], double frames_per_second, int width, int height, char *message);
/// A frame of the video's own size.
int df_video_writer_write(df_video_writer *writer, const uint8_t *bgr, char *message);
/// Writes what is left, and releases the writer.
int df_video_writer_close(df_video_writer *writer, char *message);

/// Shows an image in the window `title`. `*key` becomes the key that was pressed there, or -1.
int df_window_show(const char *title, const uint8_t *bgr, int width, int height, int *key, char *message);

#ifdef __cplusplus
}
#endif

#endif
