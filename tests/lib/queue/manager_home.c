/* SPDX-License-Identifier: Apache-2.0
 * manager_home.c - a queue manager in this process.
 */
#include "lib/queue/manager_home.h"

#include <pthread.h>
#include <unistd.h>

#include "lib/queue/store_home.h"
#include "lib/queue_message.h"
#include "lib/unit.h"

enum { TEXT = 256 };

struct answer {             /* waited for */
    struct receive receive; /* first */
    pthread_mutex_t lock;
    pthread_cond_t come;
    bool done;
    uint32_t status;
    mqd_taken taken;
    struct buf message;
};

/* ---- its life ---- */

void manager_home_make(struct manager_home *home)
{
    char folder[] = "/tmp/mqd-test-XXXXXX";

    *home = (struct manager_home){ .manager = NULL };
    assert_int_equal(config_init(&home->config), ERR_OK);
    assert_non_null(mkdtemp(folder));
    (void)snprintf(home->config.store, sizeof home->config.store, "%s", folder);
    home->config.backoff_first = 1;
    home->config.backoff_most = 1;
}

void manager_home_open(struct manager_home *home)
{
    const struct manager_how how = { .config = &home->config,
                                     .account = "S-1-22-1-0",
                                     .now = home->now,
                                     .senders = bytes_of_text(home->senders) };

    assert_int_equal(manager_new(&how, &home->manager), ERR_OK);
}

void manager_home_close(struct manager_home *home)
{
    manager_stop(home->manager);
    manager_free(home->manager);
    home->manager = NULL;
}

void manager_home_done(struct manager_home *home)
{
    if (home->manager)
        manager_home_close(home);
    store_home_remove(home->config.store);
}

/* ---- handles ---- */

struct handle *manager_home_handle(struct manager_home *home, uint32_t uid,
                                   const struct manager_open *how, uint32_t *ret_status)
{
    struct access_who who = { 0 };
    struct handle *h = NULL;

    assert_int_equal(access_who_new(uid, uid, &who), ERR_OK);
    *ret_status = manager_open(home->manager, &who, how, &h);
    access_who_done(&who);
    return h;
}

struct handle *manager_home_queue(struct manager_home *home, uint32_t uid, const char *name,
                                  uint32_t access)
{
    const struct manager_open how = { .name = name, .access = access, .flags = MQD_CREATE };
    uint32_t status = MQD_OK;
    struct handle *h = manager_home_handle(home, uid, &how, &status);

    assert_int_equal(status, MQD_OK);
    return h;
}

/* ---- waiting ---- */

static void answer_init(struct answer *a)
{
    *a = (struct answer){ .done = false };
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->come, NULL);
}

static void answer_wait(struct answer *a)
{
    pthread_mutex_lock(&a->lock);
    while (!a->done)
        pthread_cond_wait(&a->come, &a->lock);
    pthread_mutex_unlock(&a->lock);
    pthread_cond_destroy(&a->come);
    pthread_mutex_destroy(&a->lock);
}

static void on_status(void *arg, uint32_t status)
{
    struct answer *a = arg;

    pthread_mutex_lock(&a->lock);
    a->status = status;
    a->done = true;
    pthread_cond_signal(&a->come);
    pthread_mutex_unlock(&a->lock);
}

static void on_message(struct receive *r, uint32_t status, const mqd_taken *taken,
                       struct buf message)
{
    struct answer *a = (struct answer *)(void *)r;

    a->taken = *taken;
    a->message = message;
    on_status(a, status);
}

uint32_t manager_home_submit(struct handle *h, struct bytes message)
{
    struct answer a;

    answer_init(&a);
    handle_submit(h, message, on_status, &a);
    answer_wait(&a);
    return a.status;
}

static struct buf message_of(uint32_t uid, const char *queue, const char *text)
{
    struct queue_header header = queue_message_header(queue);

    header.sender.sub[1] = uid;
    return queue_message_make(&header, bytes_of_text(text));
}

uint32_t manager_home_join(struct handle *h, uint64_t lease, uint32_t uid, const char *queue,
                           const char *text)
{
    struct buf message = message_of(uid, queue, text);
    struct answer a;

    answer_init(&a);
    handle_submit_joined(h, lease, buf_view(message), on_status, &a);
    answer_wait(&a);
    buf_free(&message);
    return a.status;
}

uint32_t manager_home_send(struct handle *h, uint32_t uid, const char *queue, const char *text)
{
    struct buf message = message_of(uid, queue, text);
    uint32_t status;

    status = manager_home_submit(h, buf_view(message));
    buf_free(&message);
    return status;
}

static struct queue_header last;

const char *manager_home_take(struct handle *h, mqd_taken *ret)
{
    uint32_t status;
    const char *text = manager_home_receive(h, HOME_LONG_MS, ret, &status);

    assert_int_equal(status, MQD_OK);
    return text;
}

uint32_t manager_home_try(struct handle *h)
{
    mqd_taken t;
    uint32_t status;

    (void)manager_home_receive(h, 0, &t, &status);
    return status;
}

const struct queue_header *manager_home_header(void)
{
    return &last;
}

/* The answer in a. */
static const char *take(struct handle *h, struct answer *a)
{
    static char text[TEXT];
    struct queue_message m;

    a->receive.done = on_message;
    handle_receive(h, &a->receive);
    answer_wait(a);
    text[0] = '\0';
    if (!a->status) {
        assert_int_equal(queue_message_read(buf_view(a->message), &m), ERR_OK);
        (void)snprintf(text, sizeof text, "%.*s", (int)m.body.len, (const char *)m.body.ptr);
        last = m.header;
        last.sender_host = last.recipient_spn = last.queue = last.reply_queue = (struct bytes){ 0 };
    }
    buf_free(&a->message);
    return text;
}

const char *manager_home_receive(struct handle *h, uint32_t wait_ms, mqd_taken *ret,
                                 uint32_t *ret_status)
{
    const char *text;
    struct answer a;

    answer_init(&a);
    a.receive.wait_ms = wait_ms;
    text = take(h, &a);
    *ret = a.taken;
    *ret_status = a.status;
    return text;
}

const char *manager_home_receive_of(struct handle *h, const mqd_interface *interfaces,
                                    uint32_t count, mqd_taken *ret, uint32_t *ret_status)
{
    const char *text;
    struct answer a;

    answer_init(&a);
    a.receive.interfaces = interfaces;
    a.receive.interface_count = count;
    text = take(h, &a);
    *ret = a.taken;
    *ret_status = a.status;
    return text;
}

uint32_t manager_home_outcome(struct handle *h, uint64_t lease, uint32_t outcome, uint32_t reason)
{
    struct answer a;

    answer_init(&a);
    handle_outcome(h, lease, outcome, reason, on_status, &a);
    answer_wait(&a);
    return a.status;
}
