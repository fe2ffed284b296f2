/* SPDX-License-Identifier: Apache-2.0
 * winsock.h - the older name of winsock2.h.
 */
#ifndef COUNTERSIGN_WINSOCK_H
#define COUNTERSIGN_WINSOCK_H

#include "winsock2.h"

#endif
