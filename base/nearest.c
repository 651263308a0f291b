/* Which name somebody meant who typed another one. */
#include "base/nearest.h"

#include <string.h>

/* Optimal string alignment distance, which counts swapped neighbours as one; long words are never close. */
static unsigned distance(const char *a, const char *b) {
  enum { MAX = 40 };
  size_t la = strlen(a), lb = strlen(b);
  if (la >= MAX || lb >= MAX) return MAX;
  unsigned d[MAX + 1][MAX + 1];
  for (size_t i = 0; i <= la; i++) d[i][0] = (unsigned)i;
  for (size_t j = 0; j <= lb; j++) d[0][j] = (unsigned)j;
  for (size_t i = 1; i <= la; i++) {
    for (size_t j = 1; j <= lb; j++) {
      unsigned best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
      if (d[i - 1][j] + 1 < best) best = d[i - 1][j] + 1;
      if (d[i][j - 1] + 1 < best) best = d[i][j - 1] + 1;
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < best)
        best = d[i - 2][j - 2] + 1;
      d[i][j] = best;
    }
  }
  return d[la][lb];
}

const char *bs_nearest(const char *word, const char *const *names, int count) {
  const char *nearest = NULL;
  unsigned least = (unsigned)(strlen(word) / 3 + 1);
  for (int i = 0; i < count; i++) {
    unsigned n = distance(word, names[i]);
    if (n > least || (n == least && nearest)) continue;
    least = n;
    nearest = names[i];
  }
  return nearest;
}
