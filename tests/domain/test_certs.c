/* SPDX-License-Identifier: Apache-2.0
 * test_certs.c - keys of accounts published, rotated, taken back and looked up, against a real
 * domain controller. The accounts are the test's own.
 */
#include <pthread.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/impersonation.h"
#include "lib/accounts.h"
#include "lib/samba_tool.h"
#include "lib/unit.h"
#include "queue/enrol.h"
#include "queue/key_ring.h"

#define ALICE "certs-alice"
#define BOB "certs-bob"
#define PASSWORD "Certs-Passw0rd"

enum { THREADS = 4, PATIENCE = 60 };

static char folder[] = "/tmp/countersign-certs-XXXXXX";

static struct session_options options_of(const char *user, const char *password)
{
    return (struct session_options){ .domain = unit_env("REALM"),
                                     .user = user,
                                     .user_domain = unit_env("REALM"),
                                     .password = password };
}

static struct session *session_as(const char *user, const char *password)
{
    struct session_options o = options_of(user, password);
    struct session *s = NULL;

    detail_begin("test");
    if (session_open(&o, &s))
        fail_msg("binding as %s: %s", user, detail_get()->text);
    return s;
}

static void expect(enum err e, enum err want, const char *what)
{
    if (e != want)
        fail_msg("%s: %s, expected %s: %s", what, err_text(e), err_text(want), detail_get()->text);
}

static struct account_key_place place_of(const char *name)
{
    return (struct account_key_place){ mem_printf("%s/%s.keys", folder, name), false };
}

static struct enrolment on_host(struct session *s, const char *host)
{
    return (struct enrolment){ .session = s, .host = host, .now = (int64_t)time(NULL) };
}

static struct account_certificate enrol_new(const char *user, const char *host, const char *file)
{
    struct account_key_place place = place_of(file);
    struct account_certificate c = { 0 };
    struct session *s = session_as(user, PASSWORD);
    struct enrolment w = on_host(s, host);

    expect(enrol(&w, &place, &c), ERR_OK, "enrol");
    session_close(s);
    account_key_place_done(&place);
    return c;
}

/* What alice publishes, by bob's eyes. */
static struct published_list seen(struct key_account *ret)
{
    struct session *s = session_as(BOB, PASSWORD);
    struct published_list l = { 0 };

    expect(enrol_list(s, ALICE, (int64_t)time(NULL), ret, &l), ERR_OK, "list");
    session_close(s);
    return l;
}

static void unsee(struct key_account *a, struct published_list *l)
{
    published_done(l);
    key_account_done(a);
}

static const struct published *with_id(const struct published_list *l,
                                       const struct account_certificate *c)
{
    size_t i;

    for (i = 0; i < l->count; i++)
        if (memcmp(l->key[i].entry_id, c->id, sizeof c->id) == 0)
            return &l->key[i];
    return NULL;
}

/* The whole list. */
static void write_list(struct session *s, const char *who, const struct account_entry *e, size_t n)
{
    struct account_entries list = { (struct account_entry *)(uintptr_t)e, n };
    struct key_account_change c = { 0 };
    struct bytes come[4], gone[64];
    struct key_account was = { 0 };
    struct buf value = { 0 };

    assert_int_equal(account_entries_write(&list, &value), ERR_OK);
    expect(key_account_read(s, KEY_ACCOUNT_NAME, who, 0, &was), ERR_OK, "read");
    c.certificates = buf_view(value);
    c.come = come;
    c.gone = gone;
    for (; c.come_count < n; c.come_count++)
        come[c.come_count] = bytes_of(e[c.come_count].digest, sizeof e->digest);
    for (; c.gone_count < was.digest_count; c.gone_count++)
        gone[c.gone_count] = buf_view(was.digest[c.gone_count]);
    expect(key_account_write(s, &was, &c), ERR_OK, "write");
    key_account_done(&was);
    buf_free(&value);
}

