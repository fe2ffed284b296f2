/* SPDX-License-Identifier: Apache-2.0
 * main.c - an address book in a file: an object of the IDL written and read back.
 *
 *      pickle-book FILE                    prints what is in it
 *      pickle-book FILE NAME ADDRESS       adds an entry; the file need not be there
 *
 * The incremental style: the runtime asks for room, hands over what it has filled, and asks for
 * what it is to read. A file that was damaged, or made by somebody else to do harm, is refused by
 * an exception: no count in it is believed, and nothing half read is left in memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <midles.h>
#include <rpc.h>

#include "book.h"
#include "report.h"

enum { MOST = 1024 * 1024 }; /* of a file: more is no address book of ours */

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

/* ---- what the runtime calls ---- */

struct file {
    FILE *fp;
    char *room; /* of malloc, so aligned at 8 */
};

static void __RPC_USER give_room(void *state, char **buffer, unsigned *size)
{
    struct file *f = state;

    free(f->room);
    f->room = malloc(*size ? *size : 1);
    *buffer = f->room;
}

static void __RPC_USER write_out(void *state, char *buffer, unsigned size)
{
    struct file *f = state;

    if (fwrite(buffer, 1, size, f->fp) != size)
        RpcRaiseException(ERROR_DISK_FULL);
}

/* Says how much there was: too little, and the runtime refuses it. */
static void __RPC_USER read_in(void *state, char **buffer, unsigned *size)
{
    struct file *f = state;

    if (*size > MOST)
        *size = 0;
    give_room(state, buffer, size);
    *size = f->room ? (unsigned)fread(f->room, 1, *size, f->fp) : 0;
}

/* ---- the file ---- */

static DWORD load(const char *path, book *b)
{
    struct file f = { fopen(path, "rb"), NULL };
    handle_t handle = NULL;
    volatile DWORD status = ERROR_FILE_NOT_FOUND; /* volatile: set where an exception may lead */

    if (!f.fp)
        goto out;
    status = (DWORD)MesDecodeIncrementalHandleCreate(&f, read_in, &handle);
    if (failed("MesDecodeIncrementalHandleCreate", status))
        goto out;
    RpcTryExcept
    {
        book_Decode(handle, b);
    }
    RpcExcept (RpcExceptionFilter(RpcExceptionCode())) {
        status = RpcExceptionCode();
        (void)failed("the book is none", status); /* before the next call: what is known of it */
    }
    RpcEndExcept
    MesHandleFree(handle);
out:
    if (f.fp)
        fclose(f.fp);
    free(f.room);
    return status;
}

/* Beside the old one, which stays until the new one is whole. */
static DWORD save(const char *path, book *b)
{
    size_t room = strlen(path) + sizeof ".new";
    char *beside = malloc(room);
    struct file f = { NULL, NULL };
    handle_t handle = NULL;
    volatile DWORD status = ERROR_OPEN_FAILED;

    if (!beside)
        return ERROR_NOT_ENOUGH_MEMORY;
    snprintf(beside, room, "%s.new", path);
    f.fp = fopen(beside, "wb");
    if (!f.fp)
        goto out;
    status = (DWORD)MesEncodeIncrementalHandleCreate(&f, give_room, write_out, &handle);
    if (status)
        goto out;
    RpcTryExcept
    {
        book_Encode(handle, b);
    }
    RpcExcept (RpcExceptionFilter(RpcExceptionCode())) {
        status = RpcExceptionCode();
    }
    RpcEndExcept
    MesHandleFree(handle);
out:
    if (f.fp && fclose(f.fp) && !status)
        status = ERROR_DISK_FULL;
    if (!status && rename(beside, path))
        status = ERROR_DISK_FULL;
    free(f.room);
    free(beside);
    return status;
}

static void print(const book *b)
{
    const entry *e;

    for (e = b->first; e; e = e->next)
        printf("%s <%s>\n", e->name ? printable(e->name) : "", e->mail ? printable(e->mail) : "");
}

int main(int argc, char **argv)
{
    entry added = { 0 };
    book b = { .version = 1, .first = NULL };
    DWORD status;

    if (argc != 2 && argc != 4) {
        fprintf(stderr, "usage: pickle-book FILE [NAME ADDRESS]\n");
        return 2;
    }
    status = load(argv[1], &b);
    if (status == ERROR_FILE_NOT_FOUND && argc == 4)
        status = ERROR_SUCCESS;
    if (status == ERROR_FILE_NOT_FOUND)
        (void)failed("the book", status);
    if (status)
        return 1;
    if (argc == 2) {
        print(&b);
        book_Free(NULL, &b);
        return 0;
    }
    added = (entry){ argv[2], argv[3], b.first };
    b.first = &added;
    status = save(argv[1], &b);
    b.first = added.next;
    book_Free(NULL, &b);
    return failed("writing the book", status) ? 1 : 0;
}
