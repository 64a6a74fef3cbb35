#ifndef CVECTORSCAN_H
#define CVECTORSCAN_H

#include "checksum.h"
#include "graph.h"
#include "ivf.h"
#include "level.h"
#include "nibbles.h"
#include "rotation.h"
#include "rows.h"
#include "signs.h"

#endif
