/* SPDX-License-Identifier: Apache-2.0
 * test_rpc_async_moment.c - asynchronous calls in the moments in which they change hands: cancelled
 * while they are begun, completed while their program is told; and in which syntax they are begun.
 */
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/relay.h"
#include "rpc_later_home.h"

static int fresh(void **state)
{
    (void)state;
    later_forget();
    return 0;
}

/* ---- while it is begun ---- */

enum { BULK = 0x1000000, LONG_REQUEST = 4000 }; /* more than the kernel takes on the way */

static atomic_bool held, holds; /* no frame of a long request goes on; and one does not */

static enum relay_verdict hold(void *arg, struct relay_frame *f)
{
    (void)arg;
    if (f->bytes.len > LONG_REQUEST && f->from_client)
        atomic_store(&holds, true);
    while (f->bytes.len > LONG_REQUEST && f->from_client && atomic_load(&held))
        try_rest(1);
    return RELAY_PASS;
}

struct caller { /* of its own thread */
    pthread_t thread;
    RPC_BINDING_HANDLE binding;
    struct later_call call;
    byte *data, *back;
    RPC_STATUS raised;
};

static void *call_bulk(void *arg)
{
    struct caller *c = arg;

    RAISES(RPC_S_OK, LaterBulk(&c->call.state, c->binding, BULK, c->data, c->back));
    return NULL;
}

static void *call_keep(void *arg)
{
    struct caller *c = arg;

    c->raised = later_keep(&c->call, c->binding, 2);
    return NULL;
}

static void begin(struct caller *c, RPC_BINDING_HANDLE b, void *(*how)(void *))
{
    c->binding = b;
    later_prepare(&c->call, RpcNotificationTypeNone);
    assert_int_equal(pthread_create(&c->thread, NULL, how, c), 0);
    while (RpcAsyncGetCallStatus(&c->call.state) != RPC_S_ASYNC_CALL_PENDING)
        try_rest(1);
}

/* The request before it holds the connection up, so that it has no number yet. */
static void cancel_while_begun(bool abort)
{
    static struct caller bulk, keep;
    const struct relay_how how = {
        .to_port = (unsigned)atoi(try_port()), .framing = &relay_rpc, .meddle = hold, .arg = NULL
    };
    struct relay *relay = NULL;
    RPC_BINDING_HANDLE b;
    char port[8];
    int i;

    assert_int_equal(relay_new(&how, &relay), ERR_OK);
    (void)snprintf(port, sizeof port, "%u", relay_port(relay));
    b = try_bind_to(NULL, "127.0.0.1", port);
    atomic_store(&held, true);
    bulk.data = calloc(2, BULK);
    bulk.back = bulk.data + BULK;
    atomic_store(&holds, false);
    begin(&bulk, b, call_bulk);
    while (!atomic_load(&holds))
        try_rest(1);
    begin(&keep, b, call_keep);
    OK(RpcAsyncCancelCall(&keep.call.state, abort));
    atomic_store(&held, false);
    pthread_join(bulk.thread, NULL);
    pthread_join(keep.thread, NULL);
    OK(keep.raised);
    later_until(abort ? 1 : 2);
    i = !later_kept[0].n; /* where the long one is */
    if (abort) {
        IS(later_wait(&keep.call), RPC_S_CALL_CANCELLED);
    } else {
        while (RpcServerTestCancel(later_kept[!i].binding) != RPC_S_OK)
            try_rest(1);
        OK(RpcAsyncAbortCall(later_kept[!i].state, RPC_S_CALL_CANCELLED));
        IS(later_wait(&keep.call), RPC_S_CALL_CANCELLED);
    }
    IS(RpcAsyncCompleteCall(&keep.call.state, &keep.call.reply), RPC_S_CALL_CANCELLED);
    OK(RpcAsyncCompleteCall(later_kept[i].state, NULL));
    OK(later_wait(&bulk.call));
    OK(RpcAsyncCompleteCall(&bulk.call.state, NULL));
    free(bulk.data);
    try_unbind(&b);
    relay_free(relay);
}

static void aborted_while_it_is_begun(void **state)
{
    (void)state;
    cancel_while_begun(true);
}

