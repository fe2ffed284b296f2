/* SPDX-License-Identifier: Apache-2.0
 * doctor_exchange.c - both ends of one authentication in this process.
 */
#include "doctor_exchange.h"

#include <stdio.h>

#include <countersign/countersign.h>

/* One token in, one token out; a first leg has no token in. */
struct leg {
    SecBuffer in, out;
    SecBufferDesc in_desc, out_desc;
};

static void leg_prepare(struct leg *l, const SecBuffer *token)
{
    *l = (struct leg){ 0 };
    l->in =
        (SecBuffer){ token ? token->cbBuffer : 0, SECBUFFER_TOKEN, token ? token->pvBuffer : NULL };
    l->out = (SecBuffer){ 0, SECBUFFER_TOKEN, NULL };
    l->in_desc = (SecBufferDesc){ SECBUFFER_VERSION, 1, &l->in };
    l->out_desc = (SecBufferDesc){ SECBUFFER_VERSION, 1, &l->out };
}

/* A step that fails may leave a token too: what to tell the peer. */
static void leg_free(struct leg *l)
{
    if (l->out.pvBuffer)
        FreeContextBuffer(l->out.pvBuffer);
}

static bool failed(struct doctor *d, const char *name, SECURITY_STATUS status)
{
    if (status >= 0)
        return false;
    doctor_note_failure(d, name);
    return true;
}

static void finish(struct doctor *d, CredHandle *client, CtxtHandle *initiator, struct leg *first,
                   CredHandle *service, CtxtHandle *acceptor)
{
    struct leg second, third;
    ULONG got = 0;
    SECURITY_STATUS status;

    leg_prepare(&second, &first->out);
    status = AcceptSecurityContext(service, NULL, &second.in_desc, ASC_REQ_ALLOCATE_MEMORY,
                                   SECURITY_NATIVE_DREP, acceptor, &second.out_desc, &got, NULL);
    if (!failed(d, "decrypt to self", status)) {
        doctor_note(d, "decrypt to self", FINDING_OK, "this host's keytab opens that ticket");
        leg_prepare(&third, &second.out);
        status = InitializeSecurityContextA(
            client, initiator, d->spn, ISC_REQ_MUTUAL_AUTH | ISC_REQ_ALLOCATE_MEMORY, 0,
            SECURITY_NATIVE_DREP, &third.in_desc, 0, initiator, &third.out_desc, &got, NULL);
        if (!failed(d, "mutual", status))
            doctor_note(d, "mutual", FINDING_OK, "both ends proved who they are");
        leg_free(&third);
    }
    leg_free(&second);
}

void doctor_exchange(struct doctor *d, CredHandle *client)
{
    CS_CREDENTIAL_OPTIONS options = { .size = sizeof options,
                                      .use = SECPKG_CRED_INBOUND,
                                      .package = "Kerberos",
                                      .keytab = d->keytab };
    CtxtHandle initiator = { 0 };
    CtxtHandle acceptor = { 0 };
    CredHandle service = { 0 };
    struct leg first;
    ULONG got = 0;
    SECURITY_STATUS status;

    leg_prepare(&first, NULL);
    status = InitializeSecurityContextA(
        client, NULL, d->spn, ISC_REQ_MUTUAL_AUTH | ISC_REQ_ALLOCATE_MEMORY, 0,
        SECURITY_NATIVE_DREP, NULL, 0, &initiator, &first.out_desc, &got, NULL);
    if (failed(d, "service ticket", status)) {
        leg_free(&first);
        return;
    }
    doctor_note(d, "service ticket", FINDING_OK, "for %s", d->spn);
    status = CsAcquireCredentials(&options, &service, NULL);
    if (!failed(d, "decrypt to self", status)) {
        finish(d, client, &initiator, &first, &service, &acceptor);
        DeleteSecurityContext(&acceptor);
        FreeCredentialsHandle(&service);
    }
    DeleteSecurityContext(&initiator);
    leg_free(&first);
}
