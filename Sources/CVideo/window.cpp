#include <opencv2/core.hpp>

#include "library.hpp"

int df_window_show(const char *title, const uint8_t *bgr, int width, int height, int *key, char *message) {
    return df_video_guard(message, -1, [&] {
        // cv::imshow(const cv::String &, cv::InputArray) and cv::waitKey(int).
        auto show = reinterpret_cast<void (*)(const cv::String &, cv::InputArray)>(df_video_symbol(
            "highgui", "_ZN2cv6imshowERKNSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEERKNS_11_InputArrayE"));
        auto wait = reinterpret_cast<int (*)(int)>(df_video_symbol("highgui", "_ZN2cv7waitKeyEi"));
        show(cv::String(title), cv::Mat(height, width, CV_8UC3, const_cast<uint8_t *>(bgr)));
        *key = wait(1);
        return 0;
    });
}
