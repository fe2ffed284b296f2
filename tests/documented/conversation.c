/* SPDX-License-Identifier: Apache-2.0
 * conversation.c - the documentation's scenario of a Windows Sockets client and server, as one
 * program written in its style: conversation server, or conversation client PORT TARGET.
 *
 * Each message goes over the socket as its length and its bytes.
 */
#ifdef UNICODE
#define _UNICODE
#endif
#define SECURITY_WIN32

#include <security.h>
#include <stdio.h>
#include <stdlib.h>
#include <tchar.h>
#include <windows.h>
#include <winsock2.h>

#define SEC_SUCCESS(Status) ((Status) >= 0)
#define MESSAGE_TEXT "This is your server speaking"

static CredHandle hCred;
static CtxtHandle hCtxt;
static PBYTE pInBuf;
static PBYTE pOutBuf;
static DWORD cbMaxToken;

static void Fail(LPCTSTR pszWhat, DWORD dwStatus)
{
    TCHAR szMessage[512];

    if (!FormatMessage(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, NULL, dwStatus,
                       0, szMessage, 512, NULL))
        szMessage[0] = 0;
    _ftprintf(stderr, TEXT("%s failed: 0x%08x %s\n"), pszWhat, dwStatus, szMessage);
    exit(1);
}

static void SendBytes(SOCKET s, const void *pBuf, DWORD cbBuf)
{
    const char *p = (const char *)pBuf;

    while (cbBuf) {
        int n = (int)send(s, p, cbBuf, 0);

        if (n == SOCKET_ERROR)
            Fail(TEXT("send"), (DWORD)WSAGetLastError());
        p += n;
        cbBuf -= (DWORD)n;
    }
}

static void ReceiveBytes(SOCKET s, void *pBuf, DWORD cbBuf)
{
    char *p = (char *)pBuf;

    while (cbBuf) {
        int n = (int)recv(s, p, cbBuf, 0);

        if (n <= 0)
            Fail(TEXT("recv"), (DWORD)WSAGetLastError());
        p += n;
        cbBuf -= (DWORD)n;
    }
}

static void SendMsg(SOCKET s, const void *pBuf, DWORD cbBuf)
{
    SendBytes(s, &cbBuf, sizeof(cbBuf));
    SendBytes(s, pBuf, cbBuf);
}

static DWORD ReceiveMsg(SOCKET s, PBYTE pBuf, DWORD cbBuf)
{
    DWORD cbData = 0;

    ReceiveBytes(s, &cbData, sizeof(cbData));
    if (cbData > cbBuf)
        Fail(TEXT("ReceiveMsg"), ERROR_INVALID_DATA);
    ReceiveBytes(s, pBuf, cbData);
    return cbData;
}

static void Prepare(ULONG fCredentialUse)
{
    PSecPkgInfo pkgInfo = NULL;
    TimeStamp Lifetime;
    SECURITY_STATUS ss;
    TCHAR szPackage[] = TEXT("Negotiate");

    ss = QuerySecurityPackageInfo(szPackage, &pkgInfo);
    if (!SEC_SUCCESS(ss))
        Fail(TEXT("QuerySecurityPackageInfo"), (DWORD)ss);
    cbMaxToken = pkgInfo->cbMaxToken;
    FreeContextBuffer(pkgInfo);
    pInBuf = (PBYTE)malloc(cbMaxToken);
    pOutBuf = (PBYTE)malloc(cbMaxToken);
    if (NULL == pInBuf || NULL == pOutBuf)
        exit(1);
    ss = AcquireCredentialsHandle(NULL, szPackage, fCredentialUse, NULL, NULL, NULL, NULL, &hCred,
                                  &Lifetime);
    if (!SEC_SUCCESS(ss))
        Fail(TEXT("AcquireCredentialsHandle"), (DWORD)ss);
}

