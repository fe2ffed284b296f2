/* SPDX-License-Identifier: Apache-2.0
 * keyring.c - a keytab's keys in memory.
 */
#include "kerberos/keyring.h"

#include <stdio.h>
#include <strings.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "kerberos/error.h"
#include "kerberos/keytab.h"
#include "kerberos/name.h"
#include "kerberos/target.h"

enum { KEYRING_NAME = 1024, KEYRING_ROWS_MAX = 4096 };

struct row {
    char *name;
    uint32_t kvno;
    int32_t enctype;
};

struct kerberos_keyring {
    int refs;
    krb5_keytab keytab; /* MEMORY: of our own */
    char *name;
    struct row *row;
    size_t count, room;
    bool has_file;
    struct stat file;
};

static enum err add_row(struct kerberos_keyring *k, const char *name, const krb5_keytab_entry *e)
{
    struct row *row = NULL;

    if (k->count == k->room) {
        size_t room = k->room ? 2 * k->room : 16;

        if (room > KEYRING_ROWS_MAX)
            return detail_fail(ERR_TOO_LONG, "the keytab %s holds over %d keys", k->name,
                               KEYRING_ROWS_MAX);
        row = mem_resize(k->row, room * sizeof *row);
        if (!row)
            return ERR_NO_MEMORY;
        k->row = row;
        k->room = room;
    }
    row = &k->row[k->count];
    *row = (struct row){ mem_strdup(name), e->vno, e->key.enctype };
    if (!row->name)
        return ERR_NO_MEMORY;
    k->count++;
    return ERR_OK;
}

/* asked is as callers write it, without a realm or with the entry's. */
static bool is_asked(const char *asked, const char *name)
{
    const char *realm = kerberos_name_realm(asked), *at = strrchr(name, '@');

    return kerberos_target_same(asked, name) && (!realm || (at && strcasecmp(realm, at) == 0));
}

static enum err add_entry(krb5_context krb, struct kerberos_keyring *k, const struct acquire *a,
                          krb5_keytab_entry *e)
{
    krb5_error_code code;
    char *name = NULL;
    enum err err = ERR_OK;

    code = krb5_unparse_name(krb, e->principal, &name);
    if (code)
        return kerberos_fail(krb, code, "reading the keytab");
    if (a->principal && *a->principal && !is_asked(a->principal, name))
        goto out;
    code = krb5_kt_add_entry(krb, k->keytab, e);
    err = code ? kerberos_fail(krb, code, "keeping the keytab's keys") : add_row(k, name, e);
out:
    krb5_free_unparsed_name(krb, name);
    return err;
}

/* A keytab libkrb5 can open, entry by entry. */
static enum err load_keytab(krb5_context krb, struct kerberos_keyring *k, const struct acquire *a)
{
    krb5_keytab from = NULL;
    krb5_kt_cursor cursor = NULL;
    krb5_keytab_entry entry;
    krb5_error_code code;
    enum err e = ERR_OK;

    code = krb5_kt_resolve(krb, k->name, &from);
    if (!code)
        code = krb5_kt_start_seq_get(krb, from, &cursor);
    if (code) {
        e = kerberos_fail(krb, code, "opening the keytab");
        detail_set(detail_get()->tried, k->name);
        e = e == ERR_NO_MEMORY ? e : ERR_NO_CREDENTIALS;
        goto out;
    }
    while (!e && krb5_kt_next_entry(krb, from, &entry, &cursor) == 0) {
        e = add_entry(krb, k, a, &entry);
        krb5_free_keytab_entry_contents(krb, &entry);
    }
    krb5_kt_end_seq_get(krb, from, &cursor);
out:
    if (from)
        krb5_kt_close(krb, from);
    return e;
}

static krb5_data data_of(struct bytes b)
{
    return (krb5_data){ KV5M_DATA, (unsigned)b.len, (char *)b.ptr };
}

