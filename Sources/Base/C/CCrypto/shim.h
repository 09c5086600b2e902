#ifndef CCRYPTO_SHIM_H
#define CCRYPTO_SHIM_H

#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

// Each step of EVP_DigestInit(3) fails only when memory is exhausted or the installed libcrypto
// offers no SHA-256. No digest could be trusted then, so the process ends with the reason.
static inline void ccrypto_require(int succeeded, const char *step) {
  if (succeeded == 1) return;
  fprintf(stderr, "libcrypto cannot compute SHA-256: %s failed\n", step);
  ERR_print_errors_fp(stderr);
  abort();
}

static inline EVP_MD_CTX *ccrypto_sha256_begin(void) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  ccrypto_require(context != NULL, "EVP_MD_CTX_new");
  ccrypto_require(EVP_DigestInit_ex(context, EVP_sha256(), NULL), "EVP_DigestInit_ex");
  return context;
}

static inline void ccrypto_sha256_update(EVP_MD_CTX *context, const void *bytes, size_t count) {
  ccrypto_require(EVP_DigestUpdate(context, bytes, count), "EVP_DigestUpdate");
}

// Writes 32 bytes to `digest` and makes the context ready for the next message.
static inline void ccrypto_sha256_finish(EVP_MD_CTX *context, unsigned char *digest) {
  ccrypto_require(EVP_DigestFinal_ex(context, digest, NULL), "EVP_DigestFinal_ex");
  ccrypto_require(EVP_DigestInit_ex(context, NULL, NULL), "EVP_DigestInit_ex");
}

#endif
