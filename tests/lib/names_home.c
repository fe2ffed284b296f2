/* SPDX-License-Identifier: Apache-2.0
 * names_home.c - what tests of services that are found by name share.
 */
#include "lib/names_home.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "lib/bound.h"
#include "lib/unit.h"
#include "names/place.h"

void expect(DWORD code, DWORD want, const char *what)
{
    if (code != want)
        fail_msg("%s: %u, expected %u: %s", what, code, want, detail_get()->text);
}

static void dn_of_account(const char *account, char ret[400])
{
    snprintf(ret, 400, "CN=%s,CN=Users,%s", account, unit_env("DOMAIN_DN"));
}

void names_home_raise(struct names_home *h, DWORD kind, const char *service_class)
{
    h->kind = kind;
    h->service_class = service_class;
    h->admin = bind_as(unit_env("ADMIN"), unit_env("ADMIN_PASSWORD"));
    h->svc = bind_as(unit_env("SERVICE_ACCOUNT"), unit_env("SERVICE_PASSWORD"));
    h->other = bind_as(unit_env("OTHER"), unit_env("OTHER_PASSWORD"));
    h->client = bind_as(unit_env("PERSON"), unit_env("PERSON_PASSWORD"));
    dn_of_account(unit_env("SERVICE_ACCOUNT"), h->svc_dn);
    dn_of_account(unit_env("OTHER"), h->other_dn);
    expect(CsGrantNames(h->admin, unit_env("SERVICE_ACCOUNT"), kind, NULL, NULL), ERROR_SUCCESS,
           "grant");
    expect(CsGrantNames(h->admin, unit_env("OTHER"), kind, NULL, NULL), ERROR_SUCCESS, "grant");
}

void names_home_leave(struct names_home *h)
{
    expect(CsRevokeNames(h->admin, unit_env("SERVICE_ACCOUNT"), h->kind, NULL, NULL), ERROR_SUCCESS,
           "revoke");
    expect(CsRevokeNames(h->admin, unit_env("OTHER"), h->kind, NULL, NULL), ERROR_SUCCESS,
           "revoke");
    DsUnBindA(&h->admin);
    DsUnBindA(&h->svc);
    DsUnBindA(&h->other);
    DsUnBindA(&h->client);
}

char *names_home_dn(const struct names_home *h, const char *name)
{
    enum place where = h->kind == CS_NAMES_RPC ? PLACE_RPC : PLACE_WINSOCK;
    char *dn = NULL;

    assert_int_equal(place_entry(where, unit_env("DOMAIN_DN"), name, &dn), ERR_OK);
    return dn;
}

void write_spn(struct names_home *h, DS_SPN_WRITE_OP op, const char *account_dn, const char *host,
               const char *name)
{
    char *dn = names_home_dn(h, name), spn[1000];
    LPCSTR one = spn;
    DWORD room = sizeof spn;

    expect(
        DsMakeSpnA(h->service_class, dn, host ? host : unit_env("HOST_NAME"), 0, NULL, &room, spn),
        ERROR_SUCCESS, "composing an SPN");
    expect(DsWriteAccountSpnA(h->admin, op, account_dn, 1, &one), ERROR_SUCCESS, spn);
    mem_free(dn);
}

void publish(struct names_home *h, const CS_NAME *s)
{
    write_spn(h, DS_SPN_ADD_SPN_OP, h->svc_dn, s->dns_name, s->name);
    expect(CsPublishName(h->svc, s, NULL), ERROR_SUCCESS, "publish");
}

void withdraw(struct names_home *h, const CS_NAME *s)
{
    expect(CsWithdrawName(h->svc, s), ERROR_SUCCESS, "withdraw");
    write_spn(h, DS_SPN_DELETE_SPN_OP, h->svc_dn, s->dns_name, s->name);
}
