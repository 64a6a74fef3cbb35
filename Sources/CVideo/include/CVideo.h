#ifndef CVIDEO_H
#define CVIDEO_H

#endif
