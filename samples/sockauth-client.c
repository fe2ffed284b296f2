/* SPDX-License-Identifier: Apache-2.0
 * sockauth-client.c - finds a service in the directory and talks to it only once it proved itself.
 *
 *      sockauth-client --trust-account NAME [--say TEXT] [--whisper TEXT] [--connect HOST:PORT]
 *
 * What it knows beforehand stands in sockauth.h: a GUID to look for and a service class. What it
 * needs from its user is a reason to trust what the directory answers: anybody with an account may
 * publish an entry with that GUID, so the account that runs the service is named here.
 *
 *  - find: the directory's global catalog knows who published the GUID, the entry says where;
 *  - authenticate: name the service, not the address, and insist on its proof;
 *  - converse: sign what may be read, seal what may not, and believe only what opens.
 *
 * See sockauth-service.c for the other end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ntdsapi.h>
#include <scp.h>

#include "conversation.h"
#include "sockauth.h"

struct options {
    const char *trust_account, *trust_container, *connect, *say, *whisper;
};

/* ---- find ---- */

/* What the directory says is evidence, not proof: our answer to it is the policy. Of several
 * instances that satisfy it, the first will do. */
static CS_SERVICE_POINT *find(const struct options *o, CS_SERVICE_POINT ***ret_all,
                              DWORD *ret_count)
{
    CS_TRUST trust = { .account = o->trust_account, .container = o->trust_container };
    bool any = trust.account || trust.container;
    DWORD e =
        CsFindService(NULL, SOCKAUTH_GUID, SOCKAUTH_CLASS, any ? &trust : NULL, ret_all, ret_count);

    if (failed("CsFindService", e))
        return NULL;
    return (*ret_all)[0];
}

/* Where to connect is a hint and needs no proof: the wrong place cannot prove the right name. */
static int connect_to(const struct options *o, const CS_SERVICE_POINT *point)
{
    const char *where = o->connect                 ? o->connect
                        : point->binding_count > 0 ? point->bindings[0]
                                                   : "nowhere";
    int sock;

    printf("found       %s\n", point->dn);
    printf("  it says     %s, at %s\n", point->dns_name, where);
    printf("  account     %s\n", point->account);
    printf("  to prove    %s\n", point->spn);
    sock = wire_connect(where, point->dns_name);
    if (sock < 0)
        fprintf(stderr, "%s\n", wire_error());
    return sock;
}

/* ---- authenticate ---- */

/* spn is whom we expect, which is not where we connected to: an address may lead to anybody. The
 * KDC gives us a ticket that only the account holding that name can open, and only who opened it
 * can give the answer that InitializeSecurityContext asks for. */
static SECURITY_STATUS authenticate(int sock, CredHandle *credentials, const char *spn,
                                    CtxtHandle *context)
{
    /* MUTUAL_AUTH: without it we would have proved ourselves to whoever answered. INTEGRITY and
     * CONFIDENTIALITY: the messages after this. REPLAY and SEQUENCE: a message that comes twice,
     * late or not at all is noticed. */
    const ULONG want = ISC_REQ_MUTUAL_AUTH | ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY |
                       ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT | ISC_REQ_ALLOCATE_MEMORY;
    static struct frame f;
    SecBuffer in, out;
    SecBufferDesc input = { SECBUFFER_VERSION, 1, &in }, output = { SECBUFFER_VERSION, 1, &out };
    SECURITY_STATUS status;
    ULONG granted = 0;
    bool first = true;
    TimeStamp expiry;

    for (;;) {
        out = (SecBuffer){ 0, SECBUFFER_TOKEN, NULL };
        status = InitializeSecurityContext(credentials, first ? NULL : context, spn, want, 0,
                                           SECURITY_NATIVE_DREP, first ? NULL : &input, 0, context,
                                           &output, &granted, &expiry);
        first = false;
        if (!send_token(sock, &out))
            return SEC_E_INCOMPLETE_MESSAGE;
        if (status != SEC_I_CONTINUE_NEEDED)
            break;
        if (!receive_token(sock, &f, &in))
            return SEC_E_INCOMPLETE_MESSAGE;
    }

    /* What was granted is what counts. */
    if (status == SEC_E_OK && (granted & ISC_RET_MUTUAL_AUTH) == 0)
        status = SEC_E_MUTUAL_AUTH_FAILED;
    return status;
}

