#pragma once
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

// The loops under TLS need these of Linux; Swift's Glibc leaves out epoll and eventfd, and the GNU
// declarations below. Their headers are not included here: Glibc must stay the owner of its names.
struct sockaddr;
extern int accept4(int descriptor, struct sockaddr *address, unsigned *length, int flags);
extern int pthread_setname_np(unsigned long thread, const char *name);

// Swift cannot call this one: a macro over SSL_CTX_ctrl.
static inline int renkei_ssl_ctx_min_version(SSL_CTX *context, int version) {
    return (int)SSL_CTX_set_min_proto_version(context, version);
}

// Swift cannot call this one: a macro over SSL_CTX_ctrl.
static inline int renkei_ssl_ctx_groups(SSL_CTX *context, const char *groups) {
    return (int)SSL_CTX_set1_groups_list(context, groups);
}

// Swift cannot call this one: a macro over SSL_CTX_ctrl.
static inline void renkei_ssl_ctx_mode(SSL_CTX *context, long mode) {
    SSL_CTX_set_mode(context, mode);
}

// Swift cannot call this one: a macro over SSL_CTX_ctrl.
static inline void renkei_ssl_ctx_no_session_cache(SSL_CTX *context) {
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

// Swift cannot call this one: a macro over SSL_CTX_ctrl.
static inline int renkei_ssl_ctx_add_chain(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(context, certificate);
}

// Swift does not import these: macros with casts in them.
static const uint64_t renkei_ssl_options = SSL_OP_NO_RENEGOTIATION
    | SSL_OP_CIPHER_SERVER_PREFERENCE;
static const long renkei_ssl_modes = SSL_MODE_ENABLE_PARTIAL_WRITE
    | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS;
// RFC 2253 order with UTF-8 left as it is.
static const unsigned long renkei_name_flags = XN_FLAG_RFC2253
    & ~(unsigned long)ASN1_STRFLGS_ESC_MSB;
