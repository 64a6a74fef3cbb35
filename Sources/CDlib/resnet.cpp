#include <istream>
#include <memory>

#include <dlib/dnn.h>

#include "guard.hpp"
#include "layer_parameters.hpp"
#include "network_check.hpp"

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

}  // namespace

df_layers *df_resnet_read(const void *bytes, size_t count, char *message) {
    df_layers *result = nullptr;
    int status = df_guard(message, [&] {
        df_network_check(bytes, count).walk((const Network *)nullptr);
        std::unique_ptr<Network> network(new Network);
        df_memory_stream memory(bytes, count);
        std::istream stream(&memory);
        deserialize(*network, stream);
        result = df_collect(*network).release();
    });
    return status == 0 ? result : nullptr;
}

void df_layers_free(df_layers *layers) { delete layers; }

size_t df_layers_count(const df_layers *layers) { return layers->parameters.size(); }

df_parameter df_layers_parameter(const df_layers *layers, size_t index) {
    const df_layers::Parameter &p = layers->parameters[index];
    return {p.kind, {p.shape[0], p.shape[1], p.shape[2], p.shape[3]}, p.values.data(), p.values.size()};
}
