/* SPDX-License-Identifier: Apache-2.0
 * api_unsupported.c - functions of the table that these packages do not have.
 *
 * Each checks its handle first, so that a wrong one is still called that.
 */
#include "base/detail.h"
#include "sspi/api_convert.h"
#include "sspi/status.h"

static SECURITY_STATUS refuse(const char *function)
{
    detail_begin(function);
    return sec_status(
        detail_fail(ERR_UNSUPPORTED, "%s is not supported by Kerberos and Negotiate", function));
}

static SECURITY_STATUS refuse_on(const char *function, const SecHandle *h, enum handle_kind kind)
{
    void *object = NULL;
    enum err e;

    detail_begin(function);
    e = handle_get(handle_in(h), kind, &object);
    if (e)
        return sec_status(detail_fail(e, "no such handle"));
    handle_put(handle_in(h));
    return refuse(function);
}

SECURITY_STATUS CompleteAuthToken(PCtxtHandle phContext, PSecBufferDesc pToken)
{
    (void)pToken;
    return refuse_on("CompleteAuthToken", phContext, HANDLE_CONTEXT);
}

SECURITY_STATUS ApplyControlToken(PCtxtHandle phContext, PSecBufferDesc pInput)
{
    (void)pInput;
    return refuse_on("ApplyControlToken", phContext, HANDLE_CONTEXT);
}

SECURITY_STATUS ExportSecurityContext(PCtxtHandle phContext, ULONG fFlags,
                                      PSecBuffer pPackedContext, void **pToken)
{
    (void)fFlags;
    (void)pPackedContext;
    (void)pToken;
    return refuse_on("ExportSecurityContext", phContext, HANDLE_CONTEXT);
}

SECURITY_STATUS ImportSecurityContextA(const SEC_CHAR *pszPackage, PSecBuffer pPackedContext,
                                       void *Token, PCtxtHandle phContext)
{
    (void)pszPackage;
    (void)pPackedContext;
    (void)Token;
    (void)phContext;
    return refuse("ImportSecurityContext");
}

SECURITY_STATUS ImportSecurityContextW(const SEC_WCHAR *pszPackage, PSecBuffer pPackedContext,
                                       void *Token, PCtxtHandle phContext)
{
    (void)pszPackage;
    (void)pPackedContext;
    (void)Token;
    (void)phContext;
    return refuse("ImportSecurityContext");
}

SECURITY_STATUS SetContextAttributesA(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer,
                                      ULONG cbBuffer)
{
    (void)ulAttribute;
    (void)pBuffer;
    (void)cbBuffer;
    return refuse_on("SetContextAttributes", phContext, HANDLE_CONTEXT);
}

SECURITY_STATUS SetContextAttributesW(PCtxtHandle phContext, ULONG ulAttribute, void *pBuffer,
                                      ULONG cbBuffer)
{
    return SetContextAttributesA(phContext, ulAttribute, pBuffer, cbBuffer);
}

SECURITY_STATUS SetCredentialsAttributesA(PCredHandle phCredential, ULONG ulAttribute,
                                          void *pBuffer, ULONG cbBuffer)
{
    (void)ulAttribute;
    (void)pBuffer;
    (void)cbBuffer;
    return refuse_on("SetCredentialsAttributes", phCredential, HANDLE_CREDENTIAL);
}

SECURITY_STATUS SetCredentialsAttributesW(PCredHandle phCredential, ULONG ulAttribute,
                                          void *pBuffer, ULONG cbBuffer)
{
    return SetCredentialsAttributesA(phCredential, ulAttribute, pBuffer, cbBuffer);
}

SECURITY_STATUS AddCredentialsA(PCredHandle hCredentials, const SEC_CHAR *pszPrincipal,
                                const SEC_CHAR *pszPackage, ULONG fCredentialUse, void *pAuthData,
                                SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument,
                                PTimeStamp ptsExpiry)
{
    (void)pszPrincipal;
    (void)pszPackage;
    (void)fCredentialUse;
    (void)pAuthData;
    (void)pGetKeyFn;
    (void)pvGetKeyArgument;
    (void)ptsExpiry;
    return refuse_on("AddCredentials", hCredentials, HANDLE_CREDENTIAL);
}

SECURITY_STATUS AddCredentialsW(PCredHandle hCredentials, const SEC_WCHAR *pszPrincipal,
                                const SEC_WCHAR *pszPackage, ULONG fCredentialUse, void *pAuthData,
                                SEC_GET_KEY_FN pGetKeyFn, void *pvGetKeyArgument,
                                PTimeStamp ptsExpiry)
{
    (void)pszPrincipal;
    (void)pszPackage;
    (void)fCredentialUse;
    (void)pAuthData;
    (void)pGetKeyFn;
    (void)pvGetKeyArgument;
    (void)ptsExpiry;
    return refuse_on("AddCredentials", hCredentials, HANDLE_CREDENTIAL);
}

SECURITY_STATUS ChangeAccountPasswordA(const SEC_CHAR *pszPackageName,
                                       const SEC_CHAR *pszDomainName,
                                       const SEC_CHAR *pszAccountName,
                                       const SEC_CHAR *pszOldPassword,
                                       const SEC_CHAR *pszNewPassword, BOOLEAN bImpersonating,
                                       ULONG dwReserved, PSecBufferDesc pOutput)
{
    (void)pszPackageName;
    (void)pszDomainName;
    (void)pszAccountName;
    (void)pszOldPassword;
    (void)pszNewPassword;
    (void)bImpersonating;
    (void)dwReserved;
    (void)pOutput;
    return refuse("ChangeAccountPassword");
}

SECURITY_STATUS ChangeAccountPasswordW(const SEC_WCHAR *pszPackageName,
                                       const SEC_WCHAR *pszDomainName,
                                       const SEC_WCHAR *pszAccountName,
                                       const SEC_WCHAR *pszOldPassword,
                                       const SEC_WCHAR *pszNewPassword, BOOLEAN bImpersonating,
                                       ULONG dwReserved, PSecBufferDesc pOutput)
{
    (void)pszPackageName;
    (void)pszDomainName;
    (void)pszAccountName;
    (void)pszOldPassword;
    (void)pszNewPassword;
    (void)bImpersonating;
    (void)dwReserved;
    (void)pOutput;
    return refuse("ChangeAccountPassword");
}
