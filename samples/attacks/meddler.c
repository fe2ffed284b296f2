/* SPDX-License-Identifier: Apache-2.0
 * meddler.c - a man in the middle of the socket sample, for one connection.
 *
 *      meddler --listen HOST:PORT --to HOST:PORT MODE
 *
 *      watch       shows every frame, changes none
 *      flip        changes one bit of the client's signed message
 *      replay      sends the client's signed message twice
 *      keep FILE   keeps a copy of the service's sealed answer
 *      swap FILE   puts that copy in place of another's answer
 *
 * He sees every byte and may send what he likes: what a network gives anybody on the path. Prints
 * the bytes he meddles with, before and after, and "meddled" once he really did.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "wire.h"

enum mode { WATCH, FLIP, REPLAY, KEEP, SWAP };

enum { SHOWN = 128 };

struct meddler {
    enum mode mode;
    const char *file;
    bool meddled;
    struct frame frame;
};

/* As a person reads a capture: 16 bytes a line, and beside them what they are as text. */
static void show(const char *title, const struct frame *f)
{
    size_t at, i, shown = f->len < SHOWN ? f->len : SHOWN;
    unsigned c;

    printf("%s, kind %c, %zu bytes\n", title, f->kind, f->len);
    for (at = 0; at < shown; at += 16) {
        printf("    %04zx ", at);
        for (i = at; i < at + 16; i++)
            i < f->len ? printf(" %02x", f->body[i]) : printf("   ");
        printf("  ");
        for (i = at; i < at + 16 && i < f->len; i++) {
            c = f->body[i];
            putchar(c >= ' ' && c < 0x7f ? (int)c : '.');
        }
        putchar('\n');
    }
    if (shown < f->len)
        printf("    ... %zu more\n", f->len - shown);
}

static bool store(const char *file, const struct frame *f)
{
    FILE *out = fopen(file, "wb");
    bool good = out && fwrite(f->body, 1, f->len, out) == f->len;

    if (out && fclose(out))
        good = false;
    if (!good)
        fprintf(stderr, "%s: %s\n", file, strerror(errno));
    return good;
}

static bool load(const char *file, struct frame *ret)
{
    FILE *in = fopen(file, "rb");
    size_t n = in ? fread(ret->body, 1, sizeof ret->body, in) : 0;

    if (in)
        fclose(in);
    if (n == 0) {
        fprintf(stderr, "%s: nothing to read\n", file);
        return false;
    }
    ret->len = n;
    return true;
}

/* The last letter of the message becomes another one; everything else stays. */
static bool flip(struct frame *f)
{
    struct wire_part data, token;

    if (!wire_signed_split(f, &data, &token) || data.len == 0)
        return false;
    data.ptr[data.len - 1] ^= 1;
    return true;
}

/* What happens to a frame on its way to "to"; true when it may be sent on. */
static bool meddle(struct meddler *m, bool from_client, int to)
{
    struct frame *f = &m->frame;
    bool mine = f->kind == (m->mode == FLIP || m->mode == REPLAY ? WIRE_SIGNED : WIRE_SEALED) &&
                from_client == (m->mode == FLIP || m->mode == REPLAY);

    if (m->mode == WATCH || (mine && !m->meddled))
        show(from_client ? "client -> service" : "service -> client", f);
    if (m->mode == WATCH || m->meddled || !mine)
        return true;
    m->meddled = true;
    switch (m->mode) {
    case FLIP:
        if (!flip(f))
            return false;
        break;
    case REPLAY:
        if (!wire_send(to, f))
            return false;
        break;
    case KEEP:
        if (!store(m->file, f))
            return false;
        break;
    case SWAP:
        if (!load(m->file, f))
            return false;
        break;
    case WATCH:
        break;
    }
    if (m->mode != KEEP)
        show(m->mode == REPLAY ? "sent twice" : "sent on as", f);
    puts("meddled");
    return true;
}

/* Until either end closes. A failure to forward is an end too: what he did may have caused it. */
static void run(struct meddler *m, int client, int service)
{
    struct pollfd p[2] = { { .fd = client, .events = POLLIN },
                           { .fd = service, .events = POLLIN } };
    int from;

    while (poll(p, 2, WIRE_SECONDS * 1000) > 0) {
        from = p[0].revents ? 0 : 1;
        if (!wire_receive(p[from].fd, &m->frame) || !meddle(m, from == 0, p[1 - from].fd) ||
            !wire_send(p[1 - from].fd, &m->frame))
            return;
    }
}

static bool mode_parse(struct meddler *m, char **args, int n)
{
    static const char *const words[] = { "watch", "flip", "replay", "keep", "swap" };
    int i;

    for (i = WATCH; i <= SWAP; i++) {
        if (strcmp(args[0], words[i]) == 0) {
            m->mode = (enum mode)i;
            m->file = n == 2 ? args[1] : NULL;
            return (m->file != NULL) == (i == KEEP || i == SWAP);
        }
    }
    return false;
}

int main(int argc, char **argv)
{
    static struct meddler m; /* static: a frame is large for a stack */
    char name[WIRE_NAME];
    int listener, client = -1, service = -1;

    if (argc < 6 || argc > 7 || strcmp(argv[1], "--listen") != 0 || strcmp(argv[3], "--to") != 0 ||
        !mode_parse(&m, argv + 5, argc - 5)) {
        fprintf(stderr,
                "usage: %s --listen HOST:PORT --to HOST:PORT "
                "watch | flip | replay | keep FILE | swap FILE\n",
                argv[0]);
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    listener = wire_listen(argv[2]);
    if (listener >= 0) {
        wire_name(listener, false, name);
        printf("listening on %s\n", name);
        client = wire_accept(listener);
        close(listener);
    }
    if (client >= 0)
        service = wire_connect(argv[4], "localhost");
    if (service < 0) {
        fprintf(stderr, "%s\n", wire_error());
        return 1;
    }
    run(&m, client, service);
    close(client);
    close(service);
    return m.mode == WATCH || m.meddled ? 0 : 1;
}
