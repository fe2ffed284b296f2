/* SPDX-License-Identifier: Apache-2.0 */
#include <countersign/rpc.h>

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/unit.h"

static void raise_later(LONG code)
{
    RpcRaiseException(code);
}

static void a_block_without_an_exception_runs_to_its_end(void **state)
{
    volatile int ran = 0;

    (void)state;
    RpcTryExcept
    {
        ran++;
    }
    RpcExcept (EXCEPTION_EXECUTE_HANDLER) {
        ran = 100;
    }
    RpcEndExcept
    assert_int_equal(ran, 1);
    assert_int_equal(RpcExceptionCode(), 0);
}

static void a_handler_sees_the_code(void **state)
{
    volatile ULONG seen = 0, in_filter = 0;
    volatile int after = 0;

    (void)state;
    RpcTryExcept
    {
        raise_later(RPC_S_SERVER_UNAVAILABLE);
        after = 1;
    }
    RpcExcept ((in_filter = RpcExceptionCode()) == RPC_S_SERVER_UNAVAILABLE) {
        seen = RpcExceptionCode();
    }
    RpcEndExcept
    assert_int_equal(after, 0);
    assert_int_equal(seen, RPC_S_SERVER_UNAVAILABLE);
    assert_int_equal(in_filter, RPC_S_SERVER_UNAVAILABLE);
    assert_int_equal(RpcExceptionCode(), 0);
}

static void a_filter_that_declines_passes_it_on(void **state)
{
    volatile int inner = 0;
    volatile ULONG outer = 0;

    (void)state;
    RpcTryExcept
    {
        RpcTryExcept
        {
            raise_later(RPC_S_CALL_FAILED);
        }
        RpcExcept (RpcExceptionCode() == RPC_S_SERVER_TOO_BUSY) {
            inner = 1;
        }
        RpcEndExcept
        inner = 2;
    }
    RpcExcept (RpcExceptionFilter(RpcExceptionCode())) {
        outer = RpcExceptionCode();
    }
    RpcEndExcept
    assert_int_equal(inner, 0);
    assert_int_equal(outer, RPC_S_CALL_FAILED);
}

static void what_a_handler_raises_goes_further_out(void **state)
{
    volatile ULONG outer = 0, again = 0;

    (void)state;
    RpcTryExcept
    {
        RpcTryExcept
        {
            raise_later(1);
        }
        RpcExcept (1) {
            /* a try of the handler's own comes and goes: the code is that of the handler's again */
            RpcTryExcept
            {
                raise_later(2);
            }
            RpcExcept (1) {
                assert_int_equal(RpcExceptionCode(), 2);
            }
            RpcEndExcept
            again = RpcExceptionCode();
            raise_later(3);
        }
        RpcEndExcept
    }
    RpcExcept (1) {
        outer = RpcExceptionCode();
    }
    RpcEndExcept
    assert_int_equal(again, 1);
    assert_int_equal(outer, 3);
}

static void no_filter_resumes(void **state)
{
    volatile ULONG seen = 0;

    (void)state;
    RpcTryExcept
    {
        RpcTryExcept
        {
            raise_later(5);
        }
        RpcExcept (EXCEPTION_CONTINUE_EXECUTION) {
            seen = 1;
        }
        RpcEndExcept
    }
    RpcExcept (1) {
        seen = RpcExceptionCode();
    }
    RpcEndExcept
    assert_int_equal(seen, STATUS_NONCONTINUABLE_EXCEPTION);
}

static void finally_runs_either_way(void **state)
{
    volatile int normal = -1, abnormal = -1, after = 0;
    volatile ULONG seen = 0;

    (void)state;
    RpcTryExcept
    {
        RpcTryFinally
        {
            after = 1;
        }
        RpcFinally
        {
            normal = RpcAbnormalTermination();
        }
        RpcEndFinally
        after = 2;
        RpcTryFinally
        {
            RpcTryFinally
            {
                raise_later(RPC_X_BAD_STUB_DATA);
            }
            RpcFinally
            {
                abnormal = RpcAbnormalTermination();
            }
            RpcEndFinally
            after = 3;
        }
        RpcFinally
        {
            abnormal += 2 * RpcAbnormalTermination();
        }
        RpcEndFinally
        after = 4;
    }
    RpcExcept (1) {
        seen = RpcExceptionCode();
    }
    RpcEndExcept
    assert_int_equal(normal, 0);
    assert_int_equal(abnormal, 3);
    assert_int_equal(after, 2);
    assert_int_equal(seen, RPC_X_BAD_STUB_DATA);
}

/* A finally block in a handler, left normally, while the handler's exception is still at hand. */
static void finally_in_a_handler_ends_normally(void **state)
{
    volatile int abnormal = -1;
    volatile ULONG code = 0;

    (void)state;
    RpcTryExcept
    {
        raise_later(7);
    }
    RpcExcept (1) {
        RpcTryFinally
        {
            code = 0;
        }
        RpcFinally
        {
            abnormal = RpcAbnormalTermination();
            code = RpcExceptionCode();
        }
        RpcEndFinally
        assert_int_equal(RpcExceptionCode(), 7);
    }
    RpcEndExcept
    assert_int_equal(abnormal, 0);
    assert_int_equal(code, 7);
}

