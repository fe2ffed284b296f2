/* SPDX-License-Identifier: Apache-2.0 */
#include "win32/wait.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "countersign/windows.h"
#include "lib/unit.h"
#include "win32/thread.h"

enum { PATIENCE = 60000 }; /* milliseconds nothing here takes */

static HANDLE event(BOOL manual, BOOL set)
{
    HANDLE h = CreateEventA(NULL, manual, set, NULL);

    assert_non_null(h);
    return h;
}

/* Until the last one in the list of who waits for h is another one than before. */
static const void *until_waited_for(HANDLE h, const void *before)
{
    struct object *o = NULL;
    const void *last = NULL;

    assert_int_equal(object_get((uintptr_t)h, &o), ERR_OK);
    for (;;) {
        object_lock();
        last = o->last;
        object_unlock();
        if (last && last != before)
            break;
        usleep(1000);
    }
    object_put((uintptr_t)h);
    return last;
}

struct waiter {
    HANDLE handle[WAIT_OBJECTS];
    DWORD count;
    BOOL all, alertable;
    DWORD result;
    HANDLE thread;
};

static DWORD wait_there(LPVOID arg)
{
    struct waiter *w = arg;

    w->result = WaitForMultipleObjectsEx(w->count, w->handle, w->all, PATIENCE, w->alertable);
    return w->result;
}

static void start(struct waiter *w)
{
    w->thread = CreateThread(NULL, 0, wait_there, w, 0, NULL);
    assert_non_null(w->thread);
}

static DWORD result_of(struct waiter *w)
{
    assert_int_equal(WaitForSingleObject(w->thread, PATIENCE), WAIT_OBJECT_0);
    assert_true(CloseHandle(w->thread));
    return w->result;
}

static void events_are_reset_as_their_kind_is(void **state)
{
    HANDLE automatic = event(FALSE, TRUE);
    HANDLE manual = event(TRUE, FALSE);

    (void)state;
    assert_int_equal(WaitForSingleObject(automatic, INFINITE), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(automatic, 0), WAIT_TIMEOUT);
    assert_int_equal(WaitForSingleObject(manual, 0), WAIT_TIMEOUT);
    assert_true(SetEvent(manual));
    assert_int_equal(WaitForSingleObject(manual, 0), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(manual, 0), WAIT_OBJECT_0);
    assert_true(ResetEvent(manual));
    assert_int_equal(WaitForSingleObject(manual, 0), WAIT_TIMEOUT);
    assert_true(SetEvent(automatic));
    assert_true(SetEvent(automatic)); /* set is set */
    assert_int_equal(WaitForSingleObject(automatic, 0), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(automatic, 0), WAIT_TIMEOUT);
    assert_true(CloseHandle(automatic));
    assert_true(CloseHandle(manual));
}

static void each_set_releases_one_that_waits(void **state)
{
    HANDLE h = event(FALSE, FALSE);
    struct waiter w[3] = { 0 };
    const void *last = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        w[i].handle[0] = h;
        w[i].count = 1;
        start(&w[i]);
        last = until_waited_for(h, last);
    }
    for (i = 0; i < 3; i++) /* at once: none may be lost because nobody has run yet */
        assert_true(SetEvent(h));
    assert_int_equal(WaitForSingleObject(h, 0), WAIT_TIMEOUT);
    for (i = 0; i < 3; i++)
        assert_int_equal(result_of(&w[i]), WAIT_OBJECT_0);
    CloseHandle(h);
}

static void a_pulse_releases_who_waits_and_nobody_later(void **state)
{
    HANDLE h = event(TRUE, FALSE);
    struct waiter w[2] = { { .handle = { h }, .count = 1 }, { .handle = { h }, .count = 1 } };

    (void)state;
    start(&w[0]);
    (void)until_waited_for(h, NULL);
    assert_true(PulseEvent(h));
    start(&w[1]);
    assert_int_equal(result_of(&w[0]), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(h, 0), WAIT_TIMEOUT);
    SetEvent(h);
    assert_int_equal(result_of(&w[1]), WAIT_OBJECT_0);
    CloseHandle(h);
}

