/* SPDX-License-Identifier: Apache-2.0 */
#include "win32/thread.h"

#include <pthread.h>
#include <unistd.h>

#include "countersign/windows.h"
#include "lib/unit.h"

enum { PATIENCE = 60000 }; /* milliseconds nothing here takes */

static void over(HANDLE thread)
{
    assert_int_equal(WaitForSingleObject(thread, PATIENCE), WAIT_OBJECT_0);
}

static DWORD twice(LPVOID arg)
{
    return 2 * (DWORD)(uintptr_t)arg;
}

static DWORD leave_early(LPVOID arg)
{
    ExitThread((DWORD)(uintptr_t)arg);
}

static DWORD wait_for_it(LPVOID arg)
{
    return WaitForSingleObject(arg, PATIENCE);
}

static void a_thread_tells_its_end_and_how(void **state)
{
    HANDLE go = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE thread[3];
    DWORD id = 0;
    DWORD code = 0;
    size_t i;

    (void)state;
    thread[0] = CreateThread(NULL, 0, twice, (LPVOID)(uintptr_t)21, 0, &id);
    thread[1] = CreateThread(NULL, 32 * 1024 * 1024, leave_early, (LPVOID)(uintptr_t)7, 0, NULL);
    thread[2] = CreateThread(NULL, 1, wait_for_it, go, STACK_SIZE_PARAM_IS_A_RESERVATION, NULL);
    assert_int_not_equal(id, 0);
    assert_int_not_equal(id, GetCurrentThreadId());
    assert_int_equal(GetThreadId(thread[0]), id);
    assert_true(GetExitCodeThread(thread[2], &code));
    assert_int_equal(code, STILL_ACTIVE);
    SetEvent(go);
    assert_int_equal(WaitForMultipleObjects(3, thread, TRUE, PATIENCE), WAIT_OBJECT_0);
    assert_true(GetExitCodeThread(thread[0], &code));
    assert_int_equal(code, 42);
    assert_true(GetExitCodeThread(thread[1], &code));
    assert_int_equal(code, 7);
    assert_true(GetExitCodeThread(thread[2], &code));
    assert_int_equal(code, WAIT_OBJECT_0);
    over(thread[0]); /* and stays ended */
    for (i = 0; i < 3; i++)
        assert_true(CloseHandle(thread[i]));
    CloseHandle(go);
}

static void wrong_threads_are_refused(void **state)
{
    HANDLE event = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE target = NULL;
    DWORD code;

    (void)state;
    assert_null(CreateThread(NULL, 0, NULL, NULL, 0, NULL));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_null(CreateThread(NULL, 0, twice, NULL, 0x80000000, NULL));
    assert_false(GetExitCodeThread(event, &code));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_int_equal(ResumeThread(event), (DWORD)-1);
    assert_int_equal(GetThreadId(event), 0);
    assert_false(DuplicateHandle(event, event, GetCurrentProcess(), &target, 0, FALSE, 0));
    assert_int_equal(GetLastError(), ERROR_NOT_SUPPORTED);
    assert_true(CloseHandle(GetCurrentThread()));
    CloseHandle(event);
}

static char order[16];

static void CALLBACK note(ULONG_PTR letter)
{
    order[strlen(order)] = (char)letter;
}

static void CALLBACK note_and_queue(ULONG_PTR letter)
{
    note(letter);
    assert_int_not_equal(QueueUserAPC(note, GetCurrentThread(), letter + 1), 0);
}

static void procedures_are_called_in_order_by_an_alertable_wait(void **state)
{
    HANDLE event = CreateEventA(NULL, FALSE, TRUE, NULL);

    (void)state;
    memset(order, 0, sizeof order);
    assert_true(QueueUserAPC(note, GetCurrentThread(), 'a') != 0);
    assert_true(QueueUserAPC(note_and_queue, GetCurrentThread(), 'b') != 0);
    Sleep(1);
    assert_string_equal(order, "");
    assert_int_equal(WaitForSingleObjectEx(event, 0, TRUE),
                     WAIT_OBJECT_0); /* what is there first */
    assert_string_equal(order, "");
    assert_int_equal(WaitForSingleObjectEx(event, INFINITE, TRUE), WAIT_IO_COMPLETION);
    assert_string_equal(order, "abc");
    assert_int_equal(SleepEx(0, TRUE), 0);
    assert_true(QueueUserAPC(note, GetCurrentThread(), 'd') != 0);
    assert_int_equal(SleepEx(INFINITE, TRUE), WAIT_IO_COMPLETION);
    assert_string_equal(order, "abcd");
    assert_int_equal(QueueUserAPC(NULL, GetCurrentThread(), 0), 0);
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    CloseHandle(event);
}

