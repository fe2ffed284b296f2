/* SPDX-License-Identifier: Apache-2.0
 * mit_pair.c - see mit_pair.h.
 */
#include "mit_pair.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void mit_check(OM_uint32 major, OM_uint32 minor, const char *what)
{
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    OM_uint32 ignored, more = 0;

    if (major == GSS_S_COMPLETE)
        return;
    gss_display_status(&ignored, minor, GSS_C_MECH_CODE, GSS_C_NO_OID, &more, &text);
    fprintf(stderr, "FAILED: MIT at %s: major %08x, minor %u %.*s\n", what, major, minor,
            (int)text.length, (const char *)text.value);
    exit(1);
}

static gss_cred_id_t client_cred(int32_t enctype)
{
    gss_cred_id_t cred = GSS_C_NO_CREDENTIAL;
    krb5_enctype types[] = { enctype };
    gss_OID_set_desc mechs = { 1, (gss_OID)gss_mech_krb5 };
    OM_uint32 minor, major;

    major = gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &mechs, GSS_C_INITIATE, &cred,
                             NULL, NULL);
    mit_check(major, minor, "gss_acquire_cred");
    major = gss_krb5_set_allowable_enctypes(&minor, cred, 1, types);
    mit_check(major, minor, "gss_krb5_set_allowable_enctypes");
    return cred;
}

static gss_name_t service_name(int32_t enctype)
{
    char text[32];
    gss_buffer_desc b = { (size_t)snprintf(text, sizeof text, "test/t%d", enctype), text };
    gss_name_t name;
    OM_uint32 minor, major;

    major = gss_import_name(&minor, &b, (gss_OID)GSS_KRB5_NT_PRINCIPAL_NAME, &name);
    mit_check(major, minor, "gss_import_name");
    return name;
}

static void establish(const struct mit_pair_want *w, gss_ctx_id_t *client, gss_ctx_id_t *server)
{
    OM_uint32 flags = GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG |
                      (w->unordered ? 0 : GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG) |
                      (w->mutual ? GSS_C_MUTUAL_FLAG : 0) | (w->dce_style ? GSS_C_DCE_STYLE : 0);
    gss_buffer_desc there = GSS_C_EMPTY_BUFFER, back = GSS_C_EMPTY_BUFFER;
    gss_cred_id_t cred = client_cred(w->enctype);
    gss_name_t name = service_name(w->enctype);
    OM_uint32 minor, ignored, c, s = GSS_S_CONTINUE_NEEDED;

    *client = *server = GSS_C_NO_CONTEXT;
    do {
        c = gss_init_sec_context(&minor, cred, client, name, (gss_OID)gss_mech_krb5, flags, 0,
                                 GSS_C_NO_CHANNEL_BINDINGS, &back, NULL, &there, NULL, NULL);
        mit_check(c & ~(OM_uint32)GSS_S_CONTINUE_NEEDED, minor, "gss_init_sec_context");
        gss_release_buffer(&ignored, &back);
        if (there.length) {
            s = gss_accept_sec_context(&minor, server, GSS_C_NO_CREDENTIAL, &there,
                                       GSS_C_NO_CHANNEL_BINDINGS, NULL, NULL, &back, NULL, NULL,
                                       NULL);
            mit_check(s & ~(OM_uint32)GSS_S_CONTINUE_NEEDED, minor, "gss_accept_sec_context");
        }
        gss_release_buffer(&ignored, &there);
    } while (c == GSS_S_CONTINUE_NEEDED || s == GSS_S_CONTINUE_NEEDED);
    gss_release_buffer(&ignored, &back);
    gss_release_name(&ignored, &name);
    gss_release_cred(&ignored, &cred);
}

static void take_keys(gss_ctx_id_t *from, struct mit_pair *p, const struct mit_pair_want *w)
{
    gss_krb5_lucid_context_v1_t *l;
    gss_krb5_lucid_key_t *key;
    OM_uint32 minor, major;
    void *exported;

    major = gss_krb5_export_lucid_sec_context(&minor, from, 1, &exported);
    mit_check(major, minor, "gss_krb5_export_lucid_sec_context");
    l = exported;
    key = l->protocol == 0                 ? &l->rfc1964_kd.ctx_key
          : l->cfx_kd.have_acceptor_subkey ? &l->cfx_kd.acceptor_subkey
                                           : &l->cfx_kd.ctx_key;
    if ((int32_t)key->type != w->enctype || key->length > sizeof p->key) {
        fprintf(stderr, "FAILED: MIT made a key of type %u, %d was asked for\n", key->type,
                w->enctype);
        exit(1);
    }
    memcpy(p->key, key->data, key->length);
    p->keys =
        (struct kerberos_keys){ .enctype = w->enctype,
                                .key = p->key,
                                .key_len = key->length,
                                .initiator = l->initiate,
                                .acceptor_subkey = l->protocol && l->cfx_kd.have_acceptor_subkey,
                                .dce_style = w->dce_style,
                                .replay = !w->unordered,
                                .sequence = !w->unordered,
                                .send_seq = l->send_seq,
                                .recv_seq = l->recv_seq };
    gss_krb5_free_lucid_sec_context(&minor, exported);
}

void mit_pair_open(const struct mit_pair_want *w, struct mit_pair *ret)
{
    gss_ctx_id_t client, server;
    enum err e;

    establish(w, &client, &server);
    ret->mit = w->mit_initiates ? client : server;
    take_keys(w->mit_initiates ? &server : &client, ret, w);
    e = kerberos_messages_new(&ret->keys, &ret->ours);
    if (e) {
        fprintf(stderr, "FAILED: no state for type %d: %s\n", w->enctype, err_text(e));
        exit(1);
    }
}

void mit_pair_close(struct mit_pair *p)
{
    OM_uint32 minor;

    gss_delete_sec_context(&minor, &p->mit, GSS_C_NO_BUFFER);
    kerberos_messages_free(p->ours);
}
