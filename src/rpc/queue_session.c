/* SPDX-License-Identifier: Apache-2.0
 * queue_session.c - the table of sessions, what frames do to them, and the thread of each.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "base/thread.h"
#include "countersign/rpc.h"
#include "rpc/queue_session_state.h"

enum {
    SESSIONS_MOST = 256, /* that a server has at a time */
    OF_ONE_MOST = 64,    /* of one account's processes */
    ASK_MS = 15000,      /* after so long with nothing to say: whether the other end still is */
    ASKED_MOST = 20,     /* so often, and it has said nothing: it is not */
    FULL_FIRST_MS = 50,  /* until a frame is tried again whose queue is full; then twice as long */
    FULL_LONGEST_MS = 3200,
    FULL_MOST = 100, /* tries: about as long as the other end may say nothing */
    STACK = 128 * 1024,
};

const struct queued_syntax rpc_queue_session_syntax = { QUEUED_SESSION_UUID, 1, 0 };

pthread_mutex_t rpc_queue_sessions_lock = PTHREAD_MUTEX_INITIALIZER;
static struct rpc_queue_session *first;
static pthread_once_t watch_forks_once = PTHREAD_ONCE_INIT;

/* ---- the table ---- */

/* A child has none of its parent's threads, and so none of its sessions. */
static void forked(void)
{
    rpc_queue_sessions_lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    first = NULL;
}

static void watch_forks(void)
{
    (void)pthread_atfork(NULL, NULL, forked);
}

bool rpc_queue_session_is(const struct queued_message *m)
{
    return memcmp(&m->interface.uuid, &rpc_queue_session_syntax.uuid, sizeof m->interface.uuid) ==
           0;
}

enum err rpc_queue_session_new(const struct queued_door *door, bool server,
                               struct rpc_queue_session **ret)
{
    struct rpc_queue_session *s = mem_zero(sizeof *s);
    pthread_condattr_t monotonic;
    enum err e = s ? ERR_OK : ERR_NO_MEMORY;

    if (e)
        return e;
    pthread_once(&watch_forks_once, watch_forks);
    s->door = door;
    s->server = server;
    s->fd = -1;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&s->changed, &monotonic);
    pthread_condattr_destroy(&monotonic);
    s->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (s->wake < 0)
        e = detail_fail(ERR_RPC_RESOURCES, "no descriptor for a session: %s", strerror(errno));
    if (!e)
        e = rpc_mailbox_get(door, &s->box);
    if (e)
        rpc_queue_session_free(s);
    else
        *ret = s;
    return e;
}

/* With the lock. */
static void leave(struct rpc_queue_session *s)
{
    struct rpc_queue_session **at = &first;

    while (*at && *at != s)
        at = &(*at)->next;
    if (*at)
        *at = s->next;
    s->entered = false;
}

void rpc_queue_session_free(struct rpc_queue_session *s)
{
    pthread_mutex_lock(&rpc_queue_sessions_lock);
    leave(s);
    pthread_mutex_unlock(&rpc_queue_sessions_lock);
    if (s->fd >= 0)
        close(s->fd);
    if (s->wake >= 0)
        close(s->wake);
    if (s->box)
        rpc_mailbox_put(s->box);
    pthread_cond_destroy(&s->changed);
    mem_free(s->peer_account);
    mem_free(s->peer_host);
    mem_free_wiped(s->inbox.ptr);
    mem_free(s);
}

/* With the lock: whether a server may have one more of that account. */
static bool has_room(const char *account)
{
    const struct rpc_queue_session *s;
    unsigned all = 0, of_one = 0;

    for (s = first; s; s = s->next)
        if (s->server) {
            all++;
            of_one += strcmp(s->peer_account, account) == 0;
        }
    return all < SESSIONS_MOST && of_one < OF_ONE_MOST;
}

enum err rpc_queue_session_enter(struct rpc_queue_session *s, const uint8_t id[QUEUED_ID])
{
    enum err e = ERR_OK;
    bool lost;