static enum err add_parsed(krb5_context krb, struct kerberos_keyring *k, const struct acquire *a,
                           const struct keytab_entry *from)
{
    krb5_data parts[KEYTAB_COMPONENTS];
    krb5_principal_data name = { .magic = KV5M_PRINCIPAL,
                                 .realm = data_of(from->realm),
                                 .data = parts,
                                 .length = (krb5_int32)from->components,
                                 .type = (krb5_int32)from->name_type };
    krb5_keytab_entry entry = { .magic = KV5M_KEYTAB_ENTRY,
                                .principal = &name,
                                .timestamp = (krb5_timestamp)from->timestamp,
                                .vno = from->kvno };
    size_t i;

    for (i = 0; i < from->components; i++)
        parts[i] = data_of(from->component[i]);
    entry.key = (krb5_keyblock){ KV5M_KEYBLOCK, from->enctype, (unsigned)from->key.len,
                                 (krb5_octet *)from->key.ptr };
    return add_entry(krb, k, a, &entry);
}

static enum err load_bytes(krb5_context krb, struct kerberos_keyring *k, const struct acquire *a)
{
    struct keytab_reader r;
    struct keytab_entry entry;
    enum err e;

    e = keytab_begin(a->keytab_bytes, &r);
    while (!e && keytab_next(&r, &entry))
        e = add_parsed(krb, k, a, &entry);
    if (!e)
        e = r.r.err;
    if (e)
        return detail_fail(e, "the keytab given as bytes: %s at byte %zu of %zu", err_text(e),
                           r.r.pos, a->keytab_bytes.len);
    return ERR_OK;
}

static const char *file_of(const char *name)
{
    if (strncmp(name, "FILE:", 5) == 0)
        return name + 5;
    return name[0] == '/' ? name : NULL;
}

static enum err name_and_load(krb5_context krb, struct kerberos_keyring *k, const struct acquire *a)
{
    char name[KEYRING_NAME] = "keytab in memory";
    krb5_error_code code = 0;
    const char *file = NULL;

    if (!a->keytab_bytes.len && a->keytab)
        snprintf(name, sizeof name, "%s", a->keytab);
    else if (!a->keytab_bytes.len)
        code = krb5_kt_default_name(krb, name, sizeof name);
    if (code)
        return kerberos_fail(krb, code, "looking for the default keytab");
    k->name = mem_strdup(name);
    if (!k->name)
        return ERR_NO_MEMORY;
    if (a->keytab_bytes.len)
        return load_bytes(krb, k, a);
    file = file_of(name);
    k->has_file = file && stat(file, &k->file) == 0;
    return load_keytab(krb, k, a);
}

static enum err keyring_new(krb5_context krb, struct kerberos_keyring **ret)
{
    static unsigned counter;
    struct kerberos_keyring *k = mem_zero(sizeof *k);
    char memory[64];
    krb5_error_code code;

    if (!k)
        return ERR_NO_MEMORY;
    k->refs = 1;
    snprintf(memory, sizeof memory, "MEMORY:countersign-%ld-%u", (long)getpid(),
             __atomic_add_fetch(&counter, 1, __ATOMIC_RELAXED));
    code = krb5_kt_resolve(krb, memory, &k->keytab);
    if (code) {
        kerberos_keyring_unref(krb, k);
        return kerberos_fail(krb, code, "making a keytab in memory");
    }
    *ret = k;
    return ERR_OK;
}

enum err kerberos_keyring_of_key(krb5_context krb, krb5_principal name, const krb5_keyblock *key,
                                 struct kerberos_keyring **ret)
{
    krb5_keytab_entry entry = { .magic = KV5M_KEYTAB_ENTRY, .principal = name, .vno = 1 };
    const struct acquire any = { 0 };
    struct kerberos_keyring *k = NULL;
    enum err e = keyring_new(krb, &k);

