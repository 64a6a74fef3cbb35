#include "library.hpp"

#include <dlfcn.h>

#include <map>
#include <mutex>
#include <stdexcept>

#include <opencv2/core/utils/logger.hpp>
#include <opencv2/core/version.hpp>

namespace {
/// The library, opened once. What could not be opened is tried again the next time.
void *library(const std::string &name) {
    static std::mutex mutex;
    static std::map<std::string, void *> opened;
    std::lock_guard<std::mutex> lock(mutex);
    if (void *known = opened[name]) return known;
    char version[16];
    std::snprintf(version, sizeof version, "%d%02d", CV_VERSION_MAJOR, CV_VERSION_MINOR);
    const std::string path = "libopencv_" + name + ".so." + version;
    void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        const char *reason = dlerror();
        throw std::runtime_error("cannot be opened: " + std::string(reason ? reason : path.c_str()));
    }
    // What it has to say comes as errors of ours.
    cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
    return opened[name] = handle;
}
}  // namespace

void *df_video_symbol(const std::string &name, const char *symbol) {
    void *found = dlsym(library(name), symbol);
    if (!found) throw std::runtime_error("libopencv_" + name + " has no " + symbol);
    return found;
}

int df_video_library(const char *name, char *message) {
    return df_video_guard(message, -1, [&] {
        library(name);
        return 0;
    });
}