    pthread_mutex_lock(&rpc_queue_sessions_lock);
    if (s->server && !has_room(s->peer_account)) {
        e = detail_fail(ERR_RPC_RESOURCES, "no more sessions of %s are taken", s->peer_account);
    } else {
        memcpy(s->id, id, sizeof s->id);
        s->entered = true;
        s->next = first;
        first = s;
    }
    pthread_mutex_unlock(&rpc_queue_sessions_lock);
    lost = rpc_mailbox_is_lost(s->box); /* it may have said so before */
    pthread_mutex_lock(&rpc_queue_sessions_lock);
    s->lost |= lost;
    pthread_mutex_unlock(&rpc_queue_sessions_lock);
    return e;
}

enum err rpc_queue_session_meet(struct rpc_queue_session *s, const char *queue,
                                const struct queued_message *m)
{
    enum err e = queued_name_check(queue);

    if (e)
        return e;
    s->peer_host = mem_strdup(m->host ? m->host : "");
    s->peer_account = s->peer_host ? mem_strdup(m->submitter) : NULL;
    if (!s->peer_account)
        return ERR_NO_MEMORY;
    memcpy(s->peer_queue, queue, strlen(queue) + 1);
    return ERR_OK;
}

/* ---- frames that come ---- */

static void wake(const struct rpc_queue_session *s)
{
    const uint64_t one = 1;

    (void)!write(s->wake, &one, sizeof one);
}

/* With the lock. It is bounded by the window. */
static enum err inbox_add(struct rpc_queue_inbox *in, struct bytes b)
{
    size_t cap = in->cap ? in->cap : 4096;
    uint8_t *more;

    if (in->start + in->len + b.len > in->cap && in->len) {
        memmove(in->ptr, in->ptr + in->start, in->len);
        in->start = 0;
    }
    if (!in->len)
        in->start = 0;
    while (cap < in->len + b.len)
        cap *= 2;
    if (cap > in->cap) {
        more = mem_resize(in->ptr, cap);
        if (!more)
            return ERR_NO_MEMORY;
        in->ptr = more;
        in->cap = cap;
    }
    memcpy(in->ptr + in->start + in->len, b.ptr, b.len);
    in->len += b.len;
    return ERR_OK;
}

/* With the lock: of a session that is being opened. Anything else is not its answer. */
static void take_first(struct rpc_queue_session *s, const struct queued_message *m,
                       const struct rpc_queue_frame *f)
{
    char queue[QUEUED_NAME_MAX + 1] = "";

    if (f->type == RPC_QUEUE_HERE && m->submitter) {
        memcpy(queue, f->rest.ptr, f->rest.len);
        if (strlen(queue) != f->rest.len || rpc_queue_session_meet(s, queue, m))
            s->broken = true;
    } else if (f->type == RPC_QUEUE_END) {
        s->flow.ended = true;
        s->flow.why = f->why;
    } else {
        return;
    }
    pthread_cond_signal(&s->changed);
}

/* With the lock. */
static void take(struct rpc_queue_session *s, const struct queued_message *m,
                 const struct rpc_queue_frame *f)
{
    struct bytes fresh;
    enum err e;

    if (!s->peer_account) {
        take_first(s, m, f);
        return;
    }
    if (!m->submitter || strcmp(m->submitter, s->peer_account) != 0) {
        log_audit("rpc: a frame of %s in a session with %s is dropped",
                  m->submitter ? m->submitter : "nobody", s->peer_account);
        return;
    }
    if (f->type == RPC_QUEUE_HERE && !s->server)
        return; /* again */
    s->asked = 0;
    e = rpc_queue_flow_receive(&s->flow, f, &fresh);
    if (!e && fresh.len)
        e = inbox_add(&s->inbox, fresh);
    if (e == ERR_UNEXPECTED)
        log_audit("rpc: a session with %s ends: %s", s->peer_account, detail_get()->text);
    s->broken |= e != ERR_OK;
    wake(s);
}

