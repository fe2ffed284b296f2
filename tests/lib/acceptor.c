/* SPDX-License-Identifier: Apache-2.0
 * acceptor.c - a service that accepts one client.
 */
#include "lib/acceptor.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "lib/unit.h"

static bool move(int fd, bool out, void *p, size_t n)
{
    uint8_t *at = p;

    while (n) {
        ssize_t k = out ? send(fd, at, n, MSG_NOSIGNAL) : recv(fd, at, n, 0);

        if (k <= 0)
            return false;
        at += k;
        n -= (size_t)k;
    }
    return true;
}

static void answer(struct acceptor *a, int fd)
{
    static uint8_t in[65536];
    CredHandle cred;
    CtxtHandle ctx;
    bool begun = false;
    uint32_t head;
    ULONG flags;

    a->status = AcquireCredentialsHandleA(NULL, "Negotiate", SECPKG_CRED_INBOUND, NULL, NULL, NULL,
                                          NULL, &cred, NULL);
    if (a->status != SEC_E_OK)
        return;
    do {
        SecBuffer ib = { 0, SECBUFFER_TOKEN, in }, ob = { 0, SECBUFFER_TOKEN, NULL };
        SecBufferDesc id = { SECBUFFER_VERSION, 1, &ib }, od = { SECBUFFER_VERSION, 1, &ob };

        if (!move(fd, false, &head, 4) || ntohl(head) > sizeof in ||
            !move(fd, false, in, ntohl(head)))
            break;
        ib.cbBuffer = ntohl(head);
        a->status = AcceptSecurityContext(&cred, begun ? &ctx : NULL, &id,
                                          ASC_REQ_MUTUAL_AUTH | ASC_REQ_ALLOCATE_MEMORY |
                                              ASC_REQ_CONFIDENTIALITY,
                                          SECURITY_NATIVE_DREP, &ctx, &od, &flags, NULL);
        begun = begun || a->status == SEC_E_OK || a->status == SEC_I_CONTINUE_NEEDED;
        if (ob.cbBuffer) {
            head = htonl(ob.cbBuffer);
            if (move(fd, true, &head, 4))
                move(fd, true, ob.pvBuffer, ob.cbBuffer);
            FreeContextBuffer(ob.pvBuffer);
        }
    } while (a->status == SEC_I_CONTINUE_NEEDED);
    if (begun)
        DeleteSecurityContext(&ctx);
    FreeCredentialsHandle(&cred);
}

static void *accept_one(void *arg)
{
    struct acceptor *a = arg;
    struct timeval wait = { .tv_sec = 60 };
    int fd = accept(a->listener, NULL, NULL);

    if (fd < 0)
        return NULL;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    answer(a, fd);
    close(fd);
    return NULL;
}

void acceptor_listen(struct acceptor *a)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof at;

    a->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(a->listener, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(a->listener, 1), 0);
    assert_int_equal(getsockname(a->listener, (struct sockaddr *)&at, &len), 0);
    a->port = ntohs(at.sin_port);
    setenv("KRB5_KTNAME", a->keytab ? a->keytab : "", 1);
    assert_int_equal(pthread_create(&a->thread, NULL, accept_one, a), 0);
}

void acceptor_end(struct acceptor *a)
{
    shutdown(a->listener, SHUT_RDWR);
    pthread_join(a->thread, NULL);
    close(a->listener);
}
