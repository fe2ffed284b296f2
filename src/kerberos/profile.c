/* SPDX-License-Identifier: Apache-2.0
 * profile.c - a profile in memory, over the file's.  MIT "profile_init_vtable"
 */
#include "kerberos/profile.h"

#include <errno.h>
#include <profile.h>
#include <pthread.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "base/policy.h"
#include "base/resolve.h"

enum {
    KDC_PORT = 88,
    REALMS_KEPT = 8,      /* realms whose KDCs are remembered; a referral chain is shorter */
    FOUND_SECONDS = 300,  /* as a DNS answer of Active Directory lives 600 */
    MISSING_SECONDS = 15, /* a KDC that comes up is seen soon */
    ADDRESS_TEXT = 64,
    KDCS_TEXT = 1024,
};

struct found {
    char realm[RESOLVE_NAME];
    char kdcs[KDCS_TEXT]; /* separated by blanks; empty: none */
    time_t until;
};

struct kerberos_profile {
    int refs;
    profile_t base; /* NULL: there is no file */
    char *realm, *kdc;
    pthread_mutex_t lock;
    struct found found[REALMS_KEPT];
    size_t next;
};

/* What no krb5.conf may say otherwise, and what it may. */
static const struct {
    const char *name, *value;
    bool always;
} libdefaults[] = {
    { "dns_canonicalize_hostname", "false", true },
    { "rdns", "false", true },
    { "dns_lookup_kdc", "false", true },
    { "dns_lookup_realm", "false", true },
    { "dns_uri_lookup", "false", true },
    { "qualify_shortname", "", true },
    { "allow_rc4", "true", false }, /* whether RC4 is accepted is our policy's matter */
};

static long one_value(const char *value, char ***ret)
{
    char **list = mem_array(2, sizeof *list);

    if (list)
        list[0] = mem_strdup(value);
    if (!list || !list[0]) {
        mem_free(list);
        return ENOMEM;
    }
    *ret = list;
    return 0;
}

static void free_values(void *self, char **values)
{
    char **v = values;

    (void)self;
    while (v && *v)
        mem_free(*v++);
    mem_free(values);
}

static long blank_separated(const char *text, char ***ret)
{
    char **list = mem_array(RESOLVE_MAX + 1, sizeof *list);
    size_t n = 0;

    if (!list)
        return ENOMEM;
    while (*text && n < RESOLVE_MAX) {
        size_t len = strcspn(text, " ");

        list[n] = mem_strndup(text, len);
        if (!list[n++]) {
            free_values(NULL, list);
            return ENOMEM;
        }
        text += len + strspn(text + len, " ");
    }
    *ret = list;
    return n ? 0 : PROF_NO_RELATION;
}

static void append(char *list, const char *item)
{
    size_t len = strlen(list);

    if (len + strlen(item) + 2 < KDCS_TEXT)
        snprintf(list + len, KDCS_TEXT - len, "%s%s", len ? " " : "", item);
}

/* Every address of a host; false where it has none. */
static bool append_host(char *list, const char *host, uint16_t port)
{
    struct resolve_address addr[RESOLVE_MAX];
    size_t n = 0, i;
    char text[ADDRESS_TEXT];

    if (resolve_host(host, port, addr, &n))
        return false;
    for (i = 0; i < n; i++) {
        resolve_address_format(&addr[i], text, sizeof text);
        append(list, text);
    }
    return true;
}

/* "HOST", "HOST:PORT", "[IPV6]:PORT"; what we cannot find stays as it was written. */
static void append_written(char *list, const char *written)
{
    const char *colon = strrchr(written, ':');
    const char *name = written;
    char host[RESOLVE_NAME];
    unsigned port = KDC_PORT;
    size_t len = strlen(written);

    if (written[0] == '/' || strstr(written, "://")) {
        append(list, written);
        return;
    }
    if (written[0] == '[' && strchr(written, ']')) {
        name = written + 1;
        len = (size_t)(strchr(written, ']') - name);
        colon = name[len + 1] == ':' ? name + len + 1 : NULL;
    } else if (colon && strchr(written, ':') == colon) {
        len = (size_t)(colon - written);
    } else {
        colon = NULL; /* none, or a bare IPv6 address */
    }
    if (colon && (sscanf(colon + 1, "%u", &port) != 1 || port == 0 || port > UINT16_MAX))
        port = KDC_PORT;
    snprintf(host, sizeof host, "%.*s", (int)len, name);
    if (!append_host(list, host, (uint16_t)port))
        append(list, written);
}

