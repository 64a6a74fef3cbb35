#include <algorithm>
#include <istream>
#include <memory>
#include <stdexcept>
#include <vector>

#include <dlib/dnn.h>

#include "guard.hpp"
#include "resnet_check.hpp"

// The network of dlib's examples/dnn_face_recognition_ex.cpp, needed here only as the layout of its file.
namespace {

using namespace dlib;

template <template <int, template <typename> class, int, typename> class Block, int N, template <typename> class Norm, typename Below>
using residual = add_prev1<Block<N, Norm, 1, tag1<Below>>>;
template <template <int, template <typename> class, int, typename> class Block, int N, template <typename> class Norm, typename Below>
using residual_down = add_prev2<avg_pool<2, 2, 2, 2, skip1<tag2<Block<N, Norm, 2, tag1<Below>>>>>>;
template <int N, template <typename> class Norm, int Stride, typename Below>
using block = Norm<con<N, 3, 3, 1, 1, relu<Norm<con<N, 3, 3, Stride, Stride, Below>>>>>;
template <int N, typename Below> using same = relu<residual<block, N, affine, Below>>;
template <int N, typename Below> using down = relu<residual_down<block, N, affine, Below>>;

template <typename Below> using stage0 = down<256, Below>;
template <typename Below> using stage1 = same<256, same<256, down<256, Below>>>;
template <typename Below> using stage2 = same<128, same<128, down<128, Below>>>;
template <typename Below> using stage3 = same<64, same<64, same<64, down<64, Below>>>>;
template <typename Below> using stage4 = same<32, same<32, same<32, Below>>>;
using Network = loss_metric<fc_no_bias<
    128, avg_pool_everything<stage0<stage1<stage2<stage3<stage4<max_pool<
             3, 3, 2, 2, relu<affine<con<32, 7, 7, 2, 2, input_rgb_image_sized<150>>>>>>>>>>>>>;

struct Parameter {
    df_parameter_kind kind;
    int64_t shape[4];
    std::vector<float> values;
};

/// Gathers each layer's parameters; dlib visits from the output to the input.
struct Collector {
    std::vector<Parameter> &found;

    template <typename Layer> void operator()(Layer &) const {}

    template <long N, long Rows, long Columns, int SY, int SX, int PY, int PX>
    void operator()(con_<N, Rows, Columns, SY, SX, PY, PX> &layer) const {
        const tensor &all = layer.get_layer_params();
        if (all.size() <= (size_t)N || (all.size() - N) % (N * Rows * Columns) != 0)
            throw std::runtime_error("a convolution of the wrong size");
        size_t kernel = all.size() - N;
        const float *values = all.host();
        found.push_back({DF_BIAS, {N, 1, 1, 1}, {values + kernel, values + all.size()}});
        found.push_back(
            {DF_KERNEL, {N, (int64_t)kernel / (N * Rows * Columns), Rows, Columns}, {values, values + kernel}});
    }

    void operator()(affine_ &layer) const {
        append(DF_BETA, layer.get_beta());
        append(DF_GAMMA, layer.get_gamma());
    }

    template <unsigned long Outputs, fc_bias_mode Bias> void operator()(fc_<Outputs, Bias> &layer) const {
        const tensor &all = layer.get_layer_params();
        found.push_back(
            {DF_DENSE, {(int64_t)(all.size() / Outputs), Outputs, 1, 1}, {all.host(), all.host() + all.size()}});
    }

    void append(df_parameter_kind kind, const tensor &values) const {
        found.push_back({kind, {(int64_t)values.size(), 1, 1, 1}, {values.host(), values.host() + values.size()}});
    }
};

}  // namespace

struct df_resnet {
    std::vector<Parameter> parameters;
};

df_resnet *df_resnet_read(const void *bytes, size_t count, char *message) {
    df_resnet *result = nullptr;
    int status = df_guard(message, [&] {
        df_resnet_check(bytes, count).walk((const Network *)nullptr);
        std::unique_ptr<df_resnet> resnet(new df_resnet);
        std::unique_ptr<Network> network(new Network);
        df_memory_stream memory(bytes, count);
        std::istream stream(&memory);
        deserialize(*network, stream);
        visit_computational_layers(*network, Collector{resnet->parameters});
        std::reverse(resnet->parameters.begin(), resnet->parameters.end());
        result = resnet.release();
    });
    return status == 0 ? result : nullptr;
}

void df_resnet_free(df_resnet *resnet) { delete resnet; }

size_t df_resnet_parameter_count(const df_resnet *resnet) { return resnet->parameters.size(); }

df_parameter df_resnet_parameter(const df_resnet *resnet, size_t index) {
    const Parameter &p = resnet->parameters[index];
    return {p.kind, {p.shape[0], p.shape[1], p.shape[2], p.shape[3]}, p.values.data(), p.values.size()};
}
