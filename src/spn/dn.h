/* SPDX-License-Identifier: Apache-2.0
 * dn.h - distinguished names: reading them, quoting values for them.  RFC 4514, RFC 2253
 */
#pragma once

#include "base/bytes.h"

enum {
    DN_MAX = 4096,     /* bytes of a whole name */
    DN_RDNS_MAX = 128, /* parts of one; a directory's own limit is far below */
};

/* One part: views into the text given, the value still escaped. */
struct rdn {
    struct bytes key, value;
};

/* Takes the first part off *rest, and the comma before what follows.
 * *rest is empty after the last one. */
MUST_CHECK enum err dn_next(struct bytes *rest, struct rdn *ret) SHARED(dn_next);
/* The whole name is well-formed and not empty. */
MUST_CHECK enum err dn_check(const char *dn) SHARED(dn_check);

/* A value's bytes: escapes and enclosing quotes removed. Freed with buf_free; a NUL follows. */
MUST_CHECK enum err dn_unquote(struct bytes value, struct buf *ret) SHARED(dn_unquote);
/* A value as a name can hold it: special characters escaped with a backslash. mem_free. */
MUST_CHECK enum err dn_quote(struct bytes value, char **ret) SHARED(dn_quote);
/* As dn_quote, but as DsQuoteRdnValue does it: the whole value in quotes if it needs any. */
MUST_CHECK enum err dn_quote_whole(struct bytes value, char **ret) SHARED(dn_quote_whole);

/* "CN=" value "," parent, the value escaped. mem_free. */
MUST_CHECK enum err dn_child(const char *key, const char *value, const char *parent, char **ret)
    SHARED(dn_child);
/* The text after the first part; NULL when there is none or dn is malformed. Points into dn. */
const char *dn_parent(const char *dn) SHARED(dn_parent);
/* Whether both name the same object: keys and values compared without regard to case, escapes
 * removed. Malformed names are the same as nothing. */
bool dn_same(const char *a, const char *b) SHARED(dn_same);
/* Whether dn lies below ancestor or is it. */
bool dn_within(const char *dn, const char *ancestor) SHARED(dn_within);
/* "DC=example,DC=com" at the end of dn as "example.com". mem_free; ERR_MALFORMED without any. */
MUST_CHECK enum err dn_domain(const char *dn, char **ret) SHARED(dn_domain);
/* "example.com" as "DC=example,DC=com". mem_free. */
MUST_CHECK enum err dn_of_domain(const char *domain, char **ret) SHARED(dn_of_domain);