/* ---- converse ---- */

static SECURITY_STATUS exchange(int sock, CtxtHandle *context, enum wire_kind kind,
                                const char *text)
{
    static struct frame f;
    const char *word = kind == WIRE_SIGNED ? "signed" : "sealed", *answer = NULL;
    SECURITY_STATUS status = say(sock, context, kind, text);

    if (failed(kind == WIRE_SIGNED ? "MakeSignature" : "EncryptMessage", (DWORD)status))
        return status;
    printf("I say, %s: \"%s\"\n", word, text);
    if (!wire_receive(sock, &f)) {
        fprintf(stderr, "no answer: %s\n", wire_error());
        return SEC_E_INCOMPLETE_MESSAGE;
    }
    /* An answer to a sealed question must be sealed: else a relay could ask us to read in public.
     */
    status = f.kind == kind ? hear(context, &f, &answer) : SEC_E_INVALID_TOKEN;
    if (!failed(f.kind == WIRE_SIGNED ? "VerifySignature" : "DecryptMessage", (DWORD)status))
        printf("it says, %s: \"%s\"\n", word, answer);
    return status;
}

static SECURITY_STATUS converse(const struct options *o, int sock, CtxtHandle *context)
{
    SECURITY_STATUS status = SEC_E_OK;

    if (o->say)
        status = exchange(sock, context, WIRE_SIGNED, o->say);
    if (status == SEC_E_OK && o->whisper)
        status = exchange(sock, context, WIRE_SEALED, o->whisper);
    return status;
}

/* ---- all of it ---- */

static SECURITY_STATUS talk(const struct options *o, int sock, const CS_SERVICE_POINT *point)
{
    CredHandle credentials;
    CtxtHandle context;
    SecPkgContext_NativeNamesA names = { 0 };
    SECURITY_STATUS status;

    /* Our own: whoever ran kinit, or logged on. */
    status = AcquireCredentialsHandle(NULL, NEGOSSP_NAME, SECPKG_CRED_OUTBOUND, NULL, NULL, NULL,
                                      NULL, &credentials, NULL);
    if (failed("AcquireCredentialsHandle", (DWORD)status))
        return status;
    SecInvalidateHandle(&context);
    status = authenticate(sock, &credentials, point->spn, &context);
    if (status == SEC_E_OK)
        status = QueryContextAttributesA(&context, SECPKG_ATTR_NATIVE_NAMES, &names);
    if (!failed("InitializeSecurityContext", (DWORD)status)) {
        printf("both of us are who we say we are\n");
        printf("  I am        %s\n", names.sClientName);
        printf("  it is       %s\n", names.sServerName);
        print_protection(&context);
        FreeContextBuffer(names.sClientName);
        FreeContextBuffer(names.sServerName);
        status = converse(o, sock, &context);
    } else if (status == SEC_E_INCOMPLETE_MESSAGE) {
        fprintf(stderr, "%s\n", wire_error());
    }
    if (SecIsValidHandle(&context))
        DeleteSecurityContext(&context);
    FreeCredentialsHandle(&credentials);
    return status;
}

int main(int argc, char **argv)
{
    struct options o = { 0 };
    const struct option_value values[] = {
        { "--trust-account", &o.trust_account },
        { "--trust-container", &o.trust_container },
        { "--connect", &o.connect },
        { "--say", &o.say },
        { "--whisper", &o.whisper },
    };
    CS_SERVICE_POINT **all = NULL, *point;
    DWORD count = 0;
    SECURITY_STATUS status = SEC_E_TARGET_UNKNOWN;
    int sock = -1;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 1 || !option_values(argv + 1, values, sizeof values / sizeof *values)) {
        fprintf(stderr,
                "usage: %s [--trust-account NAME] [--trust-container DN] [--connect HOST:PORT]\n"
                "          [--say TEXT] [--whisper TEXT]\n",
                argv[0]);
        return 2;
    }
    point = find(&o, &all, &count);
    if (point)
        sock = connect_to(&o, point);
    if (sock >= 0) {
        status = talk(&o, sock, point);
        close(sock);
    }
    CsFreeServicePoints(all, count);
    return status == SEC_E_OK ? 0 : 1;
}
