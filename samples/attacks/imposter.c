/* SPDX-License-Identifier: Apache-2.0
 * imposter.c - a service under another account, waiting where the real one is expected.
 *
 *      imposter --listen HOST:PORT --account NAME --keytab FILE --name SPN
 *
 * He has an account of his own in the domain, with its key (FILE) and its name (SPN), and somebody
 * connects to him believing he is someone else. He tries what there is to try: to open the ticket,
 * and then to answer all the same, with a proof that would be right if he had been asked for by
 * his own name. Exits 0 when the caller went away, 1 when the caller believed him.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <countersign.h>

#include "conversation.h"

struct imposter {
    CredHandle credentials;
    const char *spn;
};

static SECURITY_STATUS accept_token(struct imposter *me, SecBuffer *in, CtxtHandle *context,
                                    SecBuffer *out)
{
    SecBufferDesc input = { SECBUFFER_VERSION, 1, in }, output = { SECBUFFER_VERSION, 1, out };
    const ULONG want = ASC_REQ_MUTUAL_AUTH | ASC_REQ_ALLOCATE_MEMORY;
    TimeStamp expiry;
    ULONG granted;

    *out = (SecBuffer){ 0, SECBUFFER_TOKEN, NULL };
    return AcceptSecurityContext(&me->credentials, NULL, &input, want, SECURITY_NATIVE_DREP,
                                 context, &output, &granted, &expiry);
}

/* A true answer to a question nobody asked: he calls himself, and keeps what he answered. */
static SECURITY_STATUS forge(struct imposter *me, SecBuffer *ret_answer)
{
    const ULONG want = ISC_REQ_MUTUAL_AUTH | ISC_REQ_INTEGRITY | ISC_REQ_CONFIDENTIALITY |
                       ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT | ISC_REQ_ALLOCATE_MEMORY;
    SecBuffer question = { 0, SECBUFFER_TOKEN, NULL };
    SecBufferDesc output = { SECBUFFER_VERSION, 1, &question };
    CtxtHandle caller, answerer;
    SECURITY_STATUS status;
    TimeStamp expiry;
    ULONG granted;

    status =
        InitializeSecurityContext(&me->credentials, NULL, me->spn, want, 0, SECURITY_NATIVE_DREP,
                                  NULL, 0, &caller, &output, &granted, &expiry);
    if (status != SEC_I_CONTINUE_NEEDED)
        return status;
    status = accept_token(me, &question, &answerer, ret_answer);
    FreeContextBuffer(question.pvBuffer);
    DeleteSecurityContext(&caller);
    if (status == SEC_E_OK)
        DeleteSecurityContext(&answerer);
    return status;
}

static SECURITY_STATUS log_on(struct imposter *me, const char *account, const char *keytab)
{
    CS_CREDENTIAL_OPTIONS how = {
        .size = sizeof how, .use = SECPKG_CRED_BOTH, .principal = account, .keytab = keytab
    };

    return CsAcquireCredentials(&how, &me->credentials, NULL);
}

/* 0 when the caller went away, 1 when he sent a message: then he believed us. */
static int deceive(struct imposter *me, int sock)
{
    static struct frame f;
    SecBuffer token, answer;
    CtxtHandle context;
    SECURITY_STATUS status;

    if (!receive_token(sock, &f, &token)) {
        fprintf(stderr, "no caller: %s\n", wire_error());
        return 2;
    }
    status = accept_token(me, &token, &context, &answer);
    if (!failed("imposter: AcceptSecurityContext", (DWORD)status)) {
        puts("imposter: the ticket opens with my key, I am who was asked for");
        return 1;
    }
    if (answer.pvBuffer)
        FreeContextBuffer(answer.pvBuffer);
    status = forge(me, &answer);
    if (failed("imposter: no answer to give", (DWORD)status))
        return 2;
    puts("imposter: I cannot open the ticket, so I answer with a proof of my own");
    if (!send_token(sock, &answer) || !wire_receive(sock, &f)) {
        puts("imposter: the caller went away");
        return 0;
    }
    puts("imposter: the caller speaks to me: he believed it");
    return 1;
}

int main(int argc, char **argv)
{
    struct imposter me = { 0 };
    const char *address = NULL, *account = NULL, *keytab = NULL;
    const struct option_value values[] = {
        { "--listen", &address },
        { "--account", &account },
        { "--keytab", &keytab },
        { "--name", &me.spn },
    };
    char name[WIRE_NAME];
    int listener, sock;

    if (argc < 1 || !option_values(argv + 1, values, sizeof values / sizeof *values) || !address ||
        !account || !keytab || !me.spn) {
        fprintf(stderr, "usage: %s --listen HOST:PORT --account NAME --keytab FILE --name SPN\n",
                argv[0]);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (failed("CsAcquireCredentials", (DWORD)log_on(&me, account, keytab)))
        return 2;
    listener = wire_listen(address);
    if (listener >= 0) {
        wire_name(listener, false, name);
        printf("listening on %s\n", name);
    }
    sock = listener >= 0 ? wire_accept(listener) : -1;
    if (sock < 0) {
        fprintf(stderr, "%s\n", wire_error());
        return 2;
    }
    return deceive(&me, sock);
}
