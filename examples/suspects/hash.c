/* Making a key of a password: slow on purpose. */
#include "suspect.h"

#include <openssl/evp.h>

bool suspect_prepare(void) { return true; }

bool suspect_work(void) {
  unsigned char key[32];
  return PKCS5_PBKDF2_HMAC("secret", 6, (const unsigned char *)"salt", 4, 300000, EVP_sha256(), sizeof key,
                           key);
}
