/* SPDX-License-Identifier: Apache-2.0
 * amqp.c - RabbitMQ, by librabbitmq: durable queues of kind "classic" or "quorum", persistent
 * messages, publisher confirms; a consumer that acknowledges each message.
 *
 * That an acknowledgement has been worked off is known, at the end, by the answer to a request
 * behind it; RabbitMQ does not tell when it is on disk.
 */
#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "queue_peer.h"

enum { CHANNEL = 1, FRAME_MAX = 131072, PERSISTENT = 2 };

static amqp_connection_state_t sender, receiver;
static amqp_bytes_t queue;
static bool consuming;

static void must(bool good, const char *what)
{
    if (!good)
        queue_peer_die(what);
}

static void answered(amqp_connection_state_t c, const char *what)
{
    must(amqp_get_rpc_reply(c).reply_type == AMQP_RESPONSE_NORMAL, what);
}

static amqp_connection_state_t connect_to(const char *port)
{
    amqp_connection_state_t c = amqp_new_connection();
    amqp_socket_t *s = amqp_tcp_socket_new(c);
    amqp_rpc_reply_t r;

    must(port && s && amqp_socket_open(s, "127.0.0.1", atoi(port)) == AMQP_STATUS_OK, "no broker");
    r = amqp_login(c, "/", 0, FRAME_MAX, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest");
    must(r.reply_type == AMQP_RESPONSE_NORMAL, "logging in");
    amqp_channel_open(c, CHANNEL);
    answered(c, "a channel");
    return c;
}

static void open_queue(const char *kind)
{
    const char *port = getenv("QUEUE_BENCH_AMQP");
    amqp_table_entry_t type = { .key = amqp_cstring_bytes("x-queue-type"),
                                .value = { .kind = AMQP_FIELD_KIND_UTF8,
                                           .value.bytes = amqp_cstring_bytes(kind) } };
    const amqp_table_t arguments = { .num_entries = 1, .entries = &type };

    sender = connect_to(port);
    receiver = connect_to(port);
    queue = amqp_cstring_bytes(kind);
    amqp_queue_declare(sender, CHANNEL, queue, 0, 1, 0, 0, arguments);
    answered(sender, "declaring a queue");
    amqp_queue_purge(sender, CHANNEL, queue);
    answered(sender, "purging it");
    amqp_confirm_select(sender, CHANNEL);
    answered(sender, "confirms");
}

/* ---- sending ---- */

enum { RING = 1024 };

static bool waits[RING];               /* for its confirm, by number */
static uint64_t published, lowest = 1; /* the channel counts from 1 */
static int outstanding;

static void publish(const uint8_t body[QUEUE_PEER_BODY])
{
    const amqp_basic_properties_t how = { ._flags = AMQP_BASIC_DELIVERY_MODE_FLAG,
                                          .delivery_mode = PERSISTENT };
    const amqp_bytes_t bytes = { .len = QUEUE_PEER_BODY, .bytes = (void *)(uintptr_t)body };

    must(amqp_basic_publish(sender, CHANNEL, amqp_empty_bytes, queue, 1, 0, &how, bytes) ==
             AMQP_STATUS_OK,
         "publishing");
    waits[++published % RING] = true;
    outstanding++;
}

/* A confirm names one message, or all up to it; they may come in any order. */
static void take_confirm(void)
{
    const amqp_basic_ack_t *ack;
    amqp_frame_t f;
    uint64_t n;

    must(amqp_simple_wait_frame(sender, &f) == AMQP_STATUS_OK &&
             f.frame_type == AMQP_FRAME_METHOD && f.payload.method.id == AMQP_BASIC_ACK_METHOD,
         "a message was not confirmed");
    ack = f.payload.method.decoded;
    for (n = ack->multiple ? lowest : ack->delivery_tag; n <= ack->delivery_tag; n++) {
        outstanding -= waits[n % RING];
        waits[n % RING] = false;
    }
    if (ack->multiple)
        lowest = n;
    amqp_maybe_release_buffers(sender);
}

static void send_all(int count, int window)
{
    while (count-- > 0) {
        while (outstanding >= window)
            take_confirm();
        publish(queue_peer_body);
    }
    while (outstanding)
        take_confirm();
}

static void send_one(const uint8_t body[QUEUE_PEER_BODY])
{
    publish(body);
    while (outstanding)
        take_confirm();
}

/* ---- receiving ---- */

static void consume(int window)
{
    amqp_basic_qos(receiver, CHANNEL, 0, (uint16_t)window, 0);
    answered(receiver, "a prefetch count");
    amqp_basic_consume(receiver, CHANNEL, queue, amqp_cstring_bytes("bench"), 0, 0, 0,
                       amqp_empty_table);
    answered(receiver, "consuming");
    consuming = true;
}

static void cancel(void)
{
    amqp_basic_cancel(receiver, CHANNEL, amqp_cstring_bytes("bench"));
    answered(receiver, "cancelling");
    consuming = false;
}

static void take_one(uint8_t *ret)
{
    amqp_envelope_t e;

    amqp_maybe_release_buffers(receiver);
    must(amqp_consume_message(receiver, &e, NULL, 0).reply_type == AMQP_RESPONSE_NORMAL &&
             e.message.body.len == QUEUE_PEER_BODY,
         "receiving");
    if (ret) {
        memcpy(ret, e.message.body.bytes, QUEUE_PEER_BODY);
        queue_peer_arrived();
    }
    must(amqp_basic_ack(receiver, CHANNEL, e.delivery_tag, 0) == AMQP_STATUS_OK, "acknowledging");
    amqp_destroy_envelope(&e);
}

static void receive_all(int count, int window)
{
    if (consuming)
        cancel();
    consume(window);
    while (count-- > 0)
        take_one(NULL);
    cancel();
}

static void receive_one(uint8_t body[QUEUE_PEER_BODY])
{
    if (!consuming)
        consume(1);
    take_one(body);
}

static void close_one(amqp_connection_state_t c)
{
    amqp_connection_close(c, AMQP_REPLY_SUCCESS);
    amqp_destroy_connection(c);
}

static void close_both(void)
{
    close_one(receiver);
    close_one(sender);
}

int main(int argc, char **argv)
{
    static const struct queue_peer peer = { open_queue, send_all,    receive_all,
                                            send_one,   receive_one, close_both };

    return queue_peer_main(&peer, argc, argv);
}
