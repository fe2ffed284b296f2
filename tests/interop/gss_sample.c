/* SPDX-License-Identifier: Apache-2.0
 * gss_sample.c - our half of the conversation MIT's gss-client and gss-server hold.
 *
 *      gss_sample client PORT SPN PACKAGE[,LIST] mutual|one-way|sealed|hinted
 *      gss_sample server PORT PACKAGE[,LIST] MESSAGES [hinted]
 *
 * The client sends four messages: sealed, wrapped in clear (but to Samba, which takes none),
 * and as they are, each to be signed by the server, and a long sealed one. The server takes
 * MESSAGES of them and says what it saw. A frame: flags 1 | length 4, big-endian | body.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/detail.h"
#include "base/writer.h"
#include "lib/side.h"

enum {
    NOOP = 1 << 0,
    CONTEXT = 1 << 1,
    DATA = 1 << 2,
    MIC = 1 << 3,
    CONTEXT_NEXT = 1 << 4,
    WRAPPED = 1 << 5,
    ENCRYPTED = 1 << 6,
    SEND_MIC = 1 << 7,
};

enum { LONG_MESSAGE = 60000 };

static void fail(const char *what, SECURITY_STATUS ss)
{
    fprintf(stderr, "gss_sample: %s: 0x%08x: %s\n", what, (unsigned)ss, detail_get()->text);
    exit(1);
}

static void must(const char *what, SECURITY_STATUS ss)
{
    if (ss < 0)
        fail(what, ss);
}

static void put(int sock, uint8_t flags, struct bytes body)
{
    struct writer w = writer_new(1 << 20);
    struct buf frame = { 0 };

    writer_u8(&w, flags);
    writer_be32(&w, (uint32_t)body.len);
    writer_bytes(&w, body);
    if (writer_take(&w, &frame) ||
        send(sock, frame.ptr, frame.len, MSG_NOSIGNAL) != (ssize_t)frame.len)
        fail("send", SEC_E_INTERNAL_ERROR);
    buf_free(&frame);
}

static uint8_t get(int sock, struct buf *ret_body)
{
    uint8_t flags = 0;

    if (recv(sock, &flags, 1, MSG_WAITALL) != 1 || !side_receive(sock, ret_body))
        fail("the peer hung up", SEC_E_INCOMPLETE_MESSAGE);
    return flags;
}

/* hinted: the server speaks first, [MS-SPNG] 2.2.1. */
static void authenticate(struct side *s, int sock, bool hinted)
{
    SECURITY_STATUS ss = SEC_I_CONTINUE_NEEDED;
    struct buf in = { 0 }, out = { 0 };
    bool first = s->initiator != hinted;

    if (s->initiator)
        put(sock, NOOP | CONTEXT_NEXT, (struct bytes){ 0 });
    else
        get(sock, &in);
    while (ss == SEC_I_CONTINUE_NEEDED) {
        buf_free(&in);
        if (!first)
            get(sock, &in);
        first = false;
        ss = side_step(s, buf_view(in), &out);
        if (out.len)
            put(sock, CONTEXT, buf_view(out));
        buf_free(&out);
        must("authentication", ss);
    }
    buf_free(&in);
}

/* "Negotiate,Kerberos,!NTLM" -> the package and its list. */
static void begin(struct side *s, char *package, bool initiator)
{
    char *list = strchr(package, ',');

    if (list)
        *list++ = '\0';
    must("credentials", side_begin(s, package, initiator, list));
}

static void show(struct side *s)
{
    char name[32];

    must("package", side_package(s, name));
    printf("established with %s\n", name);
    if (!s->initiator && s->got & ASC_RET_DELEGATE)
        printf("with a delegated ticket\n");
    fflush(stdout);
}

static void say(struct side *s, int sock, uint8_t flags, struct bytes msg)
{
    struct buf wrapped = { 0 }, mic = { 0 };

    if (flags & WRAPPED)
        must("wrap", side_wrap(s, flags & ENCRYPTED, msg, &wrapped));
    put(sock, DATA | flags, flags & WRAPPED ? buf_view(wrapped) : msg);
    if (get(sock, &mic) != (flags & SEND_MIC ? MIC : NOOP))
        fail("another answer was expected", SEC_E_INVALID_TOKEN);
    if (flags & SEND_MIC)
        must("the server's signature", side_verify(s, msg, buf_view(mic)));
    buf_free(&wrapped);
    buf_free(&mic);
}

