/* SPDX-License-Identifier: Apache-2.0
 * nats.c - NATS JetStream, by libnats: a stream on file storage whose messages go when they are
 * acknowledged, confirmed publishing, a pulling consumer that acknowledges each message.
 *
 * A confirmed message has been written, and not synced: the server syncs a stream every two
 * minutes unless its sync_interval says otherwise.
 */
#include <nats/nats.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "queue_peer.h"

enum { WAIT_MS = 30000 };

static natsConnection *connection;
static jsCtx *stream;
static natsSubscription *consumer;
static const char *subject;

static void must(natsStatus s, const char *what)
{
    if (s != NATS_OK)
        queue_peer_die(what);
}

static void open_stream(const char *kind)
{
    const char *url = getenv("QUEUE_BENCH_NATS");
    jsOptions how;
    jsStreamConfig config;

    subject = kind;
    if (!url)
        queue_peer_die("no server");
    jsOptions_Init(&how);
    how.PublishAsync.MaxPending = QUEUE_PEER_WINDOW;
    how.PublishAsync.StallWait = WAIT_MS;
    jsStreamConfig_Init(&config);
    config.Name = kind;
    config.Subjects = &subject;
    config.SubjectsLen = 1;
    config.Retention = js_WorkQueuePolicy;
    config.Storage = js_FileStorage;
    must(natsConnection_ConnectTo(&connection, url), "connecting");
    must(natsConnection_JetStream(&stream, connection, &how), "JetStream");
    must(js_AddStream(NULL, stream, &config, NULL, NULL), "a stream");
    must(js_PullSubscribe(&consumer, stream, subject, "bench", NULL, NULL, NULL), "a consumer");
}

static void publish(const uint8_t body[QUEUE_PEER_BODY])
{
    must(js_Publish(NULL, stream, subject, body, QUEUE_PEER_BODY, NULL, NULL), "publishing");
}

/* The library's own window is of QUEUE_PEER_WINDOW. */
static void send_all(int count, int window)
{
    jsPubOptions how;

    if (window == 1) {
        while (count-- > 0)
            publish(queue_peer_body);
        return;
    }
    jsPubOptions_Init(&how);
    how.MaxWait = WAIT_MS;
    while (count-- > 0)
        must(js_PublishAsync(stream, subject, queue_peer_body, QUEUE_PEER_BODY, NULL),
             "publishing");
    must(js_PublishAsyncComplete(stream, &how), "a message was not confirmed");
}

/* The last acknowledgement is answered, and with it those before. */
static int take_some(int most, bool answered, uint8_t *ret)
{
    natsMsgList list = { 0 };
    int i;

    must(natsSubscription_Fetch(&list, consumer, most, WAIT_MS, NULL), "receiving");
    for (i = 0; i < list.Count; i++) {
        if (natsMsg_GetDataLength(list.Msgs[i]) != QUEUE_PEER_BODY)
            queue_peer_die("a message of another size");
        if (ret) {
            memcpy(ret, natsMsg_GetData(list.Msgs[i]), QUEUE_PEER_BODY);
            queue_peer_arrived();
        }
        must(answered && i + 1 == list.Count ? natsMsg_AckSync(list.Msgs[i], NULL, NULL)
                                             : natsMsg_Ack(list.Msgs[i], NULL),
             "acknowledging");
    }
    i = list.Count;
    natsMsgList_Destroy(&list);
    return i;
}

static void receive_all(int count, int window)
{
    while (count > 0) {
        int most = count < window ? count : window;

        count -= take_some(most, most == count, NULL);
    }
}

static void receive_one(uint8_t body[QUEUE_PEER_BODY])
{
    (void)take_some(1, false, body);
}

static void close_stream(void)
{
    natsSubscription_Destroy(consumer);
    jsCtx_Destroy(stream);
    natsConnection_Destroy(connection);
    nats_Close();
}

int main(int argc, char **argv)
{
    static const struct queue_peer peer = { open_stream, send_all,    receive_all,
                                            publish,     receive_one, close_stream };

    return queue_peer_main(&peer, argc, argv);
}
