/* SPDX-License-Identifier: Apache-2.0
 * What is not opened, each for its reason.
 */
#include "lib/queue_keys.h"
#include "lib/unit.h"
#include "queue/agreement.h"
#include "queue/message.h"

#define BODY "a body"

static struct queue_world world;
static struct queue_sealer *sealer;
static struct queue_opener *opener;

static int set_up(void **state)
{
    (void)state;
    queue_world_init(&world);
    assert_int_equal(queue_sealer_new(&world.keys[QUEUE_ALICE], 0, 0, &sealer), ERR_OK);
    assert_int_equal(queue_opener_new(&world.keys[QUEUE_SERVER], world.executed, &opener), ERR_OK);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    queue_sealer_free(sealer);
    queue_opener_free(opener);
    queue_world_done(&world);
    return 0;
}

static struct buf seal_by(const struct queue_keys *keys, struct queue_header *h)
{
    struct queue_sealer *s = NULL;
    struct buf b = { 0 };

    assert_int_equal(queue_sealer_new(keys, 0, 0, &s), ERR_OK);
    assert_int_equal(queue_seal(s, h, bytes_of_text(QUEUE_SERVER_HOST), bytes_of_text(BODY), &b),
                     ERR_OK);
    queue_sealer_free(s);
    return b;
}

static struct buf seal(enum queue_level level, bool signed_alone)
{
    struct queue_header h = queue_test_header(&world, level);
    struct buf b = { 0 };

    h.signed_alone = signed_alone;
    assert_int_equal(
        queue_seal(sealer, &h, bytes_of_text(QUEUE_SERVER_HOST), bytes_of_text(BODY), &b), ERR_OK);
    return b;
}

/* The reason; QUEUE_REFUSED_NOT: opened. */
static enum queue_refusal refusal_of(const struct queue_door *door, struct bytes message)
{
    struct queue_opened m;
    enum queue_refusal r;

    assert_int_equal(queue_open(opener, door, message, &m), ERR_OK);
    r = m.refusal;
    assert_int_equal(m.verdict, r ? QUEUE_VERDICT_REFUSE : QUEUE_VERDICT_OPEN);
    if (r)
        assert_null(m.body.ptr);
    queue_opened_done(&m);
    return r;
}

static void expect(struct bytes message, enum queue_refusal want)
{
    struct queue_door door = queue_test_door();

    assert_int_equal(refusal_of(&door, message), want);
}

/* Whether its sender may be told that. */
static bool proven(bool acknowledge, const struct queue_door *door, enum queue_refusal want,
                   uint8_t change)
{
    struct queue_header h = queue_test_header(&world, QUEUE_LEVEL_PRIVACY);
    struct buf b = { 0 };
    struct queue_opened m;
    bool is;

    h.acknowledge = acknowledge;
    assert_int_equal(
        queue_seal(sealer, &h, bytes_of_text(QUEUE_SERVER_HOST), bytes_of_text(BODY), &b), ERR_OK);
    b.ptr[b.len - 1] ^= change; /* of the tag */
    assert_int_equal(queue_open(opener, door, buf_view(b), &m), ERR_OK);
    assert_int_equal(m.refusal, want);
    is = m.proven;
    queue_opened_done(&m);
    buf_free(&b);
    return is;
}

static void who_is_only_named_is_told_nothing(void **state)
{
    struct queue_door door = queue_test_door(), late = door, strict = door;

    (void)state;
    late.now += 400 * QUEUE_DAY;
    strict.signed_alone = true;
    assert_true(proven(true, &door, QUEUE_REFUSED_NOT, 0));
    assert_true(proven(true, &late, QUEUE_REFUSED_EXPIRED, 0));
    assert_true(proven(true, &strict, QUEUE_REFUSED_UNSIGNED, 0));
    assert_false(proven(false, &strict, QUEUE_REFUSED_UNSIGNED, 0)); /* who does not ask */
    assert_false(proven(true, &door, QUEUE_REFUSED_ALTERED, 1));
    assert_false(proven(true, &late, QUEUE_REFUSED_EXPIRED, 1));
    assert_false(proven(true, &strict, QUEUE_REFUSED_UNSIGNED, 1));
}

