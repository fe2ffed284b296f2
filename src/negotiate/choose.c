/* SPDX-License-Identifier: Apache-2.0
 * choose.c - the table of mechanisms and the choice among them.  RFC 4178 4.1, 5
 */
#include "negotiate/choose.h"

#include <stdio.h>
#include <strings.h>

#include "asn1/der.h"
#include "base/detail.h"
#include "negotiate/neg_token.h"

static const uint8_t oid_ms_kerberos[] = { 0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02 };
static const uint8_t oid_kerberos[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02 };
static const uint8_t oid_user[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x03 };
static const uint8_t oid_ntlm[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x02, 0x0a };
static const uint8_t raw_kerberos[] = { 0x6e }; /* an AP-REQ as it is in DCE style */
static const uint8_t raw_ntlm[] = { 'N', 'T', 'L', 'M', 'S', 'S', 'P', 0 };

#define BYTES(array)                                                                               \
    {                                                                                              \
        (array), sizeof(array)                                                                     \
    }

/* In order of preference. Windows 2000 wrote Kerberos' OID with an arc cut to 16 bits; Windows
 * offers that one first to this day, and answers with it. */
/* clang-format off */
static const struct negotiate_mech mechs[] = {
    { BYTES(oid_ms_kerberos), "Kerberos", { 0 },               "1.2.840.48018.1.2.2",    false },
    { BYTES(oid_kerberos),    "Kerberos", BYTES(raw_kerberos), "1.2.840.113554.1.2.2",   false },
    { BYTES(oid_user),        "Kerberos", { 0 },               "1.2.840.113554.1.2.2.3", true },
    { BYTES(oid_ntlm),        "NTLM",     BYTES(raw_ntlm),     "1.3.6.1.4.1.311.2.2.10", false },
};
/* clang-format on */

const struct negotiate_mech *negotiate_mech_row(size_t i)
{
    return i < sizeof mechs / sizeof *mechs ? &mechs[i] : NULL;
}

const struct negotiate_mech *negotiate_mech_find(struct bytes oid)
{
    size_t i;

    for (i = 0; i < sizeof mechs / sizeof *mechs; i++)
        if (bytes_equal(oid, mechs[i].oid))
            return &mechs[i];
    return NULL;
}

bool negotiate_mech_fits(const struct negotiate_mech *mech, uint32_t flags)
{
    return mech->user_to_user == ((flags & CONTEXT_USE_SESSION_KEY) != 0);
}

/* The next word of a comma-separated list without the spaces around it. */
static struct bytes next_word(const char **list)
{
    const char *start = *list + strspn(*list, ", \t");
    size_t len = strcspn(start, ",");

    *list = start + len;
    while (len && strchr(" \t", start[len - 1]))
        len--;
    return bytes_of(start, len);
}

bool negotiate_list_allows(const char *list, const char *package)
{
    size_t len = strlen(package);
    bool named = false, others_named = false;

    while (list && *list) {
        struct bytes word = next_word(&list);
        bool forbids = word.len && word.ptr[0] == '!';
        const char *name = (const char *)word.ptr + forbids;

        if (word.len - forbids == len && strncasecmp(name, package, len) == 0) {
            if (forbids)
                return false;
            named = true;
        } else if (word.len && !forbids) {
            others_named = true;
        }
    }
    return named || !others_named;
}

const struct negotiate_entry *negotiate_entry_find(const struct negotiate_credential *c,
                                                   const struct negotiate_mech *mech)
{
    size_t i;

    for (i = 0; mech && i < c->count; i++)
        if (strcmp(c->entry[i].package->name, mech->package) == 0)
            return &c->entry[i];
    return NULL;
}

static enum err nothing_in_common(const struct negotiate_credential *c, struct bytes mech_types)
{
    struct reader r = negotiate_mech_types(mech_types);
    char text[ASN1_OID_TEXT], offered[DETAIL_NAME] = "", held[DETAIL_NAME] = "";
    struct bytes oid;
    size_t i;

    while (negotiate_mech_types_next(&r, &oid)) {
        size_t used = strlen(offered);

        asn1_oid_format(oid, text);
        snprintf(offered + used, sizeof offered - used, "%s%s", used ? ", " : "", text);
    }
    for (i = 0; i < c->count; i++) {
        size_t used = strlen(held);

        snprintf(held + used, sizeof held - used, "%s%s", used ? ", " : "",
                 c->entry[i].package->name);
    }
    detail_set(detail_get()->tried, offered);
    detail_remedy("let both sides use one package, Kerberos for instance");
    return detail_fail(ERR_NO_PACKAGE,
                       "the initiator offers the mechanisms %s, we hold credentials for %s",
                       offered, held);
}

enum err negotiate_choose(const struct negotiate_credential *c, uint32_t flags,
                          struct bytes mech_types, struct negotiate_choice *ret)
{
    struct reader r = negotiate_mech_types(mech_types);
    struct bytes oid;
    size_t i;

    for (i = 0; negotiate_mech_types_next(&r, &oid); i++) {
        const struct negotiate_mech *mech = negotiate_mech_find(oid);
        const struct negotiate_entry *entry = negotiate_entry_find(c, mech);

        if (!entry || !negotiate_mech_fits(mech, flags))
            continue;
        *ret = (struct negotiate_choice){ mech, entry, i };
        return ERR_OK;
    }
    return nothing_in_common(c, mech_types);
}

bool negotiate_prefers_other(const struct negotiate_credential *c,
                             const struct negotiate_entry *taken)
{
    return c->count && &c->entry[0] != taken;
}

enum err negotiate_offer(const struct negotiate_credential *c, size_t first, uint32_t flags,
                         struct buf *ret)
{
    struct writer w = writer_new(NEGOTIATE_TOKEN_MAX);
    size_t seq = asn1_begin(&w, ASN1_SEQUENCE);
    const struct negotiate_entry *entry;
    size_t i;

    for (i = 0; i < sizeof mechs / sizeof *mechs; i++) {
        entry = negotiate_entry_find(c, &mechs[i]);
        if (entry && entry >= &c->entry[first] && negotiate_mech_fits(&mechs[i], flags))
            asn1_write(&w, ASN1_OID, mechs[i].oid);
    }
    asn1_end(&w, seq);
    return writer_take(&w, ret);
}