void rpc_queue_session_deliver(const struct rpc_mailbox *b, const struct queued_message *m)
{
    const bool server = m->opnum == RPC_QUEUE_TO_SERVER;
    struct rpc_queue_session *s;
    struct rpc_queue_frame f;

    if (m->opnum > RPC_QUEUE_TO_CLIENT || rpc_queue_frame_read(m->body, &f)) {
        log_audit("rpc: what came as a frame of a session is none");
        return;
    }
    pthread_mutex_lock(&rpc_queue_sessions_lock);
    s = first;
    while (s &&
           (s->box != b || s->server != server || memcmp(s->id, m->reply_to, sizeof s->id) != 0))
        s = s->next;
    if (s)
        take(s, m, &f);
    pthread_mutex_unlock(&rpc_queue_sessions_lock);
    if (!s)
        log_debug("rpc: a frame comes for no session, or one that is over");
}

void rpc_queue_session_lose(const struct rpc_mailbox *b)
{
    struct rpc_queue_session *s;

    pthread_mutex_lock(&rpc_queue_sessions_lock);
    for (s = first; s; s = s->next)
        if (s->box == b) {
            s->lost = true;
            pthread_cond_signal(&s->changed);
            wake(s);
        }
    pthread_mutex_unlock(&rpc_queue_sessions_lock);
}

/* ---- frames that go ---- */

enum err rpc_queue_session_say(const struct rpc_queue_session *s, const struct rpc_queue_frame *f)
{
    struct queued_message to = { .interface = rpc_queue_session_syntax,
                                 .opnum = s->server ? RPC_QUEUE_TO_CLIENT : RPC_QUEUE_TO_SERVER,
                                 .level = QUEUED_LEVEL_NONE,
                                 .reply_queue = s->peer_queue,
                                 .host = s->peer_host,
                                 .submitter = s->peer_account };
    struct buf body = { 0 };
    enum err e = rpc_queue_frame_write(f, &body);

    memcpy(to.id, s->id, sizeof to.id);
    if (!e)
        e = s->door->reply(&to, buf_view(body));
    buf_free(&body);
    return e;
}

/* ---- its thread ---- */

struct turn { /* what there is to do, as it is now */
    bool over, due;
    size_t room, waiting;
};

/* With the lock: on to the runtime, as far as it takes it. Where it reads no more it has no use for
 * the rest. */
static void pass_on(struct rpc_queue_session *s)
{
    struct rpc_queue_inbox *in = &s->inbox;
    struct iovec iov;
    size_t n = 0;
    enum err e;

    if (!in->len)
        return;
    iov = (struct iovec){ in->ptr + in->start, in->len };
    e = transport_send_now(s->fd, &iov, 1, &n);
    if (e && e != ERR_INCOMPLETE)
        n = in->len;
    in->start += n;
    in->len -= n;
    rpc_queue_flow_pass(&s->flow, n);
}

static struct turn look(struct rpc_queue_session *s)
{
    struct turn t;

    pthread_mutex_lock(&rpc_queue_sessions_lock);
    pass_on(s);
    t.over = s->lost || s->broken || (s->flow.ended && !s->inbox.len) || s->asked > ASKED_MOST;
    t.due = rpc_queue_flow_is_due(&s->flow);
    t.room = rpc_queue_flow_room(&s->flow);
    t.waiting = s->inbox.len;
    pthread_mutex_unlock(&rpc_queue_sessions_lock);
    return t;
}

/* There may be room in a moment: an octet of the connection cannot be left out. */
static bool is_full(enum err e)
{
    return e == ERR_QUEUE_FULL || e == ERR_RPC_BUSY;
}

/* The longest is short enough to hear of the session's end, and what comes is taken meanwhile: the
 * other end may wait just so. */
static enum err say_at_last(struct rpc_queue_session *s, const struct rpc_queue_frame *f)
{
    enum err e = rpc_queue_session_say(s, f);
    long ms = FULL_FIRST_MS;
    struct timespec t;
    unsigned i;

    for (i = 0; is_full(e) && i < FULL_MOST && !look(s).over; i++) {
        t = (struct timespec){ ms / 1000, ms % 1000 * 1000000 };
        (void)nanosleep(&t, NULL);
        ms = 2 * ms < FULL_LONGEST_MS ? 2 * ms : FULL_LONGEST_MS;
        detail_begin("ncadg_mq");
        e = rpc_queue_session_say(s, f);
    }
    return e;
}

static enum err say_taken(struct rpc_queue_session *s)
{
    struct rpc_queue_frame f;