static void no_bit_can_be_turned(void **state)
{
    static const struct {
        enum queue_level level;
        bool signed_alone;
    } rows[] = { { QUEUE_LEVEL_INTEGRITY, false },
                 { QUEUE_LEVEL_PRIVACY, false },
                 { QUEUE_LEVEL_PRIVACY, true } };
    struct queue_door door = queue_test_door();
    size_t i, at;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf b = seal(rows[i].level, rows[i].signed_alone);

        for (at = 0; at < b.len; at++) {
            uint8_t bit = (uint8_t)(1 << at % 8);

            b.ptr[at] ^= bit;
            assert_int_not_equal(refusal_of(&door, buf_view(b)), QUEUE_REFUSED_NOT);
            b.ptr[at] ^= bit;
        }
        assert_int_equal(refusal_of(&door, buf_view(b)), QUEUE_REFUSED_NOT);
        buf_free(&b);
    }
}

static enum err open_prefix(struct bytes b)
{
    struct queue_door door = queue_test_door();

    return refusal_of(&door, b) == QUEUE_REFUSED_MALFORMED ? ERR_MALFORMED : ERR_OK;
}

static void every_shorter_message_is_malformed(void **state)
{
    struct buf b = seal(QUEUE_LEVEL_PRIVACY, true);

    (void)state;
    unit_every_prefix(buf_view(b), open_prefix);
    buf_free(&b);
}

/* The message with another header in front of everything else of it. */
static struct buf spliced(struct buf b, const struct queue_header *h)
{
    struct writer w = writer_new(1 << 16);
    struct queue_message m;
    struct buf head = { 0 }, to = { 0 };
    size_t behind;

    assert_int_equal(queue_message_read(buf_view(b), &m), ERR_OK);
    assert_int_equal(queue_header_write(h, &head), ERR_OK);
    behind = QUEUE_PREFIX + m.head.len;
    writer_bytes(&w, bytes_of_text(QUEUE_MAGIC));
    writer_len32(&w, head.len);
    writer_bytes(&w, buf_view(head));
    writer_bytes(&w, bytes_of(b.ptr + behind, b.len - behind));
    assert_int_equal(writer_take(&w, &to), ERR_OK);
    buf_free(&head);
    return to;
}

