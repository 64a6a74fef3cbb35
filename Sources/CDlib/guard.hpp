#ifndef DEEPFACE_DLIB_GUARD_HPP
#define DEEPFACE_DLIB_GUARD_HPP

#include <cstdio>
#include <exception>
#include <streambuf>

#include "dlib_shim.h"

/// Runs `body` and turns whatever it throws into a message and -1.
template <typename Body> static int df_guard(char *message, Body body) {
    try {
        body();
        return 0;
    } catch (const std::exception &error) {
        if (message) std::snprintf(message, DF_DLIB_MESSAGE_SIZE, "%s", error.what());
    } catch (...) {
        if (message) std::snprintf(message, DF_DLIB_MESSAGE_SIZE, "unknown exception");
    }
    return -1;
}

/// Reads the caller's bytes as a stream; nothing is copied.
struct df_memory_stream : std::streambuf {
    df_memory_stream(const void *bytes, size_t count) {
        char *begin = static_cast<char *>(const_cast<void *>(bytes));
        setg(begin, begin, begin + count);
    }
};

#endif
