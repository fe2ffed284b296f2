/* SPDX-License-Identifier: Apache-2.0
 * sddl_names.h - the words of SDDL, for both of its directions.  [MS-DTYP] 2.5.1.1
 */
#pragma once

#include "acl/sddl.h"

struct sddl_name {
    char text[3];
    uint32_t value;
};

enum { /* bits of a control that stand as flags of one of the lists */
       DESCRIPTOR_DACL_AUTO_INHERIT_REQ = 0x0100,
       DESCRIPTOR_DACL_AUTO_INHERITED = 0x0400,
       DESCRIPTOR_DACL_PROTECTED = 0x1000,
};

extern const struct sddl_name sddl_types[], sddl_ace_flags[], sddl_bits[], sddl_rights[],
    sddl_label_rights[]; /* each ends with an empty text; bits: one each */

/* The row whose text s begins with, or whose value it is; NULL if none. */
const struct sddl_name *sddl_by_text(const struct sddl_name *table, const char *s);
const struct sddl_name *sddl_by_value(const struct sddl_name *table, uint32_t value);

bool sddl_is_object(uint8_t type);
bool sddl_is_system(uint8_t type); /* belongs in a SACL */

/* text: two letters, whatever follows. */
MUST_CHECK enum err sddl_sid_of(const char *text, const struct sddl_domain *domain,
                                struct sid *ret);
/* The two letters of a SID; NULL: it has none. */
const char *sddl_name_of(const struct sid *s, const struct sddl_domain *domain);
