/* SPDX-License-Identifier: Apache-2.0
 * fuzz_queue_open.c - whole messages, opened with real keys. Who has none of the keys makes none
 * that is opened but at level none: of the corpus are the two that the sender made.
 */
#include <stdlib.h>
#include <unistd.h>

#include "queue/envelope.h"

#define BODY "made by its sender"

static struct sid sender, recipient;
static struct queue_key signing, agreement;

static enum err give(const struct queue_key *k, struct queue_key *ret)
{
    *ret = *k;
    crypto_p256_ref(ret->key);
    return ERR_OK;
}

static enum err own_agreement(void *arg, const uint8_t id[QUEUE_KEY_ID], struct queue_key *ret)
{
    (void)arg;
    return memcmp(id, agreement.id, QUEUE_KEY_ID) == 0 ? give(&agreement, ret) : ERR_NOT_FOUND;
}

static enum err peer_signing(void *arg, const struct sid *account, struct bytes host,
                             const uint8_t id[QUEUE_KEY_ID], enum queue_key_state *ret_state,
                             struct queue_key *ret)
{
    (void)arg;
    (void)host;
    (void)id;
    if (!sid_equal(account, &sender)) {
        *ret_state = QUEUE_KEY_UNKNOWN;
        return ERR_OK;
    }
    *ret_state = QUEUE_KEY_FOUND;
    return give(&signing, ret);
}

static void key_of(uint8_t byte, struct queue_key *ret)
{
    uint8_t secret[CRYPTO_P256_SECRET];

    memset(secret, byte, sizeof secret);
    if (crypto_p256_read(bytes_of(secret, sizeof secret), &ret->key))
        abort();
    queue_key_id(crypto_p256_public(ret->key), ret->id);
}

static struct queue_opener *make(void)
{
    static struct queue_keys keys = { .account = &recipient,
                                      .own_agreement = own_agreement,
                                      .peer_signing = peer_signing };
    struct queue_executed *executed = NULL;
    struct queue_opener *o = NULL;
    char folder[] = "/tmp/countersign-XXXXXX";

    key_of(1, &signing);
    key_of(2, &agreement);
    if (sid_parse("S-1-5-21-1-2-3-1101", &sender) || sid_parse("S-1-5-21-1-2-3-1103", &recipient) ||
        !mkdtemp(folder) || queue_executed_open(folder, 0, 0, 0, &executed, NULL) ||
        rmdir(folder) || queue_opener_new(&keys, executed, &o))
        abort();
    return o;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const services[] = { "orders/srv.example.com" };
    static struct queue_opener *opener;
    struct queue_door door = { .queue = bytes_of_text("orders"),
                               .services = services,
                               .service_count = 1,
                               .level = QUEUE_LEVEL_NONE,
                               .replay = true };
    struct queue_opened m = { 0 };

    if (!opener)
        opener = make();
    if (queue_open(opener, &door, bytes_of(data, size), &m))
        return 0;
    if (m.verdict == QUEUE_VERDICT_OPEN && m.header.level != QUEUE_LEVEL_NONE &&
        !bytes_equal(m.body, bytes_of_text(BODY)))
        abort();
    if (m.verdict != QUEUE_VERDICT_OPEN && (m.body.ptr || m.owned.ptr))
        abort();
    queue_opened_done(&m);
    return 0;
}
