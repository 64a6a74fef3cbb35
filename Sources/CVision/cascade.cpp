#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include <opencv2/imgproc.hpp>
#include <opencv2/objdetect.hpp>

#include "guard.hpp"

struct df_cascade {
    cv::CascadeClassifier classifier;
};

df_cascade *df_cascade_load(const char *xml, size_t count, char *message) {
    df_cascade *cascade = nullptr;
    int status = df_guard(message, [&] {
        cascade = new df_cascade;
        cv::FileStorage storage(std::string(xml, count), cv::FileStorage::READ | cv::FileStorage::MEMORY);
        if (!storage.isOpened() || !cascade->classifier.read(storage.getFirstTopLevelNode()))
            throw std::runtime_error("not a Haar cascade of OpenCV");
    });
    if (status != 0) {
        delete cascade;
        return nullptr;
    }
    return cascade;
}

void df_cascade_free(df_cascade *cascade) { delete cascade; }

int df_cascade_detect(
    df_cascade *cascade, const uint8_t *bgr, int width, int height, double scale_factor, int min_neighbors,
    int min_size, int levels, df_cascade_hit **hits, size_t *count, char *message) {
    *hits = nullptr;
    *count = 0;
    return df_guard(message, [&] {
        std::vector<cv::Rect> rectangles;
        std::vector<int> rejectLevels;
        std::vector<double> weights;
        cv::Mat image = df_view(bgr, width, height, CV_8UC3);
        cv::Size smallest(min_size, min_size);
        if (levels)
            cascade->classifier.detectMultiScale(
                image, rectangles, rejectLevels, weights, scale_factor, min_neighbors, 0, smallest, cv::Size(), true);
        else
            cascade->classifier.detectMultiScale(image, rectangles, scale_factor, min_neighbors, 0, smallest);
        if (rectangles.empty()) return;
        df_cascade_hit *found = static_cast<df_cascade_hit *>(std::calloc(rectangles.size(), sizeof(df_cascade_hit)));
        if (!found) throw std::bad_alloc();
        for (size_t i = 0; i < rectangles.size(); i++) {
            const cv::Rect &r = rectangles[i];
            found[i] = {r.x, r.y, r.width, r.height, i < weights.size() ? weights[i] : 0};
        }
        *hits = found;
        *count = rectangles.size();
    });
}

void df_vision_free(void *pointer) { std::free(pointer); }
