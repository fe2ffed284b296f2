/* SPDX-License-Identifier: Apache-2.0
 * pac.c - the PAC of a ticket: proven, then made an identity.  [MS-PAC] 2.3 to 2.9, 4.1.2
 *
 * The KDC signs a PAC with the service's key and says in it whose it is and of which time, since
 * the ticket around it could have been made from the parts of two. libkrb5 compares all of that;
 * what stands in it is read by us.
 */
#include "kerberos/pac.h"

#include <errno.h>

#include "base/detail.h"
#include "kerberos/context.h"
#include "kerberos/error.h"

enum { PAC_LOGON_INFO = 1, PAC_DELEGATION_INFO = 11, PAC_REQUESTOR = 18 };

/* What Windows adds to everybody who comes over the network. */
static const struct sid everyone = { .authority = 1, .sub = { 0 }, .count = 1 };
static const struct sid network = { .authority = 5, .sub = { 2 }, .count = 1 };
static const struct sid authenticated = { .authority = 5, .sub = { 11 }, .count = 1 };
static const struct sid this_organization = { .authority = 5, .sub = { 15 }, .count = 1 };
static const struct sid other_organization = { .authority = 5, .sub = { 1000 }, .count = 1 };

enum { GUEST = 501, NT_NON_UNIQUE = 21 };

struct proof { /* one PAC while it is looked at */
    krb5_context krb;
    const krb5_ticket *ticket;
    krb5_keytab keys;
    krb5_pac pac;
    krb5_error_code code; /* what the peer is told */
};

static bool is_guest(const struct sid *s)
{
    return s->authority == 5 && s->count > 1 && s->sub[0] == NT_NON_UNIQUE &&
           s->sub[s->count - 1] == GUEST;
}

static enum err add_implied(struct identity *i)
{
    static const uint32_t usual = IDENTITY_MANDATORY | IDENTITY_BY_DEFAULT | IDENTITY_ENABLED;
    const struct sid *const each[] = { &everyone, &network, &authenticated, &this_organization };
    enum err e = ERR_OK;
    size_t k;

    for (k = 0; k < sizeof each / sizeof each[0] && !e; k++) {
        if (identity_has(i, each[k]) || (each[k] == &authenticated && is_guest(&i->user)) ||
            (each[k] == &this_organization && identity_has(i, &other_organization)))
            continue;
        e = identity_add(i, each[k], usual);
    }
    return e;
}

static bool may_have_opened(const struct proof *p, const krb5_keytab_entry *entry)
{
    return entry->key.enctype == p->ticket->enc_part.enctype;
}

/* By each key that may have opened the ticket: libkrb5 does not tell which did. */
static krb5_error_code verify(const struct proof *p)
{
    const krb5_enc_tkt_part *part = p->ticket->enc_part2;
    krb5_error_code code, best = KRB5_KT_NOTFOUND;
    krb5_keytab_entry entry;
    krb5_kt_cursor cursor;

    code = krb5_kt_start_seq_get(p->krb, p->keys, &cursor);
    if (code)
        return code;
    while (best && krb5_kt_next_entry(p->krb, p->keys, &entry, &cursor) == 0) {
        if (may_have_opened(p, &entry)) {
            code = krb5_pac_verify(p->krb, p->pac, part->times.authtime, part->client, &entry.key,
                                   NULL);
            /* Of another principal is worth more to know than of another key. */
            if (best != KRB5KRB_AP_WRONG_PRINC)
                best = code;
            if (!code)
                best = 0;
        }
        krb5_free_keytab_entry_contents(p->krb, &entry);
    }
    krb5_kt_end_seq_get(p->krb, p->keys, &cursor);
    return best;
}

static enum err not_proven(struct proof *p, krb5_error_code code)
{
    const char *text = error_message(code);

    if (code == ENOMEM)
        return ERR_NO_MEMORY;
    detail_library("krb5", code, text);
    if (code == KRB5KRB_AP_WRONG_PRINC) {
        p->code = KRB5KRB_AP_ERR_BADMATCH;
        detail_remedy("somebody with the key of this service or of its KDC makes tickets");
        return detail_fail(ERR_LOGON_DENIED, "the ticket's PAC is of another client or time");
    }
    p->code = KRB5KRB_AP_ERR_MODIFIED;
    detail_remedy("the PAC was altered, or its realm's KDC does not sign with this service's key");
    return detail_fail(ERR_ALTERED, "the ticket's PAC is not proven by its checksum: %.150s", text);
}