static void any_is_the_first_of_the_array_and_only_that(void **state)
{
    HANDLE h[3] = { event(FALSE, FALSE), event(FALSE, TRUE), event(FALSE, TRUE) };
    struct waiter w = { .handle = { h[0], h[1], h[0] }, .count = 3 };
    size_t i;

    (void)state;
    assert_int_equal(WaitForMultipleObjects(3, h, FALSE, 0), WAIT_OBJECT_0 + 1);
    assert_int_equal(WaitForMultipleObjects(3, h, FALSE, 0), WAIT_OBJECT_0 + 2);
    assert_int_equal(WaitForMultipleObjects(3, h, FALSE, 0), WAIT_TIMEOUT);
    start(&w); /* the same handle twice is allowed here */
    (void)until_waited_for(h[1], NULL);
    SetEvent(h[0]);
    assert_int_equal(result_of(&w), WAIT_OBJECT_0);
    assert_int_equal(WaitForMultipleObjects(3, h, FALSE, 0), WAIT_TIMEOUT);
    for (i = 0; i < 3; i++)
        CloseHandle(h[i]);
}

static void all_are_taken_at_one_moment_or_none(void **state)
{
    HANDLE h[2] = { event(FALSE, FALSE), event(FALSE, FALSE) };
    struct waiter w = { .handle = { h[0], h[1] }, .count = 2, .all = TRUE };

    (void)state;
    start(&w);
    (void)until_waited_for(h[1], NULL);
    SetEvent(h[0]); /* not taken while the other is missing */
    assert_int_equal(WaitForSingleObject(h[0], 0), WAIT_OBJECT_0);
    SetEvent(h[1]);
    assert_int_equal(WaitForSingleObject(w.thread, 0), WAIT_TIMEOUT);
    SetEvent(h[0]);
    assert_int_equal(result_of(&w), WAIT_OBJECT_0);
    assert_int_equal(WaitForMultipleObjects(2, h, FALSE, 0), WAIT_TIMEOUT); /* both taken */
    SetEvent(h[0]);
    SetEvent(h[1]);
    assert_int_equal(WaitForMultipleObjects(2, h, TRUE, 0), WAIT_OBJECT_0);
    assert_int_equal(WaitForMultipleObjects(2, h, FALSE, 0), WAIT_TIMEOUT);
    CloseHandle(h[0]);
    CloseHandle(h[1]);
}

/* Waited for all at once, it would be taken twice. */
static void one_object_by_two_handles_is_refused(void **state)
{
    HANDLE h[2] = { CreateEventA(NULL, FALSE, TRUE, "Twice"),
                    OpenEventA(SYNCHRONIZE, FALSE, "Twice") };

    (void)state;
    assert_non_null(h[1]);
    assert_ptr_not_equal(h[0], h[1]);
    assert_int_equal(WaitForMultipleObjects(2, h, TRUE, 0), WAIT_FAILED);
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_int_equal(WaitForMultipleObjects(2, h, FALSE, 0), WAIT_OBJECT_0);
    CloseHandle(h[0]);
    CloseHandle(h[1]);
}

static void wrong_waits_are_refused(void **state)
{
    HANDLE h[WAIT_OBJECTS + 1];
    size_t i;

    (void)state;
    for (i = 0; i <= WAIT_OBJECTS; i++)
        h[i] = event(FALSE, TRUE);
    assert_int_equal(WaitForMultipleObjects(0, h, FALSE, 0), WAIT_FAILED);
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_int_equal(WaitForMultipleObjects(WAIT_OBJECTS + 1, h, FALSE, 0), WAIT_FAILED);
    assert_int_equal(WaitForMultipleObjects(WAIT_OBJECTS, h, TRUE, 0), WAIT_OBJECT_0);
    assert_true(CloseHandle(h[1]));
    h[1] = h[0];
    assert_int_equal(WaitForMultipleObjects(2, h, TRUE, 0), WAIT_FAILED);
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    for (i = 2; i <= WAIT_OBJECTS; i++)
        assert_true(CloseHandle(h[i]));
    SetLastError(0);
    assert_int_equal(WaitForSingleObject(h[2], 0), WAIT_FAILED); /* stale */
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_int_equal(WaitForSingleObject(NULL, 0), WAIT_FAILED);
    assert_int_equal(WaitForSingleObject((HANDLE)(uintptr_t)12345, 0), WAIT_FAILED);
    assert_int_equal(WaitForSingleObject(INVALID_HANDLE_VALUE, 0), WAIT_FAILED);
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_false(CloseHandle(h[2]));
    assert_false(SetEvent(h[2]));
    assert_true(CloseHandle(h[0]));
}

static void a_handle_closed_during_the_wait_is_waited_for(void **state)
{
    HANDLE h = event(FALSE, FALSE);
    HANDLE other = NULL;
    struct waiter w = { .handle = { h }, .count = 1 };

    (void)state;
    assert_true(DuplicateHandle(GetCurrentProcess(), h, GetCurrentProcess(), &other, 0, FALSE,
                                DUPLICATE_SAME_ACCESS));
    start(&w);
    (void)until_waited_for(h, NULL);
    assert_true(CloseHandle(h));
    assert_false(SetEvent(h));
    assert_true(SetEvent(other));
    assert_int_equal(result_of(&w), WAIT_OBJECT_0);
    assert_true(CloseHandle(other));
}

