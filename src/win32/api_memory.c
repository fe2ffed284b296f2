/* SPDX-License-Identifier: Apache-2.0
 * api_memory.c - the heap by Windows' names.
 */
#include "base/alloc.h"
#include "win32/last_error.h"

static char heap; /* its address is the one heap's handle */

static void *allocate(BOOL zero, SIZE_T size)
{
    void *p = zero ? mem_zero(size ? size : 1) : mem_alloc(size ? size : 1);

    if (!p)
        win32_fail(ERR_NO_MEMORY);
    return p;
}

HLOCAL LocalAlloc(UINT uFlags, SIZE_T uBytes)
{
    if (uFlags & ~(UINT)LMEM_ZEROINIT) {
        win32_fail(ERR_INVALID_PARAMETER);
        return NULL;
    }
    return allocate((uFlags & LMEM_ZEROINIT) != 0, uBytes);
}

HLOCAL LocalFree(HLOCAL hMem)
{
    mem_free(hMem);
    return NULL;
}

HANDLE GetProcessHeap(void)
{
    return &heap;
}

LPVOID HeapAlloc(HANDLE hHeap, DWORD dwFlags, SIZE_T dwBytes)
{
    if (hHeap != &heap || (dwFlags & HEAP_GENERATE_EXCEPTIONS)) {
        win32_fail(hHeap != &heap ? ERR_INVALID_HANDLE : ERR_INVALID_PARAMETER);
        return NULL;
    }
    return allocate((dwFlags & HEAP_ZERO_MEMORY) != 0, dwBytes);
}

BOOL HeapFree(HANDLE hHeap, DWORD dwFlags, LPVOID lpMem)
{
    (void)dwFlags;
    if (hHeap != &heap) {
        win32_fail(ERR_INVALID_HANDLE);
        return FALSE;
    }
    mem_free(lpMem);
    return TRUE;
}

PVOID SecureZeroMemory(PVOID ptr, SIZE_T cnt)
{
    mem_wipe(ptr, cnt);
    return ptr;
}
