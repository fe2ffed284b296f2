/* SPDX-License-Identifier: Apache-2.0
 * point.h - service connection points: created, read, kept true, removed.
 */
#pragma once

#include "base/sid.h"
#include "directory/account.h"

enum { POINT_VALUES_MAX = 64, POINT_TEXT_MAX = 1024 };

struct point {
    char *dn, *guid;
    char *service_class, *dns_name, *dns_name_type; /* "" where the object has none */
    char **keywords, **bindings;
    size_t keyword_count, binding_count;
    bool has_owner;
    struct sid owner;
    char *spn;             /* point_trust.h: the name it must prove; else NULL */
    struct account holder; /* point_trust.h: the one account that holds it */
};

/* As CS_SERVICE; everything borrowed. */
struct service {
    uint16_t port;
    bool replicable;
    const char *name, *container, *service_class, *dns_name, *dns_name_type, *account;
    const char *const *keywords, *const *bindings;
    size_t keyword_count, binding_count;
};

/* What is to be published, with every default filled in; service_plan_free ends it. */
struct service_plan {
    struct service want;
    char *dn, *container, *dns_name, *binding;
    const char *one_binding[1];
    struct account account;
};

MUST_CHECK enum err service_plan_make(struct session *s, const struct service *want,
                                      struct service_plan *ret);
void service_plan_free(struct service_plan *p);

/* Creates the object and grants its account; what fails half way is undone. */
MUST_CHECK enum err point_create(struct session *s, const struct service_plan *p);
/* which: a DN, a GUID, "<GUID=...>". */
MUST_CHECK enum err point_read(struct session *s, const char *which, struct point *ret)
    SHARED(point_read);
MUST_CHECK enum err point_update(struct session *s, const char *which, const char *dns_name,
                                 const char *const *bindings, size_t n, bool *ret_changed);
/* What an object says of its service; a count of 0 removes the attribute. */
struct point_facts {
    const char *dns_name, *dns_name_type;
    const char *const *bindings, *const *keywords;
    size_t binding_count, keyword_count;
};

/* Makes an object that is there say the same as facts. */
MUST_CHECK enum err point_amend(struct session *s, const struct point *p,
                                const struct point_facts *facts);
MUST_CHECK enum err point_remove(struct session *s, const char *which);
/* Read and write of serviceDNSName and serviceBindingInformation for the account. */
MUST_CHECK enum err point_grant(struct session *s, const char *dn, const struct sid *account);
void point_free(struct point *p) SHARED(point_free);

struct points {
    struct point *point;
    size_t count;
};

/* In the whole forest; keyword NULL: all. */
MUST_CHECK enum err points_find(struct session *s, const char *keyword, struct points *ret)
    SHARED(points_find);
void points_free(struct points *p) SHARED(points_free);
