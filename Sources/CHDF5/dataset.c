#include "library.h"

/// The shape of the open dataset `id`.
static df_hdf5_status df_shape(hid_t id, df_hdf5_shape *shape, const char **reason) {
    df_hdf5_status status = DF_HDF5_FAILED;
    hid_t type = H5Dget_type(id), space = H5Dget_space(id);
    if (type < 0 || space < 0) goto done;
    status = DF_HDF5_OTHER_KIND;
    *reason = "it does not hold floating-point numbers";
    if (H5Tget_class(type) != H5T_FLOAT) goto done;
    *reason = "it is not an array of numbers";
    if (H5Sget_simple_extent_type(space) == H5S_NULL) goto done;
    *reason = "it has too many axes";
    shape->rank = H5Sget_simple_extent_ndims(space);
    if (shape->rank < 0 || shape->rank > DF_HDF5_MAX_RANK) goto done;
    hsize_t axes[DF_HDF5_MAX_RANK] = {0};
    *reason = NULL;
    status = H5Sget_simple_extent_dims(space, axes, NULL) == shape->rank ? DF_HDF5_OK : DF_HDF5_FAILED;
    for (int axis = 0; axis < shape->rank; axis++) shape->axes[axis] = axes[axis];
done:
    if (type >= 0) H5Tclose(type);
    if (space >= 0) H5Sclose(space);
    return status;
}

/// Reads the open dataset `id`, whose `count` numbers must fill its shape.
static df_hdf5_status df_values(hid_t id, float *values, size_t count, const char **reason) {
    df_hdf5_shape shape;
    df_hdf5_status status = df_shape(id, &shape, reason);
    if (status != DF_HDF5_OK) return status;
    uint64_t total = 1;
    for (int axis = 0; axis < shape.rank; axis++) {
        if (__builtin_mul_overflow(total, shape.axes[axis], &total)) total = UINT64_MAX;
    }
    if (total != count) {
        *reason = "its size is not the one expected";
        return DF_HDF5_OTHER_KIND;
    }
    if (count == 0) return DF_HDF5_OK;
    herr_t read = H5Dread(id, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    return read < 0 ? DF_HDF5_FAILED : DF_HDF5_OK;
}

/// Opens the object at `path`, which must be a dataset, and hands it to one of the two above.
static df_hdf5_status df_with_dataset(
    df_hdf5 *file, const char *path, df_hdf5_shape *shape, float *values, size_t count, const char **reason) {
    hid_t id = H5Oopen(file->id, path, H5P_DEFAULT);
    if (id < 0) return df_hdf5_why_not_opened();
    df_hdf5_status status = DF_HDF5_OTHER_KIND;
    if (H5Iget_type(id) != H5I_DATASET) {
        *reason = "it is not a dataset";
    } else {
        status = shape != NULL ? df_shape(id, shape, reason) : df_values(id, values, count, reason);
    }
    H5Oclose(id);
    return status;
}

df_hdf5_status df_hdf5_dataset_shape(df_hdf5 *file, const char *path, df_hdf5_shape *shape, char *message) {
    const char *reason = NULL;
    df_hdf5_enter();
    df_hdf5_status status = df_with_dataset(file, path, shape, NULL, 0, &reason);
    return df_hdf5_leave(status, reason, message);
}

df_hdf5_status df_hdf5_read_dataset(df_hdf5 *file, const char *path, float *values, size_t count, char *message) {
    const char *reason = NULL;
    df_hdf5_enter();
    df_hdf5_status status = df_with_dataset(file, path, NULL, values, count, &reason);
    return df_hdf5_leave(status, reason, message);
}