static void cancelled_while_it_is_begun(void **state)
{
    (void)state;
    cancel_while_begun(false);
}

/* ---- in the syntax of its server ---- */

static atomic_size_t request; /* octets of the last */

static enum relay_verdict measure(void *arg, struct relay_frame *f)
{
    (void)arg;
    if (f->from_client && f->bytes.ptr[2] == 0) /* a request */
        atomic_store(&request, f->bytes.len);
    return RELAY_PASS;
}

static size_t request_size(CS_POLICY_MODE ndr64)
{
    const struct relay_how how = {
        .to_port = (unsigned)atoi(try_port()), .framing = &relay_rpc, .meddle = measure, .arg = NULL
    };
    struct relay *relay = NULL;
    struct later_call c;
    RPC_BINDING_HANDLE b;
    char port[8];
    int i;

    assert_int_equal(CsSetPolicy("ndr64", ndr64), SEC_E_OK);
    assert_int_equal(relay_new(&how, &relay), ERR_OK);
    (void)snprintf(port, sizeof port, "%u", relay_port(relay));
    b = try_bind_to(NULL, "127.0.0.1", port);
    later_prepare(&c, RpcNotificationTypeNone);
    for (i = 1; i <= 3; i++) { /* on a new connection, and on one that is there */
        later_forget();
        OK(later_keep(&c, b, i));
        later_until(1);
        OK(later_complete(0));
        later_good(&c, i);
    }
    try_unbind(&b);
    relay_free(relay);
    assert_int_equal(CsSetPolicy("ndr64", CS_POLICY_OFF), SEC_E_OK);
    return atomic_load(&request);
}

static void in_ndr64_where_both_ends_have_it(void **state)
{
    (void)state;
    assert_true(request_size(CS_POLICY_OFF) > request_size(CS_POLICY_ENFORCE));
}

/* ---- while its program is told ---- */

static atomic_int slow_fd = -1, written;

/* In place of the C library's: the library's own thread takes its time. */
ssize_t write(int fd, const void *buf, size_t n)
{
    ssize_t got;

    if (fd >= 0 && fd == atomic_load(&slow_fd))
        try_rest(50);
    got = syscall(SYS_write, fd, buf, n);
    if (fd >= 0 && fd == atomic_load(&slow_fd))
        atomic_fetch_add(&written, 1);
    return got;
}

static void told_before_it_is_complete(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct later_call c;
    int fd = eventfd(0, EFD_NONBLOCK), i;

    (void)state;
    for (i = 0; i < 5; i++) {
        later_forget();
        atomic_store(&written, 0);
        later_prepare(&c, CsNotificationTypeFd);
        c.state.u.Fd = fd;
        OK(later_keep(&c, b, i));
        later_until(1);
        atomic_store(&slow_fd, fd);
        OK(later_complete(0));
        later_good(&c, i); /* polls */
        assert_int_equal(atomic_load(&written), 1);
        atomic_store(&slow_fd, -1);
    }
    close(fd);
    try_unbind(&b);
}

/* One that nobody reads is full one day: the library's thread does not wait for it. */
static void a_full_descriptor_holds_nobody_up(void **state)
{
    RPC_BINDING_HANDLE b = try_bind();
    struct later_call c;
    int fd = eventfd(0, 0);
    uint64_t most = UINT64_MAX - 1;

    (void)state;
    assert_int_equal(syscall(SYS_write, fd, &most, sizeof most), sizeof most);
    later_prepare(&c, CsNotificationTypeFd);
    c.state.u.Fd = fd;
    OK(later_keep(&c, b, 1));
    later_until(1);
    OK(later_complete(0));
    later_good(&c, 1);
    close(fd);
    try_unbind(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(aborted_while_it_is_begun, fresh),
        cmocka_unit_test_setup(cancelled_while_it_is_begun, fresh),
        cmocka_unit_test_setup(in_ndr64_where_both_ends_have_it, fresh),
        cmocka_unit_test_setup(told_before_it_is_complete, fresh),
        cmocka_unit_test_setup(a_full_descriptor_holds_nobody_up, fresh),
    };

    return cmocka_run_group_tests(tests, later_start, later_stop);
}
