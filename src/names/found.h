/* SPDX-License-Identifier: Apache-2.0
 * found.h - services found by name, whichever container they are in; and which are believed.
 */
#pragma once

#include "base/uuid.h"
#include "directory/trust.h"

enum found_kind { FOUND_WINSOCK = 1, FOUND_RPC = 2 }; /* as CS_NAMES_xxx */

/* A service on one host: an entry for which two hosts registered addresses is two of them. */
struct found {
    enum found_kind kind;
    char *dn; /* spelt as in SPNs: a server may escape otherwise */
    char *name, *comment;
    char *host; /* "": what is damaged names none */
    char *type; /* the class's GUID, or the interface "uuid,1.0"; "" where there is none */
    char **address;
    size_t address_count;
    char **object; /* of RPC: UUIDs */
    size_t object_count;
    bool has_owner, is_below;
    struct sid owner, above; /* above: where is_below, the owner of what the object is below */
    char *damage;            /* "": none */
    char *spn;               /* founds_trusted: what it must prove */
    struct account holder;
};

void found_free(struct found *f);

struct found_query {
    unsigned kinds;
    const char *name; /* NULL: all */
    const char *type; /* NULL: any; as found's */
};

/* Takes what it wants out of f, which is freed behind it. *ret_more false: it has enough. */
typedef enum err (*found_give)(struct found *f, void *arg, bool *ret_more);

/* One after the other, in the memory of one page of the directory's. */
MUST_CHECK enum err found_each(struct session *s, const struct found_query *q, found_give give,
                               void *arg);
/* The DN of that name beside dn, as this library spells it; NULL: no memory. */
char *found_spell_dn(const char *dn, const char *name);
/* Of one kind. ERR_OK where there is none. */
MUST_CHECK enum err found_each_winsock(struct session *s, const struct found_query *q,
                                       found_give give, void *arg, bool *ret_more);
MUST_CHECK enum err found_each_rpc(struct session *s, const struct found_query *q, found_give give,
                                   void *arg, bool *ret_more);

enum { FOUNDS_MOST = 1000 };

struct founds {
    struct found *found;
    size_t count;
};

/* Those that have an address and satisfy trust (NULL: those of one account), with spn and holder
 * set. ERR_NOT_FOUND, ERR_UNTRUSTED or ERR_AMBIGUOUS where there is none; the record says why. */
MUST_CHECK enum err founds_trusted(struct session *s, const struct found_query *q,
                                   const char *service_class, const struct trust *trust,
                                   struct founds *ret);
/* After the handshake, as trust_confirm. */
MUST_CHECK enum err found_confirm(struct session *s, const struct trust *trust,
                                  const struct found *f);
void founds_free(struct founds *f);
