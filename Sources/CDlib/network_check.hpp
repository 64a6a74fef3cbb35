#ifndef DEEPFACE_DLIB_NETWORK_CHECK_HPP
#define DEEPFACE_DLIB_NETWORK_CHECK_HPP

#include <dlib/dnn.h>

#include "file_reader.hpp"

/// The check a network's file must pass before dlib reads it: the file's structure follows from the network's type.
///
/// Names, versions and numbers that dlib compares itself are only passed over. What it believes is checked: lengths,
/// and that the parts of a layer's parameters lie inside them.
class df_network_check {
public:
    df_network_check(const void *bytes, size_t count) : file(bytes, count) {}

    template <unsigned long Rows, unsigned long Columns>
    void walk(const dlib::input_rgb_image_sized<Rows, Columns> *) {
        file.name();
        fractions(3);
        integers(2);
    }

    template <typename Pyramid> void walk(const dlib::input_rgb_image_pyramid<Pyramid> *) {
        std::string version = file.name();
        fractions(3);
        if (version != "input_rgb_image_pyramid2") return;
        // Between and around the images of the pyramid.
        for (int padding = 0; padding < 2; padding++) within(0, 1000);
    }

    template <long N, long Rows, long Columns, int SY, int SX, int PY, int PX>
    void walk(const dlib::con_<N, Rows, Columns, SY, SX, PY, PX> *) {
        std::string version = file.name();
        auto all = file.tensor();
        file.integer({N});
        integers(6);
        auto filters = file.part(), biases = file.part();
        fractions(4);
        if (version == "con_5") file.flag();
        require(
            filters.samples == N && filters.rows == Rows && filters.columns == Columns && biases.size() == N
                && filters.size() == all.size() - N && filters.channels > 0,
            "a convolution of the wrong size");
    }

    void walk(const dlib::affine_ *) {
        std::string version = file.name();
        // A batch normalization as it was trained, which dlib then makes an affine layer of.
        bool isTrained = version == "bn_con2";
        require(isTrained || version == "affine_" || version == "affine_2", "an affine layer of another kind");
        auto all = file.tensor(), gamma = file.part(), beta = file.part();
        require(
            gamma.size() == beta.size() && gamma.size() == all.size() - beta.size(),
            "an affine layer of the wrong size");
        if (isTrained) {
            file.tensor();
            file.tensor();
            for (int statistic = 0; statistic < 2; statistic++)
                require(file.tensor() == gamma && beta == gamma, "a batch normalization of the wrong size");
            integers(2);
            fractions(5);
        } else {
            file.integer({dlib::CONV_MODE, dlib::FC_MODE});
            if (version == "affine_2") file.flag();
        }
    }

    template <unsigned long Outputs, dlib::fc_bias_mode Bias>
    void walk(const dlib::fc_<Outputs, Bias> *) {
        std::string version = file.name();
        file.integer({(int64_t)Outputs});
        int64_t inputs = file.integer();
        auto all = file.tensor(), weights = file.part();
        file.part();
        file.integer();
        fractions(4);
        if (version == "fc_3") file.flag();
        require(
            weights.samples == inputs && weights.channels == Outputs && weights.size() == all.size(),
            "a dense layer of the wrong size");
    }

    template <long Rows, long Columns, int SY, int SX, int PY, int PX>
    void walk(const dlib::max_pool_<Rows, Columns, SY, SX, PY, PX> *) {
        file.name();
        integers(6);
    }

    template <long Rows, long Columns, int SY, int SX, int PY, int PX>
    void walk(const dlib::avg_pool_<Rows, Columns, SY, SX, PY, PX> *) {
        file.name();
        integers(6);
    }

    void walk(const dlib::relu_ *) { file.name(); }

    template <template <typename> class Tag> void walk(const dlib::add_prev_<Tag> *) { file.name(); }

    template <unsigned long ID, typename Below, typename Enabled>
    void walk(const dlib::add_tag_layer<ID, Below, Enabled> *) {
        file.integer();
        walk((const Below *)nullptr);
    }

    template <template <typename> class Tag, typename Below>
    void walk(const dlib::add_skip_layer<Tag, Below> *) {
        file.integer();
        walk((const Below *)nullptr);
    }

    template <typename Layer, typename Below, typename Enabled>
    void walk(const dlib::add_layer<Layer, Below, Enabled> *) {
        constexpr bool lowest = !dlib::is_nonloss_layer_type<Below>::value;
        int64_t version = lowest ? file.integer({2, 3}) : file.integer({1, 2});
        walk((const Below *)nullptr);
        walk((const Layer *)nullptr);
        for (int flag = 0; flag < 3; flag++) file.flag();
        file.tensor();
        file.tensor();
        if (lowest || version == 2) file.tensor();
        if (lowest && version == 3) file.integer({1});
    }

    template <typename Below> void walk(const dlib::add_loss_layer<dlib::loss_metric_, Below> *) {
        file.integer();
        if (file.name() == "loss_metric_2") fractions(2);
        walk((const Below *)nullptr);
    }

    /// With one detection window and no regression of boxes: networks with a single filter at their end.
    template <typename Below> void walk(const dlib::add_loss_layer<dlib::loss_mmod_, Below> *) {
        file.integer();
        file.name();
        int64_t version = file.integer({1, 2, 3, 4});
        if (version >= 2) {
            file.integer({1});
            int64_t window = file.integer({1, 2});
            for (int side = 0; side < 2; side++) within(1, 10000);
            if (window == 2) file.name();
        } else {
            for (int side = 0; side < 2; side++) within(1, 10000);
        }
        // Losses, then from which overlap on two boxes are one: a share of both together and a share of either.
        fractions(7);
        if (version >= 3) file.byte({0, 1});
        if (version >= 4) {
            file.no();
            fractions(1);
        }
        walk((const Below *)nullptr);
    }

private:
    df_file_reader file;

    static void require(bool holds, const char *otherwise) {
        if (!holds) throw std::runtime_error(otherwise);
    }

    void within(int64_t smallest, int64_t largest) {
        int64_t value = file.integer();
        require(value >= smallest && value <= largest, "a size out of range");
    }

    void integers(int count) {
        for (; count > 0; count--) file.integer();
    }

    void fractions(int count) {
        for (; count > 0; count--) file.fraction();
    }
};

#endif