    if (e)
        return e;
    entry.key = *key;
    k->name = mem_strdup("our ticket-granting ticket");
    e = k->name ? add_entry(krb, k, &any, &entry) : ERR_NO_MEMORY;
    if (e)
        kerberos_keyring_unref(krb, k);
    else
        *ret = k;
    return e;
}

enum err kerberos_keyring_load(krb5_context krb, const struct acquire *a,
                               struct kerberos_keyring **ret)
{
    struct kerberos_keyring *k = NULL;
    enum err e = keyring_new(krb, &k);

    if (e)
        return e;
    e = name_and_load(krb, k, a);
    if (!e && k->count == 0) {
        e = detail_fail(ERR_NO_CREDENTIALS, "%s holds no key%s%s", k->name,
                        a->principal ? " for " : "", a->principal ? a->principal : "");
        detail_remedy("export the service's keytab and name it in KRB5_KTNAME or the credentials");
    }
    if (e)
        kerberos_keyring_unref(krb, k);
    else
        *ret = k;
    return e;
}

struct kerberos_keyring *kerberos_keyring_ref(struct kerberos_keyring *k)
{
    __atomic_add_fetch(&k->refs, 1, __ATOMIC_RELAXED);
    return k;
}

void kerberos_keyring_unref(krb5_context krb, struct kerberos_keyring *k)
{
    size_t i;

    if (!k || __atomic_sub_fetch(&k->refs, 1, __ATOMIC_ACQ_REL))
        return;
    if (k->keytab)
        krb5_kt_close(krb, k->keytab);
    for (i = 0; i < k->count; i++)
        mem_free(k->row[i].name);
    mem_free(k->row);
    mem_free(k->name);
    mem_free(k);
}

krb5_keytab kerberos_keyring_keytab(const struct kerberos_keyring *k)
{
    return k->keytab;
}

const char *kerberos_keyring_name(const struct kerberos_keyring *k)
{
    return k->name;
}

bool kerberos_keyring_stale(const struct kerberos_keyring *k)
{
    const char *file = file_of(k->name);
    struct stat now;

    return k->has_file && file && stat(file, &now) == 0 &&
           (now.st_ino != k->file.st_ino || now.st_size != k->file.st_size ||
            now.st_mtim.tv_sec != k->file.st_mtim.tv_sec ||
            now.st_mtim.tv_nsec != k->file.st_mtim.tv_nsec);
}

const char *kerberos_keyring_first(const struct kerberos_keyring *k)
{
    return k->count ? k->row[0].name : NULL;
}

const char *kerberos_keyring_account(const struct kerberos_keyring *k)
{
    size_t i;

    for (i = 0; i < k->count; i++)
        if (!strchr(k->row[i].name, '/'))
            return k->row[i].name;
    return NULL;
}

uint32_t kerberos_keyring_kvno(const struct kerberos_keyring *k, const char *name)
{
    uint32_t kvno = 0;
    size_t i;

    for (i = 0; i < k->count; i++)
        if (strcasecmp(k->row[i].name, name) == 0 && k->row[i].kvno > kvno)
            kvno = k->row[i].kvno;
    return kvno;
}

bool kerberos_keyring_holds(const struct kerberos_keyring *k, const char *name, uint32_t kvno,
                            int32_t enctype)
{
    size_t i;

    for (i = 0; i < k->count; i++)
        if (strcasecmp(k->row[i].name, name) == 0 && (!kvno || k->row[i].kvno == kvno) &&
            k->row[i].enctype == enctype)
            return true;
    return false;
}

void kerberos_keyring_list(const struct kerberos_keyring *k, char *to, size_t size)
{
    size_t i, len = 0;

    to[0] = '\0';
    for (i = 0; i < k->count; i++) {
        if (i && strcmp(k->row[i].name, k->row[i - 1].name) == 0)
            continue;
        len += (size_t)snprintf(to + len, size - len, "%s%s", len ? ", " : "", k->row[i].name);
        if (len >= size)
            return;
    }
}
