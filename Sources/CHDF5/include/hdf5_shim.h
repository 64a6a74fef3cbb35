#ifndef DEEPFACE_HDF5_SHIM_H
#define DEEPFACE_HDF5_SHIM_H

#include <stddef.h>
#include <stdint.h>

/// Plain-C front of libhdf5, for reading weights. One lock guards every call, so any thread may make it. A call that
/// does not answer DF_HDF5_OK has written libhdf5's words to `message` (DF_HDF5_MESSAGE_SIZE bytes).
///
/// libhdf5 1.10 trusts much of what a file says: hand it only files whose structure has been checked.
#define DF_HDF5_MESSAGE_SIZE 200

/// The most axes a tensor may have.
#define DF_HDF5_MAX_RANK 8

typedef enum {
    DF_HDF5_OK = 0,
    /// Nothing has this name.
    DF_HDF5_MISSING = 1,
    /// It is there, and not of the kind asked for.
    DF_HDF5_OTHER_KIND = 2,
    DF_HDF5_FAILED = 3,
} df_hdf5_status;

/// A file open for reading.
typedef struct df_hdf5 df_hdf5;

/// Opens the file that `descriptor` is open for. The descriptor stays the caller's, and must stay open until this
/// returns. Neither plug-ins nor file locks are used.
df_hdf5_status df_hdf5_open(int descriptor, df_hdf5 **file, char *message);
void df_hdf5_close(df_hdf5 *file);

/// `count` strings, one after another, each ending with a zero byte. Release `bytes` with `df_hdf5_free`.
typedef struct {
    char *bytes;
    size_t size;
    size_t count;
} df_hdf5_strings;

/// Reads the attribute `name` of the object at `path` ("/" for the root): strings of fixed or variable length, without
/// their padding. An attribute without elements is no strings, whatever its type.
df_hdf5_status df_hdf5_read_strings(
    df_hdf5 *file, const char *path, const char *name, df_hdf5_strings *strings, char *message);

/// The shape of a dataset of floating-point numbers.
typedef struct {
    int rank;
    uint64_t axes[DF_HDF5_MAX_RANK];
} df_hdf5_shape;

df_hdf5_status df_hdf5_dataset_shape(df_hdf5 *file, const char *path, df_hdf5_shape *shape, char *message);

/// Reads all `count` numbers of the dataset at `path`, the last axis varying fastest.
df_hdf5_status df_hdf5_read_dataset(df_hdf5 *file, const char *path, float *values, size_t count, char *message);

void df_hdf5_free(void *pointer);

#endif