static int setup(void **state)
{
    (void)state;
    samba_tool("user create " ALICE " " PASSWORD);
    samba_tool("user create " BOB " " PASSWORD);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    samba_tool("user delete " ALICE);
    samba_tool("user delete " BOB);
    return 0;
}

/* ---- publishing ---- */

/* As Message Queuing has an entry there, put by an administrator. */
static void a_user_enrols_two_hosts_beside_others_entries(void **state)
{
    struct session *admin = session_as(unit_env("ADMIN"), unit_env("ADMIN_PASSWORD"));
    struct account_certificate one, two;
    const uint8_t id[ACCOUNT_ENTRY_ID] = { 1 };
    struct account_entry theirs;
    struct account_entries list = { 0 };
    struct published_list l;
    struct key_account a;

    (void)state;
    account_entry_make(bytes_of_text("Message Queuing's own"), id, &theirs);
    write_list(admin, ALICE, &theirs, 1);
    session_close(admin);
    one = enrol_new(ALICE, "One.Example.", "one");
    two = enrol_new(ALICE, "two.example", "two");
    l = seen(&a);
    assert_int_equal(l.count, 2);
    assert_int_equal(l.others, 1);
    assert_int_equal(a.digest_count, 3);
    assert_ptr_equal(published_current(&l, "one.example"), with_id(&l, &one));
    assert_ptr_equal(published_current(&l, "two.example"), with_id(&l, &two));
    assert_int_equal(account_entries_read(buf_view(a.certificates), &list), ERR_OK);
    assert_memory_equal(list.entry[0].digest, theirs.digest, sizeof theirs.digest);
    unit_assert_bytes(list.entry[0].certificate, bytes_of_text("Message Queuing's own"));
    account_entries_done(&list);
    unsee(&a, &l);
}

static void who_is_enrolled_is_not_enrolled_again(void **state)
{
    struct account_key_place place = place_of("again"), other = place_of("other");
    struct account_certificate first = enrol_new(ALICE, "again.example", "again"), c;
    struct session *s = session_as(ALICE, PASSWORD);
    struct enrolment w = on_host(s, "again.example");
    struct published_list l;
    struct key_account a;

    (void)state;
    expect(enrol(&w, &place, &c), ERR_EXISTS, "enrol again");
    assert_non_null(strstr(detail_get()->remedy, "rotate"));
    detail_begin("test");
    expect(enrol(&w, &other, &c), ERR_EXISTS, "enrol with another file");
    w.replace = true; /* the file is lost */
    expect(enrol(&w, &other, &c), ERR_OK, "replace");
    l = seen(&a);
    assert_ptr_equal(published_current(&l, "again.example"), with_id(&l, &c));
    assert_int_equal(with_id(&l, &first)->state, PUBLISHED_RETIRED);
    unsee(&a, &l);
    session_close(s);
    account_key_place_done(&other);
    account_key_place_done(&place);
}

static void rotation_leaves_the_old_one_to_verify_and_to_open(void **state)
{
    struct account_key_place place = place_of("rotated");
    struct account_certificate first = enrol_new(ALICE, "rotated.example", "rotated"), next;
    struct session *s = session_as(ALICE, PASSWORD);
    struct enrolment w = on_host(s, NULL);
    struct account_keys *k = NULL;
    struct published_list l;
    struct key_account a;

    (void)state;
    expect(enrol_rotate(&w, &place, &next), ERR_OK, "rotate");
    expect(enrol_rotate(&w, &place, &next), ERR_OK, "rotate twice at once");
    assert_string_equal(next.host, "rotated.example");
    l = seen(&a);
    assert_ptr_equal(published_current(&l, "rotated.example"), with_id(&l, &next));
    assert_int_equal(with_id(&l, &first)->state, PUBLISHED_RETIRED);
    assert_true(published_verifies(with_id(&l, &first)));
    unsee(&a, &l);
    expect(account_key_file_read(&place, &k, NULL), ERR_OK, "read");
    assert_int_equal(k->count, 3);
    assert_null(account_keys_agreeing(k, first.agreement_id)->signing);
    assert_memory_equal(account_keys_current(k)->certificate.id, next.id, sizeof next.id);
    account_keys_free(k);
    session_close(s);
    account_key_place_done(&place);
}

