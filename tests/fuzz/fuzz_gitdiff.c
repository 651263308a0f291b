/* Any bytes as what `git diff --raw -z` wrote: every change has a path in it, and reading ends with the text.
 */
#include "evidence/git.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  bs_strbuf text = BS_STRBUF_INIT; /* a zero byte stands behind it, as behind git's output */
  bs_arena arena = {0};
  git_changes changes = {0};
  bs_strbuf_add(&text, data, size);
  git_read_changes(&arena, text.text, text.length, &changes);
  for (uint32_t i = 0; i < changes.count; i++) {
    const git_change *c = &changes.items[i];
    if (!*c->path || (c->was && c->kind != GIT_ADDED)) abort();
  }
  bs_vec_fini(&changes);
  bs_arena_fini(&arena);
  bs_strbuf_fini(&text);
  return 0;
}
