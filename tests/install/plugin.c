/* SPDX-License-Identifier: Apache-2.0
 * plugin.c - a program that loads our libraries when it runs, in whose threads they then are.
 *
 *      plugin LIBRARY...
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

enum { LIBRARIES = 8 };

typedef int begin_function(void *, unsigned);

static begin_function *begin_async; /* RpcAsyncInitializeHandle: an easy one of ours */

static void *in_a_thread(void *failed)
{
    long state[40] = { 0 };

    *(int *)failed = begin_async(state, 1) == 0; /* of no such size */
    return NULL;
}

int main(int argc, char **argv)
{
    void *library[LIBRARIES];
    pthread_t thread;
    int failed = 1, i;

    if (argc < 2 || argc > LIBRARIES + 1)
        return 2;
    for (i = 1; i < argc; i++) {
        library[i - 1] = dlopen(argv[i], RTLD_NOW | RTLD_LOCAL);
        if (!library[i - 1]) {
            fprintf(stderr, "%s\n", dlerror());
            return 1;
        }
        *(void **)&begin_async = dlsym(library[i - 1], "cs_RpcAsyncInitializeHandle");
        if (begin_async && pthread_create(&thread, NULL, in_a_thread, &failed) == 0)
            pthread_join(thread, NULL);
    }
    if (failed)
        fprintf(stderr, "RpcAsyncInitializeHandle was not found, or took nonsense\n");
    return failed;
}
