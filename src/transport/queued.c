/* SPDX-License-Identifier: Apache-2.0
 * queued.c - the protocol sequence ncadg_mq: where the library that carries it is found.
 */
#include "transport/queued.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/detail.h"
#include "base/link.h"
#include "base/utf16.h"

#define LIBRARY "libcountersign-queue.so." COUNTERSIGN_SOVERSION
#define SYMBOL "csp_queued_library"

/* Defined where both libraries are one, as in the static archive, or a program links both. */
extern const struct queued_door queued_library SHARED(queued_library) __attribute__((weak));

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const struct queued_door *door, *instead;

/* ---- nobody connects ---- */

static enum err no_connection(const char *address, const char *endpoint, int64_t deadline,
                              int *ret_fd)
{
    (void)address;
    (void)deadline;
    (void)ret_fd;
    return detail_fail(ERR_UNSUPPORTED, "nobody connects to the queue %.64s", endpoint);
}

static enum err no_name(int fd, bool peer, struct transport_name *ret)
{
    (void)fd;
    (void)peer;
    (void)ret;
    return detail_fail(ERR_UNSUPPORTED, "a message has no address to come from");
}

static bool unknown(int fd)
{
    (void)fd;
    return false;
}

const struct transport transport_queued = { .protseq = "ncadg_mq",
                                            .queued = true,
                                            .wakes_readers = true,
                                            .connect = no_connection,
                                            .name = no_name,
                                            .peer_is_local = unknown };

/* ---- the library ---- */

/* In the folder that this very library was loaded from: what lies elsewhere is another version's.
 */
static void *open_beside(void)
{
    char path[PATH_MAX];
    const char *end;
    Dl_info here;
    int n;

    if (!dladdr((void *)(uintptr_t)&queued_find, &here) || !here.dli_fname)
        return NULL;
    end = strrchr(here.dli_fname, '/');
    n = snprintf(path, sizeof path, "%.*s%s", end ? (int)(end + 1 - here.dli_fname) : 0,
                 here.dli_fname, LIBRARY);
    return n > 0 && (size_t)n < sizeof path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
}

/* With the lock. NULL: it is not there; *ret_why says more. */
static const struct queued_door *load(const char **ret_why)
{
    const struct queued_door *d = &queued_library;
    void *library = NULL;

    if (!d) {
        library = open_beside();
        d = library ? dlsym(library, SYMBOL) : NULL;
    }
    if (!d)
        *ret_why = dlerror();
    if (library && !d)
        dlclose(library);
    return d;
}

enum err queued_find(const struct queued_door **ret)
{
    const char *why = NULL;
    const struct queued_door *d;

    pthread_mutex_lock(&lock);
    if (!instead && !door)
        door = load(&why);
    d = instead ? instead : door;
    pthread_mutex_unlock(&lock);
    if (d && d->version == QUEUED_DOOR) {
        *ret = d;
        return ERR_OK;
    }
    detail_remedy("Install Countersign's library of queues, " LIBRARY ", beside this one.");
    if (d)
        return detail_fail(ERR_RPC_PROTSEQ,
                           "ncadg_mq is not supported: " LIBRARY
                           " is another version's, whose calls are %u and not %u",
                           d->version, (unsigned)QUEUED_DOOR);
    return detail_fail(ERR_RPC_PROTSEQ, "ncadg_mq is not supported here: %.160s",
                       why ? why : LIBRARY " cannot be found");
}

void queued_set(const struct queued_door *door_of_test)
{
    pthread_mutex_lock(&lock);
    instead = door_of_test;
    pthread_mutex_unlock(&lock);
}

/* ---- names ---- */

static bool is_name(const char *name)
{
    size_t n = strlen(name), i;

    if (!n || n > QUEUED_NAME_MAX || name[0] == '$' || name[0] == ' ' || name[n - 1] == ' ' ||
        !utf8_valid(bytes_of_text(name)))
        return false;
    for (i = 0; i < n; i++)
        if ((unsigned char)name[i] < ' ' || name[i] == 0x7f || utf8_steering(name + i))
            return false;
    return true;
}

enum err queued_name_check(const char *name)
{
    if (is_name(name))
        return ERR_OK;
    detail_remedy("A queue's name is 1 to 124 bytes of UTF-8, begins with no $ and no space.");
    return detail_fail(ERR_RPC_ENDPOINT_FORMAT, "ncadg_mq: no queue is called \"%.130s\"", name);
}
