#ifndef CVECTORSCAN_H
#define CVECTORSCAN_H

#include "checksum.h"
#include "graph.h"
#include "ivf.h"
#include "level.h"

#endif
