/* SPDX-License-Identifier: Apache-2.0
 * rnr.c - a Windows Sockets service that is published by registration and resolution, and its
 * client that finds it by class, as one program in the documentation's style.
 */
#ifdef UNICODE
#define _UNICODE
#endif

#include <stdio.h>
#include <stdlib.h>
#include <tchar.h>
#include <winsock2.h>

//  {A9033BC1-ECA4-11cf-A054-00AA006C33EE}
static GUID SVCID_SAMPLE = {
    0xa9033bc1, 0xeca4, 0x11cf, { 0xa0, 0x54, 0x0, 0xaa, 0x0, 0x6c, 0x33, 0xee }
};
static TCHAR szClass[] = TEXT("Documented Sample");
static TCHAR szInstance[] = TEXT("Documented Sample, Instance #1");
static TCHAR szComment[] = TEXT("published through RnR");

static void Fail(const char *pszWhat)
{
    fprintf(stderr, "%s failed: %d\n", pszWhat, WSAGetLastError());
    exit(1);
}

//  As serverRegister and serverUnregister of the documentation: the protocol is PF_INET there too.
static INT SetService(SOCKADDR *psa, WSAESETSERVICEOP op)
{
    WSAVERSION Version;
    WSAQUERYSET QuerySet;
    CSADDR_INFO CSAddrInfo[1];
    SOCKADDR sa_local;

    memset(&QuerySet, 0, sizeof(QuerySet));
    memset(&CSAddrInfo, 0, sizeof(CSAddrInfo));
    memset(&sa_local, 0, sizeof(SOCKADDR));
    sa_local.sa_family = AF_INET;
    CSAddrInfo[0].LocalAddr.iSockaddrLength = sizeof(SOCKADDR);
    CSAddrInfo[0].LocalAddr.lpSockaddr = &sa_local;
    CSAddrInfo[0].RemoteAddr.iSockaddrLength = sizeof(SOCKADDR);
    CSAddrInfo[0].RemoteAddr.lpSockaddr = psa;
    CSAddrInfo[0].iSocketType = SOCK_STREAM;
    CSAddrInfo[0].iProtocol = PF_INET;
    QuerySet.dwSize = sizeof(WSAQUERYSET);
    QuerySet.lpServiceClassId = &SVCID_SAMPLE;
    QuerySet.lpszServiceInstanceName = szInstance;
    QuerySet.lpszComment = szComment;
    QuerySet.lpVersion = &Version;
    QuerySet.lpVersion->dwVersion = 2;
    QuerySet.lpVersion->ecHow = COMP_NOTLESS;
    QuerySet.dwNameSpace = NS_NTDS;
    QuerySet.dwNumberOfCsAddrs = 1;
    QuerySet.lpcsaBuffer = CSAddrInfo;
    return WSASetService(&QuerySet, op, SERVICE_MULTIPLE);
}

static void InstallClass(void)
{
    DWORD dwPort = 5001;
    WSANSCLASSINFO Value = { TEXT(SERVICE_TYPE_VALUE_TCPPORTA), NS_NTDS, REG_DWORD, sizeof(dwPort),
                             &dwPort };
    WSASERVICECLASSINFO Info = { &SVCID_SAMPLE, szClass, 1, &Value };
    TCHAR szName[64];
    DWORD dwLen = 64;

    if (WSAInstallServiceClass(&Info) == SOCKET_ERROR && WSAGetLastError() != WSAEALREADY)
        Fail("WSAInstallServiceClass");
    if (WSAGetServiceClassNameByClassId(&SVCID_SAMPLE, szName, &dwLen) == SOCKET_ERROR)
        Fail("WSAGetServiceClassNameByClassId");
    _tprintf(TEXT("class %s\n"), szName);
}

