/* SPDX-License-Identifier: Apache-2.0
 * rnr_class.h - classes of Winsock services: the serviceClass objects of CN=WinsockServices.
 */
#pragma once

#include "base/uuid.h"
#include "directory/session.h"
#include "names/rnr_class_value.h"

enum { RNR_CLASS_VALUES_MOST = 64 };

struct rnr_class {
    char *dn, *name;
    struct buf *stored; /* what value's views look into */
    struct rnr_class_value *value;
    size_t count;
    size_t damaged; /* values that are left out */
};

/* ERR_EXISTS where the class is there. */
MUST_CHECK enum err rnr_class_install(struct session *s, const struct uuid *id, const char *name,
                                      const struct rnr_class_value *value, size_t count);
/* Both ERR_NO_OBJECT where it is not there. */
MUST_CHECK enum err rnr_class_remove(struct session *s, const struct uuid *id);
MUST_CHECK enum err rnr_class_read(struct session *s, const struct uuid *id, struct rnr_class *ret);
void rnr_class_free(struct rnr_class *c);