    pthread_mutex_lock(&rpc_queue_sessions_lock);
    f = rpc_queue_flow_taken(&s->flow);
    pthread_mutex_unlock(&rpc_queue_sessions_lock);
    return say_at_last(s, &f);
}

static enum err ask(struct rpc_queue_session *s)
{
    pthread_mutex_lock(&rpc_queue_sessions_lock);
    s->asked++;
    pthread_mutex_unlock(&rpc_queue_sessions_lock);
    return say_taken(s);
}

/* Until something is to be done. ERR_TIMEOUT: there is nothing to say, for long. */
static enum err wait_for(const struct rpc_queue_session *s, const struct turn *t,
                         bool *ret_readable)
{
    const short events = (short)((t->room ? POLLIN : 0) | (t->waiting ? POLLOUT : 0));
    struct pollfd p[] = { { events ? s->fd : -1, events, 0 }, { s->wake, POLLIN, 0 } };
    uint64_t news;
    int n;

    do
        n = poll(p, 2, ASK_MS);
    while (n < 0 && errno == EINTR);
    if (p[1].revents)
        (void)!read(s->wake, &news, sizeof news);
    *ret_readable = t->room && p[0].revents & ~POLLOUT;
    return n ? ERR_OK : ERR_TIMEOUT;
}

/* ERR_CONNECT: the runtime has closed its end. */
static enum err send_on(struct rpc_queue_session *s, uint8_t *to, size_t room)
{
    const struct iovec iov = { to, room };
    struct rpc_queue_frame f;
    size_t n = 0;
    enum err e = transport_receive_now(s->fd, &iov, 1, &n);

    if (e)
        return e == ERR_INCOMPLETE ? ERR_OK : e;
    if (!n)
        return ERR_CONNECT;
    pthread_mutex_lock(&rpc_queue_sessions_lock);
    f = rpc_queue_flow_data(&s->flow, bytes_of(to, n));
    pthread_mutex_unlock(&rpc_queue_sessions_lock);
    return say_at_last(s, &f);
}

static enum err turn(struct rpc_queue_session *s, uint8_t *block)
{
    struct turn t = look(s);
    bool readable = false;
    enum err e = ERR_OK;

    if (t.over)
        return ERR_RPC_FAILED;
    if (t.due)
        e = say_taken(s);
    if (!e)
        e = wait_for(s, &t, &readable);
    if (e == ERR_TIMEOUT)
        return ask(s);
    return e || !readable ? e : send_on(s, block, t.room);
}

/* The other end hears of it, if it still is. */
static void say_end(struct rpc_queue_session *s)
{
    struct rpc_queue_frame f;
    bool told;

    pthread_mutex_lock(&rpc_queue_sessions_lock);
    told = s->flow.ended || s->lost;
    f = rpc_queue_flow_end(&s->flow, s->broken ? (uint32_t)RPC_S_PROTOCOL_ERROR : 0);
    pthread_mutex_unlock(&rpc_queue_sessions_lock);
    if (!told && say_at_last(s, &f))
        log_debug("rpc: the end of a session with %s could not be told: %s", s->peer_account,
                  detail_get()->text);
}

static void *run(void *arg)
{
    struct rpc_queue_session *s = arg;
    uint8_t *block = mem_alloc(RPC_QUEUE_FRAME_DATA);
    enum err e = block ? ERR_OK : ERR_NO_MEMORY;

    detail_begin("ncadg_mq");
    while (!e)
        e = turn(s, block);
    say_end(s);
    mem_free_wiped(block);
    rpc_queue_session_free(s);
    return NULL;
}

enum err rpc_queue_session_run_adopt(struct rpc_queue_session *s, int *ret_fd)
{
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
        return detail_fail(ERR_RPC_RESOURCES, "no descriptors for a session: %s", strerror(errno));
    if (s->server) /* as what a server accepts */
        transport_prepare_soon(pair[1]);
    s->fd = pair[0];
    if (thread_start(run, s, STACK, NULL)) {
        s->fd = -1;
        close(pair[0]);
        close(pair[1]);
        return detail_fail(ERR_RPC_RESOURCES, "no thread for a session");
    }
    *ret_fd = pair[1];
    return ERR_OK;
}
