#pragma once
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

// The stack functions are macros over an untyped one.
static inline STACK_OF(X509) *renkei_certificates_new(void) { return sk_X509_new_null(); }
static inline int renkei_certificates_push(STACK_OF(X509) *stack, X509 *certificate) {
    return sk_X509_push(stack, certificate);
}
static inline void renkei_certificates_free(STACK_OF(X509) *stack) {
    sk_X509_pop_free(stack, X509_free);
}
static inline int renkei_certificates_count(const STACK_OF(X509) *stack) {
    return sk_X509_num(stack);
}
static inline X509 *renkei_certificates_at(const STACK_OF(X509) *stack, int index) {
    return sk_X509_value(stack, index);
}

// BIO_get_mem_data is a macro with a cast.
static inline long renkei_memory_contents(BIO *memory, char **contents) {
    return BIO_get_mem_data(memory, contents);
}
