/* SPDX-License-Identifier: Apache-2.0
 * onc.c - ONC RPC over TCP by libtirpc and rpcgen's stubs: plain, krb5i, krb5p.
 *
 * ONC_SERVICE names the service, host-based: bench@localhost. libtirpc serves in one thread.
 */
#include "peer.h"

#include <rpc/rpc.h>

#include <rpc/auth_gss.h>
#include <rpc/rpcsec_gss.h>
#include <rpc/svc_auth.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "onc.h"

enum { BUFFER = PEER_SIZE_MAX + 65536 };

static char *service(void)
{
    char *name = getenv("ONC_SERVICE");

    if (!name)
        peer_die("ONC_SERVICE is not set");
    return name;
}

/* The server refuses what does not come at the level it was started for. */
static rpc_gss_service_t wanted;

static rpc_gss_service_t service_of(const char *level)
{
    if (strcmp(level, "plain") == 0)
        return rpcsec_gss_svc_default;
    if (strcmp(level, "krb5i") == 0)
        return rpcsec_gss_svc_integrity;
    if (strcmp(level, "krb5p") == 0)
        return rpcsec_gss_svc_privacy;
    peer_die("levels: plain krb5i krb5p");
}

static bool_t allowed(struct svc_req *request)
{
    rpc_gss_rawcred_t *credential;

    if (wanted == rpcsec_gss_svc_default)
        return TRUE;
    return request->rq_cred.oa_flavor == RPCSEC_GSS &&
           rpc_gss_getcred(request, &credential, NULL, NULL) && credential->service == wanted;
}

bool_t echo_null_1_svc(void *result, struct svc_req *request)
{
    (void)result;
    if (allowed(request))
        return TRUE;
    svcerr_weakauth(request->rq_xprt);
    return FALSE;
}

bool_t echo_bytes_1_svc(payload argument, payload *result, struct svc_req *request)
{
    if (!allowed(request)) {
        svcerr_weakauth(request->rq_xprt);
        return FALSE;
    }
    result->payload_len = argument.payload_len; /* the arguments live until the answer is away */
    result->payload_val = argument.payload_val;
    return TRUE;
}

int echo_program_1_freeresult(SVCXPRT *transport, xdrproc_t type, caddr_t result)
{
    (void)transport;
    (void)type;
    (void)result;
    return TRUE;
}

extern void echo_program_1(struct svc_req *request, SVCXPRT *transport);

static int onc_serve(const char *level)
{
    unsigned port;
    int fd = peer_listen(&port);
    SVCXPRT *transport;

    wanted = service_of(level);
    if (wanted != rpcsec_gss_svc_default &&
        !rpc_gss_set_svc_name(service(), "kerberos_v5", 0, ECHO_PROGRAM, ECHO_VERSION))
        peer_die("rpc_gss_set_svc_name");
    transport = svc_vc_create(fd, BUFFER, BUFFER);
    if (!transport || !svc_reg(transport, ECHO_PROGRAM, ECHO_VERSION, echo_program_1, NULL))
        peer_die("svc_reg");
    peer_ready(port);
    svc_run();
    return 1;
}

static void *onc_open(const char *level, const char *where)
{
    int fd = peer_connect(where);
    struct sockaddr_storage to;
    struct netbuf address = { sizeof to, sizeof to, &to };
    socklen_t size = sizeof to;
    rpc_gss_service_t protection = service_of(level);
    CLIENT *c;

    if (getpeername(fd, (struct sockaddr *)&to, &size) != 0)
        peer_die("getpeername");
    address.len = size;
    c = clnt_vc_create(fd, &address, ECHO_PROGRAM, ECHO_VERSION, BUFFER, BUFFER);
    if (!c)
        peer_die(clnt_spcreateerror("clnt_vc_create"));
    clnt_control(c, CLSET_FD_CLOSE, NULL);
    if (protection != rpcsec_gss_svc_default) {
        c->cl_auth = rpc_gss_seccreate(c, service(), "kerberos_v5", protection, NULL, NULL, NULL);
        if (!c->cl_auth)
            peer_die("rpc_gss_seccreate");
    }
    return c;
}

static void onc_call(void *connection, const unsigned char *sent, unsigned char *got, size_t size)
{
    CLIENT *c = connection;
    payload out = { (u_int)size, (char *)(uintptr_t)sent }, in = { (u_int)size, (char *)got };
    enum clnt_stat s;

    s = size ? echo_bytes_1(out, &in, c) : echo_null_1(NULL, c);
    if (s != RPC_SUCCESS)
        peer_die(clnt_sperror(c, "call"));
    if (size && in.payload_len != size)
        peer_die("an echo of another size");
}

static void onc_close(void *connection)
{
    CLIENT *c = connection;

    auth_destroy(c->cl_auth);
    clnt_destroy(c);
}

int main(int argc, char **argv)
{
    static const struct peer onc = { onc_open, onc_call, onc_close, NULL, onc_serve };

    return peer_main(&onc, argc, argv);
}