//  A socket connected to the first service of the class that answers.
static SOCKET FindAndConnect(void)
{
    WSAQUERYSET Query;
    WSAQUERYSET *pResult = malloc(4096);
    AFPROTOCOLS Protocols[1] = { { AF_INET, IPPROTO_TCP } };
    HANDLE hLookup;
    DWORD dwLen, i;
    SOCKET s = INVALID_SOCKET;

    memset(&Query, 0, sizeof(Query));
    Query.dwSize = sizeof(Query);
    Query.lpServiceClassId = &SVCID_SAMPLE;
    Query.dwNameSpace = NS_ALL;
    Query.dwNumberOfProtocols = 1;
    Query.lpafpProtocols = Protocols;
    if (WSALookupServiceBegin(&Query, LUP_RETURN_NAME | LUP_RETURN_ADDR | LUP_RETURN_COMMENT,
                              &hLookup) == SOCKET_ERROR)
        Fail("WSALookupServiceBegin");
    while (s == INVALID_SOCKET) {
        dwLen = 4096;
        if (WSALookupServiceNext(hLookup, LUP_RETURN_ALL, &dwLen, pResult) == SOCKET_ERROR)
            Fail("WSALookupServiceNext");
        _tprintf(TEXT("found %s: %s\n"), pResult->lpszServiceInstanceName, pResult->lpszComment);
        for (i = 0; i < pResult->dwNumberOfCsAddrs && s == INVALID_SOCKET; i++) {
            CSADDR_INFO *pAddr = &pResult->lpcsaBuffer[i];

            s = socket(pAddr->RemoteAddr.lpSockaddr->sa_family, pAddr->iSocketType,
                       pAddr->iProtocol);
            if (s == INVALID_SOCKET)
                Fail("socket");
            if (connect(s, pAddr->RemoteAddr.lpSockaddr,
                        (socklen_t)pAddr->RemoteAddr.iSockaddrLength) == SOCKET_ERROR) {
                closesocket(s);
                s = INVALID_SOCKET;
            }
        }
    }
    WSALookupServiceEnd(hLookup);
    free(pResult);
    return s;
}

int main(void)
{
    WSADATA wsData;
    SOCKET sListen, sClient, sServer;
    struct sockaddr_in sa_in;
    socklen_t ilen = sizeof(sa_in);
    char szReceived[32] = "";

    if (WSAStartup(MAKEWORD(2, 2), &wsData) != 0)
        return 1;
    sListen = socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
    memset(&sa_in, 0, sizeof(sa_in));
    sa_in.sin_family = AF_INET;
    sa_in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(sListen, (SOCKADDR *)&sa_in, sizeof(sa_in)) == SOCKET_ERROR ||
        getsockname(sListen, (SOCKADDR *)&sa_in, &ilen) == SOCKET_ERROR ||
        listen(sListen, SOMAXCONN) == SOCKET_ERROR)
        Fail("listen");
    InstallClass();
    if (SetService((SOCKADDR *)&sa_in, RNRSERVICE_REGISTER) == SOCKET_ERROR)
        Fail("serverRegister");
    sClient = FindAndConnect();
    sServer = accept(sListen, NULL, NULL);
    if (sServer == INVALID_SOCKET)
        Fail("accept");
    if (send(sClient, "hello", 5, 0) != 5 ||
        recv(sServer, szReceived, sizeof(szReceived) - 1, 0) == SOCKET_ERROR)
        Fail("recv");
    printf("received %s\n", szReceived);
    if (SetService((SOCKADDR *)&sa_in, RNRSERVICE_DEREGISTER) == SOCKET_ERROR)
        Fail("serverUnregister");
    if (SetService((SOCKADDR *)&sa_in, RNRSERVICE_DELETE) == SOCKET_ERROR)
        Fail("the service's deletion");
    if (SetService((SOCKADDR *)&sa_in, RNRSERVICE_DELETE) != SOCKET_ERROR ||
        WSAGetLastError() != WSASERVICE_NOT_FOUND)
        Fail("its second deletion");
    if (WSARemoveServiceClass(&SVCID_SAMPLE) == SOCKET_ERROR)
        Fail("WSARemoveServiceClass");
    closesocket(sClient);
    closesocket(sServer);
    closesocket(sListen);
    WSACleanup();
    return 0;
}