static void append_list(char *list, const char *text, const char *between)
{
    char *copy = mem_strdup(text);
    char *save = NULL;
    char *item = copy ? strtok_r(copy, between, &save) : NULL;

    for (; item; item = strtok_r(NULL, between, &save))
        append_written(list, item);
    mem_free(copy);
}

static void ask_dns(const char *realm, char *list)
{
    static const char *const services[] = { "_kerberos._tcp", "_kerberos._udp" };
    struct resolve_srv srv[RESOLVE_MAX];
    char name[RESOLVE_NAME];
    size_t n = 0, i, s;

    for (s = 0; s < 2 && !list[0]; s++) {
        if (snprintf(name, sizeof name, "%s.%s", services[s], realm) >= (int)sizeof name)
            return;
        if (resolve_service(name, srv, &n))
            continue;
        for (i = 0; i < n; i++)
            append_host(list, srv[i].host, srv[i].port);
    }
}

static void look_up(struct kerberos_profile *p, const char *realm, char *list)
{
    const char *const names[] = { "realms", realm, "kdc", NULL };
    char **values = NULL;
    char **v;

    list[0] = '\0';
    if (p->kdc && (!p->realm || strcmp(p->realm, realm) == 0)) {
        append_list(list, p->kdc, ", ");
    } else if (p->base && profile_get_values(p->base, names, &values) == 0) {
        for (v = values; *v; v++)
            append_written(list, *v);
        profile_free_list(values);
    }
    if (!list[0])
        ask_dns(realm, list);
}

/* The KDCs of a realm: remembered, else looked up without the lock. */
static void kdcs_of(struct kerberos_profile *p, const char *realm, char *list)
{
    time_t now = time(NULL);
    struct found *f = NULL;
    struct detail before;
    size_t i;

    list[0] = '\0';
    if (strlen(realm) >= RESOLVE_NAME)
        return;
    pthread_mutex_lock(&p->lock);
    for (i = 0; i < REALMS_KEPT; i++)
        if (p->found[i].until > now && strcmp(p->found[i].realm, realm) == 0)
            f = &p->found[i];
    if (f)
        snprintf(list, KDCS_TEXT, "%s", f->kdcs);
    pthread_mutex_unlock(&p->lock);
    if (f)
        return;
    before = *detail_get(); /* a KDC not found is no failure yet */
    look_up(p, realm, list);
    *detail_get() = before;
    log_debug("kerberos: KDCs of %s: %s", realm, list[0] ? list : "none found");
    pthread_mutex_lock(&p->lock);
    f = &p->found[p->next++ % REALMS_KEPT];
    snprintf(f->realm, sizeof f->realm, "%s", realm);
    snprintf(f->kdcs, sizeof f->kdcs, "%s", list);
    f->until = now + (list[0] ? FOUND_SECONDS : MISSING_SECONDS);
    pthread_mutex_unlock(&p->lock);
}

static long from_base(struct kerberos_profile *p, const char *const *names, char ***ret)
{
    char **values = NULL;
    long code = p->base ? profile_get_values(p->base, names, &values) : PROF_NO_RELATION;
    size_t n = 0;
    char **list;

    if (code)
        return code;
    while (values[n])
        n++;
    list = mem_array(n + 1, sizeof *list);
    for (n = 0; list && values[n]; n++) {
        list[n] = mem_strdup(values[n]);
        if (!list[n]) {
            free_values(NULL, list);
            list = NULL;
        }
    }
    profile_free_list(values);
    *ret = list;
    return list ? 0 : ENOMEM;
}

