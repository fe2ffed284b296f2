/* SPDX-License-Identifier: Apache-2.0
 * publish.h - what a service is published as: a connection point, a Winsock service, or an entry of
 * the RPC name service.
 */
#pragma once

#include <countersign/names.h>

#include "directory.h"

enum { PUBLISH_LIST_MOST = 64 };

/* The command line. kind is one of find.h's. */
struct publish {
    struct directory d;
    DWORD kind;
    CS_SERVICE service; /* scp */
    CS_NAME name;       /* rnr, rpcns */
    const char *keyword[PUBLISH_LIST_MOST], *binding[PUBLISH_LIST_MOST];
    const char *address[PUBLISH_LIST_MOST], *object[PUBLISH_LIST_MOST];
    DWORD keywords, bindings, addresses, objects;
};

/* All four return an exit status. q->d is bound. */
int publish_point(struct publish *q);
int withdraw_point(struct publish *q);
int publish_name(struct publish *q);
int withdraw_name(struct publish *q);