/* As many as there can be, which were all retired long ago. */
static void who_rotates_often_can_again_later(void **state)
{
    struct account_key_place place = place_of("often");
    struct account_certificate c = enrol_new(ALICE, "often.example", "often");
    struct session *s = session_as(ALICE, PASSWORD);
    struct enrolment w = on_host(s, NULL);
    struct account_keys *k = NULL;

    (void)state;
    expect(account_key_file_read(&place, &k, NULL), ERR_OK, "read");
    while (k->count < ACCOUNT_GENERATIONS_MAX) {
        expect(account_keys_make(k, c.not_before, c.not_after), ERR_OK, "make");
        account_keys_promote(k, w.now - account_key_keep() - 1);
    }
    expect(account_key_file_write(&place, k), ERR_OK, "write");
    account_keys_free(k);
    expect(enrol_rotate(&w, &place, &c), ERR_OK, "rotate");
    expect(account_key_file_read(&place, &k, NULL), ERR_OK, "read");
    assert_int_equal(k->count, 2);
    account_keys_free(k);
    session_close(s);
    account_key_place_done(&place);
}

/* Enrolled when the clock was a year ahead: what followed would begin then as well. */
static void keys_that_begin_later_have_no_successor(void **state)
{
    struct account_key_place place = place_of("ahead");
    struct session *s = session_as(ALICE, PASSWORD);
    struct enrolment w = on_host(s, "ahead.example");
    struct enrol_revocation back = { .session = s, .host = "ahead.example" };
    struct account_certificate c;
    struct published_list l;
    struct key_account a;
    size_t n = 0;

    (void)state;
    back.now = w.now;
    w.now += 365 * 86400;
    expect(enrol(&w, &place, &c), ERR_OK, "enrol");
    w.now = back.now;
    expect(enrol_rotate(&w, &place, &c), ERR_TIME_SKEW, "rotate");
    assert_non_null(strstr(detail_get()->remedy, "revoke --host ahead.example"));
    detail_begin("test");
    expect(enrol_revoke(&back, &place, &n), ERR_OK, "revoke");
    expect(enrol(&w, &place, &c), ERR_OK, "enrol again");
    l = seen(&a);
    assert_ptr_equal(published_current(&l, "ahead.example"), with_id(&l, &c));
    unsee(&a, &l);
    session_close(s);
    account_key_place_done(&place);
}

/* One more could not be read again, by anybody. */
static void no_more_are_published_than_can_be_read(void **state)
{
    static struct account_entry full[PUBLISHED_MAX];
    static struct account_keys *k[PUBLISHED_MAX];
    struct session *s = session_as(BOB, PASSWORD);
    struct enrol_revocation all = { .session = s, .all = true, .now = (int64_t)time(NULL) };
    struct account_key_place place = place_of("full");
    struct enrolment w = on_host(s, "full.example");
    struct account_entries list = { full, PUBLISHED_MAX };
    struct key_account_change change = { 0 };
    struct account_certificate c;
    struct key_account was = { 0 };
    struct buf value = { 0 };
    size_t i, n = 0;

    (void)state;
    expect(key_account_read(s, KEY_ACCOUNT_SELF, NULL, all.now, &was), ERR_OK, "read");
    for (i = 0; i < PUBLISHED_MAX; i++) {
        expect(account_keys_new(&was.sid, "gone.example", &k[i]), ERR_OK, "keys");
        expect(account_keys_make(k[i], w.now - 1000 + (int64_t)i, w.now + 86400), ERR_OK, "make");
        account_entry_make(buf_view(k[i]->generation[0].der), k[i]->generation[0].certificate.id,
                           &full[i]);
    }
    assert_int_equal(account_entries_write(&list, &value), ERR_OK);
    change.certificates = buf_view(value);
    expect(key_account_write(s, &was, &change), ERR_OK, "write");
    expect(enrol(&w, &place, &c), ERR_TOO_LONG, "enrol");
    assert_non_null(strstr(detail_get()->remedy, "revoke"));
    detail_begin("test");
    expect(enrol_revoke(&all, NULL, &n), ERR_OK, "revoke");
    assert_int_equal(n, PUBLISHED_MAX);
    expect(enrol(&w, &place, &c), ERR_OK, "enrol");
    expect(enrol_revoke(&all, NULL, &n), ERR_OK, "revoke again");
    for (i = 0; i < PUBLISHED_MAX; i++)
        account_keys_free(k[i]);
    buf_free(&value);
    key_account_done(&was);
    session_close(s);
    account_key_place_done(&place);
}

