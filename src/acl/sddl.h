/* SPDX-License-Identifier: Apache-2.0
 * sddl.h - security descriptors as text.  [MS-DTYP] 2.5.1
 */
#pragma once

#include "acl/descriptor.h"

/* What the names that are relative to a domain ("DA") are relative to; NULL: not known, and such
 * a name is refused. */
struct sddl_domain {
    const struct sid *domain,
        *root; /* root: the forest's first domain, for "EA", "SA", "RO", "EK" */
};

enum sddl_part { /* SECURITY_INFORMATION */
                 SDDL_OWNER = 1,
                 SDDL_GROUP = 2,
                 SDDL_DACL = 4,
                 SDDL_SACL = 8,
                 SDDL_ALL = 15,
};

/* The self-relative form of text. The parts may stand in any order, white space between them and
 * between entries; conditions and resource attributes are refused (ERR_UNSUPPORTED). */
MUST_CHECK enum err sddl_parse(const char *text, const struct sddl_domain *domain, struct buf *ret)
    SHARED(sddl_parse);
/* Whether text is a descriptor, of no domain, with a DACL: one without lets everybody in.
 * ERR_UNSUPPORTED as above; ERR_INVALID_PARAMETER; the detail says why. */
MUST_CHECK enum err sddl_check_list(const char *text) SHARED(sddl_check_list);
/* The parts that d has of those asked for; mem_free. What the text has no words for is refused
 * (ERR_UNSUPPORTED), as is an entry in a list where its type does not belong. */
MUST_CHECK enum err sddl_format(const struct descriptor *d, unsigned parts,
                                const struct sddl_domain *domain, char **ret) SHARED(sddl_format);
