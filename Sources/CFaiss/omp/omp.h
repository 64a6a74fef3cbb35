// What faiss' headers need of OpenMP's, which comes with compilers and not with libraries: Swift's has none.
#pragma once

extern "C" {
/// Only ever pointed at here.
typedef struct omp_lock_t omp_lock_t;
void omp_set_num_threads(int);
}