static int leaves(int how)
{
    volatile int i;

    for (i = 0; i < 3; i++) {
        RpcTryExcept
        {
            if (how == 0)
                return 1;
            if (how == 1)
                break;
            if (how == 2)
                continue;
            goto out;
        }
        RpcExcept (1) {
            return 100;
        }
        RpcEndExcept
    }
    return i;
out:
    return -1;
}

/* The block may be left: an exception afterwards goes to whoever is there then. */
static void a_block_may_be_left(void **state)
{
    volatile int got[4] = { 0 };
    volatile ULONG seen = 0;
    volatile int i;

    (void)state;
    RpcTryExcept
    {
        for (i = 0; i < 4; i++)
            got[i] = leaves(i);
        raise_later(9);
    }
    RpcExcept (1) {
        seen = RpcExceptionCode();
    }
    RpcEndExcept
    assert_int_equal(got[0], 1);
    assert_int_equal(got[1], 0);
    assert_int_equal(got[2], 3);
    assert_int_equal(got[3], -1);
    assert_int_equal(seen, 9);
}

static void *raise_here(void *arg)
{
    volatile ULONG seen = 0;

    RpcTryExcept
    {
        raise_later((LONG)(intptr_t)arg);
    }
    RpcExcept (1) {
        seen = RpcExceptionCode();
    }
    RpcEndExcept
    return (void *)(uintptr_t)seen;
}

static void each_thread_has_its_own(void **state)
{
    pthread_t thread;
    void *seen = NULL;

    (void)state;
    RpcTryExcept
    {
        assert_int_equal(pthread_create(&thread, NULL, raise_here, (void *)(intptr_t)11), 0);
        assert_int_equal(pthread_join(thread, &seen), 0);
    }
    RpcExcept (1) {
        fail_msg("it came here");
    }
    RpcEndExcept
    assert_ptr_equal(seen, (void *)(uintptr_t)11);
}

static void the_signal_mask_is_left_alone(void **state)
{
    sigset_t one, now;

    (void)state;
    sigemptyset(&one);
    sigaddset(&one, SIGUSR1);
    RpcTryExcept
    {
        pthread_sigmask(SIG_BLOCK, &one, NULL);
        raise_later(1);
    }
    RpcExcept (1) {
        pthread_sigmask(SIG_SETMASK, NULL, &now);
        assert_true(sigismember(&now, SIGUSR1));
    }
    RpcEndExcept
    pthread_sigmask(SIG_UNBLOCK, &one, NULL);
}

static void nobody_catches(void)
{
    RpcRaiseException(RPC_S_SERVER_UNAVAILABLE);
}

static void returns_from_finally(void)
{
    RpcTryFinally
    {
        return;
    }
    RpcFinally
    {
        _exit(0);
    }
    RpcEndFinally
}

/* What the child that runs f says on stderr before it aborts. */
static void last_words(void (*f)(void), char *to, size_t size)
{
    int ends[2], status = 0;
    ssize_t n;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        dup2(ends[1], 2);
        signal(SIGABRT, SIG_DFL); /* cmocka has a handler of its own */
        f();
        _exit(0);
    }
    close(ends[1]);
    n = read(ends[0], to, size - 1);
    close(ends[0]);
    assert_true(n > 0);
    to[n] = '\0';
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void the_process_does_not_end_without_a_word(void **state)
{
    char words[400];

    (void)state;
    last_words(nobody_catches, words, sizeof words);
    assert_non_null(strstr(words, "exception 1722"));
    assert_non_null(strstr(words, "The RPC server is unavailable."));
    last_words(returns_from_finally, words, sizeof words);
    assert_non_null(strstr(words, "RpcTryFinally was left"));
}

static void the_filter_leaves_broken_programs_alone(void **state)
{
    (void)state;
    assert_int_equal(RpcExceptionFilter(RPC_S_CALL_FAILED), EXCEPTION_EXECUTE_HANDLER);
    assert_int_equal(RpcExceptionFilter(STATUS_ACCESS_VIOLATION), EXCEPTION_CONTINUE_SEARCH);
    assert_int_equal(I_RpcExceptionFilter(STATUS_STACK_OVERFLOW), EXCEPTION_CONTINUE_SEARCH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_without_an_exception_runs_to_its_end),
        cmocka_unit_test(a_handler_sees_the_code),
        cmocka_unit_test(a_filter_that_declines_passes_it_on),
        cmocka_unit_test(what_a_handler_raises_goes_further_out),
        cmocka_unit_test(no_filter_resumes),
        cmocka_unit_test(finally_runs_either_way),
        cmocka_unit_test(finally_in_a_handler_ends_normally),
        cmocka_unit_test(a_block_may_be_left),
        cmocka_unit_test(each_thread_has_its_own),
        cmocka_unit_test(the_signal_mask_is_left_alone),
        cmocka_unit_test(the_process_does_not_end_without_a_word),
        cmocka_unit_test(the_filter_leaves_broken_programs_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
