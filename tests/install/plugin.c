/* SPDX-License-Identifier: Apache-2.0
 * plugin.c - a program that loads our libraries when it runs, in whose threads they then are.
 *
 *      plugin LIBRARY...
 */
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

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
    pthread_t thread;
    int failed = 1, i;

    for (i = 1; i < argc; i++) {
        void *library = dlopen(argv[i], RTLD_NOW | RTLD_LOCAL);

        if (!library) {
            fprintf(stderr, "%s\n", dlerror());
            return 1;
        }
        *(void **)&begin_async = dlsym(library, "cs_RpcAsyncInitializeHandle");
        if (begin_async && pthread_create(&thread, NULL, in_a_thread, &failed) == 0)
            pthread_join(thread, NULL);
    }
    if (failed)
        fprintf(stderr, "RpcAsyncInitializeHandle was not found, or took nonsense\n");
    return failed;
}