#define CHANGED(change, reason)                                                                    \
    do {                                                                                           \
        struct queue_header h_ = m.header;                                                         \
        struct buf other_;                                                                         \
                                                                                                   \
        h_.change;                                                                                 \
        other_ = spliced(b, &h_);                                                                  \
        expect(buf_view(other_), QUEUE_REFUSED_##reason);                                          \
        buf_free(&other_);                                                                         \
    } while (0)

/* What a broker, or whoever holds the disk, may try: each field of the header. */
static void no_field_of_the_header_can_be_changed(void **state)
{
    struct buf b = seal(QUEUE_LEVEL_PRIVACY, false);
    struct queue_message m;

    (void)state;
    assert_int_equal(queue_message_read(buf_view(b), &m), ERR_OK);
    CHANGED(kind = QUEUE_KIND_CALL, NOT); /* as it was: the test's own hands are right */
    CHANGED(level = QUEUE_LEVEL_INTEGRITY, ALTERED);
    CHANGED(level = QUEUE_LEVEL_NONE, MALFORMED); /* nothing may stand behind the body */
    CHANGED(kind = QUEUE_KIND_REPLY, ALTERED);
    CHANGED(priority = 7, ALTERED);
    CHANGED(delivery = QUEUE_EXPRESS, ALTERED);
    CHANGED(journal = QUEUE_JOURNAL_ALWAYS, ALTERED);
    CHANGED(acknowledge = true, ALTERED);
    CHANGED(signed_alone = true, MALFORMED);
    CHANGED(id[0] ^= 1, ALTERED);
    CHANGED(reply_to[15] ^= 1, ALTERED);
    CHANGED(sender_key[0] ^= 1, SENDER_UNKNOWN);
    CHANGED(recipient_key[0] ^= 1, RECIPIENT_KEY);
    CHANGED(created++, ALTERED);
    CHANGED(created -= QUEUE_SECOND, AGREEMENT_TIME);
    CHANGED(expires++, ALTERED);
    CHANGED(reach_by++, ALTERED);
    CHANGED(body_len--, MALFORMED);
    CHANGED(interface_id.data1++, ALTERED);
    CHANGED(interface_major++, ALTERED);
    CHANGED(interface_minor++, ALTERED);
    CHANGED(opnum++, ALTERED);
    CHANGED(object.data4[7] = 1, ALTERED);
    CHANGED(syntax.data2 = 9, ALTERED);
    CHANGED(syntax_major = 1, ALTERED);
    CHANGED(syntax_minor = 1, ALTERED);
    CHANGED(sender.sub[4]++, SENDER_UNKNOWN);
    CHANGED(recipient = world.accounts[QUEUE_ALICE].sid, RECIPIENT);
    CHANGED(sender_host = bytes_of_text("other.example.com"), SENDER_UNKNOWN);
    CHANGED(recipient_spn = bytes_of_text("host/srv.example.com"), ALTERED);
    CHANGED(recipient_spn = bytes_of_text("cifs/srv.example.com"), SERVICE);
    CHANGED(queue = bytes_of_text("others"), QUEUE);
    CHANGED(reply_queue = bytes_of_text("attacker"), ALTERED);
    buf_free(&b);
}

/* Carried to another queue, whose name is written into the header so that it looks right there. */
static void no_message_is_another_queues(void **state)
{
    struct buf b = seal(QUEUE_LEVEL_PRIVACY, false), other;
    struct queue_door door = queue_test_door();
    struct queue_message m;

    (void)state;
    door.queue = bytes_of_text("payments");
    assert_int_equal(refusal_of(&door, buf_view(b)), QUEUE_REFUSED_QUEUE);
    assert_int_equal(queue_message_read(buf_view(b), &m), ERR_OK);
    m.header.queue = door.queue;
    other = spliced(b, &m.header);
    assert_int_equal(refusal_of(&door, buf_view(other)), QUEUE_REFUSED_ALTERED);
    buf_free(&b);
    buf_free(&other);
}

static void what_the_queue_demands_is_held_to(void **state)
{
    struct queue_door door = queue_test_door();
    struct buf plain = seal(QUEUE_LEVEL_NONE, false), whole = seal(QUEUE_LEVEL_INTEGRITY, false);
    struct buf alone = seal(QUEUE_LEVEL_PRIVACY, true);

    (void)state;
    assert_int_equal(refusal_of(&door, buf_view(plain)), QUEUE_REFUSED_NOT);
    door.level = QUEUE_LEVEL_INTEGRITY;
    assert_int_equal(refusal_of(&door, buf_view(plain)), QUEUE_REFUSED_LEVEL);
    assert_int_equal(refusal_of(&door, buf_view(whole)), QUEUE_REFUSED_NOT);
    door.level = QUEUE_LEVEL_PRIVACY;
    assert_int_equal(refusal_of(&door, buf_view(whole)), QUEUE_REFUSED_LEVEL);
    assert_int_equal(refusal_of(&door, buf_view(alone)), QUEUE_REFUSED_NOT);
    door.level = QUEUE_LEVEL_NONE;
    door.signed_alone = true;
    assert_int_equal(refusal_of(&door, buf_view(whole)), QUEUE_REFUSED_UNSIGNED);
    assert_int_equal(refusal_of(&door, buf_view(alone)), QUEUE_REFUSED_NOT);
    door.service_count = 1;
    assert_int_equal(refusal_of(&door, buf_view(alone)), QUEUE_REFUSED_SERVICE);
    buf_free(&plain);
    buf_free(&whole);
    buf_free(&alone);
}

static void times_are_held_to(void **state)
{
    struct queue_header h = queue_test_header(&world, QUEUE_LEVEL_PRIVACY);
    struct queue_door door = queue_test_door();
    struct buf b = seal(QUEUE_LEVEL_PRIVACY, false);

    (void)state;
    door.now = h.expires;
    assert_int_equal(refusal_of(&door, buf_view(b)), QUEUE_REFUSED_NOT);
    door.now = h.expires + 1;
    assert_int_equal(refusal_of(&door, buf_view(b)), QUEUE_REFUSED_EXPIRED);
    door.replay = true;
    assert_int_equal(refusal_of(&door, buf_view(b)), QUEUE_REFUSED_NOT);
    door.replay = false;
    door.now = h.created - door.skew;
    assert_int_equal(refusal_of(&door, buf_view(b)), QUEUE_REFUSED_NOT);
    door.now--;
    assert_int_equal(refusal_of(&door, buf_view(b)), QUEUE_REFUSED_NOT_YET);
    door.replay = true; /* waives that it has expired, and no more */
    assert_int_equal(refusal_of(&door, buf_view(b)), QUEUE_REFUSED_NOT_YET);
    door.replay = false;
    door.now = h.created;
    door.lifetime_max = h.expires - h.created;
    assert_int_equal(refusal_of(&door, buf_view(b)), QUEUE_REFUSED_NOT);
    door.lifetime_max--;
    assert_int_equal(refusal_of(&door, buf_view(b)), QUEUE_REFUSED_LIFETIME);
    door.replay = true;
    assert_int_equal(refusal_of(&door, buf_view(b)), QUEUE_REFUSED_LIFETIME);
    buf_free(&b);
}

/* Asked of the directory for each message, also of an agreement that was verified long ago. */
static void what_the_directory_says_of_the_sender_counts_at_once(void **state)
{
    struct queue_account *alice = &world.accounts[QUEUE_ALICE];
    struct buf b = seal(QUEUE_LEVEL_PRIVACY, false);
    struct queue_door door = queue_test_door();
    struct queue_opened m;

    (void)state;
    expect(buf_view(b), QUEUE_REFUSED_NOT);
    alice->state = QUEUE_KEY_REVOKED;
    expect(buf_view(b), QUEUE_REFUSED_SENDER_REVOKED);
    alice->state = QUEUE_KEY_DISABLED;
    expect(buf_view(b), QUEUE_REFUSED_SENDER_DISABLED);
    alice->state = QUEUE_KEY_UNKNOWN;
    expect(buf_view(b), QUEUE_REFUSED_SENDER_UNKNOWN);
    alice->state = QUEUE_KEY_UNSURE;
    assert_int_equal(queue_open(opener, &door, buf_view(b), &m), ERR_OK);
    assert_int_equal(m.verdict, QUEUE_VERDICT_WAIT);
    assert_null(m.body.ptr);
    queue_opened_done(&m);
    alice->state = QUEUE_KEY_FOUND;
    expect(buf_view(b), QUEUE_REFUSED_NOT);
    buf_free(&b);
}

/* Mallory, enrolled as anybody is, writes Alice's name on what she signs herself. */
static void nobody_signs_for_another(void **state)
{
    struct queue_header h = queue_test_header(&world, QUEUE_LEVEL_PRIVACY);
    struct queue_keys as_alice = world.keys[QUEUE_MALLORY];
    struct buf b;

    (void)state;
    as_alice.account = &world.accounts[QUEUE_ALICE].sid;
    b = seal_by(&as_alice, &h);
    expect(buf_view(b), QUEUE_REFUSED_SENDER_UNKNOWN);
    buf_free(&b);
    /* The same with the id of Alice's key written over that of her own. */
    memcpy(world.accounts[QUEUE_MALLORY].signing.id, world.accounts[QUEUE_ALICE].signing.id,
           QUEUE_KEY_ID);
    b = seal_by(&as_alice, &h);
    expect(buf_view(b), QUEUE_REFUSED_FORGED);
    buf_free(&b);
}

/* She publishes Alice's public key as her own, and takes Alice's messages for hers. */
static void anothers_published_key_gives_nobody_its_messages(void **state)
{
    struct queue_account *mallory = &world.accounts[QUEUE_MALLORY];
    struct queue_account *alice = &world.accounts[QUEUE_ALICE];
    struct buf b = seal(QUEUE_LEVEL_PRIVACY, false), other;
    struct queue_message m;

    (void)state;
    queue_key_done(&mallory->signing);
    assert_int_equal(
        crypto_p256_read_public(crypto_p256_public(alice->signing.key), &mallory->signing.key),
        ERR_OK);
    memcpy(mallory->signing.id, alice->signing.id, QUEUE_KEY_ID);
    assert_int_equal(queue_message_read(buf_view(b), &m), ERR_OK);
    m.header.sender = mallory->sid;
    other = spliced(b, &m.header);
    expect(buf_view(other), QUEUE_REFUSED_FORGED);
    buf_free(&other);
    buf_free(&b);
}

/* An agreement is of two: another recipient cannot hand on what was sealed to it. */
static void a_recipient_cannot_pass_an_agreement_on(void **state)
{
    struct queue_header h = queue_test_header(&world, QUEUE_LEVEL_PRIVACY);
    struct buf b = { 0 }, other;
    struct queue_message m;

    (void)state;
    h.recipient = world.accounts[QUEUE_MALLORY].sid;
    assert_int_equal(queue_seal(sealer, &h, bytes_of_text(QUEUE_HOST), bytes_of_text(BODY), &b),
                     ERR_OK);
    assert_int_equal(queue_message_read(buf_view(b), &m), ERR_OK);
    m.header.recipient = world.accounts[QUEUE_SERVER].sid;
    memcpy(m.header.recipient_key, world.accounts[QUEUE_SERVER].agreement.id, QUEUE_KEY_ID);
    other = spliced(b, &m.header);
    expect(buf_view(other), QUEUE_REFUSED_FORGED);
    buf_free(&b);
    buf_free(&other);
}

/* A message under a captured one's agreement, made with the recipient's stolen key. */
static struct buf forged(struct buf captured, const struct queue_header *h)
{
    const struct queue_account *server = &world.accounts[QUEUE_SERVER];
    uint8_t exporter[CRYPTO_HKDF];
    struct queue_verified *v = NULL;
    struct queue_message m;
    struct buf b = spliced(captured, h);
    struct crypto_gcm key;
    struct bytes body = bytes_of_text("f0rged");

    assert_int_equal(body.len, strlen(BODY));
    assert_int_equal(queue_verified_new(&v), ERR_OK);
    assert_int_equal(queue_message_read(buf_view(captured), &m), ERR_OK);
    assert_int_equal(queue_agreement_open(v, &m, server->agreement.key,
                                          world.accounts[QUEUE_ALICE].signing.key, exporter),
                     ERR_OK);
    queue_verified_free(v);
    assert_int_equal(queue_message_read(buf_view(b), &m), ERR_OK);
    assert_int_equal(queue_message_key(exporter, m.head, &key), ERR_OK);
    assert_int_equal(
        crypto_gcm_seal(&key, &m.head, 1, body, (uint8_t *)m.body.ptr, (uint8_t *)m.tag.ptr),
        ERR_OK);
    return b;
}

/* The recipient's key makes no agreement of anybody. With one that was captured it can invent
 * messages created within its minutes, where the queue does not demand signatures; no others. */
static void a_thief_of_the_recipients_key_is_bounded(void **state)
{
    struct queue_header h = queue_test_header(&world, QUEUE_LEVEL_PRIVACY);
    struct queue_keys thief = world.keys[QUEUE_SERVER];
    struct buf captured = seal(QUEUE_LEVEL_PRIVACY, true), b;
    struct queue_door door = queue_test_door();
    struct queue_message m;

    (void)state;
    thief.account = &world.accounts[QUEUE_ALICE].sid;
    thief.host = bytes_of_text(QUEUE_HOST);
    memcpy(world.accounts[QUEUE_SERVER].signing.id, world.accounts[QUEUE_ALICE].signing.id,
           QUEUE_KEY_ID);
    b = seal_by(&thief, &h);
    expect(buf_view(b), QUEUE_REFUSED_FORGED);
    buf_free(&b);
    assert_int_equal(queue_message_read(buf_view(captured), &m), ERR_OK);
    m.header.id[0] ^= 1;
    b = forged(captured, &m.header);
    expect(buf_view(b), QUEUE_REFUSED_SIGNATURE);
    buf_free(&b);
    m.header.created += QUEUE_AGREEMENT_TIME + 1;
    door.now = m.header.created;
    b = forged(captured, &m.header);
    assert_int_equal(refusal_of(&door, buf_view(b)), QUEUE_REFUSED_AGREEMENT_TIME);
    buf_free(&b);
    buf_free(&captured);
    captured = seal(QUEUE_LEVEL_PRIVACY, false);
    door = queue_test_door();
    assert_int_equal(queue_message_read(buf_view(captured), &m), ERR_OK);
    m.header.id[0] ^= 1;
    b = forged(captured, &m.header);
    assert_int_equal(refusal_of(&door, buf_view(b)), QUEUE_REFUSED_NOT); /* as is said above */
    door.signed_alone = true;
    assert_int_equal(refusal_of(&door, buf_view(b)), QUEUE_REFUSED_UNSIGNED);
    buf_free(&b);
    buf_free(&captured);
}

/* One signature for years: refused, whoever signed it. */
static void an_agreement_cannot_be_made_too_long(void **state)
{
    struct queue_header h = queue_test_header(&world, QUEUE_LEVEL_PRIVACY);
    struct queue_sealer *s = NULL;
    struct queue_message m;
    struct buf b = { 0 };
    uint8_t part[QUEUE_AGREEMENT];
    struct writer w = writer_over(part, sizeof part);

    (void)state;
    assert_int_equal(queue_sealer_new(&world.keys[QUEUE_ALICE], 0, QUEUE_DAY, &s), ERR_OK);
    assert_int_equal(queue_seal(s, &h, bytes_of_text(QUEUE_SERVER_HOST), bytes_of_text(BODY), &b),
                     ERR_OK);
    expect(buf_view(b), QUEUE_REFUSED_NOT); /* the sealer cut it */
    assert_int_equal(queue_message_read(buf_view(b), &m), ERR_OK);
    assert_true(queue_agreement_in_time(&m));
    writer_bytes(&w, bytes_of(m.agreement.ptr, CRYPTO_HPKE_ENC));
    writer_le64(&w, h.created);
    writer_le64(&w, h.created + QUEUE_AGREEMENT_TIME_MAX + 1);
    writer_zero(&w, CRYPTO_P256_SIGNATURE);
    m.agreement = bytes_of(part, sizeof part);
    assert_false(queue_agreement_in_time(&m));
    buf_free(&b);
    queue_sealer_free(s);
}

static void executed(const struct queue_opened *m)
{
    uint64_t number = 0;

    assert_int_equal(queue_executed_add(world.executed, m->mark, m->header.expires, &number),
                     ERR_OK);
    assert_int_equal(queue_executed_sync(world.executed, number), ERR_OK);
}

static void restart(void)
{
    queue_opener_free(opener);
    queue_world_restart(&world);
    assert_int_equal(queue_opener_new(&world.keys[QUEUE_SERVER], world.executed, &opener), ERR_OK);
}

/* Yesterday's store is put back under the server, or a record of it copied: the bytes come again.
 */
static void nothing_is_executed_twice(void **state)
{
    static const enum queue_level levels[] = { QUEUE_LEVEL_NONE, QUEUE_LEVEL_INTEGRITY,
                                               QUEUE_LEVEL_PRIVACY };
    struct queue_door door = queue_test_door();
    struct queue_opened m;
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        struct buf b = seal(levels[i], false);

        assert_int_equal(queue_open(opener, &door, buf_view(b), &m), ERR_OK);
        assert_int_equal(m.verdict, QUEUE_VERDICT_OPEN);
        executed(&m);
        queue_opened_done(&m);
        expect(buf_view(b), QUEUE_REFUSED_REPLAYED);
        restart();
        expect(buf_view(b), QUEUE_REFUSED_REPLAYED);
        door.replay = true;
        assert_int_equal(refusal_of(&door, buf_view(b)), QUEUE_REFUSED_NOT);
        door.replay = false;
        buf_free(&b);
    }
}

