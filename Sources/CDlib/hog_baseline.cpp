#include "hog_standard_headers.hpp"

#include "hog_scanner.hpp"

#include "hog_scanner.inc"

std::unique_ptr<df_hog_scanner> df_make_hog_scanner(const df_hog_model &model) {
    return std::unique_ptr<df_hog_scanner>(new HogScanner(model));
}
