/* SPDX-License-Identifier: Apache-2.0
 * ns_text.h - what stands in the attributes of the RPC name service's objects.
 *
 * An interface, or a transfer syntax: "12345678-1234-1234-1234-123456789abc,1.0".
 * A binding: "1 host.example.com ncacn_ip_tcp:host.example.com[2001]": the version of this form,
 * the DNS name of the host that exported it, the string binding, with an address and without an
 * object, of what reaches other hosts. An object: a UUID. docs/protocol/names-in-the-directory.md
 */
#pragma once

#include "base/uuid.h"

enum {
    NS_IF_TEXT = UUID_TEXT + 12, /* with the NUL */
    NS_BINDING_MOST = 1024,      /* bytes of a value */
};

struct ns_if {
    struct uuid id;
    uint16_t major, minor;
};

/* RPC_C_VERS_xxx, with the same numbers. */
enum ns_versions { NS_ALL = 1, NS_COMPATIBLE, NS_EXACT, NS_MAJOR_ONLY, NS_UPTO };

struct ns_binding {
    char *host, *text; /* DNS name; string binding */
};

/* All: ERR_MALFORMED for what is not exactly of that form. */
MUST_CHECK enum err ns_if_parse(struct bytes text, struct ns_if *ret);
void ns_if_format(const struct ns_if *f, char to[NS_IF_TEXT]);
MUST_CHECK enum err ns_binding_parse(struct bytes text, struct ns_binding *ret);
/* ERR_INVALID_PARAMETER for what cannot be written so. mem_free. */
MUST_CHECK enum err ns_binding_format(const struct ns_binding *b, char **ret);
void ns_binding_free(struct ns_binding *b);
MUST_CHECK enum err ns_object_parse(struct bytes text, struct uuid *ret);

/* Whether what is offered satisfies what is asked for. */
bool ns_if_matches(const struct ns_if *asked, enum ns_versions how, const struct ns_if *offered);
bool ns_uuid_is_nil(const struct uuid *u);
bool ns_uuid_equal(const struct uuid *a, const struct uuid *b);
