/* SPDX-License-Identifier: Apache-2.0
 * search.c - LDAP searches, page by page.  RFC 4511 4.5, RFC 2696, [MS-ADTS] 3.1.1.3.4.1.11
 */
#include "directory/search_page.h"

#include <ldap.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/time.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/utf16.h"
#include "directory/ldap_error.h"

#define OID_SD_FLAGS "1.2.840.113556.1.4.801"

static void attribute_free(struct attribute *a)
{
    size_t i;

    for (i = 0; i < a->count; i++)
        buf_free(&a->value[i]);
    mem_free(a->value);
    mem_free(a->name);
}

static void entry_free(struct entry *e)
{
    size_t i;

    for (i = 0; i < e->count; i++)
        attribute_free(&e->attribute[i]);
    mem_free(e->attribute);
    mem_free(e->dn);
}

void entries_free(struct entries *e)
{
    size_t i;

    for (i = 0; i < e->count; i++)
        entry_free(&e->entry[i]);
    mem_free(e->entry);
    *e = (struct entries){ 0 };
}

static enum err copy_value(const struct berval *v, struct buf *ret)
{
    enum err e = buf_new(v->bv_len + 1, ret);

    if (e)
        return e;
    memcpy(ret->ptr, v->bv_val, v->bv_len);
    ret->len = v->bv_len;
    return ERR_OK;
}

/* "member;range=0-1499": a server's own limit. [MS-ADTS] 3.1.1.3.1.3.3 */
static size_t name_length(const struct berval *name, bool *ret_cut)
{
    static const char range[] = ";range=";
    const char *option = memchr(name->bv_val, ';', name->bv_len);
    size_t n = option ? (size_t)(option - name->bv_val) : name->bv_len;

    if (!option || name->bv_len - n < sizeof range ||
        strncasecmp(option, range, sizeof range - 1) != 0)
        return name->bv_len;
    *ret_cut = name->bv_val[name->bv_len - 1] != '*';
    return n;
}

static enum err copy_attribute(const struct berval *name, struct berval *values, bool may_cut,
                               struct attribute *ret)
{
    size_t len = may_cut ? name_length(name, &ret->cut) : name->bv_len, n = 0, i;
    enum err e = ERR_OK;

    while (values && values[n].bv_val)
        n++;
    if (n > SEARCH_VALUES_MOST && !may_cut)
        return detail_fail(ERR_TOO_LONG, "an attribute of %zu values", n);
    if (n > SEARCH_VALUES_MOST) {
        n = SEARCH_VALUES_MOST;
        ret->cut = true;
    }
    ret->name = mem_strndup(name->bv_val, len);
    ret->value = mem_array(n ? n : 1, sizeof *ret->value);
    if (!ret->name || !ret->value)
        return ERR_NO_MEMORY;
    for (i = 0; i < n && !e; i++) {
        e = copy_value(&values[i], &ret->value[i]);
        if (!e)
            ret->count = i + 1;
    }
    return e;
}

enum { ATTRIBUTES_MOST = 64 }; /* we never ask for more */

static enum err copy_entry(LDAP *ld, LDAPMessage *msg, bool may_cut, struct entry *ret)
{
    BerElement *ber = NULL;
    struct berval name = { 0 }, *values = NULL;
    enum err e = ERR_OK;
    int code = ldap_get_dn_ber(ld, msg, &ber, &name);

    if (code)
        return ldap_failed(ld, code, "reading an entry");
    ret->dn = mem_strndup(name.bv_val, name.bv_len);
    ret->attribute = mem_array(ATTRIBUTES_MOST, sizeof *ret->attribute);
    if (!ret->dn || !ret->attribute)
        e = ERR_NO_MEMORY;
    while (!e) {
        code = ldap_get_attribute_ber(ld, msg, ber, &name, &values);
        if (code || !name.bv_val)
            break;
        if (ret->count == ATTRIBUTES_MOST)
            e = detail_fail(ERR_TOO_LONG, "an entry of over %d attributes", ATTRIBUTES_MOST);
        else
            e = copy_attribute(&name, values, may_cut, &ret->attribute[ret->count++]);
        ber_memfree(values);
        values = NULL;
    }
    if (!e && code)
        e = ldap_failed(ld, code, "reading an entry");
    if (ber)
        ber_free(ber, 0);
    return e;
}

