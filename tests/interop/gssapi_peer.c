/* SPDX-License-Identifier: Apache-2.0
 * gssapi_peer.c - our half of the conversation gssapi_peer.py holds.
 *
 *      gssapi_peer client PORT SPN PACKAGE mutual|one-way|dce
 *      gssapi_peer server PACKAGE
 *
 * Frames of a 4-byte length: the legs; then rounds of five frames each way, token, head, data,
 * tail and the signature over the data; the client begins each round, and an empty frame ends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/side.h"

static const size_t sizes[] = { 1, 15, 16, 17, 100, 1000, 4095, 4096, 4097, 65000 };
enum { ROUNDS = sizeof sizes / sizeof sizes[0] };

static void must(const char *what, SECURITY_STATUS ss)
{
    if (ss == SEC_E_OK)
        return;
    fprintf(stderr, "gssapi_peer: %s: 0x%08x\n", what, (unsigned)ss);
    exit(1);
}

static SECURITY_STATUS yes(bool good)
{
    return good ? SEC_E_OK : SEC_E_INTERNAL_ERROR;
}

static void send_round(struct side *s, int sock, struct bytes data)
{
    struct side_parts m = { 0 };
    struct buf mic = { 0 };

    must("memory", yes(!buf_copy(bytes_of_text("head"), &m.head) && !buf_copy(data, &m.data) &&
                       !buf_copy(bytes_of_text("the tail"), &m.tail)));
    must("wrap", side_wrap_parts(s, &m));
    must("sign", side_sign(s, data, &mic));
    must("send", yes(side_send(sock, buf_view(m.token)) && side_send(sock, buf_view(m.head)) &&
                     side_send(sock, buf_view(m.data)) && side_send(sock, buf_view(m.tail)) &&
                     side_send(sock, buf_view(mic))));
    buf_free(&mic);
    side_parts_free(&m);
}

/* False at the end of the conversation. */
static bool receive_round(struct side *s, int sock, struct buf *ret_data)
{
    struct side_parts m = { 0 };
    struct buf mic = { 0 };

    must("receive", yes(side_receive(sock, &m.token)));
    if (m.token.len == 0) {
        side_parts_free(&m);
        return false;
    }
    must("receive", yes(side_receive(sock, &m.head) && side_receive(sock, &m.data) &&
                        side_receive(sock, &m.tail) && side_receive(sock, &mic)));
    must("unwrap", side_unwrap_parts(s, &m));
    must("signature", side_verify(s, buf_view(m.data), buf_view(mic)));
    *ret_data = m.data;
    m.data = (struct buf){ 0 };
    buf_free(&mic);
    side_parts_free(&m);
    return true;
}

static int client(unsigned port, const char *spn, const char *package, const char *how)
{
    struct side s = { .target = spn,
                      .flags = ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY | ISC_REQ_REPLAY_DETECT |
                               ISC_REQ_SEQUENCE_DETECT };
    int sock = side_connect("127.0.0.1", port);
    struct buf data = { 0 }, back = { 0 };
    size_t i;

    must("connect", yes(sock >= 0));
    if (strcmp(how, "one-way") != 0)
        s.flags |= ISC_REQ_MUTUAL_AUTH;
    if (strcmp(how, "dce") == 0)
        s.flags |= ISC_REQ_USE_DCE_STYLE;
    must("credentials", side_begin(&s, package, true, NULL));
    must("authentication", side_talk(&s, sock));
    for (i = 0; i < ROUNDS; i++) {
        must("memory", yes(!buf_new(sizes[i], &data)));
        memset(data.ptr, 'a' + (int)i, data.len);
        send_round(&s, sock, buf_view(data));
        must("answer", yes(receive_round(&s, sock, &back)));
        must("the same data", yes(bytes_equal(buf_view(data), buf_view(back))));
        buf_free(&data);
        buf_free(&back);
    }
    must("send", yes(side_send(sock, (struct bytes){ 0 })));
    side_end(&s);
    close(sock);
    printf("%d rounds\n", ROUNDS);
    return 0;
}

static int server(const char *package)
{
    struct side s = { .flags = ASC_REQ_CONFIDENTIALITY | ASC_REQ_INTEGRITY };
    struct buf data = { 0 };
    unsigned port = 0;
    int listener = side_listen(0, &port);
    int sock, rounds = 0;

    must("credentials", side_begin(&s, package, false, NULL));
    printf("port %u\n", port);
    fflush(stdout);
    sock = accept(listener, NULL, NULL);
    must("accept", yes(sock >= 0));
    must("authentication", side_talk(&s, sock));
    for (; receive_round(&s, sock, &data); rounds++) {
        send_round(&s, sock, buf_view(data));
        buf_free(&data);
    }
    side_end(&s);
    close(sock);
    close(listener);
    printf("%d rounds\n", rounds);
    return rounds == 0;
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "client") == 0)
        return client((unsigned)atoi(argv[2]), argv[3], argv[4], argv[5]);
    if (argc == 3 && strcmp(argv[1], "server") == 0)
        return server(argv[2]);
    fprintf(stderr, "usage: gssapi_peer client PORT SPN PACKAGE mutual|one-way|dce\n"
                    "       gssapi_peer server PACKAGE\n");
    return 2;
}
