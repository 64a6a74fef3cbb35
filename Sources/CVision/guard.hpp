#ifndef DEEPFACE_VISION_GUARD_HPP
#define DEEPFACE_VISION_GUARD_HPP

#include <cstdio>
#include <exception>

#include <opencv2/core.hpp>

#include "vision.h"

/// Runs `body` and turns whatever it throws into a message and -1.
template <typename Body> static int df_guard(char *message, Body body) {
    try {
        body();
        return 0;
    } catch (const std::exception &error) {
        if (message) std::snprintf(message, DF_VISION_MESSAGE_SIZE, "%s", error.what());
    } catch (...) {
        if (message) std::snprintf(message, DF_VISION_MESSAGE_SIZE, "unknown exception");
    }
    return -1;
}

/// A header on the caller's pixels; nothing is copied.
static inline cv::Mat df_view(const void *pixels, int width, int height, int type) {
    return cv::Mat(height, width, type, const_cast<void *>(pixels));
}

#endif
