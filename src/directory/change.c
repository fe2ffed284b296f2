/* SPDX-License-Identifier: Apache-2.0
 * change.c - changing a directory.  RFC 4511 4.6 to 4.8; [MS-ADTS] 3.1.1.3.4.1.8, 3.1.1.3.4.1.11
 */
#include "directory/change.h"

#include <ldap.h>
#include <sys/time.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/ldap_error.h"

static char oid_permissive_modify[] = "1.2.840.113556.1.4.1413";
static char oid_sd_flags[] = "1.2.840.113556.1.4.801";

/* What libldap wants: arrays of pointers to arrays of pointers. One block holds them all. */
struct mods {
    LDAPMod *pointer[CHANGES_MAX + 1];
    LDAPMod mod[CHANGES_MAX];
    struct berval **values;
    struct berval *value;
};

static void mods_free(struct mods *m)
{
    if (m) {
        mem_free(m->values);
        mem_free(m->value);
    }
    mem_free(m);
}

static enum err mods_new(const struct change *c, size_t n, struct mods **ret)
{
    static const int ops[] = { LDAP_MOD_ADD, LDAP_MOD_DELETE, LDAP_MOD_REPLACE };
    struct mods *m = NULL;
    size_t total = 0, used = 0, pointers = 0, i, k;

    for (i = 0; i < n; i++)
        total += c[i].count;
    if (n > CHANGES_MAX || total > CHANGE_VALUES_MAX)
        return detail_fail(ERR_TOO_LONG, "a change of %zu attributes and %zu values", n, total);
    m = mem_zero(sizeof *m);
    if (m) {
        m->values = mem_array(total + n + 1, sizeof *m->values);
        m->value = mem_array(total + 1, sizeof *m->value);
    }
    if (!m || !m->values || !m->value) {
        mods_free(m);
        return ERR_NO_MEMORY;
    }
    for (i = 0; i < n; i++) {
        m->pointer[i] = &m->mod[i];
        m->mod[i].mod_op = ops[c[i].kind] | LDAP_MOD_BVALUES;
        m->mod[i].mod_type = (char *)(uintptr_t)c[i].name;
        m->mod[i].mod_bvalues = c[i].count ? m->values + pointers : NULL;
        for (k = 0; k < c[i].count; k++) {
            m->value[used] =
                (struct berval){ c[i].value[k].len, (char *)(uintptr_t)c[i].value[k].ptr };
            m->values[pointers++] = &m->value[used++];
        }
        m->values[pointers++] = NULL;
    }
    *ret = m;
    return ERR_OK;
}

static enum err await(struct session *s, LDAP *ld, int id, const char *what)
{
    unsigned ms = session_timeout_ms(s);
    struct timeval wait = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };
    LDAPMessage *msg = NULL;
    int answer = 0, code = ldap_result(ld, id, LDAP_MSG_ALL, &wait, &msg);

    if (code == 0)
        return detail_fail(ERR_TIMEOUT, "%s: no answer within %u ms; it may have happened", what,
                           ms);
    if (code < 0) {
        ldap_get_option(ld, LDAP_OPT_RESULT_CODE, &code);
        return ldap_failed(ld, code ? code : LDAP_SERVER_DOWN, what);
    }
    code = ldap_parse_result(ld, msg, &answer, NULL, NULL, NULL, NULL, 1);
    return ldap_failed(ld, code ? code : answer, what);
}

enum err session_add(struct session *s, const char *dn, const struct change *c, size_t n)
{
    struct mods *m = NULL;
    LDAP *ld;
    int id = 0, code;
    enum err e = mods_new(c, n, &m);

    if (e)
        return e;
    ld = session_take(s);
    code = ldap_add_ext(ld, dn, m->pointer, NULL, NULL, &id);
    e = code ? ldap_failed(ld, code, "creating an object") : await(s, ld, id, "creating an object");
    session_give_back(s);
    mods_free(m);
    return e;
}

enum err session_modify(struct session *s, const char *dn, const struct change *c, size_t n,
                        bool permissive, bool dacl_only)
{
    static char dacl[] = { 0x30, 3, 2, 1, 4 }; /* SEQUENCE { INTEGER 4 } */
    LDAPControl permit = { oid_permissive_modify, { 0, NULL }, 1 };
    LDAPControl flags = { oid_sd_flags, { sizeof dacl, dacl }, 1 };
    LDAPControl *controls[3] = { NULL, NULL, NULL };
    struct mods *m = NULL;
    size_t k = 0;
    LDAP *ld;
    int id = 0, code;
    enum err e = mods_new(c, n, &m);

    if (e)
        return e;
    if (permissive)
        controls[k++] = &permit;
    if (dacl_only)
        controls[k++] = &flags;
    ld = session_take(s);
    code = ldap_modify_ext(ld, dn, m->pointer, controls, NULL, &id);
    e = code ? ldap_failed(ld, code, "changing an object") : await(s, ld, id, "changing an object");
    session_give_back(s);
    mods_free(m);
    return e;
}

enum err session_delete(struct session *s, const char *dn)
{
    LDAP *ld = session_take(s);
    int id = 0, code = ldap_delete_ext(ld, dn, NULL, NULL, &id);
    enum err e =
        code ? ldap_failed(ld, code, "deleting an object") : await(s, ld, id, "deleting an object");

    session_give_back(s);
    return e;
}

enum err change_texts(const char *const *texts, size_t n, struct bytes **ret)
{
    struct bytes *values = mem_array(n ? n : 1, sizeof *values);
    size_t i;

    if (!values)
        return ERR_NO_MEMORY;
    for (i = 0; i < n; i++)
        values[i] = bytes_of_text(texts[i]);
    *ret = values;
    return ERR_OK;
}
