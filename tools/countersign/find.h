/* SPDX-License-Identifier: Apache-2.0
 * find.h - services in the directory, of three kinds: service connection points, Winsock services,
 * and RPC servers; found, judged and shown.
 */
#pragma once

#include <countersign/names.h>

#include "directory.h"

/* The kinds as bits, with those of names.h. */
enum {
    KIND_SCP = 0x100,
    KIND_RNR = CS_NAMES_WINSOCK,
    KIND_RPCNS = CS_NAMES_RPC,
    KINDS_ALL = 0x103
};

/* "scp", "rnr", "rpcns"; NULL where there is none. */
const char *kind_name(DWORD kind);

enum verdict { VERDICT_NONE, VERDICT_TRUSTED, VERDICT_REFUSED, VERDICT_DAMAGED };

/* One service on one host, whatever its kind. What it points at is its maker's; text that is not
 * known is NULL. */
struct hit {
    DWORD kind;
    const char *dn, *host, *owner, *spn, *account, *account_sid;
    char *const *address; /* or bindings */
    DWORD addresses;
    /* of connection points */
    const char *guid, *service_class;
    char *const *keyword;
    DWORD keywords;
    /* of names */
    const char *name, *comment, *type;
    const char *damage; /* what was left out */
    char *const *object;
    DWORD objects;

    enum verdict verdict;
    const char *reason; /* of what is refused */
};

/* What is not given is NULL, "" included. */
struct hit hit_of_point(const CS_SERVICE_POINT *p);
struct hit hit_of_name(const CS_FOUND_NAME *f);

/* How hits are shown. Zeroed, with d, json, every_detail and judged set, it is at its beginning. */
struct listing {
    HANDLE ds;
    bool json;
    bool every_detail; /* a paragraph for each, instead of a line */
    bool judged;       /* somebody asked for a verdict */
    struct table *table;
    unsigned count, refused, damaged;
    unsigned useful; /* to a client: trusted, or where nobody judges with a sound address */
};

/* All three say EXIT_DONE, or the exit status after saying what failed. */
int listing_begin(struct listing *l);
int listing_add(struct listing *l, const struct hit *h);
void listing_end(struct listing *l);
/* One hit whole: an object of JSON, or a paragraph. */
void hit_print(const struct listing *l, const struct hit *h);

/* What is asked for. */
struct search {
    const char *word;  /* a keyword, a name, a GUID or an interface; NULL: everything */
    const char *name;  /* of a Winsock service or an entry alone */
    const char *below; /* what a name's DN ends with, behind its first part; NULL: anything */
    const char *class_guid, *interface;
    const char *service_class;
    const CS_TRUST *trust; /* NULL: none */
    DWORD kinds;
};

/* Both tell l what there is. EXIT_DONE, also where there is none. */
int find_points(HANDLE ds, const struct search *q, struct listing *l);
int find_names(HANDLE ds, const struct search *q, struct listing *l);

/* Without the "/.:/" that the RPC name service's syntax has before a name of this domain. */
const char *rpc_name(const char *name);
/* How long a DN's first part is. */
size_t rdn_length(const char *dn);
/* Its value: mem_free; NULL where it has none. */
char *rdn_value(const char *dn);
/* Whose SID it is, DOMAIN\name: valid until this is called again. The SID itself where nobody
 * knows. */
const char *sid_owner(HANDLE ds, const char *sid);