/* One leg; pszTarget NULL on the server. */
static SECURITY_STATUS Leg(LPTSTR pszTarget, DWORD cbIn, DWORD *pcbOut, BOOL fNew)
{
    SecBuffer InSecBuff = { cbIn, SECBUFFER_TOKEN, pInBuf };
    SecBuffer OutSecBuff = { cbMaxToken, SECBUFFER_TOKEN, pOutBuf };
    SecBufferDesc InBuffDesc = { SECBUFFER_VERSION, 1, &InSecBuff };
    SecBufferDesc OutBuffDesc = { SECBUFFER_VERSION, 1, &OutSecBuff };
    ULONG ContextAttributes = 0;
    TimeStamp Lifetime;
    SECURITY_STATUS ss;

    if (pszTarget)
        ss = InitializeSecurityContext(&hCred, fNew ? NULL : &hCtxt, pszTarget,
                                       ISC_REQ_CONFIDENTIALITY | ISC_REQ_MUTUAL_AUTH, 0,
                                       SECURITY_NATIVE_DREP, fNew ? NULL : &InBuffDesc, 0, &hCtxt,
                                       &OutBuffDesc, &ContextAttributes, &Lifetime);
    else
        ss = AcceptSecurityContext(&hCred, fNew ? NULL : &hCtxt, &InBuffDesc,
                                   ASC_REQ_CONFIDENTIALITY, SECURITY_NATIVE_DREP, &hCtxt,
                                   &OutBuffDesc, &ContextAttributes, &Lifetime);
    if (!SEC_SUCCESS(ss))
        Fail(pszTarget ? TEXT("InitializeSecurityContext") : TEXT("AcceptSecurityContext"),
             (DWORD)ss);
    if ((SEC_I_COMPLETE_NEEDED == ss) || (SEC_I_COMPLETE_AND_CONTINUE == ss)) {
        ss = CompleteAuthToken(&hCtxt, &OutBuffDesc);
        if (!SEC_SUCCESS(ss))
            Fail(TEXT("CompleteAuthToken"), (DWORD)ss);
    }
    *pcbOut = OutSecBuff.cbBuffer;
    return ss;
}

static void Authenticate(SOCKET s, LPTSTR pszTarget)
{
    BOOL fNew = TRUE;
    DWORD cbIn = 0;
    DWORD cbOut = 0;
    SECURITY_STATUS ss;

    do {
        if (!pszTarget || !fNew)
            cbIn = ReceiveMsg(s, pInBuf, cbMaxToken);
        ss = Leg(pszTarget, cbIn, &cbOut, fNew);
        fNew = FALSE;
        if (cbOut)
            SendMsg(s, pOutBuf, cbOut);
    } while (SEC_I_CONTINUE_NEEDED == ss);
}

