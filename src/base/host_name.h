/* SPDX-License-Identifier: Apache-2.0
 * host_name.h - what may be a host's name where one becomes part of something else: of a principal
 * name, a certificate, a value in the directory.  RFC 1035 2.3.4, RFC 1123 2.1
 *
 * Labels of letters, digits, '-' and '_' (which hosts in the directory have) with dots between
 * them. It does not begin with '-', which programs take for an option. Pure: nobody is asked.
 */
#pragma once

#include "base/bytes.h"

enum { HOST_NAME_MOST = 253, HOST_NAME_LABEL_MOST = 63 };

/* Whether one may stand in a label. */
static inline bool host_name_has(uint8_t c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' ||
           c == '_';
}

/* A dot at the end makes it none: whoever admits that takes it off before. */
bool host_name_valid(struct bytes name) SHARED(host_name_valid);
struct bytes host_name_undotted(struct bytes name) SHARED(host_name_undotted);
/* ERR_INVALID_PARAMETER, and in the record the name, where it is not valid. */
MUST_CHECK enum err host_name_check(struct bytes name) SHARED(host_name_check);
