/* FD_ISSET(fd, &set): a macro that asks whether a descriptor is ready. What it expands to says nothing about
 * that, so it becomes the call that it looks like.
 */
#include "analyzer/frontend/extract.h"

#include <string.h>

/* The C libraries shift a bit by `fd % width`, and ask whether it is set by `!= 0` or `!!`. */
static uint32_t asked_descriptor(extract *x, uint32_t n) {
  for (uint32_t i = n + 1; i < tree_end(x, n); i++)
    if (tree_kind(x, i) == CXCursor_BinaryOperator &&
        clang_getCursorBinaryOperatorKind(tree_cursor(x, i)) == CXBinaryOperator_Rem)
      return tree_child(x, i, 0);
  return 0;
}

static bool has_form(extract *x, uint32_t n) {
  switch (tree_kind(x, n)) {
  case CXCursor_BinaryOperator:
    return clang_getCursorBinaryOperatorKind(tree_cursor(x, n)) == CXBinaryOperator_NE;
  case CXCursor_UnaryOperator:
    return clang_getCursorUnaryOperatorKind(tree_cursor(x, n)) == CXUnaryOperator_LNot;
  default: return false;
  }
}

bool question_is_ready(extract *x, uint32_t n) {
  if (!has_form(x, n) || !asked_descriptor(x, n)) return false;
  facts_str macro = name_macro(x, clang_getCursorLocation(tree_cursor(x, n)));
  return macro && !strcmp(facts_text(x->unit, macro), "FD_ISSET");
}

value question_value(extract *x, uint32_t n) {
  uint32_t descriptor = asked_descriptor(x, n);
  uint32_t function = function_made(x, &x->is_ready, "FD_ISSET");
  return call_finish(x, n, n, function, FACTS_CALL_DIRECT, &descriptor, 1, 0, true);
}