static long get_values(void *self, const char *const *names, char ***ret)
{
    struct kerberos_profile *p = self;
    char kdcs[KDCS_TEXT];
    long code;
    size_t i;

    if (names[0] && strcmp(names[0], "realms") == 0 && names[1] && names[2] &&
        strcmp(names[2], "kdc") == 0) {
        kdcs_of(p, names[1], kdcs);
        return kdcs[0] ? blank_separated(kdcs, ret) : PROF_NO_RELATION;
    }
    if (!names[0] || strcmp(names[0], "libdefaults") != 0 || !names[1] || names[2])
        return from_base(p, names, ret);
    if (p->realm && strcmp(names[1], "default_realm") == 0)
        return one_value(p->realm, ret);
    for (i = 0; i < sizeof libdefaults / sizeof libdefaults[0]; i++) {
        if (strcmp(names[1], libdefaults[i].name) != 0)
            continue;
        code = libdefaults[i].always ? PROF_NO_RELATION : from_base(p, names, ret);
        return code ? one_value(libdefaults[i].value, ret) : 0;
    }
    return from_base(p, names, ret);
}

static void cleanup(void *self)
{
    kerberos_profile_unref(self);
}

static long copy(void *self, void **ret)
{
    *ret = kerberos_profile_ref(self);
    return 0;
}

/* The file given, else what libkrb5 itself would read; a damaged default file counts as none. */
static enum err open_base(const char *path, profile_t *ret)
{
    krb5_context krb = NULL;
    krb5_error_code code;

    if (path) {
        const_profile_filespec_t files[] = { path, NULL };
        long failed = profile_init(files, ret);

        if (failed) {
            detail_library("krb5", failed, error_message(failed));
            return detail_fail(ERR_NOT_FOUND, "the Kerberos configuration %s cannot be read: %s",
                               path, error_message(failed));
        }
        return ERR_OK;
    }
    code = krb5_init_context(&krb);
    if (code) {
        log_warning("kerberos: the default krb5.conf is passed over: %s", error_message(code));
        return ERR_OK;
    }
    if (krb5_get_profile(krb, ret))
        *ret = NULL;
    krb5_free_context(krb);
    return ERR_OK;
}

enum err kerberos_profile_new(const struct acquire *a, struct kerberos_profile **ret)
{
    struct kerberos_profile *p = mem_zero(sizeof *p);
    enum err e = ERR_NO_MEMORY;

    if (!p)
        return ERR_NO_MEMORY;
    p->refs = 1;
    pthread_mutex_init(&p->lock, NULL);
    p->realm = mem_strdup(a->realm);
    p->kdc = mem_strdup(a->kdc);
    if ((a->realm && !p->realm) || (a->kdc && !p->kdc))
        goto out;
    e = open_base(a->profile, &p->base);
    if (e)
        goto out;
    *ret = p;
    p = NULL;
out:
    kerberos_profile_unref(p);
    return e;
}

struct kerberos_profile *kerberos_profile_ref(struct kerberos_profile *p)
{
    __atomic_add_fetch(&p->refs, 1, __ATOMIC_RELAXED);
    return p;
}

void kerberos_profile_unref(struct kerberos_profile *p)
{
    if (!p || __atomic_sub_fetch(&p->refs, 1, __ATOMIC_ACQ_REL))
        return;
    if (p->base)
        profile_abandon(p->base);
    pthread_mutex_destroy(&p->lock);
    mem_free(p->realm);
    mem_free(p->kdc);
    mem_free(p);
}

enum err kerberos_profile_context(struct kerberos_profile *p, krb5_context *ret)
{
    struct profile_vtable vtable = { .minor_ver = 1,
                                     .get_values = get_values,
                                     .free_values = free_values,
                                     .cleanup = cleanup,
                                     .copy = copy };
    profile_t profile = NULL;
    krb5_error_code code;

    if (profile_init_vtable(&vtable, kerberos_profile_ref(p), &profile)) {
        kerberos_profile_unref(p);
        return ERR_NO_MEMORY;
    }
    code = krb5_init_context_profile(profile, 0, ret);
    profile_release(profile);
    if (code) {
        detail_library("krb5", code, error_message(code));
        return detail_fail(code == ENOMEM ? ERR_NO_MEMORY : ERR_INTERNAL,
                           "libkrb5 cannot be set up: %s", error_message(code));
    }
    return ERR_OK;
}

void kerberos_profile_kdcs(struct kerberos_profile *p, const char *realm, char *to, size_t size)
{
    char list[KDCS_TEXT];

    kdcs_of(p, realm, list);
    snprintf(to, size, "%s", list);
}