/* A message without protection that has the id of one with: what is executed is known by more. */
static void nobody_has_anothers_message_taken_for_repeated(void **state)
{
    struct buf b = seal(QUEUE_LEVEL_PRIVACY, false), other = { 0 };
    struct queue_header h = queue_test_header(&world, QUEUE_LEVEL_NONE);
    struct queue_door door = queue_test_door();
    struct queue_message m;
    struct queue_opened opened;

    (void)state;
    assert_int_equal(
        queue_seal(sealer, &h, bytes_of_text(QUEUE_SERVER_HOST), bytes_of_text(BODY), &other),
        ERR_OK);
    assert_int_equal(queue_message_read(buf_view(b), &m), ERR_OK);
    memcpy(other.ptr + QUEUE_PREFIX + 8, m.header.id, QUEUE_ID);
    assert_int_equal(queue_open(opener, &door, buf_view(other), &opened), ERR_OK);
    assert_memory_equal(opened.header.id, m.header.id, QUEUE_ID);
    executed(&opened);
    queue_opened_done(&opened);
    expect(buf_view(other), QUEUE_REFUSED_REPLAYED);
    expect(buf_view(b), QUEUE_REFUSED_NOT);
    buf_free(&b);
    buf_free(&other);
}

static void what_cannot_be_remembered_waits(void **state)
{
    struct buf b = seal(QUEUE_LEVEL_PRIVACY, false);
    struct queue_door door = queue_test_door();
    struct queue_executed *small = NULL;
    struct queue_opener *o = NULL;
    struct queue_opened m;

    (void)state;
    assert_int_equal(queue_executed_open(world.folder, 1, QUEUE_TEST_NOW, 0, &small, NULL), ERR_OK);
    assert_int_equal(queue_opener_new(&world.keys[QUEUE_SERVER], small, &o), ERR_OK);
    assert_int_equal(queue_open(o, &door, buf_view(b), &m), ERR_OK);
    assert_int_equal(m.verdict, QUEUE_VERDICT_WAIT);
    assert_null(m.body.ptr);
    queue_opened_done(&m);
    queue_opener_free(o);
    queue_executed_close(small);
    buf_free(&b);
}

