/* SPDX-License-Identifier: Apache-2.0
 * doctor_checks.c - the checks, in the order of the way authentication goes.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <countersign/countersign.h>
#include <countersign/diagnose.h>
#include <countersign/enroll.h>
#include <countersign/ntdsapi.h>

#include "base/detail.h"

#include "doctor.h"
#include "doctor_exchange.h"
#include "out.h"
#include "spn.h"

enum { SKEW_LIMIT = 300, SKEW_NOTE = 60, PROBE_MS = 3000, SERVERS = 8 };

/* A misspelt rule protects nobody, and a service's log may go nowhere. */
static void check_policy(struct doctor *d)
{
    char doubts[2048] = "";
    struct finding *f = NULL;

    if (CsGetPolicyDoubts(doubts, sizeof doubts) != SEC_E_OK) {
        doctor_note_failure(d, "policy");
        return;
    }
    if (!doubts[0]) {
        doctor_note(d, "policy", FINDING_OK, "each line of it is understood");
        return;
    }
    doubts[strcspn(doubts, "\n")] = '\0';
    f = doctor_note(d, "policy", FINDING_FAILED, "%s", doubts);
    doctor_fix(f, "the switches are in countersign.conf(5); correct the line");
}

/* Whose realm? That of the ticket, or of --user's domain. */
static bool check_ticket(struct doctor *d, CredHandle *cred)
{
    CS_CREDENTIAL_OPTIONS options = { .size = sizeof options,
                                      .use = SECPKG_CRED_OUTBOUND,
                                      .package = "Kerberos",
                                      .user = d->directory.options.user,
                                      .domain = d->directory.options.domain,
                                      .password = d->directory.options.password };
    SecPkgCredentials_NamesA names = { 0 };
    const char *at = NULL;

    if (CsAcquireCredentials(&options, cred, NULL) != SEC_E_OK ||
        QueryCredentialsAttributesA(cred, SECPKG_CRED_ATTR_NAMES, &names) != SEC_E_OK) {
        doctor_note_failure(d, "credentials");
        return false;
    }
    doctor_note(d, "credentials", FINDING_OK, "%s", names.sUserName);
    at = strrchr(names.sUserName, '@');
    if (at)
        snprintf(d->realm, sizeof d->realm, "%s", at + 1);
    FreeContextBuffer(names.sUserName);
    return true;
}

/* Without a ticket: --domain, else what follows the host in the name asked about. */
static void guess_realm(struct doctor *d)
{
    const char *from = d->directory.options.domain;
    size_t i;

    if (d->realm[0])
        return;
    if (!from && (from = strchr(d->spn, '.')))
        from++;
    snprintf(d->realm, sizeof d->realm, "%s", from ? from : "");
    for (i = 0; d->realm[i]; i++)
        d->realm[i] = (char)toupper((unsigned char)d->realm[i]);
    d->realm[strcspn(d->realm, ":/@")] = '\0';
}

static void default_spn(struct doctor *d)
{
    char host[200] = "";

    if (d->spn[0] || gethostname(host, sizeof host - 1))
        return;
    if (strchr(host, '.') || !d->directory.options.domain)
        snprintf(d->spn, sizeof d->spn, "host/%s", host);
    else
        snprintf(d->spn, sizeof d->spn, "host/%s.%s", host, d->directory.options.domain);
}

static void check_record(struct doctor *d, const char *name, const char *prefix)
{
    CS_SERVER servers[SERVERS];
    ULONG count = SERVERS;
    char record[300];
    struct finding *f = NULL;

    snprintf(record, sizeof record, "%s.%s", prefix, d->realm);
    if (CsLookupServers(record, servers, &count) != SEC_E_OK) {
        f = doctor_note(d, name, FINDING_FAILED, "DNS has no %s", record);
        doctor_fix(f, "let this host ask the domain's DNS server, or name it in COUNTERSIGN_DNS");
    } else if (!servers[0].address[0]) {
        f = doctor_note(d, name, FINDING_FAILED, "%s names %s, which has no address", record,
                        servers[0].host);
        doctor_fix(f, "register the address of %s in DNS", servers[0].host);
    } else {
        doctor_note(d, name, FINDING_OK, "%s at %s%s", servers[0].host, servers[0].address,
                    count > 1 ? ", and others" : "");
    }
}

static bool check_kdc(struct doctor *d)
{
    CS_KDC_PROBE probe;
    struct finding *f = NULL;
    unsigned skew;

    if (CsProbeKdc(d->realm, NULL, PROBE_MS, &probe) != SEC_E_OK) {
        doctor_note_failure(d, "KDC");
        return false;
    }
    doctor_note(d, "KDC", FINDING_OK, "%s answers in %.1f ms", probe.server,
                probe.round_trip / 1000.0);
    skew = (unsigned)abs(probe.skew);
    if (skew <= SKEW_NOTE) {
        doctor_note(d, "clock", FINDING_OK, "%u s from the KDC's", skew);
        return true;
    }
    f = doctor_note(d, "clock", skew > SKEW_LIMIT ? FINDING_FAILED : FINDING_WARNING,
                    "the KDC's is %u s %s; Kerberos allows %d", skew,
                    probe.skew > 0 ? "ahead" : "behind", SKEW_LIMIT);
    doctor_fix(f,
               "synchronize this host's clock with the domain's (chronyc makestep, or ntpd -gq)");
    return skew <= SKEW_LIMIT;
}

