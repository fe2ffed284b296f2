/* SPDX-License-Identifier: Apache-2.0
 * spn.h - service principal names, taken apart and put together.
 *
 *   class/instance[:port][/service]          what a directory holds  (DsMakeSpn, DsCrackSpn)
 *   class/instance[:port][/service][@REALM]  what a client asks for
 *
 * The slash cannot be escaped, so no component may hold one. A colon in the instance begins the
 * port, but inside the brackets of an IPv6 address. Some products register a word where the port
 * stands ("MSSQLSvc/host:INSTANCE"): it is kept as port_name.
 */
#pragma once

#include "base/bytes.h"

enum { SPN_MAX = 1024 }; /* bytes of a whole name; what a security package takes as a target */

struct spn {
    const char *service_class;
    const char *instance;  /* a host, usually; never empty */
    const char *service;   /* NULL: none, the instance names the service */
    const char *port_name; /* NULL, or the word where a number was expected */
    const char *realm;     /* NULL: none */
    uint16_t port;         /* 0: none */
    char *block;           /* what the strings above point into */
};

/* Without a realm: an at sign has no meaning. ERR_MALFORMED says why in the detail record. */
MUST_CHECK enum err spn_parse(const char *text, struct spn *ret) SHARED(spn_parse);
/* With an optional realm behind the last at sign. */
MUST_CHECK enum err spn_parse_target(const char *text, struct spn *ret) SHARED(spn_parse_target);
void spn_free(struct spn *s) SHARED(spn_free);

/* Refuses components that would not parse back. block is not looked at. */
MUST_CHECK enum err spn_format(const struct spn *s, char **ret) SHARED(spn_format);

/* As the directory compares: without regard to the case of ASCII letters. */
bool spn_same(const char *a, const char *b) SHARED(spn_same);

/* True for a name that carries marshalled credential target information: a host name whose owner
 * is someone else than what a naive reader takes it for. No component may hold one. */
bool spn_carries_target_info(const char *name) SHARED(spn_carries_target_info);