/* The process ended between the directory's answer and the file. */
static void an_interrupted_enrolment_is_finished(void **state)
{
    struct account_key_place place = place_of("cut");
    struct account_certificate c = enrol_new(ALICE, "cut.example", "cut"), again;
    struct session *s = session_as(ALICE, PASSWORD);
    struct enrolment w = on_host(s, "cut.example");
    struct account_keys *k = NULL;

    (void)state;
    expect(account_key_file_read(&place, &k, NULL), ERR_OK, "read");
    k->generation[0].state = GENERATION_MADE;
    expect(account_key_file_write(&place, k), ERR_OK, "write");
    account_keys_free(k);
    expect(enrol(&w, &place, &again), ERR_OK, "enrol again");
    assert_memory_equal(again.id, c.id, sizeof c.id);
    session_close(s);
    account_key_place_done(&place);
}

/* Rotated by somebody who was lost before its file said so, and then taken back by its id. */
static void what_goes_with_a_successor_is_retired_here(void **state)
{
    struct account_key_place place = place_of("undone");
    struct account_certificate c = enrol_new(ALICE, "undone.example", "undone");
    struct session *s = session_as(ALICE, PASSWORD);
    struct enrolment w = on_host(s, NULL);
    struct account_keys *before = NULL, *k = NULL;
    struct generation first;
    char id[9];
    struct enrol_revocation back = { .session = s, .id = id, .now = w.now };
    size_t n = 0;

    (void)state;
    expect(account_key_file_read(&place, &before, NULL), ERR_OK, "read");
    expect(enrol_rotate(&w, &place, &c), ERR_OK, "rotate");
    expect(account_key_file_read(&place, &k, NULL), ERR_OK, "read");
    first = k->generation[0];
    k->generation[0] = before->generation[0];
    before->generation[0] = first;
    k->generation[1].state = GENERATION_MADE;
    expect(account_key_file_write(&place, k), ERR_OK, "write");
    account_keys_free(before);
    account_keys_free(k);
    snprintf(id, sizeof id, "%02x%02x%02x%02x", c.id[0], c.id[1], c.id[2], c.id[3]);
    expect(enrol_revoke(&back, &place, &n), ERR_OK, "revoke");
    assert_int_equal(n, 2);
    expect(account_key_file_read(&place, &k, NULL), ERR_OK, "read");
    assert_null(account_keys_current(k));
    assert_null(account_keys_made(k));
    account_keys_free(k);
    session_close(s);
    account_key_place_done(&place);
}

/* ---- several at once ---- */

static void what_changed_meanwhile_is_noticed(void **state)
{
    struct session *s = session_as(ALICE, PASSWORD);
    struct key_account_change c = { 0 };
    struct key_account was = { 0 };

    (void)state;
    expect(key_account_read(s, KEY_ACCOUNT_SELF, NULL, 0, &was), ERR_OK, "read");
    enrol_new(ALICE, "meanwhile.example", "meanwhile");
    expect(key_account_write(s, &was, &c), ERR_OUT_OF_SEQUENCE, "write");
    key_account_done(&was);
    session_close(s);
}

