#ifndef DEEPFACE_DLIB_LAYER_PARAMETERS_HPP
#define DEEPFACE_DLIB_LAYER_PARAMETERS_HPP

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <vector>

#include <dlib/dnn.h>

#include "dlib_shim.h"

struct df_layers {
    struct Parameter {
        df_parameter_kind kind;
        int64_t shape[4];
        std::vector<float> values;
    };
    std::vector<Parameter> parameters;
};

/// Gathers each layer's parameters; dlib visits from the output to the input.
struct df_layer_collector {
    std::vector<df_layers::Parameter> &found;

    template <typename Layer> void operator()(Layer &) const {}

    template <long N, long Rows, long Columns, int SY, int SX, int PY, int PX>
    void operator()(dlib::con_<N, Rows, Columns, SY, SX, PY, PX> &layer) const {
        const dlib::tensor &all = layer.get_layer_params();
        if (all.size() <= (size_t)N || (all.size() - N) % (N * Rows * Columns) != 0)
            throw std::runtime_error("a convolution of the wrong size");
        size_t kernel = all.size() - N;
        const float *values = all.host();
        found.push_back({DF_BIAS, {N, 1, 1, 1}, {values + kernel, values + all.size()}});
        found.push_back(
            {DF_KERNEL, {N, (int64_t)kernel / (N * Rows * Columns), Rows, Columns}, {values, values + kernel}});
    }

    void operator()(dlib::affine_ &layer) const {
        append(DF_BETA, layer.get_beta());
        append(DF_GAMMA, layer.get_gamma());
    }

    template <unsigned long Outputs, dlib::fc_bias_mode Bias> void operator()(dlib::fc_<Outputs, Bias> &layer) const {
        const dlib::tensor &all = layer.get_layer_params();
        found.push_back(
            {DF_DENSE, {(int64_t)(all.size() / Outputs), Outputs, 1, 1}, {all.host(), all.host() + all.size()}});
    }

    void append(df_parameter_kind kind, const dlib::tensor &values) const {
        found.push_back({kind, {(int64_t)values.size(), 1, 1, 1}, {values.host(), values.host() + values.size()}});
    }
};

/// The parameters of a network's layers, from input to output.
template <typename Network> std::unique_ptr<df_layers> df_collect(Network &network) {
    std::unique_ptr<df_layers> layers(new df_layers);
    dlib::visit_computational_layers(network, df_layer_collector{layers->parameters});
    std::reverse(layers->parameters.begin(), layers->parameters.end());
    return layers;
}

#endif
