/* SPDX-License-Identifier: Apache-2.0
 * sspi_pair.c - see sspi_pair.h.
 */
#include "sspi_pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GSS_FLAGS = GSS_C_MUTUAL_FLAG | GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG };

static void check(bool good, const char *what, unsigned code)
{
    if (good)
        return;
    fprintf(stderr, "FAILED: %s: 0x%08x\n", what, code);
    exit(1);
}

/* One leg of ours; in and out are freed by their makers. True when another token is awaited. */
static bool our_leg(struct sspi_pair *p, const char *service, bool initiate, bool first,
                    gss_buffer_t in, SecBuffer *out)
{
    SecBuffer given = { (ULONG)in->length, SECBUFFER_TOKEN, in->value };
    SecBufferDesc from = { SECBUFFER_VERSION, 1, &given };
    SecBufferDesc to = { SECBUFFER_VERSION, 1, out };
    CtxtHandle *context = first ? NULL : &p->ours;
    char name[64];
    SECURITY_STATUS ss;
    ULONG got = 0;

    snprintf(name, sizeof name, "%s", service);
    *out = (SecBuffer){ 0, SECBUFFER_TOKEN, NULL };
    if (initiate)
        ss = InitializeSecurityContextA(&p->credential, context, name,
                                        ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY |
                                            ISC_REQ_INTEGRITY | ISC_REQ_ALLOCATE_MEMORY,
                                        0, SECURITY_NATIVE_DREP, first ? NULL : &from, 0, &p->ours,
                                        &to, &got, NULL);
    else
        ss = AcceptSecurityContext(&p->credential, context, &from, ASC_REQ_ALLOCATE_MEMORY,
                                   SECURITY_NATIVE_DREP, &p->ours, &to, &got, NULL);
    check(ss >= 0, initiate ? "InitializeSecurityContext" : "AcceptSecurityContext", (unsigned)ss);
    return ss == SEC_I_CONTINUE_NEEDED;
}

static bool mit_leg(struct sspi_pair *p, gss_name_t service, SecBuffer *in, gss_buffer_t out)
{
    gss_buffer_desc given = { in->cbBuffer, in->pvBuffer };
    OM_uint32 major, minor;

    if (service)
        major = gss_init_sec_context(&minor, GSS_C_NO_CREDENTIAL, &p->mit, service,
                                     (gss_OID)gss_mech_krb5, GSS_FLAGS, 0,
                                     GSS_C_NO_CHANNEL_BINDINGS, &given, NULL, out, NULL, NULL);
    else
        major =
            gss_accept_sec_context(&minor, &p->mit, GSS_C_NO_CREDENTIAL, &given,
                                   GSS_C_NO_CHANNEL_BINDINGS, NULL, NULL, out, NULL, NULL, NULL);
    check(!GSS_ERROR(major), "MIT's leg", minor);
    return major == GSS_S_CONTINUE_NEEDED;
}

static gss_name_t import(const char *service)
{
    gss_buffer_desc text = { strlen(service), (void *)(uintptr_t)service };
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 major, minor;

    major = gss_import_name(&minor, &text, (gss_OID)GSS_KRB5_NT_PRINCIPAL_NAME, &name);
    check(major == GSS_S_COMPLETE, "gss_import_name", minor);
    return name;
}

void sspi_pair_open(const char *service, bool mit_initiates, struct sspi_pair *ret)
{
    static char package[] = "Kerberos";
    gss_name_t name = mit_initiates ? import(service) : GSS_C_NO_NAME;
    gss_buffer_desc from_mit = GSS_C_EMPTY_BUFFER;
    SecBuffer from_us = { 0 };
    bool mit_waits = true, we_wait = true, first = true;
    SECURITY_STATUS ss;
    OM_uint32 minor;

    memset(ret, 0, sizeof *ret);
    ss = AcquireCredentialsHandleA(NULL, package,
                                   mit_initiates ? SECPKG_CRED_INBOUND : SECPKG_CRED_OUTBOUND, NULL,
                                   NULL, NULL, NULL, &ret->credential, NULL);
    check(ss == SEC_E_OK, "AcquireCredentialsHandle", (unsigned)ss);
    if (mit_initiates)
        mit_waits = mit_leg(ret, name, &from_us, &from_mit);
    while (we_wait) {
        we_wait = our_leg(ret, service, !mit_initiates, first, &from_mit, &from_us);
        first = false;
        gss_release_buffer(&minor, &from_mit);
        if (mit_waits && from_us.cbBuffer)
            mit_waits = mit_leg(ret, name, &from_us, &from_mit);
        FreeContextBuffer(from_us.pvBuffer);
    }
    check(!mit_waits, "the exchange", 0);
    gss_release_buffer(&minor, &from_mit);
    gss_release_name(&minor, &name);
}

void sspi_pair_close(struct sspi_pair *p)
{
    OM_uint32 minor;

    DeleteSecurityContext(&p->ours);
    FreeCredentialsHandle(&p->credential);
    gss_delete_sec_context(&minor, &p->mit, GSS_C_NO_BUFFER);
}
