/* SPDX-License-Identifier: Apache-2.0
 * api_cert.c - the doors of enroll.h.
 */
#include <countersign/enroll.h>
#include <time.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/binding.h"
#include "directory/doors.h"
#include "queue/enrol.h"

/* ---- what is given out ---- */

static char *hex_text(const uint8_t *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    char *text = mem_alloc(2 * n + 1);
    size_t i;

    for (i = 0; text && i < n; i++) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 15];
    }
    if (text)
        text[2 * n] = 0;
    return text;
}

static enum err fill_cert(const struct published *p, const struct account_keys *own, CS_CERT *to)
{
    static const CS_CERT_STATE states[] = {
        [PUBLISHED_CURRENT] = CS_CERT_CURRENT, [PUBLISHED_RETIRED] = CS_CERT_RETIRED,
        [PUBLISHED_OVER] = CS_CERT_OVER,       [PUBLISHED_EARLY] = CS_CERT_EARLY,
        [PUBLISHED_FOREIGN] = CS_CERT_FOREIGN, [PUBLISHED_BROKEN] = CS_CERT_BROKEN,
    };
    bool broken = p->state == PUBLISHED_BROKEN;
    char sid[SID_TEXT] = "";

    if (!broken)
        sid_format(&p->c.sid, sid);
    to->state = states[p->state];
    to->not_before = p->c.not_before;
    to->not_after = p->c.not_after;
    to->retired = p->retired;
    to->here = own && account_keys_find(own, p->entry_id) != NULL;
    to->id = hex_text(p->entry_id, sizeof p->entry_id);
    to->host = mem_strdup(p->c.host);
    to->account = mem_strdup(sid);
    to->signing = hex_text(p->c.signing_id, broken ? 0 : sizeof p->c.signing_id);
    to->agreement = hex_text(p->c.agreement_id, broken ? 0 : sizeof p->c.agreement_id);
    return to->id && to->host && to->account && to->signing && to->agreement ? ERR_OK
                                                                             : ERR_NO_MEMORY;
}

VOID CsCertFree(CS_CERT *certs, DWORD count)
{
    DWORD i;

    for (i = 0; certs && i < count; i++) {
        mem_free(certs[i].id);
        mem_free(certs[i].host);
        mem_free(certs[i].account);
        mem_free(certs[i].signing);
        mem_free(certs[i].agreement);
    }
    mem_free(certs);
}

static enum err give_certs(const struct published *p, size_t n, const struct account_keys *own,
                           CS_CERT **ret)
{
    CS_CERT *certs = mem_array(n ? n : 1, sizeof *certs);
    enum err e = certs ? ERR_OK : ERR_NO_MEMORY;
    size_t i;

    for (i = 0; i < n && !e; i++)
        e = fill_cert(&p[i], own, &certs[i]);
    if (e)
        CsCertFree(certs, certs ? (DWORD)n : 0);
    else
        *ret = certs;
    return e;
}

static enum err give_one(const struct account_certificate *c, CS_CERT **ret)
{
    struct published p = { .state = PUBLISHED_CURRENT, .c = *c };
    enum err e;

    if (!ret)
        return ERR_OK;
    memcpy(p.entry_id, c->id, sizeof p.entry_id);
    e = give_certs(&p, 1, NULL, ret);
    if (!e)
        (*ret)->here = TRUE;
    return e;
}

/* ---- what is asked ---- */

static int64_t now(void)
{
    return (int64_t)time(NULL);
}

static enum err place_of(const char *file, struct account_key_place *ret)
{
    if (!file)
        return account_key_place_find(ret);
    ret->path = mem_strdup(file);
    return ret->path ? ERR_OK : ERR_NO_MEMORY;
}

typedef enum err (*enrol_fn)(const struct enrolment *w, const struct account_key_place *place,
                             struct account_certificate *ret);

static DWORD enrol_by(enrol_fn fn, HANDLE hDS, const CS_CERT_OPTIONS *o, CS_CERT **cert)
{
    static const CS_CERT_OPTIONS none = { .size = sizeof none };
    struct account_certificate c = { 0 };
    struct account_key_place place = { 0 };
    struct held h = { 0 };
    struct enrolment w;
    enum err e;

    o = o ? o : &none;
    if (o->size != sizeof *o || o->days > ACCOUNT_DAYS_MOST)
        return win32_code(detail_fail(ERR_INVALID_PARAMETER,
                                      "options of %u bytes, a certificate for %u days", o->size,
                                      o->days));
    e = place_of(o->file, &place);
    if (!e)
        e = binding_hold(hDS, &h);
    w = (struct enrolment){ h.session, o->host, o->days, o->replace != 0, now() };
    if (!e)
        e = fn(&w, &place, &c);
    if (!e)
        e = give_one(&c, cert);
    binding_release(&h);
    account_key_place_done(&place);
    return win32_code(e);
}