/* ERR_OK with nothing in ret where the PAC has no such part. */
static enum err part(const struct proof *p, krb5_ui_4 type, krb5_data *ret)
{
    krb5_error_code code = krb5_pac_get_buffer(p->krb, p->pac, type, ret);

    if (!code || code == ENOENT)
        return ERR_OK;
    return code == ENOMEM
               ? ERR_NO_MEMORY
               : detail_fail(ERR_MALFORMED, "the ticket's PAC has part %u more than once",
                             (unsigned)type);
}

/* Whom the KDC meant when it signed must be the user of the logon information.  [MS-PAC] 2.15 */
static enum err check_requestor(const struct proof *p, const struct identity *i)
{
    krb5_data data = { 0 };
    struct sid who;
    enum err e = part(p, PAC_REQUESTOR, &data);

    if (e || !data.data)
        return e;
    e = kerberos_pac_read_requestor(kerberos_data_bytes(&data), &who);
    if (e)
        e = detail_fail(e, "the requestor in the ticket's PAC is damaged");
    else if (!sid_equal(&who, &i->user))
        e = detail_fail(ERR_LOGON_DENIED, "the ticket's PAC was made for another requestor");
    krb5_free_data_contents(p->krb, &data);
    return e;
}

/* Through whom the client comes.  [MS-PAC] 2.9 */
static enum err read_services(const struct proof *p, struct identity *i)
{
    krb5_data data = { 0 };
    enum err e = part(p, PAC_DELEGATION_INFO, &data);

    if (e || !data.data)
        return e;
    e = kerberos_pac_read_delegation(kerberos_data_bytes(&data), i);
    krb5_free_data_contents(p->krb, &data);
    return e && e != ERR_NO_MEMORY
               ? detail_fail(e, "the delegation information in the ticket's PAC is damaged")
               : e;
}

static enum err read_parts(struct proof *p, struct identity **ret)
{
    krb5_data data = { 0 };
    struct identity *i = NULL;
    enum err e = part(p, PAC_LOGON_INFO, &data);

    if (e || !data.data)
        return e;
    e = kerberos_pac_read_logon(kerberos_data_bytes(&data), &i);
    krb5_free_data_contents(p->krb, &data);
    if (e)
        return e == ERR_NO_MEMORY ? e
                                  : detail_fail(e, "the logon information in the ticket's PAC "
                                                   "is damaged");
    e = check_requestor(p, i);
    if (!e)
        e = read_services(p, i);
    if (!e)
        e = add_implied(i);
    if (e) {
        identity_unref(i);
        return e;
    }
    *ret = i;
    return ERR_OK;
}

static enum err examine(struct proof *p, struct bytes message, struct identity **ret)
{
    krb5_error_code code = krb5_pac_parse(p->krb, message.ptr, message.len, &p->pac);

    p->code = KRB5KRB_AP_ERR_MODIFIED;
    if (code == ENOMEM)
        return ERR_NO_MEMORY;
    if (code)
        return detail_fail(ERR_MALFORMED, "the ticket's PAC of %zu bytes is damaged", message.len);
    code = verify(p);
    return code ? not_proven(p, code) : read_parts(p, ret);
}

enum err kerberos_pac_identity(krb5_context krb, const krb5_ticket *ticket, krb5_keytab keys,
                               struct identity **ret, krb5_error_code *ret_code)
{
    struct proof p = { .krb = krb, .ticket = ticket, .keys = keys };
    struct identity *i = NULL;
    krb5_authdata **found = NULL;
    krb5_error_code code;
    enum err e = ERR_OK;

    code = krb5_find_authdata(krb, ticket->enc_part2->authorization_data, NULL,
                              KRB5_AUTHDATA_WIN2K_PAC, &found);
    p.code = KRB5KRB_AP_ERR_MODIFIED;
    if (code)
        e = kerberos_fail(krb, code, "looking for the ticket's PAC");
    else if (found && found[0] && found[1])
        e = detail_fail(ERR_MALFORMED, "the ticket has several PACs");
    else if (found && found[0])
        e = examine(&p, bytes_of(found[0]->contents, found[0]->length), &i);
    krb5_pac_free(krb, p.pac);
    krb5_free_authdata(krb, found);
    if (e)
        *ret_code = p.code;
    else
        *ret = i;
    return e;
}