struct sleeper {
    HANDLE self, ready;
    LONG calls;
    BOOL stop;
};

static void CALLBACK count_call(ULONG_PTR arg)
{
    ((struct sleeper *)arg)->calls++;
}

static void CALLBACK stop(ULONG_PTR arg)
{
    ((struct sleeper *)arg)->stop = TRUE;
}

static void *sleep_alertably(void *arg) /* a thread of the program's own making */
{
    struct sleeper *s = arg;

    assert_true(DuplicateHandle(GetCurrentProcess(), GetCurrentThread(), GetCurrentProcess(),
                                &s->self, 0, FALSE, DUPLICATE_SAME_ACCESS));
    SetEvent(s->ready);
    while (!s->stop)
        assert_int_equal(SleepEx(INFINITE, TRUE), WAIT_IO_COMPLETION);
    return NULL;
}

static void a_sleeping_thread_is_woken_to_call(void **state)
{
    struct sleeper s = { .ready = CreateEventA(NULL, FALSE, FALSE, NULL) };
    pthread_t thread;
    DWORD code = 5;
    int i;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, sleep_alertably, &s), 0);
    assert_int_equal(WaitForSingleObject(s.ready, PATIENCE), WAIT_OBJECT_0);
    for (i = 0; i < 100; i++)
        assert_true(QueueUserAPC(count_call, s.self, (ULONG_PTR)&s) != 0);
    assert_true(QueueUserAPC(stop, s.self, (ULONG_PTR)&s) != 0);
    over(s.self); /* its end is seen, though CreateThread did not begin it */
    pthread_join(thread, NULL);
    assert_int_equal(s.calls, 100);
    assert_true(GetExitCodeThread(s.self, &code));
    assert_int_equal(code, 0);
    assert_int_equal(QueueUserAPC(stop, s.self, (ULONG_PTR)&s), 0);
    assert_int_equal(GetLastError(), ERROR_GEN_FAILURE);
    CloseHandle(s.self);
    CloseHandle(s.ready);
}

static DWORD first_word(LPVOID arg)
{
    (void)arg;
    return (DWORD)order[0];
}

static void a_suspended_thread_begins_when_resumed_with_what_is_queued(void **state)
{
    HANDLE thread = CreateThread(NULL, 0, first_word, NULL, CREATE_SUSPENDED, NULL);
    DWORD code = 0;

    (void)state;
    memset(order, 0, sizeof order);
    assert_int_equal(WaitForSingleObject(thread, 10), WAIT_TIMEOUT);
    assert_true(QueueUserAPC(note, thread, 'q') != 0);
    assert_int_equal(ResumeThread(thread), 1);
    assert_int_equal(ResumeThread(thread), 0);
    over(thread);
    assert_true(GetExitCodeThread(thread, &code));
    assert_int_equal(code, 'q');
    CloseHandle(thread);
}

struct shared {
    CRITICAL_SECTION section;
    LONG interlocked;
    LONGLONG interlocked64;
    int guarded;
};

static DWORD add_up(LPVOID arg)
{
    struct shared *s = arg;
    int i;

    for (i = 0; i < 10000; i++) {
        EnterCriticalSection(&s->section);
        EnterCriticalSection(&s->section);
        s->guarded++;
        LeaveCriticalSection(&s->section);
        LeaveCriticalSection(&s->section);
        InterlockedIncrement(&s->interlocked);
        InterlockedExchangeAdd64(&s->interlocked64, 3);
    }
    return 0;
}

static DWORD try_in(LPVOID arg)
{
    return (DWORD)TryEnterCriticalSection(arg);
}

