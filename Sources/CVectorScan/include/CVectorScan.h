#ifndef CVECTORSCAN_H
#define CVECTORSCAN_H

#include "checksum.h"
#include "graph.h"
#include "level.h"

#include "ivf.h"

#endif