static void *enrol_one(void *arg)
{
    char host[32], file[32];
    struct account_key_place place;
    struct account_certificate c;
    struct session_options o = options_of(ALICE, PASSWORD);
    struct session *s = NULL;
    struct enrolment w;
    enum err e;

    snprintf(host, sizeof host, "race%d.example", *(int *)arg);
    snprintf(file, sizeof file, "race%d", *(int *)arg);
    place = place_of(file);
    e = session_open(&o, &s);
    w = on_host(s, host);
    if (!e)
        e = enrol(&w, &place, &c);
    session_close(s);
    account_key_place_done(&place);
    return (void *)(uintptr_t)e;
}

static void hosts_that_enrol_at_once_are_all_there(void **state)
{
    pthread_t thread[THREADS];
    int number[THREADS], i;
    struct published_list l;
    struct key_account a;
    char host[32];
    void *e = NULL;

    (void)state;
    for (i = 0; i < THREADS; i++) {
        number[i] = i;
        assert_int_equal(pthread_create(&thread[i], NULL, enrol_one, &number[i]), 0);
    }
    for (i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(thread[i], &e), 0);
        assert_int_equal((uintptr_t)e, ERR_OK);
    }
    l = seen(&a);
    for (i = 0; i < THREADS; i++) {
        snprintf(host, sizeof host, "race%d.example", i);
        assert_non_null(published_current(&l, host));
    }
    unsee(&a, &l);
}

/* ---- whose ---- */

static void anothers_keys_are_not_changed(void **state)
{
    struct session *bob = session_as(BOB, PASSWORD);
    struct enrol_revocation w = { .session = bob, .account = ALICE, .all = true };
    struct published_list l;
    struct key_account a;
    size_t n = 0, before;

    (void)state;
    enrol_new(ALICE, "mine.example", "mine");
    l = seen(&a);
    before = l.count;
    unsee(&a, &l);
    detail_begin("test");
    expect(enrol_revoke(&w, NULL, &n), ERR_ACCESS_DENIED, "revoke another's");
    assert_non_null(strstr(detail_get()->remedy, ALICE));
    l = seen(&a);
    assert_int_equal(l.count, before);
    unsee(&a, &l);
    session_close(bob);
}

/* An administrator, or whoever may write it, puts bob's certificate into alice's list. */
static void anothers_certificate_in_a_list_is_seen_by_its_sid(void **state)
{
    struct session *admin = session_as(unit_env("ADMIN"), unit_env("ADMIN_PASSWORD"));
    struct account_certificate mine = enrol_new(BOB, "planted.example", "planted");
    struct account_entries bobs = { 0 };
    struct key_account bob = { 0 }, a;
    struct published_list l;

    (void)state;
    expect(key_account_read(admin, KEY_ACCOUNT_NAME, BOB, 0, &bob), ERR_OK, "read");
    assert_int_equal(account_entries_read(buf_view(bob.certificates), &bobs), ERR_OK);
    assert_int_equal(bobs.count, 1);
    write_list(admin, ALICE, bobs.entry, 1);
    l = seen(&a);
    assert_int_equal(l.count, 1);
    assert_int_equal(with_id(&l, &mine)->state, PUBLISHED_FOREIGN);
    assert_null(published_current(&l, "planted.example"));
    unsee(&a, &l);
    account_entries_done(&bobs);
    key_account_done(&bob);
    session_close(admin);
}

static bool is_among(const struct key_account_writer *w, size_t n, const char *name)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (w[i].name && strcmp(w[i].name, name) == 0)
            return true;
    return false;
}