static void a_critical_section_is_one_threads_at_a_time(void **state)
{
    struct shared s = { 0 };
    HANDLE thread[4];
    HANDLE trial = NULL;
    DWORD code = 9;
    size_t i;

    (void)state;
    assert_true(InitializeCriticalSectionAndSpinCount(&s.section, 4000));
    for (i = 0; i < 4; i++)
        thread[i] = CreateThread(NULL, 0, add_up, &s, 0, NULL);
    assert_int_equal(WaitForMultipleObjects(4, thread, TRUE, PATIENCE), WAIT_OBJECT_0);
    for (i = 0; i < 4; i++)
        CloseHandle(thread[i]);
    assert_int_equal(s.guarded, 40000);
    assert_int_equal(s.interlocked, 40000);
    assert_true(s.interlocked64 == 120000);
    assert_true(TryEnterCriticalSection(&s.section));
    assert_true(TryEnterCriticalSection(&s.section));
    trial = CreateThread(NULL, 0, try_in, &s.section, 0, NULL);
    over(trial);
    assert_true(GetExitCodeThread(trial, &code));
    assert_int_equal(code, FALSE);
    CloseHandle(trial);
    LeaveCriticalSection(&s.section);
    LeaveCriticalSection(&s.section);
    DeleteCriticalSection(&s.section);
}

static void interlocked_functions_return_what_windows_do(void **state)
{
    LONG v = 5;
    PVOID p = NULL;

    (void)state;
    assert_int_equal(InterlockedIncrement(&v), 6);
    assert_int_equal(InterlockedDecrement(&v), 5);
    assert_int_equal(InterlockedAdd(&v, 2), 7);
    assert_int_equal(InterlockedExchangeAdd(&v, 1), 7);
    assert_int_equal(InterlockedExchange(&v, 12), 8);
    assert_int_equal(InterlockedAnd(&v, 6), 12);
    assert_int_equal(InterlockedOr(&v, 3), 4);
    assert_int_equal(InterlockedXor(&v, 1), 7);
    assert_int_equal(InterlockedCompareExchange(&v, 9, 1), 6);
    assert_int_equal(InterlockedCompareExchange(&v, 9, 6), 6);
    assert_int_equal(v, 9);
    assert_null(InterlockedExchangePointer(&p, &v));
    assert_ptr_equal(InterlockedCompareExchangePointer(&p, NULL, &v), &v);
    assert_null(p);
}

static void clocks_go_forward(void **state)
{
    ULONGLONG begin = GetTickCount64();
    DWORD low = GetTickCount();

    (void)state;
    Sleep(3);
    assert_true(GetTickCount64() >= begin + 2); /* each is rounded */
    assert_true(GetTickCount() - low >= 2);
    assert_int_equal(GetCurrentProcessId(), getpid());
}

static enum err begin_one(void *arg)
{
    HANDLE thread = CreateThread(NULL, 0, twice, arg, 0, NULL);

    if (!thread)
        return GetLastError() == ERROR_NOT_ENOUGH_MEMORY ? ERR_NO_MEMORY : ERR_INTERNAL;
    while (WaitForSingleObject(thread, PATIENCE) == WAIT_FAILED) /* memory: asked for once more */
        ;
    CloseHandle(thread);
    return ERR_OK;
}

static void runs_out_of_memory_and_says_so(void **state)
{
    (void)state;
    assert_int_equal(SleepEx(0, FALSE), 0); /* this thread's record is there */
    oom_run(begin_one, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_tells_its_end_and_how),
        cmocka_unit_test(wrong_threads_are_refused),
        cmocka_unit_test(procedures_are_called_in_order_by_an_alertable_wait),
        cmocka_unit_test(a_sleeping_thread_is_woken_to_call),
        cmocka_unit_test(a_suspended_thread_begins_when_resumed_with_what_is_queued),
        cmocka_unit_test(a_critical_section_is_one_threads_at_a_time),
        cmocka_unit_test(interlocked_functions_return_what_windows_do),
        cmocka_unit_test(clocks_go_forward),
        cmocka_unit_test(runs_out_of_memory_and_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
