#ifndef DEEPFACE_HOG_SCANNER_HPP
#define DEEPFACE_HOG_SCANNER_HPP

#include <memory>
#include <vector>

#include "dlib_shim.h"

/// What a HOG object detector is made of, free of dlib's types, so that it can cross between the two builds of dlib's
/// header code (see hog_scanner.inc).
struct df_hog_model {
    unsigned long window_width, window_height, padding, cell_size;
    unsigned long min_layer_width, min_layer_height, max_levels;
    double overlap_iou, overlap_covered;
    /// One weight vector a view; its last number is the threshold.
    std::vector<std::vector<double>> views;
};

struct df_hog_scanner {
    virtual ~df_hog_scanner() {}
    virtual std::vector<df_hog_hit> scan(
        const uint8_t *pixels, int width, int height, int upsample, double threshold) const = 0;
};

std::unique_ptr<df_hog_scanner> df_make_hog_scanner(const df_hog_model &model);
#if defined(__x86_64__)
std::unique_ptr<df_hog_scanner> df_make_hog_scanner_avx2(const df_hog_model &model);
#endif

#endif
