#include <cstdlib>
#include <new>

#include <dlib/image_processing/frontal_face_detector.h>

#include "guard.hpp"
#include "hog_scanner.hpp"

struct df_hog {
    std::unique_ptr<df_hog_scanner> scanner;
    bool avx2 = false;
};

static df_hog_model df_frontal_face_model() {
    dlib::frontal_face_detector detector = dlib::get_frontal_face_detector();
    const auto &scanner = detector.get_scanner();
    df_hog_model model = {
        scanner.get_detection_window_width(),
        scanner.get_detection_window_height(),
        scanner.get_padding(),
        scanner.get_cell_size(),
        scanner.get_min_pyramid_layer_width(),
        scanner.get_min_pyramid_layer_height(),
        scanner.get_max_pyramid_levels(),
        detector.get_overlap_tester().get_iou_thresh(),
        detector.get_overlap_tester().get_percent_covered_thresh(),
        {},
    };
    for (unsigned long i = 0; i < detector.num_detectors(); i++) {
        const auto &weights = detector.get_w(i);
        model.views.emplace_back(weights.begin(), weights.end());
    }
    return model;
}

df_hog *df_hog_create(char *message) {
    df_hog *hog = nullptr;
    int status = df_guard(message, [&] {
        df_hog_model model = df_frontal_face_model();
        std::unique_ptr<df_hog> made(new df_hog);
#if defined(__x86_64__)
        made->avx2 = __builtin_cpu_supports("avx2");
        made->scanner = made->avx2 ? df_make_hog_scanner_avx2(model) : df_make_hog_scanner(model);
#else
        made->scanner = df_make_hog_scanner(model);
#endif
        hog = made.release();
    });
    return status == 0 ? hog : nullptr;
}

void df_hog_free(df_hog *hog) { delete hog; }

int df_hog_uses_avx2(const df_hog *hog) { return hog->avx2; }

int df_hog_detect(
    const df_hog *hog, const uint8_t *pixels, int width, int height, int upsample, double threshold, df_hog_hit **hits,
    size_t *count, char *message) {
    *hits = nullptr;
    *count = 0;
    return df_guard(message, [&] {
        std::vector<df_hog_hit> found = hog->scanner->scan(pixels, width, height, upsample, threshold);
        if (found.empty()) return;
        *hits = static_cast<df_hog_hit *>(std::malloc(found.size() * sizeof(df_hog_hit)));
        if (!*hits) throw std::bad_alloc();
        std::copy(found.begin(), found.end(), *hits);
        *count = found.size();
    });
}

void df_dlib_free(void *pointer) { std::free(pointer); }
