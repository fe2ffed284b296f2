/* SPDX-License-Identifier: Apache-2.0
 * names.c - one row for each name. Z is size_t, W is wchar_t, V is va_list, F is FILE.
 */
#include "port/names.h"

#include <assert.h>
#include <stdlib.h>
#include <strings.h>

#define COM_REMEDY                                                                                 \
    "COM and ADSI are not here: services are published and found with scp.h, called by RPC"
#define SEH_REMEDY "structured exceptions are RpcTryExcept and RpcTryFinally of rpc.h here"
#define WIDE_REMEDY "the C library's knows a wchar_t of 32 bits only"

/* clang-format off */
#define WIDE(name, format, declaration) { #name, PORT_WIDE, format, "cs_" #name, declaration, NULL }
#define WIDE_AS(name, ours, declaration) { #name, PORT_WIDE, -1, ours, declaration, NULL }
#define NO_WIDE(name) { #name, PORT_NO_WIDE, -1, NULL, NULL, WIDE_REMEDY }
#define PRINT(name, format, declaration) \
    { #name, PORT_PRINT, format, "cs_" #name, declaration, NULL }
#define SCAN(name, format, declaration) { #name, PORT_SCAN, format, "cs_" #name, declaration, NULL }
#define FOREIGN(name, format) { #name, PORT_FOREIGN, format, NULL, NULL, NULL }
#define TCHAR(name, format) { #name, PORT_TCHAR, format, NULL, NULL, NULL }
#define COM(name) { #name, PORT_REFUSED, -1, NULL, NULL, COM_REMEDY }
#define SEH(name) { #name, PORT_REFUSED, -1, NULL, NULL, SEH_REMEDY }
#define WORDS(name, text) { #name, PORT_VALUE, -1, "\"" text "\"", NULL, NULL }
#define VALUE(name, text, by_hand) { #name, PORT_VALUE, -1, text, by_hand, NULL }
#define LONG_FROM(name, ours, declaration) { #name, PORT_LONG, -1, ours, declaration, NULL }

static const struct port_name names[] = { /* by name, as strcmp has them */
    COM(CoCreateInstance), COM(CoGetObject), COM(CoInitialize), COM(CoInitializeEx),
    COM(CoInitializeSecurity), COM(CoUninitialize), COM(IDispatch), COM(IUnknown),
    VALUE(LONG_MAX, "__INT_MAX__", "INT32_MAX"),
    VALUE(LONG_MIN, "(-__INT_MAX__ - 1)", "INT32_MIN"),
    COM(OleInitialize),
    WORDS(PRIX64, "llX"), WORDS(PRIXMAX, "llX"), WORDS(PRIXPTR, "IX"),
    WORDS(PRId64, "lld"), WORDS(PRIdMAX, "lld"), WORDS(PRIdPTR, "Id"),
    WORDS(PRIi64, "lli"), WORDS(PRIiMAX, "lli"), WORDS(PRIiPTR, "Ii"),
    WORDS(PRIo64, "llo"), WORDS(PRIu64, "llu"), WORDS(PRIuMAX, "llu"), WORDS(PRIuPTR, "Iu"),
    WORDS(PRIx64, "llx"), WORDS(PRIxMAX, "llx"), WORDS(PRIxPTR, "Ix"),
    WORDS(SCNd64, "lld"), WORDS(SCNi64, "lli"), WORDS(SCNu64, "llu"), WORDS(SCNx64, "llx"),
    VALUE(ULONG_MAX, "(__INT_MAX__ * 2U + 1U)", "UINT32_MAX"),
    SEH(__except), SEH(__finally), SEH(__leave), SEH(__try),
    TCHAR(_ftprintf, 1), TCHAR(_sntprintf, 2), TCHAR(_stprintf, 1), TCHAR(_stprintf_s, 2), TCHAR(_stscanf, 1),
    TCHAR(_tprintf, 0), TCHAR(_vftprintf, 1), TCHAR(_vsntprintf, 2), TCHAR(_vtprintf, 0),
    FOREIGN(asprintf, 1), LONG_FROM(atol, "cs_atol", "int cs_atol(const char *)"),
    FOREIGN(dprintf, 1), FOREIGN(err, 1), FOREIGN(errx, 1),
    NO_WIDE(fgetwc),
    WIDE(fgetws, -1, "W *cs_fgetws(W *, int, F *)"),
    PRINT(fprintf, 1, "int cs_fprintf(F *, const char *, ...)"),
    NO_WIDE(fputwc),
    WIDE(fputws, -1, "int cs_fputws(const W *, F *)"),
    SCAN(fscanf, 1, "int cs_fscanf(F *, const char *, ...)"),
    WIDE(fwprintf, 1, "int cs_fwprintf(F *, const W *, ...)"),
    NO_WIDE(fwscanf), NO_WIDE(getwc), NO_WIDE(getwchar), NO_WIDE(mbrtowc), NO_WIDE(mbsnrtowcs),
    NO_WIDE(mbsrtowcs),
    WIDE(mbstowcs, -1, "Z cs_mbstowcs(W *, const char *, Z)"),
    NO_WIDE(mbtowc), NO_WIDE(open_wmemstream),
    PRINT(printf, 0, "int cs_printf(const char *, ...)"),
    NO_WIDE(putwc), NO_WIDE(putwchar),
    SCAN(scanf, 0, "int cs_scanf(const char *, ...)"),
    PRINT(snprintf, 2, "int cs_snprintf(char *, Z, const char *, ...)"),
    PRINT(sprintf, 1, "int cs_sprintf(char *, const char *, ...)"),
    SCAN(sscanf, 1, "int cs_sscanf(const char *, const char *, ...)"),
    LONG_FROM(strtol, "cs_strtol", "int cs_strtol(const char *, char **, int)"),
    LONG_FROM(strtoul, "cs_strtoul", "unsigned cs_strtoul(const char *, char **, int)"),
    WIDE(swprintf, 2, "int cs_swprintf(W *, Z, const W *, ...)"),
    WIDE(swscanf, 1, "int cs_swscanf(const W *, const W *, ...)"),
    FOREIGN(syslog, 1), NO_WIDE(ungetwc),
    PRINT(vfprintf, 1, "int cs_vfprintf(F *, const char *, V)"),
    WIDE(vfwprintf, 1, "int cs_vfwprintf(F *, const W *, V)"),
    PRINT(vprintf, 0, "int cs_vprintf(const char *, V)"),
    PRINT(vsnprintf, 2, "int cs_vsnprintf(char *, Z, const char *, V)"),
    PRINT(vsprintf, 1, "int cs_vsprintf(char *, const char *, V)"),
    WIDE(vswprintf, 2, "int cs_vswprintf(W *, Z, const W *, V)"),
    WIDE(vwprintf, 0, "int cs_vwprintf(const W *, V)"),
    FOREIGN(warn, 0), FOREIGN(warnx, 0),
    NO_WIDE(wcpcpy), NO_WIDE(wcpncpy), NO_WIDE(wcrtomb),
    WIDE_AS(wcscasecmp, "cs_wcsicmp", "int cs_wcsicmp(const W *, const W *)"),
    WIDE(wcscat, -1, "W *cs_wcscat(W *, const W *)"),
    WIDE(wcschr, -1, "W *cs_wcschr(const W *, W)"),
    WIDE(wcscmp, -1, "int cs_wcscmp(const W *, const W *)"),
    WIDE_AS(wcscoll, "cs_wcscmp", "int cs_wcscmp(const W *, const W *)"),
    WIDE(wcscpy, -1, "W *cs_wcscpy(W *, const W *)"),
    WIDE(wcscspn, -1, "Z cs_wcscspn(const W *, const W *)"),
    WIDE(wcsdup, -1, "W *cs_wcsdup(const W *)"),
    NO_WIDE(wcsftime),
    WIDE(wcslen, -1, "Z cs_wcslen(const W *)"),
    WIDE_AS(wcsncasecmp, "cs_wcsnicmp", "int cs_wcsnicmp(const W *, const W *, Z)"),
    WIDE(wcsncat, -1, "W *cs_wcsncat(W *, const W *, Z)"),
    WIDE(wcsncmp, -1, "int cs_wcsncmp(const W *, const W *, Z)"),
    WIDE(wcsncpy, -1, "W *cs_wcsncpy(W *, const W *, Z)"),
    WIDE(wcsnlen, -1, "Z cs_wcsnlen(const W *, Z)"),
    NO_WIDE(wcsnrtombs),
    WIDE(wcspbrk, -1, "W *cs_wcspbrk(const W *, const W *)"),
    WIDE(wcsrchr, -1, "W *cs_wcsrchr(const W *, W)"),
    NO_WIDE(wcsrtombs),
    WIDE(wcsspn, -1, "Z cs_wcsspn(const W *, const W *)"),
    WIDE(wcsstr, -1, "W *cs_wcsstr(const W *, const W *)"),
    WIDE(wcstod, -1, "double cs_wcstod(const W *, W **)"),
    NO_WIDE(wcstof),
    WIDE(wcstok, -1, "W *cs_wcstok(W *, const W *, W **)"),
    WIDE(wcstol, -1, "int cs_wcstol(const W *, W **, int)"),
    NO_WIDE(wcstold), NO_WIDE(wcstoll),
    WIDE(wcstombs, -1, "Z cs_wcstombs(char *, const W *, Z)"),
    WIDE(wcstoul, -1, "unsigned cs_wcstoul(const W *, W **, int)"),
    NO_WIDE(wcstoull), NO_WIDE(wcswidth), NO_WIDE(wcsxfrm), NO_WIDE(wctomb),
    WIDE(wmemchr, -1, "W *cs_wmemchr(const W *, W, Z)"),
    WIDE(wmemcmp, -1, "int cs_wmemcmp(const W *, const W *, Z)"),
    WIDE(wmemcpy, -1, "W *cs_wmemcpy(W *, const W *, Z)"),
    WIDE(wmemmove, -1, "W *cs_wmemmove(W *, const W *, Z)"),
    WIDE(wmemset, -1, "W *cs_wmemset(W *, W, Z)"),
    WIDE(wprintf, 0, "int cs_wprintf(const W *, ...)"),
    NO_WIDE(wscanf),
};
/* clang-format on */

enum { COUNT = sizeof names / sizeof *names };

static_assert((int)COUNT <= (int)PORT_NAMES, "PORT_NAMES is too small");

static int compare(const void *key, const void *row)
{
    const struct bytes *word = (const struct bytes *)key;
    const struct port_name *n = (const struct port_name *)row;
    int order = strncmp((const char *)word->ptr, n->name, word->len);

    return order == 0 && n->name[word->len] ? -1 : order;
}

int port_name_find(struct bytes word)
{
    const struct port_name *found = NULL;

    if (word.len < 3 || memchr(word.ptr, '\0', word.len))
        return -1;
    found = (const struct port_name *)bsearch(&word, names, COUNT, sizeof *names, compare);
    return found ? (int)(found - names) : -1;
}

const struct port_name *port_name_at(int row)
{
    return &names[row];
}

const char *port_header_refused(struct bytes name)
{
    static const char *const headers[] = {
        "objbase.h", "ole2.h",       "oleauto.h", "ocidl.h",  "oaidl.h",    "unknwn.h", "objidl.h",
        "iads.h",    "adshlp.h",     "adserr.h",  "adsiid.h", "activeds.h", "comdef.h", "atlbase.h",
        "comutil.h", "combaseapi.h", "wbemcli.h", "shlobj.h", "olectl.h",
    };
    size_t i;

    for (i = 0; i < sizeof headers / sizeof *headers; i++)
        if (name.len == strlen(headers[i]) &&
            strncasecmp((const char *)name.ptr, headers[i], name.len) == 0)
            return COM_REMEDY;
    return NULL;
}