static void a_wait_is_never_too_short(void **state)
{
    HANDLE h = event(FALSE, FALSE);
    LARGE_INTEGER begin, end, frequency;

    (void)state;
    QueryPerformanceFrequency(&frequency);
    QueryPerformanceCounter(&begin);
    assert_int_equal(WaitForSingleObject(h, 30), WAIT_TIMEOUT);
    QueryPerformanceCounter(&end);
    assert_true((end.QuadPart - begin.QuadPart) * 1000 >= 30 * frequency.QuadPart);
    QueryPerformanceCounter(&begin);
    Sleep(20);
    assert_int_equal(SleepEx(10, TRUE), 0);
    QueryPerformanceCounter(&end);
    assert_true((end.QuadPart - begin.QuadPart) * 1000 >= 30 * frequency.QuadPart);
    CloseHandle(h);
}

static LONG signals;

static void on_signal(int number)
{
    (void)number;
    InterlockedIncrement(&signals);
}

struct posix_waiter {
    HANDLE handle;
    DWORD result;
};

static void *wait_in_a_pthread(void *arg)
{
    struct posix_waiter *w = arg;

    w->result = WaitForSingleObjectEx(w->handle, PATIENCE, TRUE);
    return NULL;
}

static void signals_do_not_end_a_wait(void **state)
{
    struct sigaction act = { .sa_handler = on_signal };
    struct posix_waiter w = { event(FALSE, FALSE), WAIT_FAILED };
    pthread_t thread;
    int i;

    (void)state;
    assert_int_equal(sigaction(SIGUSR1, &act, NULL), 0);
    assert_int_equal(pthread_create(&thread, NULL, wait_in_a_pthread, &w), 0);
    (void)until_waited_for(w.handle, NULL);
    for (i = 1; i <= 3; i++) {
        assert_int_equal(pthread_kill(thread, SIGUSR1), 0);
        while (InterlockedCompareExchange(&signals, 0, 0) < i)
            usleep(1000);
    }
    SetEvent(w.handle);
    pthread_join(thread, NULL);
    assert_int_equal(w.result, WAIT_OBJECT_0);
    CloseHandle(w.handle);
}

static DWORD keep_two(LPVOID arg)
{
    HANDLE *h = arg;

    assert_int_equal(WaitForMultipleObjects(2, h, TRUE, PATIENCE), WAIT_OBJECT_0);
    return 0; /* without giving them back */
}

static void a_mutex_is_its_owners_and_told_when_abandoned(void **state)
{
    HANDLE h[2] = { CreateMutexA(NULL, TRUE, NULL), CreateMutexW(NULL, FALSE, NULL) };
    struct waiter w = { .handle = { h[0] }, .count = 1 };
    HANDLE thread = NULL;

    (void)state;
    assert_int_equal(WaitForSingleObject(h[0], 0), WAIT_OBJECT_0); /* again */
    start(&w);
    (void)until_waited_for(h[0], NULL);
    assert_true(ReleaseMutex(h[0]));
    assert_int_equal(WaitForSingleObject(w.thread, 0), WAIT_TIMEOUT);
    assert_true(ReleaseMutex(h[0]));
    assert_int_equal(result_of(&w), WAIT_OBJECT_0);
    assert_false(ReleaseMutex(h[0]));
    assert_int_equal(GetLastError(), ERROR_NOT_OWNER);
    /* that thread has ended with it */
    assert_int_equal(WaitForSingleObject(h[0], PATIENCE), WAIT_ABANDONED);
    assert_true(ReleaseMutex(h[0]));
    thread = CreateThread(NULL, 0, keep_two, h, 0, NULL);
    assert_int_equal(WaitForSingleObject(thread, PATIENCE), WAIT_OBJECT_0);
    CloseHandle(thread);
    assert_int_equal(WaitForMultipleObjects(2, h, TRUE, PATIENCE), WAIT_ABANDONED_0);
    assert_true(ReleaseMutex(h[1]));
    CloseHandle(h[0]); /* owned */
    CloseHandle(h[1]);
    assert_null(CreateMutexA(NULL, FALSE, "one of all processes"));
    assert_int_equal(GetLastError(), ERROR_NOT_SUPPORTED);
}