static void judge_keys(struct doctor *d, const CS_SPN_ACCOUNT *a)
{
    const char *path = d->keytab ? d->keytab : "the host's keytab";
    struct spn_key_match m;
    struct finding *f = NULL;
    char types[64];

    if (!a->encryption_types) {
        f = doctor_note(d, "encryption", FINDING_WARNING, "%s has no encryption types set: RC4",
                        a->name);
        doctor_fix(f, "set msDS-SupportedEncryptionTypes of %s to 24 and its password anew",
                   a->name);
    } else {
        doctor_note(d, "encryption", FINDING_OK, "%s has %s", a->name,
                    spn_types_text(a->encryption_types, types));
    }
    spn_match_keys(a, d->spn, d->keytab, &m);
    if (!m.readable) {
        doctor_note_failure(d, "keytab");
    } else if (!m.name) {
        f = doctor_note(d, "keytab", FINDING_FAILED, "%s holds no key of %s", path, a->name);
        doctor_fix(f, "export the keys of %s into it", a->name);
    } else if (!m.version) {
        f = doctor_note(d, "keytab", FINDING_FAILED, "%s holds key version %u, the directory %u",
                        path, m.newest, a->key_version);
        doctor_fix(f, "export the keys of %s anew: its password was changed since", a->name);
    } else {
        doctor_note(d, "keytab", m.acceptable ? FINDING_OK : FINDING_FAILED, "version %u, %s",
                    m.newest, spn_types_text(m.types, types));
    }
}

/* Who could publish keys for queued messages in the name of the account that holds the service's.
 */
static void check_message_keys(struct doctor *d, const char *account)
{
    static const char name[] = "message keys";
    CS_CERT_WRITER *w = NULL;
    CS_CERT *certs = NULL;
    DWORD n = 0, count = 0, strange = 0, i;
    char who[384] = "";
    size_t used = 0;
    struct finding *f;

    if (CsCertList(d->directory.ds, account, &certs, &count, NULL) != ERROR_SUCCESS) {
        f = doctor_note(d, name, FINDING_WARNING, "%s", detail_get()->text);
        doctor_fix(f, "%s", detail_get()->remedy);
        return;
    }
    for (i = 0; i < count; i++)
        strange += certs[i].state == CS_CERT_FOREIGN || certs[i].state == CS_CERT_BROKEN;
    CsCertFree(certs, count);
    if (strange) {
        f = doctor_note(d, name, FINDING_WARNING,
                        "%u of %u certificates of %s were put there by somebody else", strange,
                        count, account);
        doctor_fix(f, "countersign cert list --account, then cert revoke ID");
    }
    if (CsCertWriters(d->directory.ds, account, &w, &n) != ERROR_SUCCESS) {
        doctor_note(d, name, FINDING_OK, "%u published; who may write them is not told to you",
                    count);
        return;
    }
    for (i = 0; i < n && used < sizeof who - 1; i++) {
        int k = snprintf(who + used, sizeof who - used, "%s%s", i ? ", " : "",
                         w[i].name ? w[i].name : w[i].sid);

        used += k > 0 ? (size_t)k : 0;
    }
    CsCertWritersFree(w, n);
    doctor_note(d, name, FINDING_OK, "%u published; besides the account these may write them: %s",
                count, n ? who : "nobody");
}

static bool check_directory(struct doctor *d)
{
    CS_SPN_ACCOUNT *accounts = NULL;
    struct finding *f = NULL;
    DWORD count = 0;
    DWORD status;

    d->directory.options.size = sizeof d->directory.options;
    if (CsBindDirectory(&d->directory.options, &d->directory.ds)) {
        doctor_note_failure(d, "directory");
        return false;
    }
    doctor_note(d, "directory", FINDING_OK, "bound, signed and sealed");
    status = CsListSpnAccounts(d->directory.ds, d->spn, &accounts, &count);
    if (status == ERROR_SUCCESS && count == 1) {
        doctor_note(d, "name", FINDING_OK, "%s is held by %s", d->spn, accounts[0].dn);
        judge_keys(d, &accounts[0]);
        check_message_keys(d, accounts[0].dn);
    } else if (status == ERROR_SUCCESS && count > 1) {
        f = doctor_note(d, "name", FINDING_FAILED, "%u accounts hold %s: %s, %s%s", count, d->spn,
                        accounts[0].name, accounts[1].name, count > 2 ? " and others" : "");
        doctor_fix(f, "countersign spn delete %s from all but one", d->spn);
    } else if (status == ERROR_SUCCESS || status == ERROR_DS_NO_SUCH_OBJECT) {
        f = doctor_note(d, "name", FINDING_FAILED, "no account holds %s", d->spn);
        doctor_fix(f, "countersign spn add %s ACCOUNT", d->spn);
    } else {
        doctor_note_failure(d, "name");
    }
    CsFreeSpnAccounts(accounts, count);
    return status == ERROR_SUCCESS && count == 1;
}

void doctor_examine(struct doctor *d)
{
    CredHandle client = { 0 };
    bool ticket = false;

    if (d->directory.options.user && !d->directory.options.password)
        d->directory.options.password = getenv("COUNTERSIGN_PASSWORD");
    check_policy(d);
    default_spn(d);
    out_progress("looking for credentials");
    ticket = check_ticket(d, &client);
    guess_realm(d);
    out_progress("asking DNS");
    check_record(d, "DNS, KDC", "_kerberos._tcp");
    check_record(d, "DNS, directory", "_ldap._tcp.dc._msdcs");
    out_progress("asking the KDC");
    if (check_kdc(d) && ticket) {
        out_progress("asking the directory");
        check_directory(d);
        out_progress("asking for a service ticket");
        doctor_exchange(d, &client);
    } else {
        doctor_note(d, "service ticket", FINDING_NOT_REACHED, "what stands above comes first");
    }
    out_progress(NULL);
    if (ticket)
        FreeCredentialsHandle(&client);
}
