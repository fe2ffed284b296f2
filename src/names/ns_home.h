/* SPDX-License-Identifier: Apache-2.0
 * ns_home.h - where the entries of the RPC name service are: the caller's domain, and others of the
 * forest that names speak of.
 */
#pragma once

#include "directory/binding.h"
#include "names/ns_name.h"

enum { NS_DOMAINS_MOST = 16 }; /* other ones, of one search */

struct ns_home {
    struct held held;
    struct session *session; /* of the caller's own domain */
    char *domain;            /* its DNS name */
    struct {
        char *domain;
        struct session *session;
        enum err failed; /* it could not be had, and is not tried again */
        bool own;        /* to be closed */
    } other[NS_DOMAINS_MOST];
    size_t count;
};

/* hds NULL: with the caller's own credentials. */
MUST_CHECK enum err ns_home_open(HANDLE hds, struct ns_home *ret);
void ns_home_close(struct ns_home *h);
/* From any thread: what waits for the caller's domain fails, and all after it. */
void ns_home_interrupt(struct ns_home *h);

/* The object a name stands for, and a session with its domain, which is h's. dn: mem_free. */
MUST_CHECK enum err ns_home_place(struct ns_home *h, const struct ns_name *name,
                                  struct session **ret, char **ret_dn);
/* Whether it is another domain that could not be had. */
bool ns_home_lacks(const struct ns_home *h, const char *domain);
/* "/.../domain/name", whatever text says of it. mem_free. */
MUST_CHECK enum err ns_home_expand(const struct ns_home *h, const char *text, char **ret);
/* The name of an object as programs know it: "/.:/name" in the caller's domain. mem_free. */
MUST_CHECK enum err ns_home_name(const struct ns_home *h, const char *dn, char **ret);
/* The same of a name: "/.../domain/name" of the caller's domain is "/.:/name". mem_free. */
MUST_CHECK enum err ns_home_shorten(const struct ns_home *h, const char *text, char **ret);
