#ifndef DEEPFACE_VIDEO_LIBRARY_HPP
#define DEEPFACE_VIDEO_LIBRARY_HPP

#include <cstdio>
#include <exception>
#include <memory>
#include <new>
#include <string>

#include "CVideo.h"

/// A function of a library of OpenCV, by its name in the library.
///
/// Throws where the library, or the function in it, is not there.
void *df_video_symbol(const std::string &library, const char *name);

/// Runs `body` and turns whatever it throws into a message and `failed`.
template <typename Value, typename Body> static Value df_video_guard(char *message, Value failed, Body body) {
    if (message) message[0] = 0;
    try {
        return body();
    } catch (const std::exception &error) {
        if (message) std::snprintf(message, DF_VIDEO_MESSAGE_SIZE, "%s", error.what());
    } catch (...) {
        if (message) std::snprintf(message, DF_VIDEO_MESSAGE_SIZE, "unknown exception");
    }
    return failed;
}

struct df_video_deleter {
    template <typename Object> void operator()(Object *object) const {
        object->~Object();
        ::operator delete(object);
    }
};

/// An object of a class of OpenCV that has only virtual functions to be called: its constructor is all that has to be
/// looked up, and that the library is of the same version as the headers makes its layout the one known here.
template <typename Object> using df_video_object = std::unique_ptr<Object, df_video_deleter>;

template <typename Object> df_video_object<Object> df_video_make(const char *constructor) {
    auto construct = reinterpret_cast<void (*)(void *)>(df_video_symbol("videoio", constructor));
    void *memory = ::operator new(sizeof(Object));
    try {
        construct(memory);
    } catch (...) {
        ::operator delete(memory);
        throw;
    }
    return df_video_object<Object>(static_cast<Object *>(memory));
}

#endif