static void who_else_may_write_is_told_by_name(void **state)
{
    struct session *admin = session_as(unit_env("ADMIN"), unit_env("ADMIN_PASSWORD"));
    struct key_account_writer *w = NULL;
    struct key_account a = { 0 };
    char sid[SAMBA_TOOL_SID], *command;
    size_t n = 0;

    (void)state;
    expect(key_account_read(admin, KEY_ACCOUNT_NAME, ALICE, 0, &a), ERR_OK, "read");
    expect(key_account_writers(admin, &a, &w, &n), ERR_OK, "writers");
    assert_true(is_among(w, n, "Domain Admins"));
    assert_false(is_among(w, n, ALICE));
    assert_false(is_among(w, n, BOB));
    assert_false(is_among(w, n, "Everyone")); /* who may change a password, and nothing here */
    key_account_writers_free(w, n);
    samba_tool_sid("user", BOB, sid);
    command = mem_printf("dsacl set --objectdn='%s' --sddl='(OA;;WP;9a0dc33b-c100-11d1-bbc5-"
                         "0080c76670c0;;%s)'",
                         a.dn, sid);
    samba_tool(command);
    mem_free(command);
    expect(key_account_writers(admin, &a, &w, &n), ERR_OK, "writers");
    assert_true(is_among(w, n, BOB));
    key_account_writers_free(w, n);
    key_account_done(&a);
    session_close(admin);
}

/* ---- looking up ---- */

static struct key_ring *ring_of_bob(void)
{
    struct session_options o = options_of(BOB, PASSWORD);
    struct key_ring_options r = { .directory = &o, .peers = { .lifetime = 2, .negative = 1 } };
    struct account_key_place place = place_of("bob");
    struct key_ring *ring = NULL;

    if (access(place.path, F_OK) != 0)
        enrol_new(BOB, "bob.example", "bob");
    r.file = place.path;
    expect(key_ring_new(&r, &ring), ERR_OK, "ring");
    account_key_place_done(&place);
    return ring;
}

static enum queue_key_state sealing(const struct key_ring *r, const struct sid *who,
                                    const char *host, struct queue_key *ret)
{
    const struct queue_keys *k = key_ring_keys(r);
    enum queue_key_state state = QUEUE_KEY_UNSURE;

    expect(k->peer_agreement(k->arg, who, bytes_of_text(host), &state, ret), ERR_OK, "agreement");
    return state;
}

static enum queue_key_state signing(const struct key_ring *r, const struct account_certificate *c,
                                    struct queue_key *ret)
{
    const struct queue_keys *k = key_ring_keys(r);
    enum queue_key_state state = QUEUE_KEY_UNSURE;

    expect(k->peer_signing(k->arg, &c->sid, bytes_of_text(c->host), c->signing_id, &state, ret),
           ERR_OK, "signing");
    return state;
}

static bool becomes(const struct key_ring *r, const struct account_certificate *c,
                    enum queue_key_state want)
{
    struct queue_key key = { 0 };
    enum queue_key_state state = QUEUE_KEY_UNSURE;
    int i;

    for (i = 0; i < PATIENCE * 10; i++) {
        state = signing(r, c, &key);
        if (state == QUEUE_KEY_FOUND)
            queue_key_done(&key);
        if (state == want)
            return true;
        usleep(100000);
    }
    return false;
}

static void keys_of_others_are_found_until_they_are_taken_back(void **state)
{
    struct account_certificate c = enrol_new(ALICE, "looked-up.example", "looked-up"), never = c;
    struct key_ring *r = ring_of_bob();
    struct session *alice = session_as(ALICE, PASSWORD);
    struct enrol_revocation w = { .session = alice, .host = "looked-up.example" };
    struct account_key_place place = place_of("looked-up");
    struct account_keys *k = NULL;
    struct queue_key key = { 0 };
    size_t n = 0;

    (void)state;
    assert_int_equal(sealing(r, &c.sid, "looked-up.example", &key), QUEUE_KEY_FOUND);
    unit_assert_bytes(crypto_p256_public(key.key), bytes_of(c.agreement, sizeof c.agreement));
    queue_key_done(&key);
    assert_int_equal(signing(r, &c, &key), QUEUE_KEY_FOUND);
    unit_assert_bytes(crypto_p256_public(key.key), bytes_of(c.signing, sizeof c.signing));
    queue_key_done(&key);
    assert_int_equal(sealing(r, &c.sid, "elsewhere.example", &key), QUEUE_KEY_UNKNOWN);
    never.signing_id[0] ^= 1;
    assert_int_equal(signing(r, &never, &key), QUEUE_KEY_UNKNOWN);
    never.sid.sub[4] = 999999;
    assert_int_equal(signing(r, &never, &key), QUEUE_KEY_UNKNOWN);
    w.now = (int64_t)time(NULL);
    expect(enrol_revoke(&w, &place, &n), ERR_OK, "revoke");
    assert_int_equal(n, 1);
    assert_true(becomes(r, &c, QUEUE_KEY_REVOKED));
    expect(account_key_file_read(&place, &k, NULL), ERR_OK, "read");
    assert_null(account_keys_current(k));
    assert_non_null(account_keys_agreeing(k, c.agreement_id)); /* what was sealed may be opened */
    account_keys_free(k);
    session_close(alice);
    account_key_place_done(&place);
    key_ring_free(r);
}

