// libhdf5's headers are included by CHDF5 only, which names its macros; this module brings the flags of hdf5.pc.
