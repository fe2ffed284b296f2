/* SPDX-License-Identifier: Apache-2.0
 * wire.h - frames over a TCP socket: what SSPI leaves to the program.
 *
 * SSPI hands you bytes and wants bytes back; how they travel is yours to say. Here a frame is
 *
 *      0 length 4, big-endian, of what follows | 4 kind 1 | 5 body
 *
 * The body of a signed message is    0 length 4 of the data | 4 data | MakeSignature's token.
 * The body of a sealed message is one unit, token and encrypted data in one: what gss_wrap makes.
 *
 * Every wait has an end and every length a limit: whoever is at the other end has proved nothing
 * while the first frames are read. Functions say false and leave the reason in wire_error().
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wire_kind {
    WIRE_TOKEN = 'T',  /* a leg of the authentication */
    WIRE_SIGNED = 'S', /* a message anybody may read and nobody may change */
    WIRE_SEALED = 'E', /* a message nobody else may even read */
};

enum {
    WIRE_MAX = 64 * 1024, /* a frame's body: more than any authentication token */
    WIRE_SECONDS = 15,    /* for a whole frame, so that one byte a second does not hold us */
    WIRE_NAME = 128,
};

struct frame {
    enum wire_kind kind;
    size_t len;
    uint8_t body[WIRE_MAX + 1]; /* one more, so that a text can be ended */
};

/* address is "host:port", "[::1]:port" or a port alone: then every address of a listener, and for
 * connecting the host given beside it. */
int wire_listen(const char *address);
int wire_connect(const char *address, const char *host);
int wire_accept(int listener);
/* "127.0.0.1:4711": where a socket is bound, or whom it is connected to. */
void wire_name(int sock, bool peer, char ret[WIRE_NAME]);

bool wire_send(int sock, const struct frame *f);
bool wire_receive(int sock, struct frame *ret);
/* An orderly end between two frames is not an error, and is not a frame: wire_ended says so. */
bool wire_ended(void);
const char *wire_error(void);

/* The two parts of a signed body. The data is put in place first, the token added behind it. */
struct wire_part {
    uint8_t *ptr;
    size_t len;
};

uint8_t *wire_signed_data(struct frame *f);
bool wire_signed_join(struct frame *f, const uint8_t *token, size_t token_len, size_t data_len);
bool wire_signed_split(struct frame *f, struct wire_part *ret_data, struct wire_part *ret_token);
