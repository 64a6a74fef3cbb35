// OpenCV's headers are C++ and are included by CVision only; this module brings the flags of opencv4.pc.
