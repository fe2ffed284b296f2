/* SPDX-License-Identifier: Apache-2.0
 * api_ndr_handle.c - system handles of stubs: descriptors, and what they may be.
 * desktop-src/Midl/system-handle.md
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "ndr/handles.h"
#include "rpc/stub.h"

enum {                     /* of an access mask, what reads and what writes */
       READS = 0x1,        /* FILE_READ_DATA */
       WRITES = 0x2 | 0x4, /* FILE_WRITE_DATA, FILE_APPEND_DATA */
};

static const ULONG generic_read = 0x80000000, generic_write = 0x40000000, generic_all = 0x10000000;

/* Why fd is not what the IDL says; NULL: it is. */
static const char *fault_of(int fd, CS_SYSTEM_KIND kind, ULONG access)
{
    int flags = fcntl(fd, F_GETFL), mode = flags & O_ACCMODE;
    struct stat s;

    if (flags < 0 || fstat(fd, &s))
        return "is no descriptor";
    if (flags & O_PATH)
        return "is open for nothing";
    if (kind == CS_SYSTEM_SOCKET)
        return S_ISSOCK(s.st_mode) ? NULL : "is no socket";
    if (kind == CS_SYSTEM_PIPE && !S_ISFIFO(s.st_mode))
        return "is no pipe";
    if (kind == CS_SYSTEM_FILE && !S_ISREG(s.st_mode) && !S_ISDIR(s.st_mode) &&
        !S_ISCHR(s.st_mode) && !S_ISBLK(s.st_mode))
        return "is no file, folder or device";
    if ((access & (READS | generic_read | generic_all)) && mode == O_WRONLY)
        return "cannot be read";
    if ((access & (WRITES | generic_write | generic_all)) && mode == O_RDONLY)
        return "cannot be written to";
    return NULL;
}

void CsNdrOutSystemHandle(CS_NDR_OUT *out, CS_SYSTEM_KIND kind, ULONG access, HANDLE handle)
{
    bool none = !handle || handle == INVALID_HANDLE_VALUE;
    int fd = none ? -1 : (int)(LONG_PTR)handle;
    const char *fault = none ? NULL : fault_of(fd, kind, access);

    ndr_out_handle(stub_out(out), fd);
    if (fault)
        ndr_out_fail(stub_out(out), ERR_INVALID_PARAMETER, fault);
}

HANDLE CsNdrInSystemHandle(CS_NDR_IN *in, CS_SYSTEM_KIND kind, ULONG access)
{
    int fd = ndr_in_handle(stub_in(in));
    const char *fault = fd < 0 ? NULL : fault_of(fd, kind, access);

    if (fault)
        ndr_in_fail(stub_in(in), ERR_MALFORMED, "a system handle %s", fault);
    return fd < 0 || fault ? NULL : (HANDLE)(LONG_PTR)fd;
}