static int Server(void)
{
    SOCKADDR_IN sockIn;
    socklen_t cbSockIn = sizeof(sockIn);
    SecPkgContext_Sizes Sizes;
    SecPkgContext_Names Names;
    SecPkgContext_NegotiationInfo NegInfo;
    SecBuffer SecBuff[2];
    SecBufferDesc BuffDesc = { SECBUFFER_VERSION, 2, SecBuff };
    SOCKET sockListen = socket(PF_INET, SOCK_STREAM, 0);
    SOCKET sockClient;
    BYTE Message[1024];
    SECURITY_STATUS ss;

    ZeroMemory(&sockIn, sizeof(sockIn));
    sockIn.sin_family = AF_INET;
    sockIn.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (INVALID_SOCKET == sockListen ||
        SOCKET_ERROR == bind(sockListen, (LPSOCKADDR)&sockIn, sizeof(sockIn)) ||
        SOCKET_ERROR == listen(sockListen, 1) ||
        SOCKET_ERROR == getsockname(sockListen, (LPSOCKADDR)&sockIn, &cbSockIn))
        Fail(TEXT("listen"), (DWORD)WSAGetLastError());
    Prepare(SECPKG_CRED_INBOUND);
    _tprintf(TEXT("port %d\n"), ntohs(sockIn.sin_port));
    fflush(stdout);
    sockClient = accept(sockListen, NULL, NULL);
    if (INVALID_SOCKET == sockClient)
        Fail(TEXT("accept"), (DWORD)WSAGetLastError());
    Authenticate(sockClient, NULL);

    ss = QueryContextAttributes(&hCtxt, SECPKG_ATTR_SIZES, &Sizes);
    if (SEC_SUCCESS(ss))
        ss = QueryContextAttributes(&hCtxt, SECPKG_ATTR_NEGOTIATION_INFO, &NegInfo);
    if (SEC_SUCCESS(ss))
        ss = QueryContextAttributes(&hCtxt, SECPKG_ATTR_NAMES, &Names);
    if (!SEC_SUCCESS(ss))
        Fail(TEXT("QueryContextAttributes"), (DWORD)ss);
    _tprintf(TEXT("Package Name: %s\nClient connected as: %s\n"), NegInfo.PackageInfo->Name,
             Names.sUserName);
    FreeContextBuffer(NegInfo.PackageInfo);
    FreeContextBuffer(Names.sUserName);

    CopyMemory(Message + Sizes.cbSecurityTrailer, MESSAGE_TEXT, sizeof(MESSAGE_TEXT));
    SecBuff[0].BufferType = SECBUFFER_TOKEN;
    SecBuff[0].cbBuffer = Sizes.cbSecurityTrailer;
    SecBuff[0].pvBuffer = Message;
    SecBuff[1].BufferType = SECBUFFER_DATA;
    SecBuff[1].cbBuffer = sizeof(MESSAGE_TEXT);
    SecBuff[1].pvBuffer = Message + Sizes.cbSecurityTrailer;
    ss = EncryptMessage(&hCtxt, 0, &BuffDesc, 0);
    if (!SEC_SUCCESS(ss))
        Fail(TEXT("EncryptMessage"), (DWORD)ss);
    SendMsg(sockClient, SecBuff[0].pvBuffer, SecBuff[0].cbBuffer);
    SendMsg(sockClient, SecBuff[1].pvBuffer, SecBuff[1].cbBuffer);
    closesocket(sockClient);
    closesocket(sockListen);
    return 0;
}

static int Client(int nPort, LPTSTR pszTarget)
{
    SOCKADDR_IN sockIn;
    SOCKET s = socket(PF_INET, SOCK_STREAM, 0);
    BYTE Message[1024];
    SecBuffer SecBuff[2];
    SecBufferDesc BuffDesc = { SECBUFFER_VERSION, 2, SecBuff };
    ULONG ulQop = 1;
    SECURITY_STATUS ss;

    ZeroMemory(&sockIn, sizeof(sockIn));
    sockIn.sin_family = AF_INET;
    sockIn.sin_port = htons((USHORT)nPort);
    sockIn.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (INVALID_SOCKET == s || SOCKET_ERROR == connect(s, (LPSOCKADDR)&sockIn, sizeof(sockIn)))
        Fail(TEXT("connect"), (DWORD)WSAGetLastError());
    Prepare(SECPKG_CRED_OUTBOUND);
    Authenticate(s, pszTarget);

    SecBuff[0].BufferType = SECBUFFER_TOKEN;
    SecBuff[0].cbBuffer = ReceiveMsg(s, pInBuf, cbMaxToken);
    SecBuff[0].pvBuffer = pInBuf;
    SecBuff[1].BufferType = SECBUFFER_DATA;
    SecBuff[1].cbBuffer = ReceiveMsg(s, Message, sizeof(Message));
    SecBuff[1].pvBuffer = Message;
    ss = DecryptMessage(&hCtxt, &BuffDesc, 0, &ulQop);
    if (!SEC_SUCCESS(ss))
        Fail(TEXT("DecryptMessage"), (DWORD)ss);
    printf("The message from the server is: %s\n", (const char *)Message);
    closesocket(s);
    return 0;
}

int _tmain(int argc, TCHAR *argv[])
{
    WSADATA wsaData;
    int nResult = 2;

    if (WSAStartup(0x0101, &wsaData))
        return 1;
    if (argc == 2 && _tcscmp(argv[1], TEXT("server")) == 0)
        nResult = Server();
    else if (argc == 4 && _tcscmp(argv[1], TEXT("client")) == 0)
        nResult = Client(_ttoi(argv[2]), argv[3]);
    if (nResult != 2) {
        DeleteSecurityContext(&hCtxt);
        FreeCredentialsHandle(&hCred);
        free(pInBuf);
        free(pOutBuf);
    }
    WSACleanup();
    return nResult;
}