static void forget_nothing(struct impersonation *i)
{
    os_identity_home_done(&i->home);
}

/* A server's thread that is its client for the kernel, too, can neither read the service's keys
 * nor has it anything to ask the directory with. */
static void keys_are_the_processes_whomever_its_thread_impersonates(void **state)
{
    static struct impersonation client = { .release = forget_nothing,
                                           .name = "client",
                                           .has_account = true,
                                           .account = { ACCOUNT_ONE, ACCOUNT_ONE, NULL, 0 } };
    struct account_certificate c = enrol_new(ALICE, "impersonated.example", "impersonated");
    struct account_key_place place = place_of("bob");
    struct key_ring *r = ring_of_bob();
    const struct queue_keys *k = key_ring_keys(r);
    struct queue_key key = { 0 };

    (void)state;
    if (!accounts_may()) {
        key_ring_free(r);
        account_key_place_done(&place);
        unit_skip(ACCOUNTS_NEED);
    }
    assert_int_equal(utimes(place.path, NULL), 0); /* to be read again */
    assert_int_equal(impersonation_begin_adopt(&client), ERR_OK);
    expect(k->own_signing(k->arg, &key), ERR_OK, "own key");
    queue_key_done(&key);
    assert_int_equal(sealing(r, &c.sid, "impersonated.example", &key), QUEUE_KEY_FOUND);
    queue_key_done(&key);
    assert_ptr_equal(impersonation_current(), &client);
    assert_int_equal(geteuid(), ACCOUNT_ONE);
    impersonation_end();
    key_ring_free(r);
    account_key_place_done(&place);
}

static void a_disabled_account_is_told(void **state)
{
    struct account_certificate c = enrol_new(ALICE, "disabled.example", "disabled");
    struct key_ring *r = ring_of_bob();

    (void)state;
    assert_true(becomes(r, &c, QUEUE_KEY_FOUND));
    samba_tool("user disable " ALICE);
    assert_true(becomes(r, &c, QUEUE_KEY_DISABLED));
    samba_tool("user enable " ALICE);
    assert_true(becomes(r, &c, QUEUE_KEY_FOUND));
    samba_tool("user setexpiry " ALICE " --days=0");
    assert_true(becomes(r, &c, QUEUE_KEY_DISABLED));
    key_ring_free(r);
}

static void a_service_is_found_by_its_name(void **state)
{
    struct account_certificate c = enrol_new(ALICE, "spn.example", "spn");
    struct key_ring *r = ring_of_bob();
    enum queue_key_state found = QUEUE_KEY_UNSURE;
    struct sid sid = { 0 };

    (void)state;
    samba_tool("spn add certs-test/spn.example " ALICE);
    expect(key_ring_spn(r, "certs-test/spn.example", &found, &sid), ERR_OK, "spn");
    assert_int_equal(found, QUEUE_KEY_FOUND);
    assert_true(sid_equal(&sid, &c.sid));
    expect(key_ring_spn(r, "certs-test/nobody.example", &found, &sid), ERR_OK, "spn");
    assert_int_equal(found, QUEUE_KEY_UNKNOWN);
    key_ring_free(r);
}

