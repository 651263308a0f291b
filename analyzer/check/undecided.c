/* Why a finding is not certain: what a rule asks of an argument and the source does not tell, in words. */
#include "analyzer/check/internal.h"

/* "flags", "c->fd"; or "argument 4" where the source has no simple name for it. */
static void name_argument(const checker *c, uint32_t call, const rule_condition *condition, bs_strbuf *out) {
  const program_argument *a = eval_argument(c->p, call, condition->argument);
  if (condition->field) bs_strbuf_addf(out, "%s of ", condition->field);
  if (a && a->text && a->kind != FACTS_ARGUMENT_STRING)
    bs_strbuf_adds(out, program_text(c->p, a->text));
  else
    bs_strbuf_addf(out, "argument %d", condition->argument + 1);
}

static bool asks_for_mode(const rule_condition *condition) {
  return !(condition->value & ~(int64_t)(RULE_FD_NONBLOCKING | RULE_FD_BLOCKING));
}

/* What is not known of an object as a whole, or of what another call gave. */
static const char *describe_handle(report_document *d, const rule_condition *condition) {
  return bs_arena_printf(&d->arena, "it is not known whether this %s object waits", condition->text);
}

const char *undecided_describe(const checker *c, report_document *d, uint32_t call,
                               const rule_condition *condition) {
  if (condition->test == RULE_TEST_ALL) condition = &condition->all[0];
  if (condition->test == RULE_TEST_HANDLE) return describe_handle(d, condition);
  bool of_kind = condition->test == RULE_TEST_DESCRIPTOR && !asks_for_mode(condition);
  bs_strbuf words = BS_STRBUF_INIT;
  bs_strbuf_addf(&words, "it is not known %s ", of_kind ? "what kind of descriptor" : "whether");
  name_argument(c, call, condition, &words);
  switch (condition->test) {
  case RULE_TEST_EQUALS: bs_strbuf_addf(&words, " is %s", condition->text); break;
  case RULE_TEST_ABOVE: bs_strbuf_addf(&words, " is more than %s", condition->text); break;
  case RULE_TEST_AT_MOST: bs_strbuf_addf(&words, " is at most %s", condition->text); break;
  case RULE_TEST_HAS:
  case RULE_TEST_LACKS: bs_strbuf_addf(&words, " has %s", condition->text); break;
  case RULE_TEST_NULL:
  case RULE_TEST_NOT_NULL: bs_strbuf_adds(&words, " is null"); break;
  case RULE_TEST_RETRIED: bs_strbuf_adds(&words, " is tried again"); break;
  case RULE_TEST_FIFO: bs_strbuf_adds(&words, " is the path of a FIFO"); break;
  case RULE_TEST_ZERO_STRUCT: bs_strbuf_adds(&words, " points to zeros"); break;
  case RULE_TEST_DESCRIPTOR: bs_strbuf_adds(&words, of_kind ? " is" : " is non-blocking"); break;
  default: bs_strbuf_addf(&words, " matches %s", condition->text); break;
  }
  const char *result = bs_arena_strdup(&d->arena, words.text);
  bs_strbuf_fini(&words);
  return result;
}
