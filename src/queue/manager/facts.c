/* SPDX-License-Identifier: Apache-2.0
 * facts.c - what the manager goes by of a message.
 */
#include "queue/manager/facts.h"

#include "base/writer.h"
#include "queue/header.h"

static void name_interface(const struct queue_header *h, uint8_t to[STORE_INTERFACE])
{
    struct writer w = writer_over(to, STORE_INTERFACE);
    uint8_t uuid[16];

    uuid_write(&h->interface_id, uuid);
    writer_bytes(&w, bytes_of(uuid, sizeof uuid));
    writer_le16(&w, h->interface_major);
    writer_le16(&w, h->interface_minor);
}

enum err facts_read(struct bytes message, struct message_facts *ret)
{
    struct queue_message m;
    enum err e = queue_message_read(message, &m);
    struct message_facts f = { .body = 0 };

    if (e)
        return e;
    memcpy(f.store.id, m.header.id, STORE_ID);
    name_interface(&m.header, f.store.interface);
    f.store.priority = m.header.priority;
    f.store.delivery = m.header.delivery == QUEUE_RECOVERABLE ? STORE_RECOVERABLE : STORE_EXPRESS;
    f.store.journal = (uint8_t)m.header.journal;
    f.store.acknowledge = m.header.acknowledge;
    f.store.created = m.header.created;
    f.store.reach_by = m.header.reach_by;
    f.store.expires = m.header.expires;
    f.store.body = message;
    f.queue = m.header.queue;
    f.sender = m.header.sender;
    f.protects = m.header.level != QUEUE_LEVEL_NONE;
    f.body = m.header.body_len;
    f.around = m.header.kind == QUEUE_KIND_REPLAY ? QUEUE_REPLAY_ROOM : 0;
    f.head = m.head;
    *ret = f;
    return ERR_OK;
}
