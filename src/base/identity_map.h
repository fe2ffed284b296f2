/* SPDX-License-Identifier: Apache-2.0
 * identity_map.h - which local account a client is, where an administrator has written it down.
 *
 *   line   = [ "minimum-uid" "=" number | client "=" target ] [ "#" comment ]
 *   client = "S-1-..." | name "@" REALM
 *   target = local name | uid [ ":" gid ]
 *
 * Blanks may stand around each; nothing is a pattern, and nothing follows from a name but what
 * stands in a line. A client whose SID is proven is looked for by that alone: a name may have been
 * another account's yesterday. The uid is minimum-uid at least, 1000 where no line says otherwise.
 */
#pragma once

#include "base/bytes.h"
#include "base/err.h"
#include "base/sid.h"

enum { IDENTITY_MAP_NAME = 33, IDENTITY_MAP_LINE = 1024, IDENTITY_MAP_MINIMUM = 1000 };

struct identity_map_who {
    const struct sid *sid; /* NULL: none is proven */
    const char *principal; /* "user@REALM"; case matters */
};

struct identity_map_target {
    uint32_t minimum;             /* uid that it may be */
    char name[IDENTITY_MAP_NAME]; /* "": the uid */
    uint32_t uid;
    bool has_gid;
    uint32_t gid;
};

/* ERR_NOT_FOUND: no line is about it. ERR_MALFORMED: a line, perhaps another one, is not
 * understood, or is there twice: then the map is no good for anybody. */
MUST_CHECK enum err identity_map_find(struct bytes text, const struct identity_map_who *who,
                                      struct identity_map_target *ret) SHARED(identity_map_find);
