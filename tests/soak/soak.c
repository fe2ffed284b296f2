/* SPDX-License-Identifier: Apache-2.0
 * soak.c - contexts and messages for a long time: does anything fail, leak or slow down?
 *
 * soak SECONDS THREADS, with SERVICE_SPN, SERVICE_KEYTAB, PERSON and PERSON_KEYTAB in the
 * environment (the domain's, tests/lib/domain.sh). Each thread sets up a context, both ends, with
 * both packages in turn, passes messages both ways, one of them altered on the way, and begins
 * again. Memory in use after a quarter of the time is compared with that at the end.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <countersign/countersign.h>
#include <countersign/sspi.h>

enum { TOKEN_MAX = 65536, BODY_MAX = 20000, MESSAGES = 200, GROWTH_MAX_KIB = 4096 };

static atomic_ulong contexts, messages, altered, failures;
static atomic_bool ending;

static int fail(const char *what, SECURITY_STATUS status)
{
    char text[1024] = "";

    CsGetErrorText(text, sizeof text);
    fprintf(stderr, "soak: %s: 0x%08x\n%s\n", what, (unsigned)status, text);
    atomic_fetch_add(&failures, 1);
    return 0;
}

static int acquire(const char *package, ULONG use, CredHandle *ret)
{
    CS_CREDENTIAL_OPTIONS o = { .size = sizeof o, .use = use, .package = package };
    SECURITY_STATUS s;

    o.keytab = getenv(use == SECPKG_CRED_INBOUND ? "SERVICE_KEYTAB" : "PERSON_KEYTAB");
    o.principal = use == SECPKG_CRED_INBOUND ? NULL : getenv("PERSON");
    s = CsAcquireCredentials(&o, ret, NULL);
    return s == SEC_E_OK ? 1 : fail("CsAcquireCredentials", s);
}

struct pair {
    CredHandle client_cred, server_cred;
    CtxtHandle client, server;
    unsigned char tokens[2][TOKEN_MAX];
};

/* Legs until both sides are content. */
static int establish(struct pair *p, const char *spn)
{
    SecBuffer to_server = { TOKEN_MAX, SECBUFFER_TOKEN, p->tokens[0] };
    SecBuffer to_client = { 0, SECBUFFER_TOKEN, p->tokens[1] };
    SecBufferDesc client_out = { SECBUFFER_VERSION, 1, &to_server };
    SecBufferDesc server_out = { SECBUFFER_VERSION, 1, &to_client };
    ULONG want = ISC_REQ_MUTUAL_AUTH | ISC_REQ_CONFIDENTIALITY | ISC_REQ_INTEGRITY |
                 ISC_REQ_REPLAY_DETECT | ISC_REQ_SEQUENCE_DETECT;
    ULONG got;
    SECURITY_STATUS c, s = SEC_I_CONTINUE_NEEDED;
    int leg;

    for (leg = 0; leg < 6; leg++) {
        to_server.cbBuffer = TOKEN_MAX;
        c = InitializeSecurityContextA(&p->client_cred, leg ? &p->client : NULL, spn, want, 0,
                                       SECURITY_NATIVE_DREP, leg ? &server_out : NULL, 0,
                                       &p->client, &client_out, &got, NULL);
        if (c != SEC_E_OK && c != SEC_I_CONTINUE_NEEDED)
            return fail("InitializeSecurityContext", c);
        if (c == SEC_E_OK && s == SEC_E_OK)
            return 1;
        to_client.cbBuffer = TOKEN_MAX;
        s = AcceptSecurityContext(&p->server_cred, leg ? &p->server : NULL, &client_out, 0,
                                  SECURITY_NATIVE_DREP, &p->server, &server_out, &got, NULL);
        if (s != SEC_E_OK && s != SEC_I_CONTINUE_NEEDED)
            return fail("AcceptSecurityContext", s);
        if (c == SEC_E_OK && s == SEC_E_OK)
            return 1;
    }
    return fail("no end of legs", s);
}

