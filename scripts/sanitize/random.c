/* SPDX-License-Identifier: Apache-2.0
 * random.c - OpenSSL's random numbers for the run under MemorySanitizer, which could not see what
 * the library itself writes: loaded before it.
 */
#include <stddef.h>
#include <sys/random.h>

int RAND_bytes(unsigned char *to, int n);
void __msan_unpoison(const volatile void *p, size_t n) __attribute__((weak));

int RAND_bytes(unsigned char *to, int n)
{
    int done = 0;

    while (done < n) {
        ssize_t got = getrandom(to + done, (size_t)(n - done), 0);

        if (got <= 0)
            return 0;
        done += (int)got;
    }
    if (__msan_unpoison)
        __msan_unpoison(to, (size_t)n);
    return 1;
}