static void every_refusal_has_a_text_of_its_own(void **state)
{
    int r, other;

    (void)state;
    for (r = QUEUE_REFUSED_NOT; r <= QUEUE_REFUSED_KIND; r++)
        for (other = QUEUE_REFUSED_NOT; other < r; other++)
            assert_string_not_equal(queue_refusal_text((enum queue_refusal)r),
                                    queue_refusal_text((enum queue_refusal)other));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(who_is_only_named_is_told_nothing),
        TEST(no_bit_can_be_turned),
        TEST(every_shorter_message_is_malformed),
        TEST(no_field_of_the_header_can_be_changed),
        TEST(no_message_is_another_queues),
        TEST(what_the_queue_demands_is_held_to),
        TEST(times_are_held_to),
        TEST(what_the_directory_says_of_the_sender_counts_at_once),
        TEST(nobody_signs_for_another),
        TEST(anothers_published_key_gives_nobody_its_messages),
        TEST(a_recipient_cannot_pass_an_agreement_on),
        TEST(a_thief_of_the_recipients_key_is_bounded),
        TEST(an_agreement_cannot_be_made_too_long),
        TEST(nothing_is_executed_twice),
        TEST(nobody_has_anothers_message_taken_for_repeated),
        TEST(what_cannot_be_remembered_waits),
        TEST(every_refusal_has_a_text_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