/* Grows by doubling; the count is only what arrived. */
static enum err copy_page(LDAP *ld, LDAPMessage *page, const struct search *q, struct entries *ret)
{
    size_t max = q->max && q->max < SEARCH_ENTRIES_MOST ? q->max : SEARCH_ENTRIES_MOST;
    LDAPMessage *msg;
    enum err e = ERR_OK;

    for (msg = ldap_first_entry(ld, page); msg && !e; msg = ldap_next_entry(ld, msg)) {
        if (ret->count == max)
            return detail_fail(ERR_TOO_LONG, "the search finds more than %zu entries", max);
        if ((ret->count & (ret->count - 1)) == 0) {
            size_t room = ret->count ? 2 * ret->count : 1;
            struct entry *bigger = mem_resize(ret->entry, room * sizeof *bigger);

            if (!bigger)
                return ERR_NO_MEMORY;
            ret->entry = bigger;
        }
        memset(&ret->entry[ret->count], 0, sizeof *ret->entry);
        e = copy_entry(ld, msg, q->cut_values, &ret->entry[ret->count++]);
    }
    return e;
}

/* SEQUENCE { flags INTEGER }: OWNER 1, GROUP 2, DACL 4. Without it an account that may not read
 * the SACL sees nothing at all. */
static enum err sd_control(const struct search *q, LDAPControl **ret)
{
    struct berval value = { 0 };
    BerElement *ber = ber_alloc_t(LBER_USE_DER);
    int flags = q->dacl_only ? 4 : 7, code;

    if (!ber)
        return ERR_NO_MEMORY;
    if (ber_printf(ber, "{i}", flags) < 0 || ber_flatten2(ber, &value, 0) < 0) {
        ber_free(ber, 1);
        return ERR_NO_MEMORY;
    }
    code = ldap_control_create(OID_SD_FLAGS, 1, &value, 1, ret);
    ber_free(ber, 1);
    return code ? ERR_NO_MEMORY : ERR_OK;
}

static enum err send_page(LDAP *ld, const struct search *q, const struct paging *p,
                          unsigned timeout_ms, int *ret_id)
{
    struct berval cookie = { p->cookie.len, (char *)p->cookie.ptr };
    static const int scopes[] = { LDAP_SCOPE_BASE, LDAP_SCOPE_ONELEVEL, LDAP_SCOPE_SUBTREE };
    struct timeval wait = { .tv_sec = timeout_ms / 1000 + 1 };
    LDAPControl *controls[3] = { NULL, NULL, NULL };
    size_t n = 0;
    int code;
    enum err e = ERR_OK;

    if (q->scope != SEARCH_BASE) {
        code = ldap_create_page_control(ld, SEARCH_PAGE, &cookie, 1, &controls[n]);
        if (code)
            return ldap_failed(ld, code, "preparing a search");
        n++;
    }
    if (q->owner_and_dacl || q->dacl_only)
        e = sd_control(q, &controls[n]);
    if (!e) {
        code = ldap_search_ext(ld, q->base, scopes[q->scope], q->filter,
                               (char **)(uintptr_t)q->attrs, 0, controls, NULL, &wait, 0, ret_id);
        e = ldap_failed(ld, code, "sending a search");
    }
    ldap_control_free(controls[0]);
    ldap_control_free(controls[1]);
    return e;
}

static enum err next_cookie(LDAP *ld, LDAPControl **controls, struct paging *p)
{
    LDAPControl *c = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls, NULL);
    struct berval cookie = { 0 };
    ber_int_t total = 0;
    enum err e = ERR_OK;

    buf_free(&p->cookie);
    p->more = false;
    if (c && ldap_parse_pageresponse_control(ld, c, &total, &cookie))
        return detail_fail(ERR_MALFORMED, "the directory's paging is not understood");
    if (cookie.bv_len)
        e = copy_value(&cookie, &p->cookie);
    p->more = !e && cookie.bv_len > 0;
    ber_memfree(cookie.bv_val);
    return e;
}