static void a_semaphore_lets_as_many_pass_as_it_counts(void **state)
{
    HANDLE h = CreateSemaphoreW(NULL, 2, 3, NULL);
    LONG before = -1;

    (void)state;
    assert_int_equal(WaitForSingleObject(h, 0), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(h, 0), WAIT_OBJECT_0);
    assert_int_equal(WaitForSingleObject(h, 0), WAIT_TIMEOUT);
    assert_true(ReleaseSemaphore(h, 3, &before));
    assert_int_equal(before, 0);
    assert_false(ReleaseSemaphore(h, 1, NULL));
    assert_int_equal(GetLastError(), ERROR_TOO_MANY_POSTS);
    assert_false(ReleaseSemaphore(h, 0, NULL));
    assert_false(SetEvent(h)); /* of another kind */
    assert_false(ReleaseMutex(h));
    assert_int_equal(GetLastError(), ERROR_INVALID_HANDLE);
    assert_int_equal(SignalObjectAndWait(h, h, 0, FALSE), WAIT_FAILED); /* full */
    assert_int_equal(WaitForSingleObject(h, 0), WAIT_OBJECT_0);
    assert_int_equal(SignalObjectAndWait(h, h, 0, FALSE), WAIT_OBJECT_0);
    CloseHandle(h);
    assert_null(CreateSemaphoreA(NULL, 2, 1, NULL));
    assert_int_equal(GetLastError(), ERROR_INVALID_PARAMETER);
    assert_null(CreateSemaphoreA(NULL, 0, 1, "name"));
    assert_int_equal(GetLastError(), ERROR_NOT_SUPPORTED);
}

static void a_name_opens_the_event_of_this_process(void **state)
{
    HANDLE h = CreateEventA(NULL, TRUE, TRUE, "Local\\Weather");
    HANDLE second = NULL;
    HANDLE third = NULL;

    (void)state;
    assert_int_equal(GetLastError(), ERROR_SUCCESS);
    second = CreateEventExW(NULL, u"Weather", 0, EVENT_ALL_ACCESS);
    assert_int_equal(GetLastError(), ERROR_ALREADY_EXISTS);
    third = OpenEventW(EVENT_MODIFY_STATE, FALSE, u"Weather");
    assert_true(h != second && second != third);
    assert_int_equal(WaitForSingleObject(third, 0), WAIT_OBJECT_0);
    assert_true(ResetEvent(second));
    assert_int_equal(WaitForSingleObject(h, 0), WAIT_TIMEOUT);
    assert_null(OpenEventA(SYNCHRONIZE, FALSE, "weather"));
    assert_int_equal(GetLastError(), ERROR_FILE_NOT_FOUND);
    assert_null(CreateEventA(NULL, TRUE, TRUE, "Global\\Weather"));
    assert_int_equal(GetLastError(), ERROR_NOT_SUPPORTED);
    CloseHandle(h);
    CloseHandle(second);
    CloseHandle(third);
    assert_null(OpenEventA(SYNCHRONIZE, FALSE, "Weather")); /* with its last handle */
}

static enum err make_and_wait(void *arg)
{
    HANDLE h = CreateEventW(NULL, TRUE, TRUE, u"short of memory");
    DWORD said = h ? WaitForSingleObject(h, 0) : WAIT_FAILED;
    enum err e = said == WAIT_OBJECT_0                       ? ERR_OK
                 : GetLastError() == ERROR_NOT_ENOUGH_MEMORY ? ERR_NO_MEMORY
                                                             : ERR_INTERNAL;

    (void)arg;
    if (h)
        CloseHandle(h);
    return e;
}

static void runs_out_of_memory_and_says_so(void **state)
{
    (void)state;
    oom_run(make_and_wait, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_out_of_memory_and_says_so), /* first: this thread has no record yet */
        cmocka_unit_test(events_are_reset_as_their_kind_is),
        cmocka_unit_test(each_set_releases_one_that_waits),
        cmocka_unit_test(a_pulse_releases_who_waits_and_nobody_later),
        cmocka_unit_test(any_is_the_first_of_the_array_and_only_that),
        cmocka_unit_test(all_are_taken_at_one_moment_or_none),
        cmocka_unit_test(one_object_by_two_handles_is_refused),
        cmocka_unit_test(wrong_waits_are_refused),
        cmocka_unit_test(a_handle_closed_during_the_wait_is_waited_for),
        cmocka_unit_test(a_wait_is_never_too_short),
        cmocka_unit_test(signals_do_not_end_a_wait),
        cmocka_unit_test(a_mutex_is_its_owners_and_told_when_abandoned),
        cmocka_unit_test(a_semaphore_lets_as_many_pass_as_it_counts),
        cmocka_unit_test(a_name_opens_the_event_of_this_process),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
