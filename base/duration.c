/* Three significant digits at most, in the unit that keeps them before the point: ns, µs, ms, s. */
#include "base/duration.h"

void bs_duration_write(bs_strbuf *out, uint64_t ns) {
  static const char *const units[] = {"ns", "µs", "ms", "s"};
  double value = (double)ns;
  int unit = 0;
  while (unit < 3 && value >= 999.5) {
    value /= 1000;
    unit++;
  }
  int decimals = unit == 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  bs_strbuf_addf(out, "%.*f", decimals, value);
  if (decimals) {
    while (out->text[out->length - 1] == '0') out->text[--out->length] = 0;
    if (out->text[out->length - 1] == '.') out->text[--out->length] = 0;
  }
  bs_strbuf_addf(out, " %s", units[unit]);
}
