/* SPDX-License-Identifier: Apache-2.0
 * fake_mapper.h - an endpoint mapper of this process' own, which keeps what it is given, and
 * answers well or badly.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "epm.h"

enum {
    FAKE_MOST = 1000,  /* entries kept */
    FAKE_TOWER = 1024, /* bytes of one */
};

enum fake_manner {
    FAKE_GOOD,
    FAKE_ENDLESS, /* there is always another page */
    FAKE_EMPTY,   /* there is always another page, with nothing in it */
    FAKE_NULL,    /* entries without towers */
    FAKE_REFUSES, /* every change: ept_s_cant_perform_op */
    FAKE_BROKEN,  /* every lookup: a status nobody knows */
};

struct fake_entry {
    ept_uuid_t object;
    size_t length;
    byte tower[FAKE_TOWER];
    char annotation[EPT_MAX_ANNOTATION_SIZE];
};

struct fake_mapper {
    enum fake_manner manner;
    struct fake_entry entries[FAKE_MOST];
    size_t count;
    unsigned inserts, deletes, lookups, freed;
    unsigned replace;               /* of the last insert */
    unsigned type, versions;        /* of the last lookup */
    bool has_object, has_interface; /* of the last lookup, or ept_mgmt_delete */
    ept_uuid_t object;
    ept_if_id_t interface;
    size_t open; /* lookup handles */
    bool local;  /* the last change came over ncalrpc, from a caller the kernel named */
};

extern struct fake_mapper fake;

/* At ncalrpc:[EPMAPPER], and at a port of ncacn_ip_tcp, COUNTERSIGN_EPMAPPER_PORT from then on. */
void fake_mapper_start(void);
void fake_mapper_stop(void);
/* Empty, and good. */
void fake_mapper_forget(void);
void fake_mapper_keep(const struct fake_entry *e);
