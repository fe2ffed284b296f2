/* SPDX-License-Identifier: Apache-2.0
 * rnr_class_value.h - what a class of Winsock services says of a name space.
 */
#pragma once

#include "base/bytes.h"

enum {
    RNR_CLASS_VALUE_VERSION = 1,
    RNR_CLASS_NAME_MAX = 255, /* bytes of a value's name: 64 characters of UTF-8 fit */
    RNR_CLASS_DATA_MAX = 4096,
};

struct rnr_class_value {
    uint32_t space, type; /* NS_NTDS, REG_DWORD */
    struct bytes name;    /* UTF-8 without NUL, not empty */
    struct bytes data;
};

/* The name and the data are views into value. ERR_UNSUPPORTED for a version that is not ours. */
MUST_CHECK enum err rnr_class_value_read(struct bytes value, struct rnr_class_value *ret);
/* ERR_INVALID_PARAMETER for what rnr_class_value_read would not take. */
MUST_CHECK enum err rnr_class_value_write(const struct rnr_class_value *v, struct buf *ret);