static void move_away(const struct account_key_place *place, bool away)
{
    char other[256];

    assert_true(snprintf(other, sizeof other, "%s.away", place->path) < (int)sizeof other);
    assert_int_equal(away ? rename(place->path, other) : rename(other, place->path), 0);
}

/* Own keys follow the file: a rotation elsewhere is seen, and old ones still open. */
static void own_keys_follow_their_file(void **state)
{
    struct key_ring *r = ring_of_bob();
    const struct queue_keys *k = key_ring_keys(r);
    struct session *bob = session_as(BOB, PASSWORD);
    struct account_key_place place = place_of("bob");
    struct enrolment w = on_host(bob, NULL);
    struct account_certificate next;
    struct queue_key before = { 0 }, after = { 0 }, opens = { 0 };
    struct account_keys *file = NULL;

    (void)state;
    unit_assert_bytes(k->host, bytes_of_text("bob.example"));
    expect(k->own_signing(k->arg, &before), ERR_OK, "own");
    expect(account_key_file_read(&place, &file, NULL), ERR_OK, "read");
    expect(enrol_rotate(&w, &place, &next), ERR_OK, "rotate");
    expect(k->own_signing(k->arg, &after), ERR_OK, "own");
    assert_memory_not_equal(before.id, after.id, sizeof after.id);
    assert_memory_equal(after.id, next.signing_id, sizeof after.id);
    expect(k->own_agreement(k->arg, account_keys_current(file)->certificate.agreement_id, &opens),
           ERR_OK, "own agreement");
    queue_key_done(&opens);
    expect(k->own_agreement(k->arg, before.id, &opens), ERR_NOT_FOUND, "own agreement");
    move_away(&place, true); /* for a moment: nothing is refused for that, and nothing signed */
    expect(k->own_agreement(k->arg, account_keys_current(file)->certificate.agreement_id, &opens),
           ERR_OK, "own agreement without the file");
    queue_key_done(&opens);
    expect(k->own_signing(k->arg, &opens), ERR_NOT_FOUND, "own signing without the file");
    move_away(&place, false);
    queue_key_done(&before);
    queue_key_done(&after);
    account_keys_free(file);
    account_key_place_done(&place);
    session_close(bob);
    key_ring_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_enrols_two_hosts_beside_others_entries),
        cmocka_unit_test(who_is_enrolled_is_not_enrolled_again),
        cmocka_unit_test(rotation_leaves_the_old_one_to_verify_and_to_open),
        cmocka_unit_test(who_rotates_often_can_again_later),
        cmocka_unit_test(keys_that_begin_later_have_no_successor),
        cmocka_unit_test(no_more_are_published_than_can_be_read),
        cmocka_unit_test(an_interrupted_enrolment_is_finished),
        cmocka_unit_test(what_goes_with_a_successor_is_retired_here),
        cmocka_unit_test(what_changed_meanwhile_is_noticed),
        cmocka_unit_test(hosts_that_enrol_at_once_are_all_there),
        cmocka_unit_test(anothers_keys_are_not_changed),
        cmocka_unit_test(anothers_certificate_in_a_list_is_seen_by_its_sid),
        cmocka_unit_test(who_else_may_write_is_told_by_name),
        cmocka_unit_test(keys_of_others_are_found_until_they_are_taken_back),
        cmocka_unit_test(a_service_is_found_by_its_name),
        cmocka_unit_test(own_keys_follow_their_file),
        cmocka_unit_test(keys_are_the_processes_whomever_its_thread_impersonates),
        cmocka_unit_test(a_disabled_account_is_told), /* last: alice is of no use then */
    };
    char command[64];
    int failed;

    if (!mkdtemp(folder))
        return 1;
    failed = cmocka_run_group_tests(tests, setup, teardown);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command) != 0 || failed;
}
