#ifndef DEEPFACE_DLIB_FILE_READER_HPP
#define DEEPFACE_DLIB_FILE_READER_HPP

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <stdexcept>
#include <string>

/// Steps through a file in dlib's format without keeping anything of it; throws where dlib would not notice, allocate
/// what the file cannot hold, or end the process (it does at the second failed assertion).
class df_file_reader {
public:
    df_file_reader(const void *bytes, size_t count)
        : next(static_cast<const uint8_t *>(bytes)), end(next + count) {}

    /// A whole number: how many bytes follow, and the sign, in one byte; then these.
    int64_t integer() {
        uint8_t control = *skip(1);
        size_t length = control & 0x0F;
        if (length == 0 || length > 8 || (control & 0x70) != 0) throw std::runtime_error("not a number");
        const uint8_t *bytes = skip(length);
        uint64_t value = 0;
        for (size_t i = length; i-- > 0;) value = value << 8 | bytes[i];
        if (value > INT64_MAX) throw std::runtime_error("a number out of range");
        return control & 0x80 ? -(int64_t)value : (int64_t)value;
    }

    /// A whole number that must be one of these.
    int64_t integer(std::initializer_list<int64_t> allowed) {
        int64_t value = integer();
        for (int64_t one : allowed)
            if (value == one) return value;
        throw std::runtime_error("unexpected number " + std::to_string(value));
    }

    /// How many things follow, of at least `size` bytes each.
    size_t count(size_t size) {
        int64_t value = integer();
        if (value < 0 || (uint64_t)value > left() / size) throw std::runtime_error("a list longer than the file");
        return (size_t)value;
    }

    /// Of a fraction: mantissa and a power of two. Refused from about a million on, which nothing in a face is.
    void fraction() {
        uint64_t mantissa = (uint64_t)std::llabs(integer());
        int64_t exponent = integer();
        int bits = 0;
        for (; mantissa != 0; mantissa >>= 1) bits++;
        if (exponent < -1200 || exponent > 20 || bits + exponent > 20)
            throw std::runtime_error("a fraction out of range");
    }

    void flag() {
        uint8_t value = *skip(1);
        if (value != '0' && value != '1') throw std::runtime_error("neither yes nor no");
    }

    /// A flag that must not be set.
    void no() {
        if (*skip(1) != '0') throw std::runtime_error("what is not supported");
    }

    /// A plain byte that must be one of these.
    uint8_t byte(std::initializer_list<uint8_t> allowed) {
        uint8_t value = *skip(1);
        for (uint8_t one : allowed)
            if (value == one) return value;
        throw std::runtime_error("unexpected byte " + std::to_string(value));
    }

    /// A layer's name and version.
    std::string name() {
        size_t length = count(1);
        if (length > 64) throw std::runtime_error("a name too long");
        const uint8_t *bytes = skip(length);
        return std::string(bytes, bytes + length);
    }

    /// The dimensions of a tensor, of which there are at most as many numbers as the file has bytes.
    struct Shape {
        int64_t samples, channels, rows, columns;
        int64_t size() const { return samples * channels * rows * columns; }
        bool operator==(const Shape &other) const {
            return samples == other.samples && channels == other.channels && rows == other.rows
                && columns == other.columns;
        }
    };

    Shape shape(int64_t version) {
        integer({version});
        Shape shape = {integer(), integer(), integer(), integer()};
        int64_t size = 1;
        for (int64_t length : {shape.samples, shape.channels, shape.rows, shape.columns}) {
            if (length < 0 || length > INT32_MAX || __builtin_mul_overflow(size, length, &size))
                throw std::runtime_error("a tensor of impossible shape");
        }
        return shape;
    }

    /// A tensor's shape; its numbers are passed over.
    Shape tensor() {
        Shape found = shape(2);
        if ((uint64_t)found.size() > left() / 4) throw std::runtime_error("a tensor larger than the file");
        skip((size_t)found.size() * 4);
        return found;
    }

    /// The shape of a part of a tensor.
    Shape part() { return shape(1); }

private:
    const uint8_t *next, *end;

    size_t left() const { return (size_t)(end - next); }

    const uint8_t *skip(size_t count) {
        if (count > left()) throw std::runtime_error("the file ends too early");
        next += count;
        return next - count;
    }
};

#endif