/* One message from one end to the other; spoil says whether a bit is turned on the way. */
static int pass(CtxtHandle *from, CtxtHandle *to, unsigned char *body, size_t len, int spoil)
{
    static __thread unsigned char copy[BODY_MAX];
    unsigned char head[256];
    SecBuffer b[2] = { { sizeof head, SECBUFFER_TOKEN, head },
                       { (ULONG)len, SECBUFFER_DATA, body } };
    SecBufferDesc desc = { SECBUFFER_VERSION, 2, b };
    SecPkgContext_Sizes sizes;
    ULONG qop;
    SECURITY_STATUS s = QueryContextAttributesA(from, SECPKG_ATTR_SIZES, &sizes);

    if (s != SEC_E_OK)
        return fail("QueryContextAttributes", s);
    if (sizes.cbSecurityTrailer > sizeof head)
        return fail("a trailer longer than expected", SEC_E_INTERNAL_ERROR);
    b[0].cbBuffer = sizes.cbSecurityTrailer;
    memcpy(copy, body, len);
    s = EncryptMessage(from, 0, &desc, 0);
    if (s != SEC_E_OK)
        return fail("EncryptMessage", s);
    if (spoil) {
        body[len / 2] ^= 1;
        s = DecryptMessage(to, &desc, 0, &qop);
        atomic_fetch_add(&altered, 1);
        return s == SEC_E_MESSAGE_ALTERED ? 1 : fail("an altered message", s);
    }
    s = DecryptMessage(to, &desc, 0, &qop);
    if (s != SEC_E_OK)
        return fail("DecryptMessage", s);
    if (memcmp(copy, body, len) != 0)
        return fail("a message came out different", s);
    atomic_fetch_add(&messages, 1);
    return 1;
}

static int converse(struct pair *p, unsigned *seed)
{
    static __thread unsigned char body[BODY_MAX];
    int i;

    for (i = 0; i < MESSAGES && !atomic_load(&ending); i++) {
        size_t len = 1 + (size_t)rand_r(seed) % BODY_MAX;

        memset(body, i, len);
        if (i % 2 ? !pass(&p->server, &p->client, body, len, 0)
                  : !pass(&p->client, &p->server, body, len, 0))
            return 0;
    }
    memset(body, 7, BODY_MAX);
    return pass(&p->client, &p->server, body, BODY_MAX, 1);
}

static void *work(void *arg)
{
    static const char *const packages[] = { "Kerberos", "Negotiate" };
    const char *spn = getenv("SERVICE_SPN");
    unsigned seed = (unsigned)(size_t)arg;
    struct pair *p = calloc(1, sizeof *p);
    unsigned round;
    int ok = p != NULL;

    for (round = 0; ok && !atomic_load(&ending); round++) {
        const char *package = packages[(round / 50) % 2];

        if (round % 50 == 0) { /* now and then everything anew */
            if (round) {
                FreeCredentialsHandle(&p->client_cred);
                FreeCredentialsHandle(&p->server_cred);
            }
            ok = acquire(package, SECPKG_CRED_OUTBOUND, &p->client_cred) &&
                 acquire(package, SECPKG_CRED_INBOUND, &p->server_cred);
        }
        ok = ok && establish(p, spn) && converse(p, &seed);
        DeleteSecurityContext(&p->client);
        DeleteSecurityContext(&p->server);
        atomic_fetch_add(&contexts, 1);
    }
    if (!ok)
        atomic_store(&ending, true);
    free(p);
    return NULL;
}

static long resident_kib(void)
{
    long pages = 0, all = 0;
    FILE *fp = fopen("/proc/self/statm", "r");

    if (fp && fscanf(fp, "%ld %ld", &all, &pages) != 2)
        pages = 0;
    if (fp)
        fclose(fp);
    return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* Lets the threads work; the growth in KiB since a quarter of the time. */
static long watch(int seconds)
{
    long base = 0, now = 0;
    int second;

    for (second = 1; second <= seconds && !atomic_load(&ending); second++) {
        sleep(1);
        now = resident_kib();
        if (second == (seconds + 3) / 4)
            base = now;
        if (second % 5 == 0 || second == seconds)
            printf("%5d s  %8lu contexts  %10lu messages  %6ld KiB\n", second,
                   atomic_load(&contexts), atomic_load(&messages), now);
        fflush(stdout);
    }
    atomic_store(&ending, true);
    return now - base;
}

int main(int argc, char **argv)
{
    int seconds = argc > 1 ? atoi(argv[1]) : 60;
    int threads = argc > 2 ? atoi(argv[2]) : 4;
    pthread_t *thread = NULL;
    long growth;
    int i, started = 0;

    if (!getenv("SERVICE_SPN") || !getenv("SERVICE_KEYTAB") || !getenv("PERSON_KEYTAB"))
        return 2;
    thread = calloc((size_t)threads, sizeof *thread);
    if (!thread)
        return 2;
    for (i = 0; i < threads; i++, started++)
        if (pthread_create(&thread[i], NULL, work, (void *)(size_t)(i + 1)))
            break;
    growth = watch(seconds);
    for (i = 0; i < started; i++)
        pthread_join(thread[i], NULL);
    printf("%lu contexts, %lu messages, %lu altered ones refused, %lu failures, %+ld KiB since a "
           "quarter of the time\n",
           atomic_load(&contexts), atomic_load(&messages), atomic_load(&altered),
           atomic_load(&failures), growth);
    free(thread);
    return atomic_load(&failures) || !atomic_load(&contexts) || growth > GROWTH_MAX_KIB;
}
