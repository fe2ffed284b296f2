/* SPDX-License-Identifier: Apache-2.0
 * spn_explain.c - could this host accept that name?
 */
#include <stdio.h>
#include <string.h>

#include <countersign/diagnose.h>
#include <countersign/ntdsapi.h>

#include "base/detail.h"

#include "out.h"
#include "spn.h"

/* [MS-KILE] 2.2.7: bit of msDS-SupportedEncryptionTypes, Kerberos' number, name */
static const struct {
    ULONG bit, number;
    const char *name;
} types[] = {
    { 0x10, 18, "AES256" }, { 0x08, 17, "AES128" }, { 0x04, 23, "RC4" },
    { 0x02, 3, "DES-MD5" }, { 0x01, 1, "DES-CRC" },
};

enum { TYPES = sizeof types / sizeof *types };

const char *spn_types_text(ULONG bits, char to[64])
{
    size_t used = 0;
    size_t i;

    to[0] = '\0';
    for (i = 0; i < TYPES; i++) {
        if (bits & types[i].bit)
            used += (size_t)snprintf(to + used, 64 - used, "%s%s", used ? " " : "", types[i].name);
    }
    return to;
}

static ULONG bit_of(ULONG number)
{
    size_t i;

    for (i = 0; i < TYPES; i++) {
        if (types[i].number == number)
            return types[i].bit;
    }
    return 0;
}

static bool same_name(const char *principal, const char *name)
{
    size_t len = strcspn(principal, "@");

    return strlen(name) == len && strncasecmp(principal, name, len) == 0;
}

/* A key is the account's under any of its names; the acceptor looks for keys, not for names. */
static bool names_account(const char *principal, const CS_SPN_ACCOUNT *account, const char *spn)
{
    DWORD i;

    if (same_name(principal, spn) || same_name(principal, account->name))
        return true;
    for (i = 0; i < account->spn_count; i++) {
        if (same_name(principal, account->spns[i]))
            return true;
    }
    return false;
}

void spn_match_keys(const CS_SPN_ACCOUNT *account, const char *spn, const char *keytab,
                    struct spn_key_match *ret)
{
    CS_KEYTAB_ENTRY *entries = NULL;
    ULONG count = 0;
    ULONG i;
    struct spn_key_match m = { 0 };

    m.readable = CsReadKeytab(keytab, &entries, &count) == SEC_E_OK;
    for (i = 0; m.readable && i < count; i++) {
        if (!names_account(entries[i].principal, account, spn))
            continue;
        m.name = true;
        if (entries[i].kvno > m.newest)
            m.newest = entries[i].kvno;
        if (entries[i].kvno == account->key_version || account->key_version == 0) {
            m.version = true;
            m.types |= bit_of(entries[i].encryption_type);
        }
    }
    if (m.readable)
        FreeContextBuffer(entries);
    /* No types on the account means the KDC issues RC4 tickets. */
    m.acceptable =
        m.version && (m.types & (account->encryption_types ? account->encryption_types : 0x04));
    *ret = m;
}

struct verdict {
    const char *word;
    char why[512], fix[512];
};

static void judge(const CS_SPN_ACCOUNT *a, const struct spn_key_match *m, const char *keytab,
                  struct verdict *v)
{
    const char *path = keytab ? keytab : "the host's keytab";

    v->word = m->acceptable ? "acceptable" : "not acceptable here";
    if (m->acceptable)
        return;
    if (!m->readable) {
        snprintf(v->why, sizeof v->why, "%s", detail_get()->text);
        snprintf(v->fix, sizeof v->fix, "%s", detail_get()->remedy);
    } else if (!m->name) {
        snprintf(v->why, sizeof v->why, "%s holds no key of %s", path, a->name);
        snprintf(v->fix, sizeof v->fix, "export the keys of %s into it", a->name);
    } else if (!m->version) {
        snprintf(v->why, sizeof v->why, "%s holds version %u, the directory has %u", path,
                 m->newest, a->key_version);
        snprintf(v->fix, sizeof v->fix, "export the keys of %s anew", a->name);
    } else {
        snprintf(v->why, sizeof v->why, "no encryption type is common to %s and the account", path);
        snprintf(v->fix, sizeof v->fix,
                 "set msDS-SupportedEncryptionTypes of %s to 24 (AES) and export its keys anew",
                 a->name);
    }
}

static void print_explanation(const struct spn_request *q, const CS_SPN_ACCOUNT *a,
                              const struct spn_key_match *m, struct verdict *v)
{
    char account_types[64], keytab_types[64];

    spn_types_text(a->encryption_types, account_types);
    spn_types_text(m->types, keytab_types);
    if (q->d.json) {
        json_object(NULL);
        json_text("spn", q->args[0]);
        json_text("account", a->name);
        json_text("dn", a->dn);
        json_number("key_version_directory", a->key_version);
        json_number("key_version_keytab", m->newest);
        json_text("encryption_types_directory", account_types);
        json_text("encryption_types_keytab", keytab_types);
        json_bool("acceptable", m->acceptable);
        json_text("why", v->why[0] ? v->why : NULL);
        json_text("fix", v->fix[0] ? v->fix : NULL);
        json_end();
        return;
    }
    printf("name             %s\n", q->args[0]);
    printf("account          %s  %s\n", out_safe(a->name), out_safe(a->dn));
    printf("key version      %u in the directory, %u in %s\n", a->key_version, m->newest,
           q->keytab ? q->keytab : "the host's keytab");
    printf("encryption types %s in the directory, %s in the keytab\n",
           account_types[0] ? account_types : "none set (RC4)",
           keytab_types[0] ? keytab_types : "none");
    out_styled(m->acceptable ? OUT_GOOD : OUT_BAD, "%s", v->word);
    printf("%s%s\n", v->why[0] ? ": " : "", out_safe(v->why));
    if (v->fix[0])
        printf("  try: %s\n", out_safe(v->fix));
}

int spn_explain(struct spn_request *q)
{
    CS_SPN_ACCOUNT *accounts = NULL;
    struct spn_key_match match = { 0 };
    struct verdict verdict = { 0 };
    DWORD count = 0;
    DWORD status = CsListSpnAccounts(q->d.ds, q->args[0], &accounts, &count);
    int result = EXIT_NEGATIVE;

    if (status)
        return directory_fail("cannot explain the name", status);
    if (count == 1) {
        spn_match_keys(&accounts[0], q->args[0], q->keytab, &match);
        judge(&accounts[0], &match, q->keytab, &verdict);
        print_explanation(q, &accounts[0], &match, &verdict);
        result = match.acceptable ? EXIT_DONE : EXIT_NEGATIVE;
    } else if (count == 0) {
        out_fail("no account holds %s, so no KDC gives a ticket for it", q->args[0]);
        out_remedy("countersign spn add %s ACCOUNT", q->args[0]);
    } else {
        out_fail("%u accounts hold %s, so no KDC gives a ticket for it", count, q->args[0]);
        out_remedy("countersign spn duplicates, then spn delete it from all but one");
    }
    CsFreeSpnAccounts(accounts, count);
    return result;
}