static int client(unsigned port, const char *spn, char *package, const char *how)
{
    struct side s = { .target = spn,
                      .flags = ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY | ISC_REQ_REPLAY_DETECT |
                               ISC_REQ_SEQUENCE_DETECT };
    static uint8_t big[LONG_MESSAGE];
    int sock = side_connect("127.0.0.1", port);

    if (sock < 0)
        fail("connect", SEC_E_INTERNAL_ERROR);
    if (strcmp(how, "one-way") != 0)
        s.flags |= ISC_REQ_MUTUAL_AUTH;
    memset(big, 'x', sizeof big);
    begin(&s, package, true);
    authenticate(&s, sock, strcmp(how, "hinted") == 0);
    show(&s);
    say(&s, sock, WRAPPED | ENCRYPTED | SEND_MIC, bytes_of_text("sealed by us"));
    if (strcmp(how, "sealed") != 0 && strcmp(how, "hinted") != 0)
        say(&s, sock, WRAPPED | SEND_MIC, bytes_of_text("wrapped by us"));
    say(&s, sock, SEND_MIC, bytes_of_text("in clear from us"));
    say(&s, sock, WRAPPED | ENCRYPTED, bytes_of(big, sizeof big));
    put(sock, NOOP, (struct bytes){ 0 });
    close(sock);
    side_end(&s);
    return 0;
}

static void answer(struct side *s, int sock, uint8_t flags, struct buf *body)
{
    struct buf msg = { 0 }, mic = { 0 };
    bool encrypted = false;

    if (flags & WRAPPED) {
        must("unwrap", side_unwrap(s, buf_view(*body), &msg, &encrypted));
        buf_free(body);
        *body = msg;
        if (encrypted != !!(flags & ENCRYPTED))
            fail("the client says otherwise about encryption", SEC_E_INVALID_TOKEN);
    }
    printf("received %s%s: \"%.*s\"\n", flags & WRAPPED ? "wrapped" : "plain",
           encrypted ? ", sealed" : "", (int)body->len, (const char *)body->ptr);
    if (flags & SEND_MIC)
        must("sign", side_sign(s, buf_view(*body), &mic));
    put(sock, flags & SEND_MIC ? MIC : NOOP, buf_view(mic));
    buf_free(&mic);
}

static int server(unsigned port, char *package, int messages, bool hinted)
{
    struct side s = { .flags = ASC_REQ_CONFIDENTIALITY | ASC_REQ_INTEGRITY };
    int listener = side_listen(port, &port);
    struct buf body = { 0 };
    int sock;
    uint8_t flags;

    begin(&s, package, false);
    printf("port %u\n", port);
    fflush(stdout);
    sock = accept(listener, NULL, NULL);
    if (sock < 0)
        fail("accept", SEC_E_INTERNAL_ERROR);
    authenticate(&s, sock, hinted);
    show(&s);
    while (!((flags = get(sock, &body)) & NOOP)) {
        answer(&s, sock, flags, &body);
        messages--;
        buf_free(&body);
    }
    buf_free(&body);
    side_end(&s);
    close(sock);
    close(listener);
    return messages != 0;
}

int main(int argc, char **argv)
{
    if (argc == 6 && strcmp(argv[1], "client") == 0)
        return client((unsigned)atoi(argv[2]), argv[3], argv[4], argv[5]);
    if (argc == 5 && strcmp(argv[1], "server") == 0)
        return server((unsigned)atoi(argv[2]), argv[3], atoi(argv[4]), false);
    if (argc == 6 && strcmp(argv[1], "server") == 0 && strcmp(argv[5], "hinted") == 0)
        return server((unsigned)atoi(argv[2]), argv[3], atoi(argv[4]), true);
    fprintf(stderr, "usage: gss_sample client PORT SPN PACKAGE mutual|one-way|sealed|hinted\n"
                    "       gss_sample server PORT PACKAGE MESSAGES [hinted]\n");
    return 2;
}