static enum err take_page(LDAP *ld, int id, const struct search *q, struct paging *p,
                          unsigned timeout_ms, struct entries *ret)
{
    struct timeval wait = { .tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000 };
    LDAPMessage *msg = NULL;
    LDAPControl **controls = NULL;
    size_t had = ret->count;
    int answer = 0, code = ldap_result(ld, id, LDAP_MSG_ALL, &wait, &msg);
    enum err e;

    if (code == 0) {
        ldap_abandon_ext(ld, id, NULL, NULL);
        return detail_fail(ERR_TIMEOUT, "the directory did not answer within %u ms", timeout_ms);
    }
    if (code < 0) {
        ldap_get_option(ld, LDAP_OPT_RESULT_CODE, &code);
        return ldap_failed(ld, code ? code : LDAP_SERVER_DOWN, "waiting for a search");
    }
    code = ldap_parse_result(ld, msg, &answer, NULL, NULL, NULL, &controls, 0);
    e = ldap_failed(ld, code ? code : answer, "searching the directory");
    if (!e)
        e = copy_page(ld, msg, q, ret);
    if (!e)
        e = next_cookie(ld, controls, p);
    if (!e)
        e = paging_count(p, ret->count - had);
    ldap_controls_free(controls);
    ldap_msgfree(msg);
    return e;
}

void paging_done(struct paging *p)
{
    buf_free(&p->cookie);
    *p = (struct paging){ 0 };
}

enum err paging_count(struct paging *p, size_t got)
{
    p->empty = got ? 0 : p->empty + 1;
    if (p->more && p->empty >= PAGES_EMPTY_MOST)
        return detail_fail(ERR_DIRECTORY, "the directory sends pages without an entry");
    return ERR_OK;
}

enum err search_page(struct session *s, const struct search *q, struct paging *p,
                     struct entries *ret)
{
    LDAP *ld = session_take(s);
    int id = 0;
    enum err e = send_page(ld, q, p, session_timeout_ms(s), &id);

    if (!e)
        e = take_page(ld, id, q, p, session_timeout_ms(s), ret);
    session_give_back(s);
    return e;
}

enum err session_search(struct session *s, const struct search *q, struct entries *ret)
{
    struct paging p = { 0 };
    struct entries found = { 0 };
    enum err e;

    do
        e = search_page(s, q, &p, &found);
    while (!e && p.more);
    paging_done(&p);
    if (e)
        entries_free(&found);
    else
        *ret = found;
    return e;
}

const struct attribute *entry_attribute(const struct entry *e, const char *name)
{
    size_t i;

    for (i = 0; i < e->count; i++)
        if (strcasecmp(e->attribute[i].name, name) == 0 && e->attribute[i].count)
            return &e->attribute[i];
    return NULL;
}

const char *attribute_text(const struct attribute *a, size_t i)
{
    struct bytes v;

    if (!a || i >= a->count)
        return NULL;
    v = buf_view(a->value[i]);
    return memchr(v.ptr, 0, v.len) || !utf8_valid(v) ? NULL : (const char *)v.ptr;
}

const char *entry_text(const struct entry *e, const char *name)
{
    return attribute_text(entry_attribute(e, name), 0);
}

long long entry_number(const struct entry *e, const char *name, long long fallback)
{
    const char *text = entry_text(e, name);
    char *end = NULL;
    long long v = text ? strtoll(text, &end, 10) : fallback;

    return text && (end == text || *end) ? fallback : v;
}

enum err session_read(struct session *s, const char *base, const char *const *attrs,
                      struct entries *ret)
{
    struct search q = {
        .base = base, .scope = SEARCH_BASE, .filter = "(objectClass=*)", .attrs = attrs, .max = 1
    };
    enum err e = session_search(s, &q, ret);

    if (!e && ret->count == 0)
        e = detail_fail(ERR_NO_OBJECT, "\"%s\" is not in the directory", base);
    return e;
}
