#ifndef DEEPFACE_DLIB_FACE_SHAPE_CHECK_HPP
#define DEEPFACE_DLIB_FACE_SHAPE_CHECK_HPP

#include <algorithm>
#include <vector>

#include "file_reader.hpp"

/// The check a shape predictor's file must pass before dlib reads it: lengths, and that trees point at pixels, leaves
/// and points that there are; dlib itself looks at neither.
class df_face_shape_check {
public:
    df_face_shape_check(const void *bytes, size_t count) : file(bytes, count) {}

    void run() {
        file.integer({1});
        size_t numbers = column();
        if (numbers == 0 || numbers % 2 != 0) throw std::runtime_error("a shape of half points");
        std::vector<size_t> pixels;
        size_t cascades = file.count(smallest);
        for (size_t i = 0; i < cascades; i++) pixels.push_back(forest(numbers));
        anchors(pixels, numbers / 2);
        deltas(pixels);
    }

private:
    df_file_reader file;

    /// Bytes of the smallest number there is; everything that is counted has one at least.
    static constexpr size_t smallest = 2;

    /// A column of fractions; returns how many.
    size_t column() {
        // Both negative: the newer of dlib's two formats.
        int64_t rows = file.integer();
        rows *= file.integer({-1, 1});
        if (rows < 0) throw std::runtime_error("a column of negative length");
        for (int64_t i = 0; i < rows; i++) file.fraction();
        return (size_t)rows;
    }

    /// The trees of one cascade; returns how many pixels they look at.
    size_t forest(size_t numbers) {
        size_t pixels = 0, trees = file.count(2 * smallest);
        for (; trees > 0; trees--) {
            size_t splits = file.count(4 * smallest);
            for (size_t i = 0; i < splits; i++) {
                size_t pair = std::max(file.count(1), file.count(1));
                pixels = std::max(pixels, pair + 1);
                file.fraction();
            }
            if (file.count(2 * smallest) != splits + 1)
                throw std::runtime_error("a tree of the wrong number of leaves");
            for (size_t i = 0; i <= splits; i++)
                if (column() != numbers) throw std::runtime_error("a leaf of another size than the shape");
        }
        return pixels;
    }

    /// Which point each pixel belongs to. `pixels` becomes how many there are.
    void anchors(std::vector<size_t> &pixels, size_t points) {
        if (file.count(smallest) != pixels.size()) throw std::runtime_error("anchors for other cascades");
        for (size_t &used : pixels) {
            size_t count = file.count(smallest);
            if (count < used) throw std::runtime_error("a tree that looks beyond the pixels");
            for (size_t i = 0; i < count; i++)
                if (file.count(1) >= points) throw std::runtime_error("a pixel at a point that there is not");
            used = count;
        }
    }

    /// Where each pixel lies beside its point.
    void deltas(const std::vector<size_t> &pixels) {
        if (file.count(smallest) != pixels.size()) throw std::runtime_error("pixels of other cascades");
        for (size_t count : pixels) {
            if (file.count(4 * smallest) != count) throw std::runtime_error("other pixels than anchors");
            for (size_t i = 0; i < 2 * count; i++) file.fraction();
        }
    }
};

#endif
