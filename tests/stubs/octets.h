/* SPDX-License-Identifier: Apache-2.0
 * octets.h - what a call of loop.h said, against octets written by hand.
 *
 * The octets are groups of hexadecimal digits, a group for each value, as a little-endian machine
 * has them: so a big-endian machine has each group turned round. A group with a ' before it has no
 * order: characters, octets, the end of a UUID.
 */
#pragma once

#include "base/bytes.h"

/* The last call raised nothing, and said so: checked in NDR. Then the server is asked the same by a
 * big-endian machine, and must answer the same. */
void octets_ndr(const char *request, const char *response);
/* In NDR64, which has one order.  [MS-RPCE] 2.2.5 */
void octets_ndr64(const char *request, const char *response);