DWORD CsCertEnroll(HANDLE hDS, const CS_CERT_OPTIONS *options, CS_CERT **cert)
{
    detail_begin("CsCertEnroll");
    return enrol_by(enrol, hDS, options, cert);
}

DWORD CsCertRotate(HANDLE hDS, const CS_CERT_OPTIONS *options, CS_CERT **cert)
{
    detail_begin("CsCertRotate");
    return enrol_by(enrol_rotate, hDS, options, cert);
}

DWORD CsCertRevoke(HANDLE hDS, const CS_CERT_SELECTION *which, DWORD *count)
{
    struct account_key_place place = { 0 };
    struct enrol_revocation w;
    struct held h = { 0 };
    size_t n = 0;
    enum err e;

    detail_begin("CsCertRevoke");
    if (!which || which->size != sizeof *which)
        return win32_code(detail_fail(ERR_INVALID_PARAMETER, "no selection is given"));
    e = place_of(which->file, &place);
    if (!e)
        e = binding_hold(hDS, &h);
    w = (struct enrol_revocation){ h.session, which->account,  which->host,
                                   which->id, which->all != 0, now() };
    if (!e)
        e = enrol_revoke(&w, &place, &n);
    if (!e && count)
        *count = (DWORD)n;
    binding_release(&h);
    account_key_place_done(&place);
    return win32_code(e);
}

/* Which of them this process holds the keys of; none where it may read none. */
static struct account_keys *own_keys(void)
{
    struct detail before = *detail_get();
    struct account_key_place place = { 0 };
    struct account_keys *k = NULL;

    if (account_key_place_find(&place) || account_key_file_read(&place, &k, NULL))
        *detail_get() = before;
    account_key_place_done(&place);
    return k;
}

DWORD CsCertList(HANDLE hDS, const char *account, CS_CERT **certs, DWORD *count, DWORD *others)
{
    struct published_list l = { 0 };
    struct account_keys *own = NULL;
    struct key_account a = { 0 };
    struct held h = { 0 };
    enum err e;

    detail_begin("CsCertList");
    if (!certs || !count)
        return win32_code(detail_fail(ERR_INVALID_PARAMETER, "nowhere to put the list"));
    e = binding_hold(hDS, &h);
    if (!e)
        e = enrol_list(h.session, account, now(), &a, &l);
    if (!e) {
        own = own_keys();
        e = give_certs(l.key, l.count, own, certs);
    }
    if (!e) {
        *count = (DWORD)l.count;
        if (others)
            *others = (DWORD)l.others;
    }
    account_keys_free(own);
    published_done(&l);
    key_account_done(&a);
    binding_release(&h);
    return win32_code(e);
}

/* ---- who else ---- */

VOID CsCertWritersFree(CS_CERT_WRITER *writers, DWORD count)
{
    DWORD i;

    for (i = 0; writers && i < count; i++) {
        mem_free(writers[i].sid);
        mem_free(writers[i].name);
    }
    mem_free(writers);
}

static enum err give_writers(const struct key_account_writer *w, size_t n, CS_CERT_WRITER **ret)
{
    CS_CERT_WRITER *out = mem_array(n ? n : 1, sizeof *out);
    char sid[SID_TEXT];
    enum err e = out ? ERR_OK : ERR_NO_MEMORY;
    size_t i;

    for (i = 0; i < n && !e; i++) {
        sid_format(&w[i].sid, sid);
        out[i].sid = mem_strdup(sid);
        out[i].name = mem_strdup(w[i].name);
        e = out[i].sid && (out[i].name || !w[i].name) ? ERR_OK : ERR_NO_MEMORY;
    }
    if (e)
        CsCertWritersFree(out, out ? (DWORD)n : 0);
    else
        *ret = out;
    return e;
}

DWORD CsCertWriters(HANDLE hDS, const char *account, CS_CERT_WRITER **writers, DWORD *count)
{
    struct key_account_writer *w = NULL;
    struct key_account a = { 0 };
    struct held h = { 0 };
    size_t n = 0;
    enum err e;

    detail_begin("CsCertWriters");
    if (!writers || !count)
        return win32_code(detail_fail(ERR_INVALID_PARAMETER, "nowhere to put the list"));
    e = binding_hold(hDS, &h);
    if (!e)
        e = key_account_read(h.session, account ? KEY_ACCOUNT_NAME : KEY_ACCOUNT_SELF, account,
                             now(), &a);
    if (!e)
        e = key_account_writers(h.session, &a, &w, &n);
    if (!e)
        e = give_writers(w, n, writers);
    if (!e)
        *count = (DWORD)n;
    key_account_writers_free(w, n);
    key_account_done(&a);
    binding_release(&h);
    return win32_code(e);
}
