/* SPDX-License-Identifier: Apache-2.0
 * ns_entry.h - an entry of the RPC name service, as it stands in the directory.
 *
 *   rpcServer            rpcNsObjectID: the objects it offers
 *     rpcServerElement   rpcNsInterfaceID, rpcNsTransferSyntax; rpcNsBindings
 *   rpcGroup             rpcNsGroup: names of entries
 *   rpcProfile
 *     rpcProfileElement  rpcNsInterfaceID, rpcNsProfileEntry, rpcNsPriority; rpcNsAnnotation
 *
 * What is not of the form ns_text.h and ns_name.h describe is damage: said, and left out.
 */
#pragma once

#include "base/sid.h"
#include "directory/search.h"
#include "names/ns_text.h"

enum ns_kind { NS_SERVER, NS_GROUP, NS_PROFILE };

enum {
    NS_ELEMENTS_MOST = 256, /* children of one entry */
    NS_DAMAGE_MOST = 1024,  /* bytes of what is said of damage */
    NS_PRIORITY_MOST = 7,
};

struct ns_element { /* of a server: one interface */
    size_t source;  /* which of the entries it was read from */
    char *dn;
    bool has_owner;
    struct sid owner;
    struct ns_if face, syntax;
    struct ns_binding *binding;
    size_t count;
};

struct ns_link { /* of a profile: where one interface is looked for */
    size_t source;
    char *dn;
    struct ns_if face; /* all zero: the default element's */
    char *member;      /* the name of an entry */
    unsigned priority;
    char *annotation; /* "" where there is none */
};

struct ns_entry {
    enum ns_kind kind;
    char *dn, *name; /* name: the cn */
    bool has_owner;
    struct sid owner;
    struct ns_element *element;
    size_t element_count;
    struct uuid *object;
    size_t object_count;
    char **member;
    size_t member_count;
    struct ns_link *link;
    size_t link_count;
    char *damage; /* "DN: what; DN: what"; NULL: none */
};

/* What a search must ask for so that ns_entry_read understands it. */
extern const char *const ns_entry_attrs[];

/* found: the object and, behind it, those below it. ERR_NS_ENTRY_KIND for an object that is none
 * of the three; damage is no error. */
MUST_CHECK enum err ns_entry_read(const struct entries *found, struct ns_entry *ret);
void ns_entry_free(struct ns_entry *e);
/* Nothing is in it, not even damage. */
bool ns_entry_is_empty(const struct ns_entry *e);
