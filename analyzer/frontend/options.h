/* Which compiler options matter to an analysis: the ones that decide what the preprocessor and the parser
 * see. */
#ifndef BLOCKSCAN_FRONTEND_OPTIONS_H
#define BLOCKSCAN_FRONTEND_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

enum option_form {
  OPTION_FLAG, /* the word alone */
  OPTION_JOINED, /* a prefix of the word */
  OPTION_OPERAND, /* joined, or in the next word */
  OPTION_SEPARATE, /* in the next word only */
};
enum option_use {
  OPTION_DROP,
  OPTION_KEEP,
  OPTION_FOLDER, /* keep; the operand is a folder, made absolute */
  OPTION_INCLUDE, /* keep; the operand is a header that is included first */
  OPTION_UNWRAP, /* the operand is an option to be judged by itself (-Xclang) */
};
typedef struct option_row {
  const char *name;
  enum option_form form;
  enum option_use use;
} option_row;

/* The row that `word` falls under, or NULL: nothing is known of it, it takes no operand and is dropped. */
const option_row *option_find(const char *word);
/* Whether the operand of `word` is in the next word. */
bool option_takes_next(const option_row *row, const char *word);

#endif
