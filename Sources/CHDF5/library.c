#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "library.h"

/// libhdf5 has one global state, and is not always built for threads.
static pthread_mutex_t df_lock = PTHREAD_MUTEX_INITIALIZER;

void df_hdf5_enter(void) {
    pthread_mutex_lock(&df_lock);
    // Before anything else of libhdf5: no clean-up at exit, where other threads may still be reading.
    static int started = 0;
    if (!started) H5dont_atexit();
    started = 1;
    // Nothing printed, nothing loaded: neither filters nor drivers of $HDF5_PLUGIN_PATH. Per thread, so each time.
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    H5PLset_loading_state(0);
    H5Eclear2(H5E_DEFAULT);
}

/// Stops at an error that says that nothing has the name.
static herr_t df_not_found(unsigned number, const H5E_error2_t *error, void *data) {
    (void)number;
    (void)data;
    return error->min_num == H5E_NOTFOUND;
}

df_hdf5_status df_hdf5_why_not_opened(void) {
    return H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, df_not_found, NULL) > 0 ? DF_HDF5_MISSING : DF_HDF5_FAILED;
}

/// Copies the words of the innermost error.
static herr_t df_innermost(unsigned number, const H5E_error2_t *error, void *message) {
    (void)number;
    snprintf(message, DF_HDF5_MESSAGE_SIZE, "%s", error->desc != NULL ? error->desc : "");
    return 1;
}

df_hdf5_status df_hdf5_leave(df_hdf5_status status, const char *fallback, char *message) {
    if (status != DF_HDF5_OK && message != NULL) {
        snprintf(message, DF_HDF5_MESSAGE_SIZE, "%s", fallback != NULL ? fallback : "libhdf5 cannot read it");
        if (fallback == NULL) H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, df_innermost, message);
    }
    H5Eclear2(H5E_DEFAULT);
    pthread_mutex_unlock(&df_lock);
    return status;
}

static hid_t df_open(int descriptor) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (access < 0) return -1;
    hid_t id = -1;
    // By descriptor, so that this is the file that was checked, whatever has its path by now.
    char path[32];
    snprintf(path, sizeof path, "/dev/fd/%d", descriptor);
    int ready = H5Pset_fapl_sec2(access) >= 0;
#if H5_VERSION_GE(1, 10, 7) && !(H5_VERSION_GE(1, 12, 0) && !H5_VERSION_GE(1, 12, 1))
    ready = ready && H5Pset_file_locking(access, 0, 1) >= 0;
#endif
    if (ready) id = H5Fopen(path, H5F_ACC_RDONLY, access);
    H5Pclose(access);
    return id;
}

df_hdf5_status df_hdf5_open(int descriptor, df_hdf5 **file, char *message) {
    df_hdf5 *result = malloc(sizeof *result);
    df_hdf5_enter();
    if (result == NULL) return df_hdf5_leave(DF_HDF5_FAILED, "out of memory", message);
    result->id = df_open(descriptor);
    if (result->id < 0) {
        free(result);
        return df_hdf5_leave(DF_HDF5_FAILED, NULL, message);
    }
    *file = result;
    return df_hdf5_leave(DF_HDF5_OK, NULL, message);
}

void df_hdf5_close(df_hdf5 *file) {
    if (file == NULL) return;
    df_hdf5_enter();
    H5Fclose(file->id);
    df_hdf5_leave(DF_HDF5_OK, NULL, NULL);
    free(file);
}

void df_hdf5_free(void *pointer) { free(pointer); }
