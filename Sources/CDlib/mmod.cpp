#include <algorithm>
#include <cstdlib>
#include <istream>
#include <memory>
#include <new>
#include <stdexcept>
#include <tuple>
#include <vector>

#include <dlib/dnn.h>

#include "guard.hpp"
#include "layer_parameters.hpp"
#include "network_check.hpp"

// The network of dlib's examples/dnn_mmod_face_detection_ex.cpp (max-margin object detection, Davis King 2015). Its
// layers run elsewhere; what is around them is dlib's own, or as in dlib/dnn/loss.h.
namespace {

using namespace dlib;

template <long N, typename Below> using halving = relu<affine<con<N, 5, 5, 2, 2, Below>>>;
template <typename Below> using same = relu<affine<con<45, 5, 5, 1, 1, Below>>>;
using Network = loss_mmod<con<1, 9, 9, 1, 1, same<same<same<
    halving<32, halving<32, halving<16, input_rgb_image_pyramid<pyramid_down<6>>>>>>>>>>;

std::unique_ptr<Network> read(const void *bytes, size_t count) {
    df_network_check(bytes, count).walk((const Network *)nullptr);
    std::unique_ptr<Network> network(new Network);
    df_memory_stream memory(bytes, count);
    std::istream stream(&memory);
    deserialize(*network, stream);
    return network;
}

struct Face {
    rectangle box;
    double score;
};

}  // namespace

struct df_mmod {
    std::unique_ptr<Network> network;
};

struct df_pyramid {
    resizable_tensor tensor;
};

df_layers *df_mmod_layers_read(const void *bytes, size_t count, char *message) {
    df_layers *result = nullptr;
    int status = df_guard(message, [&] { result = df_collect(*read(bytes, count)).release(); });
    return status == 0 ? result : nullptr;
}

df_mmod *df_mmod_read(const void *bytes, size_t count, char *message) {
    df_mmod *result = nullptr;
    int status = df_guard(message, [&] { result = new df_mmod{read(bytes, count)}; });
    return status == 0 ? result : nullptr;
}

void df_mmod_free(df_mmod *mmod) { delete mmod; }

df_pyramid *df_mmod_pyramid(const df_mmod *mmod, const uint8_t *bgr, int width, int height, char *message) {
    df_pyramid *result = nullptr;
    int status = df_guard(message, [&] {
        matrix<rgb_pixel> image(height, width);
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++, bgr += 3) image(y, x) = rgb_pixel(bgr[2], bgr[1], bgr[0]);
        std::unique_ptr<df_pyramid> pyramid(new df_pyramid);
        input_layer(*mmod->network).to_tensor(&image, &image + 1, pyramid->tensor);
        result = pyramid.release();
    });
    return status == 0 ? result : nullptr;
}

void df_pyramid_free(df_pyramid *pyramid) { delete pyramid; }

const float *df_pyramid_planes(const df_pyramid *pyramid, int64_t *rows, int64_t *columns) {
    *rows = pyramid->tensor.nr();
    *columns = pyramid->tensor.nc();
    return pyramid->tensor.host();
}

int df_mmod_faces(
    const df_mmod *mmod, const df_pyramid *pyramid, const float *scores, int64_t rows, int64_t columns,
    df_hog_hit **hits, size_t *count, char *message) {
    *hits = nullptr;
    *count = 0;
    return df_guard(message, [&] {
        const Network &network = *mmod->network;
        const mmod_options &options = network.loss_details().get_options();
        const auto &window = options.detector_windows.at(0);
        std::vector<Face> candidates, faces;
        for (int64_t row = 0; row < rows; row++) {
            for (int64_t column = 0; column < columns; column++) {
                const double score = scores[row * columns + column];
                if (!(score > 0)) continue;
                dpoint place = output_tensor_to_input_tensor(network.subnet(), point(column, row));
                drectangle box = centered_drect(place, window.width, window.height);
                candidates.push_back({input_layer(network).tensor_space_to_image_space(pyramid->tensor, box), score});
            }
        }
        std::sort(candidates.begin(), candidates.end(), [](const Face &a, const Face &b) {
            return std::make_tuple(b.score, a.box.top(), a.box.left())
                < std::make_tuple(a.score, b.box.top(), b.box.left());
        });
        for (const Face &face : candidates) {
            auto repeats = [&](const Face &other) { return options.overlaps_nms(other.box, face.box); };
            if (std::none_of(faces.begin(), faces.end(), repeats)) faces.push_back(face);
        }
        if (faces.empty()) return;
        df_hog_hit *result = static_cast<df_hog_hit *>(std::calloc(faces.size(), sizeof(df_hog_hit)));
        if (!result) throw std::bad_alloc();
        for (size_t i = 0; i < faces.size(); i++) {
            const rectangle &box = faces[i].box;
            result[i] = {box.left(), box.top(), box.right(), box.bottom(), faces[i].score};
        }
        *hits = result;
        *count = faces.size();
    });
}
