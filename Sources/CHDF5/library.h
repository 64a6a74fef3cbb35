#ifndef DEEPFACE_HDF5_LIBRARY_H
#define DEEPFACE_HDF5_LIBRARY_H

#include <hdf5.h>

#include "hdf5_shim.h"

struct df_hdf5 {
    hid_t id;
};

/// Takes the lock and puts libhdf5 into the state every call here expects.
void df_hdf5_enter(void);

/// Why an object could not be opened: whether there is none, or it cannot be read.
df_hdf5_status df_hdf5_why_not_opened(void);

/// Gives the lock back.
///
/// When `status` is not DF_HDF5_OK, writes `fallback` or, with none, libhdf5's own words to `message`.
df_hdf5_status df_hdf5_leave(df_hdf5_status status, const char *fallback, char *message);

#endif
