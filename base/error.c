/* An error's text grows at the front: who passes it on says what was being done. */
#include "base/error.h"

#include "base/visible.h"

void bs_error_fini(bs_error *error) { bs_strbuf_fini(&error->text); }

bool bs_error_is_set(const bs_error *error) { return error->text.length > 0; }

bool bs_error_set(bs_error *error, const char *format, ...) {
  if (!error || bs_error_is_set(error)) return false;
  va_list args;
  va_start(args, format);
  visible_vaddf(&error->text, format, args);
  va_end(args);
  return false;
}

bool bs_error_context(bs_error *error, const char *format, ...) {
  if (!error) return false;
  bs_strbuf whole = BS_STRBUF_INIT;
  va_list args;
  va_start(args, format);
  visible_vaddf(&whole, format, args);
  va_end(args);
  bs_strbuf_addf(&whole, ": %s", error->text.text);
  bs_strbuf_fini(&error->text);
  error->text = whole;
  return false;
}
