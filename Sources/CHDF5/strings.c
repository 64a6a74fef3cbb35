#include <stdlib.h>
#include <string.h>

#include "library.h"

/// Appends the string in at most `length` bytes, up to its first zero byte and without `padding` behind it.
static void df_append(df_hdf5_strings *strings, const char *text, size_t length, char padding) {
    length = strnlen(text, length);
    while (length > 0 && padding != 0 && text[length - 1] == padding) length--;
    memcpy(strings->bytes + strings->size, text, length);
    strings->size += length;
    strings->bytes[strings->size++] = 0;
}

/// Strings that are kept in the attribute itself, `length` bytes each.
static df_hdf5_status df_fixed(hid_t attribute, hid_t type, size_t count, df_hdf5_strings *strings) {
    size_t length = H5Tget_size(type), room;
    if (length == 0 || __builtin_mul_overflow(count, length, &room)) return DF_HDF5_FAILED;
    char *values = calloc(room, 1);
    strings->bytes = malloc(room + count);
    df_hdf5_status status = DF_HDF5_FAILED;
    if (values != NULL && strings->bytes != NULL && H5Aread(attribute, type, values) >= 0) {
        char padding = H5Tget_strpad(type) == H5T_STR_SPACEPAD ? ' ' : 0;
        for (size_t i = 0; i < count; i++) df_append(strings, values + i * length, length, padding);
        status = DF_HDF5_OK;
    }
    free(values);
    return status;
}

/// Strings that are kept in the file's global heap.
static df_hdf5_status df_variable(hid_t attribute, hid_t space, size_t count, df_hdf5_strings *strings) {
    df_hdf5_status status = DF_HDF5_FAILED;
    char **values = calloc(count, sizeof *values);
    hid_t type = H5Tcopy(H5T_C_S1);
    if (values != NULL && type >= 0 && H5Tset_size(type, H5T_VARIABLE) >= 0) {
        // The file's character set: libhdf5 does not convert between the two.
        hid_t stored = H5Aget_type(attribute);
        if (stored >= 0 && H5Tset_cset(type, H5Tget_cset(stored)) >= 0 && H5Aread(attribute, type, values) >= 0) {
            size_t room = count;
            for (size_t i = 0; i < count; i++) room += values[i] != NULL ? strlen(values[i]) : 0;
            strings->bytes = malloc(room);
            status = strings->bytes != NULL ? DF_HDF5_OK : DF_HDF5_FAILED;
            for (size_t i = 0; i < count && status == DF_HDF5_OK; i++) {
                const char *text = values[i] != NULL ? values[i] : "";
                df_append(strings, text, strlen(text), 0);
            }
            H5Dvlen_reclaim(type, space, H5P_DEFAULT, values);
        }
        if (stored >= 0) H5Tclose(stored);
    }
    if (type >= 0) H5Tclose(type);
    free(values);
    return status;
}

/// Reads the open attribute.
static df_hdf5_status df_read(hid_t attribute, df_hdf5_strings *strings, const char **reason) {
    df_hdf5_status status = DF_HDF5_FAILED;
    hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
    hssize_t count = space >= 0 ? H5Sget_simple_extent_npoints(space) : -1;
    if (type >= 0 && count == 0) {
        status = DF_HDF5_OK;
    } else if (type >= 0 && count > 0) {
        strings->count = (size_t)count;
        if (H5Tget_class(type) != H5T_STRING) {
            status = DF_HDF5_OTHER_KIND;
            *reason = "it does not hold text";
        } else if (H5Tis_variable_str(type) > 0) {
            status = df_variable(attribute, space, strings->count, strings);
        } else {
            status = df_fixed(attribute, type, strings->count, strings);
        }
    }
    if (type >= 0) H5Tclose(type);
    if (space >= 0) H5Sclose(space);
    return status;
}

df_hdf5_status df_hdf5_read_strings(
    df_hdf5 *file, const char *path, const char *name, df_hdf5_strings *strings, char *message) {
    const char *reason = NULL;
    df_hdf5_status status = DF_HDF5_MISSING;
    *strings = (df_hdf5_strings){NULL, 0, 0};
    df_hdf5_enter();
    hid_t object = H5Oopen(file->id, path, H5P_DEFAULT);
    htri_t exists = object >= 0 ? H5Aexists(object, name) : 0;
    if (object < 0) {
        status = df_hdf5_why_not_opened();
    } else if (exists != 0) {
        hid_t attribute = exists > 0 ? H5Aopen(object, name, H5P_DEFAULT) : -1;
        status = attribute >= 0 ? df_read(attribute, strings, &reason) : DF_HDF5_FAILED;
        if (attribute >= 0) H5Aclose(attribute);
    }
    if (object >= 0) H5Oclose(object);
    if (status != DF_HDF5_OK) {
        free(strings->bytes);
        *strings = (df_hdf5_strings){NULL, 0, 0};
    }
    return df_hdf5_leave(status, reason, message);
}
